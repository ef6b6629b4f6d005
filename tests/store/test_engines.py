"""What is promised of the database holds on each engine."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from server.errors import Busy, DatabaseUnavailable, SchemaMismatch
from server.store import (
    Database,
    add_practice,
    check_schema,
    find_practice,
    list_practices,
    look_at,
    migrate,
)
from server.store import postgresql as postgresql_module
from server.store.care import Deed, add_deed, check_audit, list_deeds
from server.store.columns import Base
from server.store.engines import Address, insert_once, place_of
from server.store.feed_tables import DownloadRow
from server.store.models import PracticeRow
from tests import postgresql
from tests.new_database import make_database


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Address]:
    """An empty database of today's shape, on one engine and on the other."""
    if request.param == "sqlite":
        make_database(tmp_path / "stepback.db")
        yield tmp_path / "stepback.db"
        return
    url = postgresql.new_url()
    yield url
    postgresql.drop(url)


@pytest.fixture
def engine(address: Address) -> Iterator[Database]:
    database = Database(address)
    yield database
    database.close()


def put(database: Database, slug: str, now_at: datetime) -> None:
    """Write one practice."""
    with database.writing() as db:
        add_practice(db, slug=slug, title=slug, language="en", track="ground", now_at=now_at)


def test_migrations_and_tables_agree(address: Address) -> None:
    """Migrating again changes nothing, and the migrated database is what the tables declare."""
    migrate(address)
    check_schema(address)
    made = place_of(address).open()
    with made.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    made.dispose()


def test_a_view_stays_as_it_was(engine: Database, noon: datetime) -> None:
    """What is committed meanwhile is not seen, and nothing can be written."""
    with engine.reading() as db:
        assert list_practices(db) == ()
        put(engine, "later", noon)
        assert list_practices(db) == ()
        with pytest.raises(DBAPIError):
            add_practice(db, slug="x", title="x", language="en", track="ground", now_at=noon)
    with engine.reading() as db:
        assert find_practice(db, "later") is not None
        assert find_practice(db, "x") is None


def test_writers_take_turns(address: Address, noon: datetime) -> None:
    """What a writer has read is still so when it writes, whatever instance the others use."""
    first = Database(address)
    put(first, "counter", noon)

    def count_up() -> None:
        own = Database(address)
        for _ in range(25):
            with own.writing() as db:
                row = db.get_one(PracticeRow, "counter")
                row.title = str(int(row.title.replace("counter", "0")) + 1)
        own.close()

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with first.reading() as db:
        assert db.get_one(PracticeRow, "counter").title == "100"
    first.close()


def test_what_fails_leaves_nothing(engine: Database, noon: datetime) -> None:
    """An error in the block takes back what was written in it."""

    def fail() -> None:
        with engine.writing() as db:
            add_practice(db, slug="x", title="x", language="en", track="ground", now_at=noon)
            db.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with engine.reading() as db:
        assert find_practice(db, "x") is None


def test_a_row_is_inserted_once(engine: Database, noon: datetime) -> None:
    """The second of the same key changes nothing, and says so."""
    row = {"slug": "x", "title": "x", "language": "en", "track": "ground", "added_at": noon}
    row["guid"] = "g"
    for expected in ("x", None):
        with engine.writing() as db:
            statement = insert_once(db, PracticeRow).values(row)
            once = statement.on_conflict_do_nothing().returning(PracticeRow.slug)
            assert db.scalar(once) == expected
    with engine.reading() as db:
        assert db.scalars(select(PracticeRow.added_at)).all() == [noon]


def test_large_numbers_are_kept(engine: Database, noon: datetime) -> None:
    """A count beyond 2³¹ comes back as it went in, on an engine that tells numbers apart."""
    large = 2**31 + 5
    with engine.writing() as db:
        db.add(DownloadRow(guid="g", day=noon.date(), count=large))
    with engine.reading() as db:
        assert db.scalars(select(DownloadRow.count)).all() == [large]


def test_no_words_are_in_an_error(engine: Database) -> None:
    """What the engine says of a row that it refuses does not quote the row."""
    with engine.writing() as db, pytest.raises(DBAPIError) as told:
        db.execute(text("INSERT INTO practices (slug) VALUES (:word)"), {"word": "my secret"})
    assert "my secret" not in f"{told.value!r} {told.value} {told.value.orig!r}"


def test_the_doctor_is_told_what_answers(address: Address) -> None:
    """A database that is well says so."""
    assert "can be read" in look_at(address)


def test_a_long_writer_makes_others_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL the wait for another machine's writer ends, and reading goes on."""
    monkeypatch.setattr(
        postgresql_module, "OPTIONS", (*postgresql_module.OPTIONS, "-c lock_timeout=50ms")
    )
    url = postgresql.new_url()
    ours, theirs = Database(url), Database(url)
    with theirs.writing():
        with pytest.raises(Busy), ours.writing():
            pass
        with ours.reading() as db:
            assert list_practices(db) == ()
    with ours.writing() as db:
        assert db.scalar(text("SHOW synchronous_commit")) == "on"
    ours.close()
    theirs.close()
    postgresql.drop(url)


def test_who_stops_reading_the_audit_leaves_nothing_open(engine: Database, noon: datetime) -> None:
    """Neither where one deed is enough nor where the chain is found broken: no cursor is lost."""
    with engine.writing() as db:
        for number in range(3):
            add_deed(db, Deed(actor="operator", action=f"one-{number}"), noon)
        db.execute(text("UPDATE audit SET actor = 'nobody' WHERE number = 1"))
    with engine.reading() as db:
        assert next(list_deeds(db)).number == 1
        assert check_audit(db).number == 1
        gc.collect()  # whatever is lost is a warning now, and so an error
        assert db.execute(text("SELECT 1")).scalar() == 1


def test_ended_connections_are_replaced(noon: datetime) -> None:
    """After the server has closed every connection, the next use does not notice."""
    url = postgresql.new_url()
    database, other = Database(url), Database(url)
    put(database, "before", noon)
    with other.reading() as db:
        ours = "pid <> pg_backend_pid() AND datname = current_database()"
        db.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"))
    put(database, "after", noon)
    with database.reading() as db:
        assert find_practice(db, "before") is not None
    database.close()
    other.close()
    postgresql.drop(url)


def test_a_server_that_is_not_there() -> None:
    """Nobody at the port, and no such database: unavailable, and the doctor hears why."""
    for url in ("postgresql://x@127.0.0.1:1/x", postgresql.url_of("no_such_database")):
        database = Database(url)
        with pytest.raises(DatabaseUnavailable), database.reading() as db:
            list_practices(db)
        with pytest.raises(DatabaseUnavailable):
            look_at(url)
        database.close()


def test_an_unmigrated_database_is_told() -> None:
    """An empty database is of another shape."""
    url = postgresql.bare_url()
    with pytest.raises(SchemaMismatch):
        check_schema(url)
    postgresql.drop(url)
