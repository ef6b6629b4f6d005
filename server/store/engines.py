"""What the database engines do differently; everything above asks this and names none of them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from server.errors import StepbackError
from server.store.sqlite import SqliteFile

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql as postgresql_dialect

Address = Path | str
"""Where a database is: the path of a SQLite file, or a URL of postgresql://."""


class Place(Protocol):
    """One database, whatever keeps it."""

    writers_wait_s: float
    """How long a writer waits for the others."""

    def open(self) -> Engine:
        """Make an engine whose transactions are one read-only view, or, where the execution
        option is_write is set, the only writer.
        """

    def open_patiently(self) -> Engine:
        """The same for migrations, which may take their time."""

    what_to_do: str
    """What an operator can do where it does not answer."""

    def look(self) -> str:
        """Say what it is; raises what is wrong with it."""

    def trouble(self, error: DBAPIError) -> StepbackError | None:
        """What an error of the driver is called here; None for a fault of ours."""

    def empty_log(self, engine: Engine) -> bool:
        """See Database.empty_log."""

    def require(self) -> None:
        """Raise SchemaMismatch where there is certainly no database."""

    def alone(self) -> AbstractContextManager[None]:
        """Make room for a database, held against other migrations."""

    def forget_formers(self, older_than: timedelta) -> None:
        """Delete the copies that earlier migrations kept, and that are so old."""

    def begin_remaking(self, connection: Connection, revision: str | None) -> None:
        """Let migrations remake tables; a file of this revision is copied first, see former.py."""

    def end_remaking(self, connection: Connection) -> None:
        """Raise SchemaMismatch where rows refer to nothing."""


def place_of(address: Address) -> Place:
    """The database at an address; nothing is opened."""
    if isinstance(address, Path):
        return SqliteFile(address)
    from server.store.postgresql import PostgresqlServer  # and its driver, where there is a server

    return PostgresqlServer(address)


def look_at(address: Address) -> str:
    """Say that the database answers and what it is; raises what is wrong with it."""
    place = place_of(address)
    try:
        return place.look()
    except DBAPIError as error:
        raise place.trouble(error) or error from error


def what_to_do_about(address: Address) -> str:
    """What an operator can do where look_at() raises."""
    return place_of(address).what_to_do


def insert_once(
    db: Session, row: type[DeclarativeBase]
) -> sqlite_dialect.Insert | postgresql_dialect.Insert:
    """An INSERT that can say what happens where the key is there: on_conflict_do_nothing() or
    on_conflict_do_update(), alike on all engines.
    """
    if db.get_bind().dialect.name == "sqlite":
        return sqlite_dialect.insert(row)
    from sqlalchemy.dialects import postgresql as postgresql_dialect  # only where it is the engine

    return postgresql_dialect.insert(row)
