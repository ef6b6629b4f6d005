"""Moving a house into another database: all of it, interrupted anywhere, and never over another."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from server.errors import MoveRefused, SchemaMismatch
from server.store import Database, check_schema, migrate
from server.store.columns import Base
from server.store.engines import place_of
from server.store.models import EntryConflictRow
from server.store.moving import BATCH_ROWS, Moved, Moving, move_database
from tests import postgresql
from tests.new_database import make_database
from tests.store.apart import run_apart
from tests.store.filling import ROWS, fill
from tests.store.kill_migrations import dump

TABLES = len(Base.metadata.tables)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A house with rows in each table."""
    path = tmp_path / "old" / "stepback.db"
    make_database(path)
    fill(path)
    return path


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new" / "stepback.db"


def move(old: Path, new: Path, *, house: str = "1", advance=lambda _: None) -> Moved:
    source, target = place_of(old).open_patiently(), place_of(new).open_patiently()
    try:
        return Moving(
            source=source,
            target=target.execution_options(is_write=True),
            house=house,
            prepare=lambda: migrate(new),
            advance=advance,
        ).run()
    finally:
        source.dispose()
        target.dispose()


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=ON")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_everything_is_there_once(old: Path, new: Path) -> None:
    """The same rows, of every kind; a second time nothing has to be done."""
    before = dump(old)
    told: list[int] = []
    new.parent.mkdir()
    assert move(old, new, advance=told.append) == Moved(rows=TABLES * ROWS, written=TABLES * ROWS)
    assert sum(told) == 2 * TABLES * ROWS  # copied, and compared
    check_schema(new)
    assert dump(new) == dump(old) == before
    assert move(old, new) == Moved(rows=TABLES * ROWS, written=0)
    assert dump(new) == before


def test_more_than_fits_into_one_batch(old: Path, new: Path) -> None:
    """Also where the primary key is of several columns."""
    count = 2 * BATCH_ROWS + 7
    change(
        old,
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < "
        f"{9 + count}) INSERT INTO sitting_events SELECT sitting_id, i, NULL, kind, at_ms, words, "
        "lengths FROM sitting_events, n WHERE number = 1",
    )
    new.parent.mkdir()
    assert move(old, new).rows == TABLES * ROWS + count
    assert dump(new) == dump(old)


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.store.test_moving import move
old, new = Path(sys.argv[1]), Path(sys.argv[2])
for number in range(int(sys.argv[3]), 100_000, int(sys.argv[4])):
    pid = os.fork()
    if pid == 0:
        left = number
        def step(_):
            global left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        event.listen(Engine, "connect", lambda raw, _entry: raw.set_trace_callback(step))
        move(old, new)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code == 0:
        print(number)
        break
    assert code == -signal.SIGKILL, code
"""


@pytest.mark.rig
def test_killed_again_and_again_it_goes_on(old: Path, new: Path) -> None:
    """Each time a little later; the new database says that it is unfinished until it is not."""
    before = dump(old)
    new.parent.mkdir()
    assert int(run_apart("-c", KILLED, old, new, "1", "23")) > 500
    check_schema(new)
    assert dump(new) == dump(old) == before


def test_an_unfinished_house_cannot_be_lived_in(old: Path, new: Path) -> None:
    """Interrupted, it is refused by whoever would start on it, and by another house's move."""

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    new.parent.mkdir()
    with pytest.raises(KeyboardInterrupt):
        move(old, new, advance=stop)
    for act in (check_schema, migrate):
        with pytest.raises(SchemaMismatch, match="once more"):
            act(new)
    with pytest.raises(MoveRefused, match="Another house"):
        move(old, new, house="2")
    assert move(old, new).rows == TABLES * ROWS


def test_what_changed_between_two_tries_is_put_right(old: Path, new: Path) -> None:
    """The house was lived in meanwhile: rows came, went, and changed."""

    def stop(_: int) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise KeyboardInterrupt

    left = TABLES
    new.parent.mkdir()
    with pytest.raises(KeyboardInterrupt):
        move(old, new, advance=stop)
    change(
        old,
        "UPDATE renders SET title = 'another'",
        "DELETE FROM clients WHERE id = (SELECT min(id) FROM clients)",
        "INSERT INTO feeds (name, guid, first_url) VALUES ('later', 'g', 'u')",
    )
    moved = move(old, new)
    assert ROWS < moved.written < moved.rows
    assert dump(new) == dump(old)


def test_no_other_house_is_written_over(old: Path, new: Path) -> None:
    """One that is lived in is refused, whatever is in it, and is as it was."""
    new.parent.mkdir()
    move(old, new)
    change(new, "UPDATE renders SET title = 'written since'")
    before = dump(new)
    with pytest.raises(MoveRefused, match="has a house in it"):
        move(old, new)
    assert dump(new) == before


def test_nobody_may_have_it_open(old: Path, new: Path) -> None:
    """Also who is idle: a web process that nobody asks anything."""
    new.parent.mkdir()
    database = Database(old)
    with database.reading() as db:
        db.scalars(select(EntryConflictRow)).all()
    with pytest.raises(MoveRefused, match="Stop Stepback"):
        move(old, new)
    database.close()
    other = sqlite3.connect(old, timeout=0)

    def write(_: int) -> None:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE renders SET title = 'x'")

    assert move(old, new, advance=write).rows == TABLES * ROWS
    other.close()


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of a database on a real server, in which nothing is."""
    url = postgresql.bare_url()
    yield url
    postgresql.drop(url)


def test_into_postgresql_and_back(old: Path, new: Path, server: str) -> None:
    """Everything, as it was; and numbers are counted on from where they were."""
    totals: list[int] = []
    told: list[int] = []

    def begin(total: int) -> Callable[[int], None]:
        totals.append(total)
        return told.append

    for source, target in ((old, server), (server, new)):
        moved = move_database(source, target, "1", begin)
        assert moved == Moved(rows=TABLES * ROWS, written=TABLES * ROWS)
        again = move_database(source, target, "1", begin)
        assert again == Moved(rows=TABLES * ROWS, written=0)
        check_schema(target)
    assert sum(told) == sum(totals) == 4 * 2 * TABLES * ROWS
    assert dump(new) == dump(old)
    database = Database(server)
    with database.writing() as db:
        first = db.scalars(select(EntryConflictRow).order_by(EntryConflictRow.id)).first()
        assert first is not None
        row = EntryConflictRow(
            entry_id=first.entry_id,
            digest="f" * 64,
            body={},
            device_hash="d" * 64,
            received_at=first.received_at,
        )
        db.add(row)
        db.flush()
        assert row.id == ROWS + 1
    database.close()
