"""The database file: how it is opened, read and written."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from server.errors import Busy, DatabaseUnavailable, StorageFull

BUSY_TIMEOUT_MS = 10_000
"""How long a write waits for another process's write."""

PRAGMAS = (
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",  # what was acknowledged survives a power cut
    "foreign_keys=ON",
    "secure_delete=ON",  # a listener's words are overwritten, not only unlinked
)

OUT_OF_REACH = ("unable to open", "disk I/O error", "malformed")
"""What SQLite says when its file is gone or damaged; what else it says is a fault of ours."""


class Database:
    """One SQLite file, for any number of processes, threads and greenlets.

    Nothing is opened before the first use, and every process opens its own connections, so an
    instance may be made before a fork.
    """

    def __init__(self, path: Path, *, info: Mapping[str, object] | None = None) -> None:
        self.path = path
        self._info = dict(info or {})  # what each session carries
        self._by_pid: dict[int, _Connections] = {}

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view; a write in it is refused by SQLite."""
        with self._told(), self._open(self._mine().engine) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction, begun IMMEDIATE, committed when the block ends without an error.

        Raises Busy when another writer does not finish within BUSY_TIMEOUT_MS, StorageFull when
        the disk is full, DatabaseUnavailable when the file cannot be read or written.
        """
        mine = self._mine()
        if not mine.write_turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise Busy
        try:
            with self._told(), self._open(mine.writing_engine) as db:
                # Taken now, so that what is read next cannot change before it is written.
                db.connection()
                yield db
                db.commit()
        finally:
            mine.write_turn.release()

    def empty_log(self) -> bool:
        """Fold SQLite's write-ahead log into the file and empty it; False where it was left.

        What was deleted is overwritten in the file, and lives on in the log until then. Where
        another process is in the middle of reading, the log is left for the next time.
        """
        mine, is_left = self._mine(), True
        with mine.write_turn, self._told(), mine.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA busy_timeout=500").close()
                is_left = bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
                raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}").close()
        return not is_left

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what SQLite says as an error of ours, with what can be done about it."""
        try:
            yield
        except OperationalError as error:
            said = str(error.orig)
            if "locked" in said or "busy" in said:
                raise Busy from error
            if "is full" in said:
                raise StorageFull(self.path) from error
            if any(sign in said for sign in OUT_OF_REACH):
                raise DatabaseUnavailable from error
            raise

    def _open(self, engine: Engine) -> Session:
        return Session(engine, expire_on_commit=False, info=dict(self._info))

    def close(self) -> None:
        """Close this process's connections; the next use opens new ones."""
        mine = self._by_pid.pop(os.getpid(), None)
        if mine is not None:
            mine.engine.dispose()

    def _mine(self) -> _Connections:
        # Connections inherited through a fork stay in the dictionary untouched: closing them
        # here would disturb the parent. setdefault keeps this free of locks, which a fork could
        # freeze; an engine that loses the race has opened nothing.
        pid = os.getpid()
        return self._by_pid.get(pid) or self._by_pid.setdefault(pid, _Connections(self.path))


class _Connections:
    """One process's way to the file."""

    def __init__(self, path: Path) -> None:
        self.engine = open_engine(path)
        self.writing_engine = self.engine.execution_options(is_write=True)
        # Writers of one process take turns here, where a greenlet can wait for another one.
        # Inside SQLite it could not: the wait would stop the very greenlet it waits for.
        self.write_turn = threading.Lock()


def open_engine(path: Path) -> Engine:
    """Make an engine on which a transaction begins as DEFERRED and read-only, or as IMMEDIATE
    where the execution option is_write is set.
    """
    # Parameters stay out of messages: they may be a listener's words.
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_as_told)
    return engine


def _prepare(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # BEGIN is ours to write, see _begin_as_told
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_as_told(connection: Connection) -> None:
    is_write = connection.get_execution_options().get("is_write", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if is_write else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
