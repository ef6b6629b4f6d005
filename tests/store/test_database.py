"""The database under many hands: nothing is lost, nothing is refused as busy."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, StatementError

from server.errors import Busy, DatabaseUnavailable
from server.store import Database, PracticeRow, add_practice, find_practice, list_practices
from server.store import sqlite as sqlite_module

ROOT = Path(__file__).parents[2]


def run_program(name: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, Path(__file__).with_name(name), *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def add_counter(database: Database, noon: datetime) -> None:
    with database.writing() as db:
        add_practice(db, slug="counter", title="0", language="en", track="ground", now_at=noon)


def counted(database: Database) -> int:
    with database.reading() as db:
        row = find_practice(db, "counter")
    assert row is not None
    return int(row.title)


@pytest.mark.sqlite
def test_every_connection_is_prepared(database: Database) -> None:
    """Write-ahead log, full sync, foreign keys and the patience are set on every connection."""
    with database.writing() as db:
        found = {
            name: db.execute(text(f"PRAGMA {name}")).scalar()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "busy_timeout",
                "secure_delete",
            )
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "secure_delete": 1,
    }


@pytest.mark.sqlite
def test_four_processes_lose_no_update(database: Database, noon: datetime) -> None:
    """Four processes read, add one and write back: every addition counts, none is refused."""
    add_counter(database, noon)
    told, errors = run_program("count_up.py", database.path, 50, 4).communicate(timeout=120)
    assert (told.strip(), errors) == ("[[[]], [[]], [[]], [[]]]", "")
    assert counted(database) == 200


def test_eight_threads_lose_no_update(database: Database, noon: datetime) -> None:
    """Threads of one process take turns."""
    add_counter(database, noon)

    def add() -> None:
        for _ in range(10):
            with database.writing() as db:
                row = find_practice(db, "counter")
                assert row is not None
                row.title = str(int(row.title) + 1)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(database) == 80


@pytest.mark.sqlite
def test_greenlets_take_turns(database: Database, noon: datetime) -> None:
    """A greenlet that gives way in mid-transaction does not freeze the others, or lose anything."""
    add_counter(database, noon)
    program = run_program("greenlets.py", database.path)
    _, errors = program.communicate(timeout=60)
    assert program.returncode == 0, errors
    assert counted(database) == 20


def test_forked_child_opens_its_own_connections(database: Database, noon: datetime) -> None:
    """A database that was used before a fork works in the child, and still in the parent."""
    add_counter(database, noon)
    pid = os.fork()
    if pid == 0:  # pragma: no cover - the child
        code = 1
        try:
            with database.writing() as db:
                row = find_practice(db, "counter")
                assert row is not None
                row.title = "41"
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert counted(database) == 41


@pytest.mark.sqlite
def test_reading_cannot_write(database: Database, noon: datetime) -> None:
    """A write outside of writing() is refused, so none can go without BEGIN IMMEDIATE."""
    with pytest.raises(OperationalError, match="readonly"), database.reading() as db:
        add_practice(db, slug="x", title="x", language="en", track="ground", now_at=noon)
    add_counter(database, noon)
    assert counted(database) == 0


def raise_on_exit(*_: object) -> None:
    raise ZeroDivisionError


def test_error_rolls_back(database: Database, noon: datetime) -> None:
    """A block that ends with an error leaves nothing."""
    stack = ExitStack()
    db = stack.enter_context(database.writing())
    add_practice(db, slug="x", title="x", language="en", track="ground", now_at=noon)
    stack.push(raise_on_exit)
    with pytest.raises(ZeroDivisionError):
        stack.close()
    with database.reading() as db:
        assert find_practice(db, "x") is None


@pytest.mark.sqlite
def test_long_lock_is_busy(
    database: Database, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process's endless write makes ours Busy, not a database error; reads go on."""
    add_counter(database, noon)
    monkeypatch.setattr(sqlite_module, "PRAGMAS", ("busy_timeout=50",))
    ours = Database(database.path)
    holder = sqlite3.connect(database.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy), ours.writing():
        pass
    assert counted(ours) == 0
    holder.close()
    ours.close()


@pytest.mark.sqlite
def test_waiting_thread_becomes_busy(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of the same process waits no longer than the limit either."""
    monkeypatch.setattr(sqlite_module, "BUSY_TIMEOUT_MS", 50)
    ours = Database(database.path)
    with ours.writing(), pytest.raises(Busy), ours.writing():
        pass
    with ours.writing() as db:
        assert db.execute(text("SELECT 1")).scalar() == 1
    ours.close()


def test_moments_are_utc(database: Database, noon: datetime) -> None:
    """A moment of any zone comes back as the same moment in UTC; a naive one is refused."""
    east = noon.astimezone(timezone(timedelta(hours=5, minutes=30)))
    with database.writing() as db:
        add_practice(db, slug="x", title="x", language="en", track="ground", now_at=east)
    with database.reading() as db:
        row = find_practice(db, "x")
    assert row is not None
    assert (row.added_at, row.added_at.tzinfo) == (noon, UTC)
    naive = noon.replace(tzinfo=None)
    with pytest.raises(StatementError, match="time zone"), database.writing() as db:
        add_practice(db, slug="y", title="y", language="en", track="ground", now_at=naive)


@pytest.mark.sqlite
def test_an_emptied_log_holds_no_deleted_words(database: Database, noon: datetime) -> None:
    """What was deleted is neither in the file nor in its write-ahead log afterwards."""
    word = "nobody-must-know"
    with database.writing() as db:
        add_practice(db, slug=word, title=word, language="en", track="ground", now_at=noon)
    with database.writing() as db:
        db.delete(db.get_one(PracticeRow, word))
    database.empty_log()
    files = list(database.path.parent.glob(f"{database.path.name}*"))
    assert files
    assert [file.name for file in files if word.encode() in file.read_bytes()] == []


def test_a_database_that_is_gone_is_told(tmp_path: Path) -> None:
    """A file that cannot be opened is an error with a status, not a fault."""
    gone = Database(tmp_path / "no-such-folder" / "stepback.db")
    with pytest.raises(DatabaseUnavailable), gone.reading() as db:
        list_practices(db)
    with pytest.raises(DatabaseUnavailable), gone.writing() as db:
        list_practices(db)
