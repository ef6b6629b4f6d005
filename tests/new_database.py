"""A database for each test: migrated once in a process, and then copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from server.store import migrate


def make_database(path: Path) -> None:
    """Put an empty database of today's shape there, as migrate() does, at a fiftieth of the cost.

    How it comes about is the subject of tests/store/test_schema.py.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stepback.db"
        migrate(path)
        assert [each.name for each in path.parent.iterdir()] == [path.name]  # and no log beside it
        return path.read_bytes()
