"""PostgreSQL by psycopg: one server, for any number of machines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from server.errors import Busy, DatabaseUnavailable, StepbackError, StorageFull

ANSWER_S = 1.8
"""How long a statement may take, its wait for other writers and a silent server included, and how
long a transaction may wait in all for answers that are slow."""

SLOW_S = 0.05
"""An answer that takes longer is a slow one; long work of many quick ones is not given up."""

WRITERS_LOCK = 0x5354_4550
"""The advisory lock that a writer holds, on any machine, until its transaction ends."""

OPTIONS = (
    "-c synchronous_commit=on",  # what was acknowledged survives a power cut
    "-c timezone=UTC",
    f"-c lock_timeout={round(ANSWER_S * 1000) - 300}ms",
    f"-c statement_timeout={round(ANSWER_S * 1000) - 100}ms",
    f"-c idle_in_transaction_session_timeout={60_000}ms",  # a lost machine holds no lock
)

PATIENT_OPTIONS = ("-c synchronous_commit=on", "-c timezone=UTC")
"""For migrations, which wait for each other and may take their time."""

BUSY = ("53300", "53400", "55P03", "57014", "40001", "40P01")
"""No connection left, a limit reached, a lock or an answer not had in time, a deadlock."""

FULL = ("53100",)
OUT_OF_REACH = ("08", "57P", "58", "28", "3D", "XX")
"""How codes begin of a server that is gone, stopping, starting, damaged, or lets nobody in."""


LEAST_VERSION = (14,)

DRIVER = "postgresql+psycopg"

ASK_RIGHTS = (
    "SELECT has_schema_privilege(current_schema(), 'CREATE') AND NOT pg_is_in_recovery()"
    " AND current_setting('default_transaction_read_only') = 'off'"
)


class PostgresqlServer:
    """A database on a server; see server.store.engines.Place."""

    def __init__(self, url: str) -> None:
        self.what_to_do = (
            "Look whether PostgreSQL (14 or newer) runs, whether STEPBACK_DATABASE_URL leads to it,"
            " and whether its role owns the database. Nothing has to be restarted."
        )
        self.writers_wait_s = ANSWER_S
        self._url = make_url(url).set(drivername=DRIVER)

    def open(self) -> Engine:
        """A transaction is REPEATABLE READ and READ ONLY, or begins with the writers' lock."""
        return self._engine(OPTIONS, ANSWER_S)

    def open_patiently(self) -> Engine:
        """The same for migrations: nothing is given up for taking long."""
        return self._engine(PATIENT_OPTIONS, None)

    def _engine(self, options: tuple[str, ...], answer_s: float | None) -> Engine:
        engine = create_engine(
            self._url,
            creator=lambda: _connect(self._url, options, answer_s),
            hide_parameters=True,  # they may be a listener's words
            pool_pre_ping=True,  # a server that was restarted is not noticed
            pool_timeout=ANSWER_S,
            pool_size=5,
            max_overflow=15,
        )
        event.listen(engine, "begin", _begin_as_told)
        event.listen(engine, "checkin", _forget_waiting)
        return engine

    def look(self) -> str:
        """Ask the server for its version, and whether we may write there."""
        engine = self.open()
        try:
            with engine.connect() as connection:
                version = connection.dialect.server_version_info or (0,)
                may_write = connection.exec_driver_sql(ASK_RIGHTS).scalar()
        finally:
            engine.dispose()
        if version < LEAST_VERSION:
            raise DatabaseUnavailable(f"PostgreSQL {version[0]} is older than 14.")
        if not may_write:
            raise DatabaseUnavailable("PostgreSQL answers, and lets this role write nothing.")
        return f"PostgreSQL {version[0]} can be read and written."

    def trouble(self, error: DBAPIError) -> StepbackError | None:
        """By the SQLSTATE; a connection that is not made or breaks off has none."""
        state = getattr(error.orig, "sqlstate", None)
        if state is None:
            is_broken = isinstance(error.orig, psycopg.OperationalError)
            return DatabaseUnavailable() if is_broken else None
        if state in BUSY:
            return Busy()
        if state in FULL:
            return StorageFull("the database")
        return DatabaseUnavailable() if state.startswith(OUT_OF_REACH) else None

    def empty_log(self, engine: Engine) -> bool:
        """Nothing: deleted rows stay on the server's disk until its autovacuum, and in its
        write-ahead log and archive for as long as these are kept. What a listener wrote is sealed
        there by a key of its own, which lies elsewhere and is destroyed.
        """
        return True

    def require(self) -> None:
        """Nothing: a missing database is told by the server."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing: a migration is a writer, and there is one at a time."""
        yield

    def forget_formers(self, older_than: timedelta) -> None:
        """Nothing: a server's copies are its operator's."""

    def begin_remaking(self, connection: Connection, revision: str | None) -> None:
        """Nothing: tables are altered as they stand, and copies are the operator's."""

    def end_remaking(self, connection: Connection) -> None:
        """Nothing: references were never let go."""


def connect(url: str, answer_s: float) -> psycopg.Connection[Any]:
    """Connect to a server which has so long for each answer, in seconds; then it is
    DatabaseUnavailable.
    """
    return _connect(make_url(url).set(drivername=DRIVER), PATIENT_OPTIONS, answer_s)


def _connect(url: URL, options: tuple[str, ...], answer_s: float | None) -> psycopg.Connection[Any]:
    _, arguments = url.get_dialect()().create_connect_args(url)
    arguments.update(connect_timeout=2, options=" ".join(options), application_name="stepback")
    begun_s = time.monotonic()
    connection = _Impatient.connect(**arguments)
    connection.answer_s, connection.waited_s = answer_s, time.monotonic() - begun_s
    return connection


class _Impatient(psycopg.Connection[Any]):
    """A connection that is given up where the server does not answer at all.

    The server's own statement_timeout is of no use when it is the server, or the way to it, that
    hangs.
    """

    answer_s: float | None = None
    waited_s: float = 0.0
    """How long its transaction has waited for slow answers."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ANN401 - the driver's own
        """Wait for an answer; DatabaseUnavailable, and closed, when there is none.

        Of what the server says of an error only its first sentence is kept: the details quote the
        row, which may be a listener's words.
        """
        left_s = None if self.answer_s is None else max(self.answer_s - self.waited_s, 0.0)
        is_ours = timeout is None and left_s is not None
        begun_s = time.monotonic()
        try:
            return super().wait(gen, interval, left_s if is_ours else timeout)
        except psycopg.errors._WaitTimeout as error:
            if not is_ours:
                raise
            self.close()
            raise DatabaseUnavailable from error
        except psycopg.Error as error:
            if error.diag.message_primary:
                error.args = (error.diag.message_primary,)
            raise
        finally:
            took_s = time.monotonic() - begun_s
            self.waited_s += took_s if took_s > SLOW_S else 0.0


def _forget_waiting(connection: _Impatient | None, _record: object) -> None:
    """Whoever takes the connection next has all the time, in which it is asked whether it lives."""
    if connection is not None:
        connection.waited_s = 0.0


def _begin_as_told(connection: Connection) -> None:
    """Begin a view, or wait for the turn to write.

    A writer is READ COMMITTED: each statement sees what was committed before it, and while the
    lock is held nobody else commits. REPEATABLE READ would see what was there before the wait.
    """
    if connection.get_execution_options().get("is_write", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
