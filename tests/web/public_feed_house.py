"""A house with feeds to read: three practices, a course of four sittings, recordings of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from apiflask import APIFlask
from flask.testing import FlaskClient
from lxml import etree

from server.app import create_app
from server.config import Settings
from server.feed import Podcast
from server.render import feed_path, outline_feed, read_news
from server.store import (
    Database,
    NewRender,
    NewRendition,
    Shelf,
    add_practice,
    add_render,
    claim_render,
    find_feed,
    finish_render,
    list_renders_of,
)
from server.web.public_episodes import make_podcast
from server.web.rooms import Rooms
from tests.web.conftest import KINDS, SCRIPT, STAGES, house_in

BEGUN_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE = "http://sit.example"
NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
LIBRARY, TRACK, COURSE = "/feed", "/feed/tracks/ground", "/feed/courses/two-weeks"
PATHS = (LIBRARY, TRACK, COURSE)

COURSE_TEXT = """\
slug: two-weeks
title: Two weeks & a day
summary: Four sittings.
why: [They come one after the other.]
sittings:
  - {practice: soft-ground, minutes: 2, why: To begin.}
  - {practice: high-ground, minutes: 3, why: To go on.}
  - {practice: far-ground, minutes: 1, why: To go far.}
  - {practice: soft-ground, minutes: 2, why: To come back.}
"""
PRACTICES = {
    "soft-ground": ("Soft ground", "ground"),
    "high-ground": ('High <ground> & "sky"', "ground"),
    "far-ground": ("Far ground", "obstacles"),
}


@dataclass
class FeedHouse:
    """A house, its application, and what was recorded in it."""

    folder: Path
    settings: Settings
    database: Database
    shelf: Shelf
    app: APIFlask = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.app = create_app(self.settings)

    @property
    def client(self) -> FlaskClient:
        """Somebody's app."""
        return self.app.test_client()

    def write(self, slug: str, title: str, track: str) -> None:
        """Write a practice of one, two or three minutes."""
        text = SCRIPT.replace("slug: soft-ground", f"slug: {slug}")
        text = text.replace("title: Soft ground", f"title: '{title}'")
        text = text.replace("track: ground", f"track: {track}")
        path = self.settings.scripts_path / f"{slug}.md"
        path.write_text(text, encoding="utf-8")

    def record(
        self,
        slug: str = "soft-ground",
        minutes: int = 2,
        *,
        at: datetime = BEGUN_AT,
        voice: str = "joe",
        is_plain: bool = True,
        is_usual: bool = False,
        size: int = 40_000,
        files: Mapping[str, bytes] | None = None,
        duration_ms: int | None = None,
    ) -> str:
        """Record a practice, done at a moment, with files of the test's; gives the render's key."""
        number = next(self._numbers)
        key = hashlib.sha256(f"{slug} {number}".encode()).hexdigest()
        title, track = PRACTICES.get(slug, (slug, "ground"))
        new = NewRender(
            key=key,
            slug=slug,
            title=title,
            minutes=minutes,
            voice=voice,
            is_default=is_usual or (is_plain and minutes == 2),
            is_plain=is_plain,
            is_private=False,
            device_hash=None,
            order={},
        )
        with self.database.writing() as db:
            add_practice(db, slug=slug, title=title, language="en", track=track, now_at=at)
            add_render(db, new, at)
            assert claim_render(db, key, "me", at)
        if files is None:
            files = dict.fromkeys(KINDS, key.encode())
            files["mp3"] = random.Random(number).randbytes(size)
        put = [self._put(key, kind, content) for kind, content in files.items()]
        with self.database.writing() as db:
            assert finish_render(
                db,
                key,
                "me",
                renditions=put,
                report=STAGES,
                duration_ms=duration_ms or minutes * 60_000 + 700,
                clip_keys=[],
                now_at=at,
            )
        return key

    def record_all(self) -> dict[tuple[str, int], str]:
        """Record what the library and the course announce, an hour apart; keys by what it is."""
        wanted = (("soft-ground", 2), ("high-ground", 2), ("high-ground", 3), ("far-ground", 1))
        return {
            each: self.record(*each, at=BEGUN_AT + timedelta(hours=hour))
            for hour, each in enumerate(wanted)
        }

    def reopened(self, settings: Settings) -> FlaskClient:
        """The same house after it was started anew with other settings."""
        self.app.extensions["stepback"].database.close()
        self.settings, self.app = settings, create_app(settings)
        return self.client

    def close(self) -> None:
        self.app.extensions["stepback"].database.close()
        self.database.close()

    def _put(self, key: str, kind: str, content: bytes) -> NewRendition:
        digest = hashlib.sha256(content).hexdigest()
        name = f"{digest[:16]}.{kind}"
        self.shelf.publish(self.shelf.render_folder(key) / name, content)
        return NewRendition(
            kind=kind,
            file_name=name,
            content_type=KINDS[kind],
            sha256=digest,
            size_bytes=len(content),
        )


def build_feed_house(folder: Path, **changes: str) -> FeedHouse:
    """Build one in an empty folder."""
    built = house_in(folder, **changes)
    house = FeedHouse(
        folder=folder, settings=built.settings, database=built.database, shelf=built.shelf
    )
    for slug, about in PRACTICES.items():
        house.write(slug, *about)
    (built.settings.scripts_path / "courses").mkdir()
    (built.settings.scripts_path / "courses" / "a.yaml").write_text(COURSE_TEXT, encoding="utf-8")
    return house


def read(house: FeedHouse, path: str = LIBRARY) -> etree._Element:
    """The feed's channel, by a strict parser."""
    answer = house.client.get(path)
    assert answer.status_code == 200, answer.text
    return etree.fromstring(answer.data).find("channel")


def texts(channel: etree._Element, path: str) -> list[str | None]:
    return [found.text for found in channel.findall(path, NAMESPACES)]


def guids(house: FeedHouse, path: str = LIBRARY) -> list[tuple[str, str]]:
    """Titles and guids, in the order of the feed."""
    items = read(house, path).findall("item")
    return [(item.findtext("title"), item.findtext("guid")) for item in items]


def put_together(house: FeedHouse, name: str) -> Podcast:
    """A feed before it is written."""
    rooms: Rooms = house.app.extensions["stepback"]
    with house.app.test_request_context():
        house.client.get(feed_path(name))
        with rooms.database.reading() as db:
            row = find_feed(db, name)
            assert row
            outline = outline_feed(read_news(db, rooms.settings, rooms.catalogue), row)
            renders = list_renders_of(db, {entry.render_key for entry in outline.entries})
        return make_podcast(rooms, outline, renders)
