"""An audited database, and the keys beside which its head lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store import Database
from server.store.care import KeyRing, open_audited
from server.store.engines import Address
from tests.new_database import new_database


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


@pytest.fixture
def address(tmp_path: Path) -> Address:
    """Where it is, on the engine that --database says."""
    return new_database(tmp_path / "data" / "stepback.db")


@pytest.fixture
def audited(address: Address, keys: KeyRing) -> Iterator[Database]:
    database = open_audited(address, keys.path)
    yield database
    database.close()
