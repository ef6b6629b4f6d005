"""A podcast with two episodes that uses every field, and ways to look into its feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from lxml import etree

from server.feed import (
    SRT_TYPE,
    VTT_TYPE,
    Alternate,
    Category,
    ChapterMark,
    Enclosure,
    Episode,
    Funding,
    Licence,
    Person,
    Podcast,
    Transcript,
    feed_guid,
    render_feed,
)
from server.units import Bytes, Ms

SITE = "https://stepback.example"
KEYS = ("3f" * 32, "a0" * 32)


def stepping_back() -> Episode:
    return Episode(
        guid="7f6f3a3e-7a52-4a3a-9d64-0d8c1b2f9a10",
        title="Stepping back",
        summary="For the days when something in you says no. We meet that first.",
        page_url=f"{SITE}/practices/stepping-back",
        image_url=f"{SITE}/covers/stepping-back.jpg?v=1d3c",
        published_at=datetime(2026, 11, 3, 7, 30, tzinfo=UTC),
        duration_ms=Ms(600_420),
        enclosure=Enclosure(url=f"{SITE}/audio/{KEYS[0]}.mp3", size_bytes=Bytes(4_804_321)),
        transcripts=(
            Transcript(url=f"{SITE}/audio/{KEYS[0]}.vtt", content_type=VTT_TYPE),
            Transcript(url=f"{SITE}/audio/{KEYS[0]}.srt", content_type=SRT_TYPE),
        ),
        chapters_url=f"{SITE}/audio/{KEYS[0]}.json",
        stages=(
            ChapterMark(title="Arriving", start_ms=Ms(0), end_ms=Ms(95_250)),
            ChapterMark(title="What says no", start_ms=Ms(95_250), end_ms=Ms(425_000)),
            ChapterMark(title="", start_ms=Ms(425_000), end_ms=Ms(430_000)),
            ChapterMark(title="Returning", start_ms=Ms(430_000), end_ms=Ms(600_420)),
        ),
        voice="Joe (en_US), CC0",
        credits="The step-back is taught by Tim Desmond. <The words> are our own & not his.",
    )


def three_breaths() -> Episode:
    return Episode(
        guid="11111111-2222-4333-8444-555555555555",
        title="Three breaths & a bell",
        summary="Two minutes, for trying things out.\n\nNothing to get right.",
        page_url=f"{SITE}/practices/three-breaths",
        image_url=f"{SITE}/covers/three-breaths.jpg?v=77aa",
        published_at=datetime(2026, 11, 5, 9, 0, 30, tzinfo=timezone(timedelta(hours=2))),
        duration_ms=Ms(3_720_000),
        enclosure=Enclosure(
            url=f"{SITE}/audio/{KEYS[1]}.m4a",
            size_bytes=Bytes(961_002),
            content_type="audio/x-m4a",
        ),
    )


def podcast(**changes: object) -> Podcast:
    fields: dict[str, object] = {
        "title": "Stepback",
        "description": "Guided practices for meeting whatever is in the way & greeting it kindly.",
        "page_url": f"{SITE}/",
        "feed_url": f"{SITE}/feed.xml",
        "guid": feed_guid(f"{SITE}/feed.xml"),
        "language": "en",
        "author": "Stepback",
        "image_url": f"{SITE}/covers/stepback.jpg?v=0c0c",
        "categories": (Category.MENTAL_HEALTH, Category.SPIRITUALITY),
        "episodes": (stepping_back(), three_breaths()),
    }
    return Podcast(**{**fields, **changes})  # type: ignore[arg-type]


def course() -> Podcast:
    """A private course that has moved and is complete: it uses every field there is."""
    opus = Alternate(
        url=f"{SITE}/feed/audio/{KEYS[0]}.opus",
        size_bytes=Bytes(2_410_000),
        content_type="audio/ogg; codecs=opus",
        bitrate=32_000,
        title="Opus",
    )
    second = replace(
        stepping_back(),
        number=2,
        alternates=(opus,),
        persons=(Person(name="Ada <Lovelace>", role="author", group="writing"),),
        licence=Licence(name="cc-by-4.0"),
        live_url=f"{SITE}/practices/stepping-back/live?from=a&to=b",
        is_blocked=True,
    )
    first = replace(three_breaths(), number=1)
    return podcast(
        episodes=(second, first),
        is_serial=True,
        medium="course",
        is_private=True,
        is_complete=True,
        new_feed_url=f"{SITE}/feed.xml",
        persons=(Person(name="The house at the lake & its people"),),
        funding=Funding(url=f"{SITE}/support", text="Keep the house going"),
        licence=Licence(name="ours", url=f"{SITE}/licence"),
    )


@pytest.fixture(name="course")
def _course() -> Podcast:
    return course()


@pytest.fixture(name="news")
def _news() -> Podcast:
    return podcast()


@pytest.fixture(name="rules", scope="session")
def _rules() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(Path(__file__).with_name("feed.rng")))


@pytest.fixture(name="write", scope="session")
def _write(rules: etree.RelaxNG) -> Callable[[Podcast], bytes]:
    """Write a feed; whatever a test makes of it, it keeps to the rules of its elements."""

    def write(news: Podcast) -> bytes:
        written = render_feed(news)
        rules.assertValid(etree.fromstring(written, etree.XMLParser(recover=False)))
        return written

    return write


@pytest.fixture
def feed(news: Podcast, write: Callable[[Podcast], bytes]) -> bytes:
    return write(news)


@pytest.fixture
def channel(feed: bytes) -> etree._Element:
    found = etree.fromstring(feed).find("channel")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def make_podcast() -> Callable[..., Podcast]:
    return podcast


@pytest.fixture(scope="session")
def make_episode() -> Callable[..., Episode]:
    return lambda **changes: replace(stepping_back(), **changes)
