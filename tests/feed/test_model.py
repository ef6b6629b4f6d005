"""What apps would refuse cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from server.feed import Episode, Funding, Licence, Person, Podcast

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
        (with_fields(language="English"), "ISO 639"),
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


def test_line_10_no_encoding_is_shared(course: Podcast) -> None:
    """F10: nor can the address of an alternate be another one's, nor its own episode's."""
    second, first = course.episodes
    alternate = second.alternates[0]
    with pytest.raises(ValueError, match="same enclosure"):
        replace(course, episodes=(second, replace(first, alternates=(alternate,))))
    itself = replace(alternate, url=first.enclosure.url)
    with pytest.raises(ValueError, match="same enclosure"):
        replace(course, episodes=(second, replace(first, alternates=(itself,))))


def test_line_6_no_number_is_given_twice(course: Podcast) -> None:
    """F6: in a serial feed, that is; elsewhere a number orders nothing."""
    one, other = (replace(each, number=3) for each in course.episodes)
    with pytest.raises(ValueError, match="same number"):
        replace(course, episodes=(one, other))
    replace(course, episodes=(one, other), is_serial=False)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Person(name=" \x00"), "needs a name"),
        (lambda: Funding(url=SITE, text=" "), "needs words"),
        (lambda: Funding(url="support", text="Support us"), NO_ADDRESS),
        (lambda: Licence(name="Our own terms"), "needs the address"),
        (lambda: Licence(name="CC-BY-4.0"), "needs the address"),
        (lambda: Licence(name="ours", url="licence"), NO_ADDRESS),
    ],
)
def test_persons_funding_and_licences_that_say_nothing(
    make: Callable[[], object], message: str
) -> None:
    """A person is never blank, a link has words, and who has terms of their own shows them."""
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("changes", [{"size_bytes": 0}, {"bitrate": 0}, {"title": "O" * 33}])
def test_line_11_an_alternate_that_apps_would_refuse(course: Podcast, changes) -> None:
    """F11: an alternate has a size, a bitrate, and a title of at most 32 characters."""
    with pytest.raises(ValueError, match="cannot be an alternate"):
        replace(course.episodes[0].alternates[0], **changes)
