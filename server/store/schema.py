"""The shape of the database: bringing it up to date, and checking that it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from server.errors import SchemaMismatch
from server.store.engines import Address, Place, place_of
from server.store.former import FORMER_LASTS

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS_PATH = Path(__file__).with_name("migrations")

UNFINISHED = "moving-"
"""So begins what a database says in place of its revision while a house is moved there."""


def migrate(address: Address) -> None:
    """Bring the database to this version's shape, making it where there is none.

    All or nothing, wherever it is killed, and safe when several processes start at once. Of a
    file a copy of what was there stays beside it, see former.py. Raises SchemaMismatch for a
    database that a newer Stepback has written, StorageFull where the copy has no room.
    """
    place = place_of(address)
    with place.alone(), _connected(place, is_write=True) as connection:
        place.forget_formers(FORMER_LASTS)
        revision = _known_revision(connection)
        if revision == _known_revisions()[0]:
            return
        from alembic import command  # which takes as long to load as all of SQLAlchemy's core

        place.begin_remaking(connection, revision)
        with connection.begin():
            command.upgrade(_configuration(connection, is_new=revision is None), "head")
            place.end_remaking(connection)


def check_schema(address: Address) -> None:
    """Raise SchemaMismatch unless the database is there and of this version's shape."""
    place = place_of(address)
    place.require()
    with _connected(place, is_write=False) as connection:
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
    """Every revision of this version, newest first: by the names of their files, since every
    process that starts asks.
    """
    names = sorted((MIGRATIONS_PATH / "versions").glob("r[0-9]*.py"), reverse=True)
    return tuple(path.stem.partition("_")[0].removeprefix("r") for path in names)


def _configuration(connection: Connection, *, is_new: bool = False) -> Config:
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS_PATH).replace("%", "%%"))
    configuration.attributes.update(connection=connection, is_new=is_new)
    return configuration


@contextmanager
def _connected(place: Place, *, is_write: bool) -> Iterator[Connection]:
    engine = place.open_patiently() if is_write else place.open()
    try:
        with engine.execution_options(is_write=is_write).connect() as connection:
            yield connection
    except DBAPIError as error:
        if trouble := place.trouble(error):
            raise trouble from error
        raise
    finally:
        engine.dispose()
