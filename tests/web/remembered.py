"""How a database was at one moment: whether anything is other than then, and how to go back."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from server.store.engines import Address


class Remembered(Protocol):
    """One database, as it was when this was made."""

    def is_changed(self) -> bool:
        """Whether something in it is other than it was."""

    def put_back(self) -> None:
        """Make everything as it was."""

    def close(self) -> None:
        """Let go of it."""


def remember(address: Address) -> Remembered:
    """Remember a database, whatever keeps it."""
    return _File(address) if isinstance(address, Path) else _Schema(address)


class _File:
    """A SQLite file, of which a copy is in memory."""

    def __init__(self, path: Path) -> None:
        self._watching = sqlite3.connect(path, isolation_level=None)
        self._watching.execute("pragma synchronous = off")
        self._kept = sqlite3.connect(":memory:")
        self._watching.backup(self._kept)
        self._version = self._read_version()

    def is_changed(self) -> bool:
        """Whether anybody else has written since."""
        return self._read_version() != self._version

    def put_back(self) -> None:
        """Write the copy over it."""
        self._kept.backup(self._watching)
        self._version = self._read_version()

    def close(self) -> None:
        """Let go of the file."""
        self._watching.close()
        self._kept.close()

    def _read_version(self) -> int:
        return int(self._watching.execute("pragma data_version").fetchone()[0])


class _Schema:
    """A database of PostgreSQL, of whose tables there are copies in a schema of their own."""

    def __init__(self, url: str) -> None:
        self._db = psycopg.connect(url, autocommit=True)
        asked = self._db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in asked]
        self._pairs = [
            (sql.Identifier("public", each), sql.Identifier("kept", each)) for each in names
        ]
        self._db.execute("CREATE SCHEMA kept")
        for now, kept in self._pairs:
            self._db.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, now))
        self._last_write = self._read_last_write()

    def is_changed(self) -> bool:
        """Whether a row is other than it was; a transaction that wrote may have been undone."""
        last_write = self._read_last_write()
        if last_write == self._last_write:
            return False
        if any(self._differ(now, kept) for now, kept in self._pairs):
            return True
        self._last_write = last_write
        return False

    def put_back(self) -> None:
        """Fill each table anew, without what a row that comes or goes would set off."""
        with self._db.transaction():
            self._db.execute("SET LOCAL session_replication_role = replica")
            every = sql.SQL(", ").join(now for now, _ in self._pairs)
            self._db.execute(sql.SQL("TRUNCATE {}").format(every))
            for now, kept in self._pairs:
                self._db.execute(sql.SQL("INSERT INTO {} TABLE {}").format(now, kept))
        self._last_write = self._read_last_write()

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    def _read_last_write(self) -> str:
        (found,) = self._db.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()
        return str(found)

    def _differ(self, now: sql.Identifier, kept: sql.Identifier) -> bool:
        asked = sql.SQL(
            "SELECT EXISTS (SELECT a::text FROM {now} a EXCEPT ALL SELECT b::text FROM {kept} b)"
            " OR EXISTS (SELECT b::text FROM {kept} b EXCEPT ALL SELECT a::text FROM {now} a)"
        )
        (found,) = self._db.execute(asked.format(now=now, kept=kept)).fetchone()
        return bool(found)
