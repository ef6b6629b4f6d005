"""Four threads add entries to the log until they are killed; each is printed once it is kept.

Run as `python tests/store/write_on.py DATABASE`; a line is the entry's id and the second, by a
clock that only goes on, in which the answer came.
"""

from __future__ import annotations

import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from server.store import Database, NewEntry, add_entry


def write_on(database: Database) -> None:
    """Add entries for as long as there is somebody to tell."""
    while True:
        now_at = datetime.now(UTC)
        entry = NewEntry(
            id=uuid.uuid4().hex,
            device_hash="d" * 64,
            slug="stepping-back",
            title="Stepping back",
            minutes=10,
            render_key=None,
            started_at=now_at,
            practised_ms=300_000,
            outcome="completed",
        )
        with database.writing() as db:
            add_entry(db, entry, now_at)
        sys.stdout.write(f"{entry.id} {time.monotonic()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    database = Database(Path(sys.argv[1]))
    for _ in range(4):
        threading.Thread(target=write_on, args=(database,)).start()
