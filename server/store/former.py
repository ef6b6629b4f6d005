"""The database as it was before a migration: a copy beside it, for going back to that Stepback.

It is named after the revision it has, such as `stepback-0008.db`. A migration is all or nothing,
so nothing needs it to finish one that was killed. It holds what the database held, so it goes
when the next migration makes another one, after FORMER_LASTS, and when somebody is erased.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import DatabaseError

from server.errors import StorageFull
from server.store.once_file import make_durable

FORMER_LASTS = timedelta(days=30)

_PASSING = {
    "sittings": "DELETE FROM sittings",
    "renders": """UPDATE renders SET "order" = '{}' WHERE is_private""",
}
"""By table: what takes out of a copy the words that lie open for hours at most."""


def keep_former(raw: SqliteConnection, path: Path, revision: str) -> Path:
    """Copy the database, which nobody else may migrate meanwhile; it is on the disk on return.

    Raises StorageFull, with nothing left behind.
    """
    former = path.with_name(f"{path.stem}-{revision}{path.suffix}")
    part = former.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        raw.execute("VACUUM INTO ?", (str(part),)).close()
        _forget_passing_words(part)
        make_durable(part)
        forget_formers(path)
        part.replace(former)
        make_durable(path.parent)
    except DatabaseError as error:
        if "is full" in str(error):
            raise StorageFull(former) from error
        raise
    finally:
        part.unlink(missing_ok=True)
    return former


def forget_formers(path: Path, *, older_than: timedelta = timedelta()) -> None:
    """Delete the copies of the database that are so old."""
    for former in list_formers(path):
        if former.stat().st_mtime < time.time() - older_than.total_seconds():
            former.unlink(missing_ok=True)


def list_formers(path: Path) -> Iterator[Path]:
    """The copies of a database from before its migrations."""
    name = re.compile(rf"{re.escape(path.stem)}-\d{{4}}{re.escape(path.suffix)}")
    return (each for each in path.parent.iterdir() if name.fullmatch(each.name))


def _forget_passing_words(path: Path) -> None:
    copy = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode=DELETE", "foreign_keys=ON", "secure_delete=ON"):
            copy.execute(f"PRAGMA {pragma}").close()
        there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
        for table, statement in _PASSING.items():
            if table in there:
                copy.execute(statement).close()
    finally:
        copy.close()
