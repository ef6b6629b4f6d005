"""Migrations: from nothing to the models, all or nothing, and never backwards unasked."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, create_engine, inspect

from server.errors import SchemaMismatch
from server.store import check_schema, migrate
from server.store.columns import Base
from server.store.engines import place_of
from server.store.schema import MIGRATIONS_PATH, _configuration, _known_revisions
from tests.forked import Tell, fork

ROOT = Path(__file__).parents[2]


def test_migrations_give_the_models(tmp_path: Path) -> None:
    """Upgrading from nothing gives exactly the tables that the models declare."""
    path = tmp_path / "new" / "stepback.db"
    migrate(path)
    check_schema(path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        for table in Base.metadata.tables.values():
            declared = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
            found = {c["name"] for c in inspect(connection).get_check_constraints(table.name)}
            assert found == {str(name) for name in declared}
    engine.dispose()


def test_the_names_of_the_files_tell_every_revision() -> None:
    """In the order in which Alembic takes them."""
    directory = ScriptDirectory(str(MIGRATIONS_PATH))
    assert _known_revisions() == tuple(each.revision for each in directory.walk_revisions())


def test_every_column_is_explained() -> None:
    """Every column of every table has a comment."""
    silent = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if not column.comment
    ]
    assert silent == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    """A second migration is no work, and loses no row."""
    path = tmp_path / "stepback.db"
    migrate(path)
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO feeds (name, guid, first_url) VALUES ('all', 'g', 'u')")
    connection.commit()
    migrate(path)
    assert connection.execute("SELECT name FROM feeds").fetchall() == [("all",)]
    connection.close()


def test_older_database_is_refused_then_upgraded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The first revision alone is not this version's shape; migrate() brings it there, and says how
    far it is. What a new one is made of is no news.
    """
    caplog.set_level(logging.INFO, "server.store")
    migrate(tmp_path / "new.db")
    assert not caplog.messages
    path = tmp_path / "stepback.db"
    engine = place_of(path).open().execution_options(is_write=True)
    with engine.begin() as connection:
        command.upgrade(_configuration(connection), "0001")
    engine.dispose()
    with pytest.raises(SchemaMismatch):
        check_schema(path)
    caplog.clear()
    migrate(path)
    check_schema(path)
    assert path.stat().st_size > 0
    assert [said[:23] for said in caplog.messages][:2] == [
        "The database is at 0002",
        "The database is at 0003",
    ]


def test_entries_from_before_sittings_stay_as_they_are(tmp_path: Path) -> None:
    """Whoever practised before there were live sittings has said nothing of before and after."""
    path = tmp_path / "stepback.db"
    _bring_to(path, "0005", command.upgrade)
    connection = sqlite3.connect(path)
    at = "2026-03-01 12:00:00.000000"
    entry = ("1" * 32, "d" * 64, "a", "A", 5, None, at, 300_000, "stopped", "c" * 64, at)
    connection.execute(f"INSERT INTO session_entries VALUES ({', '.join('?' * 11)})", entry)
    conflict = (1, "1" * 32, "b" * 64, "{}", "d" * 64, at)
    connection.execute("INSERT INTO entry_conflicts VALUES (?, ?, ?, ?, ?, ?)", conflict)
    connection.commit()
    migrate(path)
    felt = "is_live, kindness_before, willingness_before, kindness_after, willingness_after"
    found = connection.execute(f"SELECT {felt} FROM session_entries").fetchall()
    assert found == [(0, None, None, None, None)]
    for outcome, kindness in (("best", 5), ("stopped", 11)):
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            connection.execute(
                "UPDATE session_entries SET outcome = ?, kindness_after = ?", (outcome, kindness)
            )
    connection.rollback()
    _bring_to(path, "0005", command.downgrade)
    assert connection.execute("SELECT * FROM session_entries").fetchall() == [entry]
    assert connection.execute("SELECT * FROM entry_conflicts").fetchall() == [conflict]
    connection.close()


def test_reviews_from_before_are_the_first_of_several(tmp_path: Path) -> None:
    """They keep the place that they are sealed for; an older Stepback finds those alone again."""
    path = tmp_path / "stepback.db"
    _bring_to(path, "0008", command.upgrade)
    connection = sqlite3.connect(path)
    made, changed = "2026-03-01 12:00:00.000000", "2026-03-02 12:00:00.000000"
    review = ("5" * 32, "c" * 32, "a" * 32, b"sealed", made, changed)
    connection.execute("INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?)", review)
    connection.commit()
    _bring_to(path, "0009", command.upgrade)
    named = "id, submission_id, client_id, therapist_id, sealed_text, made_at"
    kept = ("5" * 32, "5" * 32, "c" * 32, "a" * 32, b"sealed", changed)
    assert connection.execute(f"SELECT {named} FROM reviews").fetchall() == [kept]
    later = ("6" * 32, *kept[1:4], b"later", "2026-03-03 12:00:00.000000")
    connection.execute(f"INSERT INTO reviews ({named}) VALUES (?, ?, ?, ?, ?, ?)", later)
    connection.commit()
    _bring_to(path, "0008", command.downgrade)
    named = "submission_id, client_id, therapist_id, sealed_text, made_at, changed_at"
    before = [(*kept[1:5], changed, changed)]
    assert connection.execute(f"SELECT {named} FROM reviews").fetchall() == before
    connection.close()


def _bring_to(path: Path, revision: str, move: Callable[[Config, str], None]) -> None:
    engine = place_of(path).open().execution_options(is_write=True)
    with engine.connect() as connection:
        place_of(path).begin_remaking(connection, None)
        with connection.begin():
            move(_configuration(connection), revision)
    engine.dispose()


def test_newer_database_is_refused(tmp_path: Path) -> None:
    """A revision that this version does not know is left as it is."""
    path = tmp_path / "stepback.db"
    migrate(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    for act in (check_schema, migrate):
        with pytest.raises(SchemaMismatch):
            act(path)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    connection.close()


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    """A check makes no database, and a file of another kind is not one."""
    with pytest.raises(SchemaMismatch, match="no database"):
        check_schema(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "text.db").write_text("this is no database, only some text" * 100)
    for act in (check_schema, migrate):
        with pytest.raises(SchemaMismatch):
            act(tmp_path / "text.db")


def test_processes_may_migrate_at_once(tmp_path: Path) -> None:
    """Several processes that start together all find a migrated database."""
    path = tmp_path / "data" / "stepback.db"

    def begin(tell: Tell) -> None:
        migrate(path)
        check_schema(path)
        tell("migrated")

    children = [fork(begin) for _ in range(3)]
    for child in children:
        child.begin()
    assert [child.hear() for child in children] == [["migrated"]] * 3
    assert [child.wait() for child in children] == [0] * 3


def test_logging_is_left_alone(tmp_path: Path) -> None:
    """Migrating neither configures logging nor silences a logger that exists."""
    logger = logging.getLogger("server.somebody")
    before = (logger.disabled, logging.getLogger().handlers[:], logging.getLogger().level)
    migrate(tmp_path / "stepback.db")
    after = (logger.disabled, logging.getLogger().handlers[:], logging.getLogger().level)
    assert after == before


def test_folder_is_for_its_owner(tmp_path: Path) -> None:
    """The folder of the database is made readable by its owner alone."""
    migrate(tmp_path / "data" / "stepback.db")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
