"""What parsers read of the public feeds over HTTP is what the database says, field by field."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser
import podcastparser
import pytest

from server.script import MOST_SITTINGS
from server.store import (
    PracticeRow,
    RenderRow,
    find_feed,
    find_practice,
    find_render,
)
from tests.web.public_feed_house import BASE, FeedHouse, build_feed_house
from tests.web.served import served

SITTINGS = (("soft-ground", 2), ("high-ground", 3), ("far-ground", 1), ("soft-ground", 2))
FEEDS = {
    "/feed": ("public", (("high-ground", 2), ("soft-ground", 2))),
    "/feed/tracks/ground": ("track:ground", (("high-ground", 2), ("soft-ground", 2))),
    "/feed/courses/two-weeks": ("course:two-weeks", SITTINGS),
}


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FeedHouse]:
    house = build_feed_house(
        tmp_path_factory.mktemp("parsed"), STEPBACK_TITLE="Us & <them>", STEPBACK_FEED_AUTHOR="Ines"
    )
    house.record_all()
    yield house
    house.close()


@pytest.fixture(scope="module")
def url(feeds: FeedHouse) -> Iterator[str]:
    """Where the house is served; its feeds name the address by which others reach it."""
    with served(feeds.settings, public_url=BASE) as url:
        yield url


def fetch(url: str, path: str) -> bytes:
    with urllib.request.urlopen(f"{url}{path}", timeout=30) as answer:
        return bytes(answer.read())


def rows_of(feeds: FeedHouse, slug: str, minutes: int) -> tuple[PracticeRow, RenderRow]:
    with feeds.database.reading() as db:
        keys = db.query(RenderRow.key).filter_by(slug=slug, minutes=minutes).all()
        practice, render = find_practice(db, slug), find_render(db, keys[0][0])
    assert practice
    assert render
    return practice, render


def moment(parsed: Any) -> datetime:
    return datetime(*parsed[:6], tzinfo=UTC)


@pytest.mark.parametrize("path", FEEDS)
def test_line_16_feedparser_agrees_with_the_database(feeds: FeedHouse, url: str, path: str) -> None:
    """F16: every field of feed and episodes, from the rows of the database."""
    name, wanted = FEEDS[path]
    parsed = feedparser.parse(fetch(url, path))
    assert not parsed.bozo
    with feeds.database.reading() as db:
        row = find_feed(db, name)
    assert row
    assert parsed.feed.podcast_guid == row.guid
    assert parsed.feed.title.count("Us & <them>") == 1
    assert parsed.feed.language == "en"
    assert parsed.feed.author == "Ines"
    assert [link.href for link in parsed.feed.links if link.rel == "self"] == [BASE + path]
    entries = sorted(parsed.entries, key=lambda each: (each.published_parsed, each.id))
    rows = [rows_of(feeds, *each) for each in wanted]
    if name.startswith("course"):
        assert len({entry.id for entry in entries}) == len(rows)
        dates = [moment(entry.published_parsed) for entry in entries]
        assert (dates[-1] - dates[0]).total_seconds() == 60 * (len(rows) - 1)
        assert row.made_at
        late_s = (row.made_at - dates[0]).total_seconds()
        assert 0 <= late_s - 60 * (MOST_SITTINGS - 1) < 1
    else:
        entries.reverse()
        assert [entry.id for entry in entries] == [practice.guid for practice, _ in rows]
        assert [moment(entry.published_parsed) for entry in entries] == [
            practice.published_at for practice, _ in rows
        ]
    for entry, (practice, render) in zip(entries, rows, strict=True):
        (sound,) = entry.enclosures
        size = next(each.size_bytes for each in render.renditions if each.kind == "mp3")
        assert entry.title == practice.title
        assert entry.link == f"{BASE}/practices/{practice.slug}"
        assert sound.href.endswith(f"/{render.key}.mp3")
        assert (sound.type, int(sound.length)) == ("audio/mpeg", size)
        assert len(fetch(url, sound.href.removeprefix(BASE))) == size
        assert int(entry.itunes_duration) == round((render.duration_ms or 0) / 1000)
        assert entry.image.href.startswith(f"{BASE}/covers/{practice.slug}.jpg?v=")
        assert entry.summary == "Standing, for a while."
        assert "0:00 Arriving" in entry.content[0].value
        assert "The words are our own." in entry.content[0].value


@pytest.mark.parametrize("path", FEEDS)
def test_line_16_podcastparser_agrees_with_the_database(
    feeds: FeedHouse, url: str, path: str
) -> None:
    """F16: likewise for a parser that podcast apps are made with."""
    name, wanted = FEEDS[path]
    parsed = podcastparser.parse(BASE + path, io.BytesIO(fetch(url, path)))
    rows = [rows_of(feeds, *each) for each in wanted]
    assert parsed["itunes_author"] == "Ines"
    found = sorted(parsed["episodes"], key=lambda each: each["published"])
    if not name.startswith("course"):
        found.reverse()
        assert [each["guid"] for each in found] == [practice.guid for practice, _ in rows]
    for each, (practice, render) in zip(found, rows, strict=True):
        (sound,) = each["enclosures"]
        assert each["title"] == practice.title
        assert sound["url"].endswith(f"/{render.key}.mp3")
        assert sound["mime_type"] == "audio/mpeg"
        assert sound["file_size"] == next(
            file.size_bytes for file in render.renditions if file.kind == "mp3"
        )
        assert each["total_time"] == round((render.duration_ms or 0) / 1000)


def test_line_6_a_course_is_serial_and_its_sittings_are_numbered(url: str) -> None:
    """F6: type, medium and numbers of a course, and that the library is none."""
    path = "/feed/courses/two-weeks"
    parsed = podcastparser.parse(BASE + path, io.BytesIO(fetch(url, path)))
    assert parsed["type"] == "serial"
    found = sorted(parsed["episodes"], key=lambda each: each["published"])
    assert [each["number"] for each in found] == [1, 2, 3, 4]
    assert b"<podcast:medium>course<" in fetch(url, path)
    assert b"<podcast:medium>podcast<" in fetch(url, "/feed")
