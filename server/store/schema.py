"""The shape of the database: bringing it up to date, and checking that it is."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DatabaseError

from server.errors import SchemaMismatch
from server.store.database import open_engine
from server.store.former import FORMER_LASTS, forget_formers, keep_former

MIGRATIONS_PATH = Path(__file__).with_name("migrations")

UNFINISHED = "moving-"
"""So begins what a database says in place of its revision while a house is moved there."""


def migrate(path: Path) -> None:
    """Bring the database to this version's shape, making it where there is none.

    All or nothing, wherever it is killed, and safe when several processes start at once. A copy
    of what was there stays beside it, see former.py. Raises SchemaMismatch for a database that a
    newer Stepback has written, StorageFull where the copy has no room.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone_in(path.parent), _connected(path, is_write=True) as connection:
        forget_formers(path, older_than=FORMER_LASTS)
        revision = _known_revision(connection)
        if revision == _known_revisions()[0]:
            return
        if revision is not None:
            keep_former(_raw(connection), path, revision)
        _stop_cascades(connection)
        with connection.begin():
            command.upgrade(_configuration(connection), "head")
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise SchemaMismatch(f"{path} holds rows that refer to nothing.")


def check_schema(path: Path) -> None:
    """Raise SchemaMismatch unless the database is there and of this version's shape."""
    if not path.is_file():
        raise SchemaMismatch(f"There is no database at {path} yet. Run `stepback migrate`.")
    with _connected(path, is_write=False) as connection:
        if _known_revision(connection) != _known_revisions()[0]:
            raise SchemaMismatch


def _known_revision(connection: Connection) -> str | None:
    """Its revision, None for an empty database. Raises SchemaMismatch for a newer one."""
    revision = _revision(connection)
    if revision is not None and revision.startswith(UNFINISHED):
        raise SchemaMismatch("A house is being moved there: give `stepback move` once more.")
    if revision is not None and revision not in _known_revisions():
        raise SchemaMismatch(
            f"The database was written by a newer Stepback (revision {revision}). Nothing was "
            "changed; start that one again."
        )
    return revision


def _revision(connection: Connection) -> str | None:
    # Asked in SQL: Alembic would write two lines to the log of every process that starts.
    is_known = inspect(connection).has_table("alembic_version")
    query = "SELECT version_num FROM alembic_version"
    revision = connection.exec_driver_sql(query).scalar() if is_known else None
    connection.rollback()
    return revision


def _known_revisions() -> tuple[str, ...]:
    """Every revision of this version, newest first."""
    directory = ScriptDirectory(str(MIGRATIONS_PATH))
    return tuple(revision.revision for revision in directory.walk_revisions())


def _configuration(connection: Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS_PATH).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration


def _stop_cascades(connection: Connection) -> None:
    """Let migrations remake tables; SQLite only listens to this outside of a transaction."""
    _raw(connection).execute("PRAGMA foreign_keys=OFF")


def _raw(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own, which has no base class
    return connection.connection.driver_connection


@contextmanager
def _connected(path: Path, *, is_write: bool) -> Iterator[Connection]:
    engine = open_engine(path).execution_options(is_write=is_write)
    try:
        with engine.connect() as connection:
            yield connection
    except DatabaseError as error:
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise SchemaMismatch(f"{path} is not a database: {error.orig}") from error
        raise
    finally:
        engine.dispose()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder against other migrations, and make the new file's name durable."""
    folder_fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder_fd, fcntl.LOCK_EX)
        yield
        os.fsync(folder_fd)
    finally:
        os.close(folder_fd)
