"""What keeps the queue: a SQLite file, Redis, or a PostgreSQL server, each by Huey."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from server.errors import StepbackError
from server.store.engines import Address

if TYPE_CHECKING:
    # Huey loads the drivers of both servers: only whoever opens a queue waits for them.
    from huey import Huey

NAME = "stepback"

ANSWER_S = 0.6
"""How long a server may take for an answer: whoever orders waits for it, and need not.

Redis is asked three times where it has to be connected to anew, PostgreSQL twice.
"""

POSTGRESQL = "postgresql://"


@dataclass(frozen=True, slots=True)
class OpenQueue:
    """A queue as one process has it open."""

    huey: Huey
    close: Callable[[], object]
    """Closes its connections."""


def open_queue(address: Address) -> OpenQueue:
    """Open a queue by the path of a file, or by a URL of redis://, rediss://, unix:// or
    postgresql://. May raise what troubles_of() says.
    """
    from huey import PostgresHuey, SqliteHuey

    if isinstance(address, Path):
        with suppress(OSError):  # SQLite says it
            # Beside a database on a server nobody may have made it yet.
            address.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        huey = SqliteHuey(NAME, filename=str(address), fsync=True, results=False, timeout=10)
        return OpenQueue(huey, huey.storage.close)
    if address.startswith(POSTGRESQL):
        from server.store.postgresql import connect

        opening = partial(connect, address, ANSWER_S)
        huey = PostgresHuey(NAME, connection=opening, blocking=False, results=False)
        return OpenQueue(huey, huey.storage.close)
    return _open_redis(address)


def troubles_of(address: Address) -> tuple[type[Exception], ...]:
    """The errors by which an engine says that it cannot be reached."""
    if isinstance(address, Path):
        return (sqlite3.Error,)
    if address.startswith(POSTGRESQL):
        import psycopg

        return (psycopg.Error, StepbackError)
    import redis

    return (redis.RedisError, OSError)


def _open_redis(url: str) -> OpenQueue:
    from huey import RedisHuey
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    pool = ConnectionPool.from_url(
        url,
        socket_timeout=ANSWER_S,
        socket_connect_timeout=ANSWER_S,
        retry=Retry(NoBackoff(), 0),  # who asks again is the sweeper
        protocol=2,  # with which a connection begins without a greeting
        driver_info=None,
    )
    huey = RedisHuey(NAME, connection_pool=pool, blocking=False, results=False)
    return OpenQueue(huey, pool.disconnect)
