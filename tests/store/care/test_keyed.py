"""Whose keys belong to a database, and whether they open anything of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import BackupRefused
from server.store import Database
from server.store.care import KeyRing, find_keyless, list_client_ids
from tests.full_case import settle_client


def test_each_key_is_tried(database: Database, tmp_path: Path) -> None:
    """A missing one is named; one that opens nothing, or is damaged, is refused."""
    keys = KeyRing(tmp_path / "keys")
    ines, jo = settle_client(database, keys, "d" * 64), settle_client(database, keys, "e" * 64)
    path = keys.path / f"{ines}.key"
    with database.reading() as db:
        assert list_client_ids(db) == {ines, jo}
        assert find_keyless(db, keys) == set()
        for wrong in (bytes(32), b"short"):
            path.write_bytes(wrong)
            with pytest.raises(BackupRefused, match=ines):
                find_keyless(db, keys)
        path.unlink()
        assert find_keyless(db, keys) == {ines}
