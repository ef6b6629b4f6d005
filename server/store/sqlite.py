"""SQLite: one file, for any number of processes of one machine."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from server.errors import (
    Busy,
    DatabaseUnavailable,
    SchemaMismatch,
    StepbackError,
    StorageFull,
)
from server.store.former import forget_formers, keep_former

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


class SqliteFile:
    """A database in one file; see server.store.engines.Place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.what_to_do = (
            "./run makes it when it starts. Later: is the data folder there, and yours?"
        )
        self.writers_wait_s = BUSY_TIMEOUT_MS / 1000

    def open(self) -> Engine:
        """A transaction begins as DEFERRED and read-only, or as IMMEDIATE."""
        # Parameters stay out of messages: they may be a listener's words.
        engine = create_engine(f"sqlite:///{self.path}", hide_parameters=True)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin_as_told)
        return engine

    def open_patiently(self) -> Engine:
        """The same: SQLite sets a statement no time."""
        return self.open()

    def look(self) -> str:
        """Read the file without making or changing it."""
        with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return "The database can be read."

    def trouble(self, error: DBAPIError) -> StepbackError | None:
        """By what SQLite says: it has no numbers for it."""
        said = str(error.orig)
        if not isinstance(error, OperationalError):
            is_damaged = "not a database" in said or "malformed" in said
            return SchemaMismatch(f"{self.path} is not a database: {said}") if is_damaged else None
        if "locked" in said or "busy" in said:
            return Busy()
        if "is full" in said:
            return StorageFull(self.path)
        return DatabaseUnavailable() if any(sign in said for sign in OUT_OF_REACH) else None

    def empty_log(self, engine: Engine) -> bool:
        """Fold the write-ahead log into the file and empty it; False where it was left."""
        is_left = True
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA busy_timeout=500").close()
                is_left = bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
                raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}").close()
        return not is_left

    def require(self) -> None:
        """Raise SchemaMismatch where there is no file; opening it would make one."""
        if not self.path.is_file():
            raise SchemaMismatch(
                f"There is no database at {self.path} yet. Run `stepback migrate`."
            )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder against other migrations, and make the new file's name durable."""
        folder = self.path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder_fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder_fd, fcntl.LOCK_EX)
            yield
            os.fsync(folder_fd)
        finally:
            os.close(folder_fd)

    def forget_formers(self, older_than: timedelta) -> None:
        """Delete the copies beside the file that are so old."""
        forget_formers(self.path, older_than=older_than)

    def begin_remaking(self, connection: Connection, revision: str | None) -> None:
        """Copy what was there, and stop cascades; SQLite only listens to this outside of a
        transaction.
        """
        driver: Any = connection.connection.driver_connection
        if revision is not None:
            keep_former(driver, self.path, revision)
        driver.execute("PRAGMA foreign_keys=OFF")

    def end_remaking(self, connection: Connection) -> None:
        """Raise SchemaMismatch where rows refer to nothing."""
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise SchemaMismatch(f"{self.path} holds rows that refer to nothing.")


def _prepare(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # BEGIN is ours to write, see _begin_as_told
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_as_told(connection: Connection) -> None:
    is_write = connection.get_execution_options().get("is_write", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if is_write else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
