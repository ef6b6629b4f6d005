"""Databases and shelves in a folder of the test's own, and rows to put in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.store import Database, NewEntry, NewRender, Shelf
from server.store.shelves import open_shelf
from tests.new_database import new_database


@dataclass(frozen=True, kw_only=True)
class Places:
    """What of the settings says where the shelf is."""

    cache_path: Path
    store_url: str
    secret_path: Path


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database, on the engine that --database says."""
    database = Database(new_database(tmp_path / "data" / "stepback.db"))
    yield database
    database.close()


@pytest.fixture
def shelf(tmp_path: Path, store_url: str) -> Shelf:
    """An empty shelf, where --store says."""
    return open_shelf(
        Places(
            cache_path=tmp_path / "audio_cache", store_url=store_url, secret_path=tmp_path / "none"
        )
    )


@pytest.fixture
def new_render() -> Callable[..., NewRender]:
    """Make an order; every field may be given."""

    def make(key: str = "a" * 64, **fields: object) -> NewRender:
        words = {"obstacle": "my secret"} if fields.get("is_private") else {}
        values: dict[str, object] = {
            "slug": "stepping-back",
            "title": "Stepping back",
            "minutes": 10,
            "voice": "joe",
            "is_default": not fields.get("is_private"),
            "is_private": False,
            "device_hash": "d" * 64 if fields.get("is_private") else None,
            "order": {"source": "text", "path": "a.md", "minutes": 10, "words": words},
        }
        return NewRender(key=key, **{**values, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture
def new_entry() -> Callable[..., NewEntry]:
    """Make an entry as a phone sends it; every field may be given."""

    def make(**fields: object) -> NewEntry:
        values: dict[str, object] = {
            "id": "1" * 32,
            "device_hash": "d" * 64,
            "slug": "stepping-back",
            "title": "Stepping back",
            "minutes": 10,
            "render_key": None,
            "started_at": NOON,
            "practised_ms": 300_000,
            "outcome": "completed",
        }
        return NewEntry(**{**values, **fields})  # type: ignore[arg-type]

    return make
