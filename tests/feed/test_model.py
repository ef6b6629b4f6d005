"""What apps would refuse cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from server.feed import Episode, Podcast

SITE = "https://stepback.example"

NO_ADDRESS = "is not an ASCII http address"


def with_enclosure(**changes: object) -> Callable[[Episode], Episode]:
    return lambda e: replace(e, enclosure=replace(e.enclosure, **changes))  # type: ignore[arg-type]


def with_fields(**changes: object) -> Callable[[Episode], Episode]:
    return lambda e: replace(e, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (with_fields(guid="stepping-back"), "badly formed"),
        (with_fields(guid="7F6F3A3E-7A52-4A3A-9D64-0D8C1B2F9A10"), "lower case"),
        (with_fields(published_at=datetime(2026, 1, 1)), "its zone"),  # noqa: DTZ001
        (with_fields(image_url=f"{SITE}/covers/one"), "does not end in"),
        (with_fields(page_url="/practices/one"), NO_ADDRESS),
        (with_fields(chapters_url="javascript:alert(1)"), NO_ADDRESS),
        (with_enclosure(url=f"{SITE}/a.opus", content_type="audio/ogg"), "cannot be an enclosure"),
        (with_enclosure(url=f"{SITE}/a.m4a"), "cannot be an enclosure"),
        (with_enclosure(size_bytes=0), "0 bytes"),
        (with_enclosure(url="https://schritt.example/zurück.mp3"), NO_ADDRESS),
        (with_enclosure(url=f"{SITE}/a b.mp3"), NO_ADDRESS),
        (with_fields(live_url="practices/one/live"), NO_ADDRESS),
        (with_fields(number=0), "counted from 1"),
        (lambda e: replace(e, transcripts=(replace(e.transcripts[0], url="w.vtt"),)), NO_ADDRESS),
    ],
)
def test_an_episode_that_apps_would_refuse_cannot_be_made(
    break_it: Callable[[Episode], Episode], message: str, make_episode
) -> None:
    """F9 to F12: a field that breaks its element's rule is refused before it is announced."""
    episode = make_episode()
    with pytest.raises(ValueError, match=message):
        break_it(episode)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"page_url": f"{SITE}/feed.xml"}, "not the feed itself"),
        ({"language": "English"}, "ISO 639"),
        ({"categories": ()}, "needs a category"),
        ({"guid": "one"}, "badly formed"),
        ({"feed_url": f"{SITE}/{'y' * 255}"}, "longer than 255"),
        ({"new_feed_url": "elsewhere"}, NO_ADDRESS),
        ({"medium": "music"}, "not a medium of ours"),
        ({"is_serial": True}, "has its number"),
    ],
)
def test_a_feed_that_apps_would_refuse_cannot_be_made(changes, message, make_podcast) -> None:
    """F3, F4 and F7: the same for the channel."""
    with pytest.raises(ValueError, match=message):
        make_podcast(**changes)


def test_line_10_two_episodes_cannot_share(news: Podcast) -> None:
    """F10: neither guid nor enclosure can be given to two episodes."""
    first, second = news.episodes
    with pytest.raises(ValueError, match="same guid"):
        replace(news, episodes=(first, replace(second, guid=first.guid)))
    with pytest.raises(ValueError, match="same enclosure"):
        replace(news, episodes=(first, replace(second, enclosure=first.enclosure)))


@pytest.mark.parametrize("changes", [{"size_bytes": 0}, {"bitrate": 0}, {"title": "O" * 33}])
def test_line_11_an_alternate_that_apps_would_refuse(course: Podcast, changes) -> None:
    """F11: an alternate has a size, a bitrate, and a title of at most 32 characters."""
    with pytest.raises(ValueError, match="cannot be an alternate"):
        replace(course.episodes[0].alternates[0], **changes)
