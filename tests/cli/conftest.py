"""Commands with settings of the test's own, over a store that has something in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.config import Settings
from server.store import (
    Database,
    NewRender,
    Shelf,
    add_practice,
    add_render,
    claim_render,
    finish_render,
)
from tests.new_database import database_environ, make_database


@dataclass(frozen=True)
class House:
    """The parts of a house that these tests look into."""

    database: Database
    shelf: Shelf

    def order(self, digit: str, *, title: str = "Three breaths", is_ahead: bool = False) -> str:
        """Order a render; gives its key, which begins with the digit."""
        now_at, key = datetime.now(UTC), digit * 64
        new = NewRender(
            key=key,
            slug=title.lower().replace(" ", "-"),
            title=title,
            minutes=2,
            voice="joe",
            is_default=True,
            is_private=False,
            device_hash=None,
            order={"source": "", "path": "", "minutes": 2, "words": {}},
        )
        with self.database.writing() as db:
            add_practice(
                db, slug=new.slug, title=title, language="en", track="ground", now_at=now_at
            )
            add_render(db, new, now_at, is_ahead=is_ahead)
        return key

    def make(self, key: str, *, days: float = 0, size: int = 1_500_000) -> None:
        """Finish a render so many days ago, last heard then."""
        now_at = datetime.now(UTC) - timedelta(days=days)
        folder = self.shelf.render_folder(key)
        self.shelf.publish(folder / "a.mp3", bytes(size))
        with self.database.writing() as db:
            assert claim_render(db, key, "me", now_at)
            assert finish_render(
                db,
                key,
                "me",
                renditions=[],
                report={},
                duration_ms=120_000,
                clip_keys=[],
                now_at=now_at,
            )
        then_s = now_at.timestamp()
        os.utime(folder, (then_s, then_s))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "STEPBACK_DATA": str(tmp_path / "data"),
        "STEPBACK_KEYS": str(tmp_path / "keys"),
        "STEPBACK_CACHE": str(tmp_path / "cache"),
        "STEPBACK_SCRIPTS": str(tmp_path / "scripts"),
        **database_environ(),
    }


@pytest.fixture
def house(environment: dict[str, str]) -> Iterator[House]:
    settings = Settings.from_environment(environment)
    make_database(settings.database_address)
    house = House(Database(settings.database_address), Shelf(settings.cache_path))
    yield house
    house.database.close()


@pytest.fixture
def stepback(environment: dict[str, str]) -> Callable[..., Result]:
    """Run a command; whatever it raises, but for its exit, is raised."""

    def run(*arguments: str, typed: str = "") -> Result:
        result = CliRunner(env=environment).invoke(main, arguments, input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
