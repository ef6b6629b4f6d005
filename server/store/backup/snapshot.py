"""A copy of the database as it is at one moment, made while others go on writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError

from server.errors import BackupRefused, StorageFull
from server.store.database import Database
from server.store.engines import place_of
from server.store.models import ON_THEIR_WAY, RenderRow, RenderState
from server.store.renders import close_render
from server.store.sitting_tables import SittingRow


def take_snapshot(database_path: Path, to: Path, now_at: datetime) -> None:
    """Write the database's one view of now into a new file, without what is only passing.

    Raises BackupRefused where what it read is damaged, StorageFull.
    """
    copy_database(database_path, to)
    _forget_passing_words(to, now_at)
    check_database(to)


def copy_database(database_path: Path, to: Path) -> None:
    """Write the database's one view of now into a new file, for its owner alone.

    VACUUM INTO reads in one transaction, keeps no writer waiting, and copies rows: whatever was
    deleted is not among them. Raises BackupRefused for what is no database, StorageFull.
    """
    try:
        with closing(sqlite3.connect(f"{database_path.as_uri()}?mode=rw", uri=True)) as raw:
            raw.execute("VACUUM INTO ?", (str(to),)).close()
    except sqlite3.DatabaseError as error:
        if "is full" in str(error):
            raise StorageFull(to) from error
        raise BackupRefused(f"{database_path} cannot be copied: {error}.") from error
    to.chmod(0o600)


def check_database(path: Path) -> None:
    """Raise BackupRefused unless SQLite finds the file whole, and every row refers to one."""
    engine = place_of(path).open()
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    except DatabaseError as error:
        raise BackupRefused(f"The database is damaged: {error.orig}.") from error
    finally:
        engine.dispose()
    if found != "ok" or lost is not None:
        raise BackupRefused(f"The database is damaged: {found}, {lost}.")


def _forget_passing_words(path: Path, now_at: datetime) -> None:
    """Take out the words that lie open for minutes or hours; a backup would keep them for years.

    They are those of live sittings, and those that a worker is to speak. What was under way is
    over when a backup is put back: it is ordered again, like whatever was never finished.
    """
    database = Database(path)
    with database.writing() as db:
        db.execute(delete(SittingRow))
        passing = select(RenderRow).where(RenderRow.is_private, RenderRow.state.in_(ON_THEIR_WAY))
        for row in db.scalars(passing):
            row.state, row.owner, row.order = RenderState.CANCELLED.value, None, {}
            close_render(row, now_at)
    database.empty_log()
    database.close()
