"""A whole house behind the door: a real store in a folder of its own, and a silent voice."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.app import create_app
from server.config import Settings
from server.render.covers import Picture, make_picture
from server.store import (
    Database,
    NewRendition,
    Shelf,
    claim_render,
    find_render,
    finish_render,
)
from server.store.shelves import open_shelf
from tests.covers import draw_once
from tests.new_database import database_environ, make_database
from tests.web.live_house import LiveHouse, put_lines, write_live_scripts
from tests.web.people_house import People, settle_people

if TYPE_CHECKING:
    from tests.web.public_feed_house import FeedHouse

SCRIPT = """---
title: Soft ground
slug: soft-ground
summary: Standing, for a while.
intention: To feel what carries you.
track: ground
minutes: [1, 2, 3]
language: en
voice: silent
pace: 1.2
words:
  place:
    ask: Where are you?
    default: this room
    longest: 20
credits: The words are our own.
---

# Arriving

[bell]

You can stop at any time. Stopping is fine.

You are in {place}. [3s]

[silence fill]

# Standing

Feel the ground under your feet. [5s]

[silence fill]
"""

OWNER = "here:1:test"
KINDS = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg; codecs=opus",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "json": "application/json+chapters",
    "report": "application/json",
}
STAGES = {
    "stages": [
        {"title": "Arriving", "start_ms": 0, "length_ms": 60_000, "speech_ms": 9000},
        {"title": "Standing", "start_ms": 60_000, "length_ms": 60_000, "speech_ms": 9000},
    ]
}


FILES = {
    "mp3": random.Random(7).randbytes(3_000_000),
    "vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nHere.\n",
    "srt": b"1\n00:00:00,000 --> 00:00:01,000\nHere.\n",
    "json": b'{"version": "1.2.0", "chapters": []}',
    "report": b"{}",
}


@dataclass(frozen=True)
class House:
    """The parts of a house that tests look into."""

    settings: Settings
    database: Database
    shelf: Shelf

    def path(self, key: str, kind: str) -> Path:
        """Where a published file is."""
        with self.database.reading() as db:
            row = find_render(db, key)
            assert row is not None
            name = next(r.file_name for r in row.renditions if r.kind == kind)
        return self.shelf.render_folder(key) / name

    def publish(self, key: str, files: Mapping[str, bytes] = FILES) -> None:
        """Do what a worker does, with files of the test's: claim, publish, finish."""
        with self.database.writing() as db:
            assert claim_render(db, key, OWNER, datetime.now(UTC)) is not None
        made = []
        for kind, content in files.items():
            digest = hashlib.sha256(content).hexdigest()
            name = f"{digest[:16]}.{kind}"
            self.shelf.publish(self.shelf.render_folder(key) / name, content)
            made.append(
                NewRendition(
                    kind=kind,
                    file_name=name,
                    content_type=KINDS[kind],
                    sha256=digest,
                    size_bytes=len(content),
                )
            )
        with self.database.writing() as db:
            assert finish_render(
                db,
                key,
                OWNER,
                renditions=made,
                report=STAGES,
                duration_ms=120_000,
                clip_keys=[],
                now_at=datetime.now(UTC),
            )


def house_in(folder: Path, **changes: str) -> House:
    """Build a house in an empty folder."""
    scripts = folder / "scripts"
    scripts.mkdir()
    (scripts / "soft-ground.md").write_text(SCRIPT, encoding="utf-8")
    environ = {
        "STEPBACK_DATA": str(folder / "data"),
        "STEPBACK_KEYS": str(folder / "keys"),
        "STEPBACK_CACHE": str(folder / "cache"),
        "STEPBACK_SCRIPTS": str(scripts),
        "STEPBACK_HOST": "127.0.0.1",
        "STEPBACK_PORT": "0",
        "STEPBACK_WEB_WORKERS": "1",
        "STEPBACK_VOICE": "silent",
        "STEPBACK_LEAST_FREE_MB": "1",
        "STEPBACK_PUBLIC_URL": "http://sit.example",
        **database_environ(),
        **changes,
    }
    settings = Settings.from_environment(environ)
    make_database(settings.database_address)
    return House(
        settings=settings,
        database=Database(settings.database_address),
        shelf=open_shelf(settings),
    )


@pytest.fixture(scope="session")
def build_house() -> Callable[..., House]:
    """Build a house in a folder of the test's choice."""
    return house_in


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """What publish() puts on the shelf."""
    return FILES


@pytest.fixture(autouse=True)
def standing_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has drawn each cover before it is asked for."""
    monkeypatch.setattr("server.render.covers.read_picture", make_picture)
    monkeypatch.setattr(Picture, "draw", draw_once)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty house with one practice in its library."""
    built = house_in(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def app(house: House) -> Iterator[APIFlask]:
    """The application over the empty house."""
    made = create_app(house.settings)
    yield made
    made.extensions["stepback"].database.close()


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A browser that keeps its cookies."""
    return app.test_client()


@pytest.fixture
def order(client: FlaskClient) -> Callable[..., str]:
    """Order a render through the API; gives its key."""

    def place(minutes: int = 2, **words: str) -> str:
        answer = client.post(
            "/api/renders", json={"practice": "soft-ground", "minutes": minutes, "words": words}
        )
        assert answer.status_code in (200, 202), answer.text
        return str(answer.get_json()["key"])

    return place


@pytest.fixture
def published(house: House, order: Callable[..., str]) -> str:
    """A finished public render; gives its key."""
    key = order()
    house.publish(key)
    return key


@pytest.fixture
def live_house(house: House) -> Iterator[LiveHouse]:
    """A house with a practice that can be sat with live, all of whose lines are there."""
    write_live_scripts(house.settings)
    built = LiveHouse(settings=house.settings)
    put_lines(built.rooms)
    yield built
    built.close()


@pytest.fixture
def people(app: APIFlask) -> People:
    """Two practice rooms with their people, in the app's house."""
    return settle_people(app)


@pytest.fixture
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FeedHouse]:
    """A house with public feeds, in a folder of its own. Tests of private ones have their own."""
    from tests.web.public_feed_house import build_feed_house  # which is built of this file

    built = build_feed_house(tmp_path_factory.mktemp("feeds"))
    yield built
    built.close()
