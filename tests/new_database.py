"""A database for each test: migrated once in a process, and then copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from server.store import migrate
from server.store.engines import Address
from tests import postgresql


def database_environ() -> dict[str, str]:
    """What a house's settings say of its database: nothing, or where on a server one may be made.

    Which of the two is what --database says.
    """
    return {"STEPBACK_DATABASE_URL": postgresql.free_url()} if postgresql.is_asked_for else {}


def new_database(path: Path) -> Address:
    """Make an empty database, on the engine that --database says; gives its address."""
    address = postgresql.free_url() if postgresql.is_asked_for else path
    make_database(address)
    return address


def make_database(address: Address) -> None:
    """Put an empty database of today's shape there, as migrate() does, at a fiftieth of the cost.

    How it comes about is the subject of tests/store/test_schema.py.
    """
    if isinstance(address, str):
        postgresql.make(address)
        return
    address.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with address.open("xb") as file:
        file.write(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stepback.db"
        migrate(path)
        assert [each.name for each in path.parent.iterdir()] == [path.name]  # and no log beside it
        return path.read_bytes()
