"""The database: how it is opened, read and written."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm import Session

from server.errors import Busy, DatabaseUnavailable, StorageFull
from server.store.engines import Address, Place, place_of

NOT_WRITTEN = (Busy, DatabaseUnavailable, StorageFull)
"""Why `Database.writing()` may have changed nothing: whoever can do without it goes on."""


class Database:
    """One database, for any number of processes, threads and greenlets.

    Nothing is opened before the first use, and every process opens its own connections, so an
    instance may be made before a fork.
    """

    def __init__(self, address: Address, *, info: Mapping[str, object] | None = None) -> None:
        self._address = address
        self._place = place_of(address)
        self._info = dict(info or {})  # what each session carries
        self._by_pid: dict[int, _Connections] = {}

    @property
    def path(self) -> Path:
        """SQLite's file. A ValueError where there is none."""
        if isinstance(self._address, Path):
            return self._address
        raise ValueError("A database on a server has no file.")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view; a write in it is refused."""
        with self._told(), self._open(self._mine().engine) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction, the only one, committed when the block ends without an error.

        Raises one of NOT_WRITTEN: Busy when other writers do not finish in time, StorageFull when
        the disk is full, DatabaseUnavailable when the database cannot be reached, read or written.
        """
        mine = self._mine()
        if not mine.write_turn.acquire(timeout=self._place.writers_wait_s):
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
        """Empty the write-ahead log where it is ours to empty; False where it was left.

        What was deleted is overwritten in SQLite's file, and lives on in its log until then.
        Where another process is in the middle of reading, the log is left for the next time. For
        PostgreSQL see server.store.postgresql.
        """
        mine = self._mine()
        with mine.write_turn, self._told():
            return self._place.empty_log(mine.engine)

    def forget_formers(self) -> None:
        """Delete the copies beside the database that earlier migrations have kept, each of them."""
        self._place.forget_formers(older_than=timedelta())

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what the engine says as an error of ours, with what can be done about it."""
        try:
            yield
        except TimeoutError as error:  # all of this process's connections are in use
            raise Busy from error
        except DBAPIError as error:
            if trouble := self._place.trouble(error):
                raise trouble from error
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
        return self._by_pid.get(pid) or self._by_pid.setdefault(pid, _Connections(self._place))


class _Connections:
    """One process's way to the database."""

    def __init__(self, place: Place) -> None:
        self.engine = place.open()
        self.writing_engine = self.engine.execution_options(is_write=True)
        # Writers of one process take turns here, where a greenlet can wait for another one.
        # Inside SQLite it could not: the wait would stop the very greenlet it waits for.
        self.write_turn = threading.Lock()
