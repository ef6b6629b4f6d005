"""Being alone with a database, for what must not happen while Stepback runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from server.errors import MoveRefused

OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid != pg_backend_pid()"
)


@contextmanager
def alone_with(engine: Engine) -> Iterator[None]:
    """Make sure that nobody else has the database open, and let nobody write to SQLite's meanwhile.

    Raises MoveRefused. Of this process too all connections have to be closed.
    """
    engine.dispose()
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            is_alone = not connection.scalar(OTHERS)
    else:
        is_alone = _is_sqlite_alone(Path(str(engine.url.database)))
    if not is_alone:
        raise MoveRefused(
            "The database is in use. Stop Stepback, web and worker, and whatever else has it "
            "open, such as Litestream; then give the same command again."
        )
    if engine.dialect.name == "postgresql":
        yield
        return
    with closing(_connect(Path(str(engine.url.database)))) as raw:
        raw.execute("BEGIN IMMEDIATE").close()
        yield


def _is_sqlite_alone(path: Path) -> bool:
    """Ask for the file as a whole: whoever has it open holds a part, also while idle."""
    with closing(_connect(path)) as raw:
        try:
            raw.execute("PRAGMA locking_mode=EXCLUSIVE").close()
            raw.execute("SELECT count(*) FROM sqlite_master").close()
        except sqlite3.OperationalError:
            return False
    return True


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, isolation_level=None)
