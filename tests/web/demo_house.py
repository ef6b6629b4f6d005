"""The application of a demo, with its people, in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from apiflask import APIFlask

from server.app import create_demo_app
from server.config import Settings
from server.render.sample import Cast, House, fill
from server.store import Database
from server.store.care import KeyRing
from tests.browser.watched import ROOT
from tests.new_database import database_environ, make_database

MARK = "Demo: sample data, thrown away at stop."
"""What every page says."""


@contextmanager
def demo_in(folder: Path) -> Iterator[tuple[Cast, APIFlask]]:
    """Fill a house as `stepback demo` does; its database is open until the block is left."""
    settings = Settings.from_environment(
        {
            "STEPBACK_DATA": f"{folder}/data",
            "STEPBACK_KEYS": f"{folder}/keys",
            "STEPBACK_CACHE": f"{folder}/cache",
            "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
            "STEPBACK_VOICE": "silent",
            **database_environ(),
        }
    )
    make_database(settings.database_address)
    database = Database(settings.database_address)
    house = House(database=database, keys=KeyRing(settings.keys_path), now_at=datetime.now(UTC))
    people = fill(house, settings.scripts_path)
    app = create_demo_app(settings, people)
    yield people, app
    app.extensions["stepback"].database.close()
    database.close()
