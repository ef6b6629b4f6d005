"""Migrates a database again and again, each time killed some statements later, until it is done.

Run as `python tests/store/kill_migrations.py DATABASE`; prints how often it was killed. Ends
with exit code 1 as soon as a killed migration has changed anything.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path

import alembic.command  # noqa: F401 - loaded here, and not by each that is killed
from sqlalchemy import event
from sqlalchemy.engine import Engine

from server.store import migrate


def dump(path: Path) -> list[str]:
    """All that is in a database, as SQL, after whatever recovery it needs."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = sorted(connection.iterdump())
    connection.close()
    return found


def migrate_until(path: Path, statement: int) -> None:
    """Migrate, and be killed as SQLite begins its so-manieth statement."""
    left = statement

    def step(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "connect", lambda raw, _entry: raw.set_trace_callback(step))
    migrate(path)


def is_killed(path: Path, statement: int) -> bool:
    """True where the migration did not come to its end."""
    pid = os.fork()
    if pid == 0:
        migrate_until(path, statement)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, -signal.SIGKILL), code
    return code != 0


def main(path: Path) -> None:
    """Be killed at each statement, one after another."""
    before, statement, kills = dump(path), 1, 0
    while is_killed(path, statement):
        if dump(path) != before:
            sys.exit(f"killed at statement {statement} it has changed something")
        statement += 1
        kills += 1
    print(kills)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
