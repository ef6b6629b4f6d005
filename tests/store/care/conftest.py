"""An audited database, and the keys beside which its head lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store import Database
from server.store.care import KeyRing, open_audited
from tests.new_database import make_database


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


@pytest.fixture
def audited(tmp_path: Path, keys: KeyRing) -> Iterator[Database]:
    path = tmp_path / "data" / "stepback.db"
    make_database(path)
    database = open_audited(path, keys.path)
    yield database
    database.close()
