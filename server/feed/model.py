"""What a podcast and its episodes are, before any of it is written as RSS."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import urlsplit

from server.feed.text import one_line
from server.feed.timed import TimedTitle
from server.units import Bytes, Ms

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_LICENCE_IDENTIFIER = re.compile(r"[a-z0-9.+-]+", re.ASCII)
_LONGEST_URL = 255
_AUDIO_ENDINGS = {"audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/x-m4a": ".m4a"}


class Category(Enum):
    """The places in Apple's list of categories where practices belong: name, and name within."""

    MENTAL_HEALTH = ("Health & Fitness", "Mental Health")
    SPIRITUALITY = ("Religion & Spirituality", "Spirituality")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """`<enclosure>`: the one sound file of an episode. ValueError when an app would refuse it."""

    url: str
    """`url`: ASCII, ending in .mp3 or .m4a as the type says; no other episode has it."""
    size_bytes: Bytes
    """`length`: the exact size of the file."""
    content_type: str = "audio/mpeg"
    """`type`: audio/mpeg, audio/mp4 or audio/x-m4a; other encodings are never the enclosure."""

    def __post_init__(self) -> None:
        _check_url(self.url)
        ending = _AUDIO_ENDINGS.get(self.content_type)
        if ending is None or not urlsplit(self.url).path.endswith(ending):
            raise ValueError(f"{self.url} cannot be an enclosure of type {self.content_type}")
        if self.size_bytes <= 0:
            raise ValueError(f"{self.url} cannot be an enclosure of {self.size_bytes} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """`<podcast:alternateEnclosure>`: the same sound in another encoding, for apps that know it."""

    url: str
    """`<podcast:source uri>`: ASCII; no other sound of the feed has it."""
    size_bytes: Bytes
    """`length`: the exact size of the file."""
    content_type: str
    """`type`, and `codecs` where the type names them: `audio/ogg; codecs=opus`."""
    bitrate: int
    """`bitrate`: bits in a second, on average."""
    title: str
    """`title`: what an app calls it, such as `Opus`; at most 32 characters."""

    def __post_init__(self) -> None:
        _check_url(self.url)
        if self.size_bytes <= 0 or self.bitrate <= 0 or not 0 < len(self.title) <= 32:
            raise ValueError(f"{self.url} cannot be an alternate of an episode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`<podcast:person>`: somebody whom a feed or an episode owes to. ValueError without a name."""

    name: str
    """The element's text: never blank, cut at 128 characters."""
    role: str = "host"
    """`role`: from the Podcast Taxonomy Project, lower case: host, author, narrator."""
    group: str = "cast"
    """`group`: likewise: cast, writing."""

    def __post_init__(self) -> None:
        if not one_line(self.name):
            raise ValueError("A person of a feed needs a name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """`<podcast:funding>`: where somebody can support whoever runs the house."""

    url: str
    """`url`."""
    text: str
    """The element's text, which apps show as the link: never blank, cut at 128 characters."""

    def __post_init__(self) -> None:
        _check_url(self.url)
        if not one_line(self.text):
            raise ValueError(f"The link to {self.url} needs words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """`<podcast:license>`: under which terms the sound may be used."""

    name: str
    """The element's text: an SPDX identifier in lower case, or a name of its own, with a url."""
    url: str = ""
    """`url`: of the full text; empty where the name alone says it."""

    def __post_init__(self) -> None:
        if self.url:
            _check_url(self.url)
        elif not _LICENCE_IDENTIFIER.fullmatch(self.name):
            raise ValueError(f"The licence {self.name!r} needs the address of its text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """`<podcast:transcript>`: one form of an episode's words."""

    url: str
    """`url`: served with the declared type, and to any origin."""
    content_type: str
    """`type`: text/vtt or application/x-subrip; an episode offers both."""

    def __post_init__(self) -> None:
        _check_url(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """`<item>`: one published practice. ValueError when a field breaks its element's rule."""

    guid: str
    """`<guid isPermaLink="false">`: a lower-case UUID; the same after every new render or title."""
    title: str
    """`<title>` and `<itunes:title>`: cut at 255 characters."""
    summary: str
    """`<description>`: plain text, cut at 4,000 bytes; also the first lines of the notes."""
    page_url: str
    """`<link>`: the practice's page."""
    image_url: str
    """`<itunes:image>`: square JPEG or PNG, 1,400 to 3,000 pixels; a new URL for a new picture."""
    published_at: datetime
    """`<pubDate>`: when the practice was first published, aware; a new render keeps it. In a serial
    feed it is written later where the episode before it is as late."""
    duration_ms: Ms
    """`<itunes:duration>`: written in whole seconds."""
    enclosure: Enclosure
    """`<enclosure>`."""
    transcripts: tuple[Transcript, ...] = ()
    """`<podcast:transcript>`, one each."""
    chapters_url: str = ""
    """`<podcast:chapters>`: the address of what `chapters_json` made; none when empty."""
    stages: tuple[TimedTitle, ...] = ()
    """`<content:encoded>`: listed in the notes with their times."""
    voice: str = ""
    """`<content:encoded>`: the synthetic voice's name, and its licence where there is one."""
    credits: str = ""
    """`<content:encoded>`: whom the practice owes to; plain text."""
    is_explicit: bool = False
    """`<itunes:explicit>`."""
    number: int | None = None
    """`<itunes:episode>`: from 1, in the order in which a serial feed is heard; else None."""
    alternates: tuple[Alternate, ...] = ()
    """`<podcast:alternateEnclosure>`, one each."""
    persons: tuple[Person, ...] = ()
    """`<podcast:person>`, one each: beside those of the feed, who are named again with them."""
    licence: Licence | None = None
    """`<podcast:license>`: where the episode's differs from the feed's."""
    live_url: str = ""
    """`<content:encoded>`: the page where the same practice asks and listens; none when empty."""
    is_blocked: bool = False
    """`<itunes:block>`: True keeps it out of directories."""
    language: str = ""
    """`<podcast:transcript language>`, and what the notes say: as of a feed; empty for its own."""

    def __post_init__(self) -> None:
        _check_guid(self.guid)
        _check_url(self.page_url)
        _check_image_url(self.image_url)
        if self.live_url:
            _check_url(self.live_url)
        if self.number is not None and self.number < 1:
            raise ValueError("Episodes are counted from 1")
        if self.published_at.tzinfo is None:
            raise ValueError("An episode's time of publication needs its zone")
        if self.chapters_url:
            _check_url(self.chapters_url)
        if self.language:
            _check_language(self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """`<channel>`: the whole feed. ValueError when a field breaks its element's rule."""

    title: str
    """`<title>`: cut at 255 characters."""
    description: str
    """`<description>`: plain text, cut at 4,000 bytes."""
    page_url: str
    """`<link>`: the web site; never the feed's own address."""
    feed_url: str
    """`<atom:link rel="self">`: the canonical address of the feed."""
    guid: str
    """`<podcast:guid>`: what `feed_guid` made of the first address the feed ever had, then kept."""
    language: str
    """`<language>`: of ISO 639 with an optional region, such as `en` or `en-us`."""
    author: str
    """`<itunes:author>`: who publishes it; cut at 255 characters."""
    image_url: str
    """`<itunes:image>`: as of an episode."""
    categories: tuple[Category, ...] = (Category.MENTAL_HEALTH,)
    """`<itunes:category>`: at least one, the most fitting first."""
    episodes: tuple[Episode, ...] = ()
    """`<item>`: in any order; written newest first, or in a serial feed from the first on."""
    is_explicit: bool = False
    """`<itunes:explicit>`."""
    is_locked: bool = True
    """`<podcast:locked>`: whether other hosts are asked not to import the feed."""
    is_serial: bool = False
    """`<itunes:type>`: serial, heard from the first to the last, or episodic; in a serial feed
    every episode has its number."""
    medium: str = "podcast"
    """`<podcast:medium>`: podcast, or course."""
    persons: tuple[Person, ...] = ()
    """`<podcast:person>`, one each."""
    funding: Funding | None = None
    """`<podcast:funding>`."""
    licence: Licence | None = None
    """`<podcast:license>`."""
    new_feed_url: str = ""
    """`<itunes:new-feed-url>`: where the feed has moved to; its own address once it is there."""
    is_complete: bool = False
    """`<itunes:complete>`: True when nothing will ever be added."""
    is_private: bool = False
    """`<itunes:block>` and `<podcast:block>`: True keeps it out of every directory."""

    def __post_init__(self) -> None:
        _check_guid(self.guid)
        _check_url(self.feed_url)
        _check_url(self.page_url)
        _check_image_url(self.image_url)
        if self.page_url == self.feed_url:
            raise ValueError("A feed's link is the web site, not the feed itself")
        _check_language(self.language)
        if not self.categories:
            raise ValueError("A feed needs a category")
        _check_distinct("guid", [episode.guid for episode in self.episodes])
        if self.new_feed_url:
            _check_url(self.new_feed_url)
        if self.medium not in ("podcast", "course"):
            raise ValueError(f"{self.medium!r} is not a medium of ours")
        if self.is_serial and not all(episode.number for episode in self.episodes):
            raise ValueError("Every episode of a serial feed has its number")
        if self.is_serial:
            _check_distinct("number", [str(episode.number) for episode in self.episodes])
        _check_distinct("enclosure", [url for each in self.episodes for url in _sounds_of(each)])


def _sounds_of(episode: Episode) -> tuple[str, ...]:
    """The addresses of an episode's sound in each of its encodings."""
    return (episode.enclosure.url, *(each.url for each in episode.alternates))


def _check_guid(guid: str) -> None:
    if str(uuid.UUID(guid)) != guid:
        raise ValueError(f"{guid!r} is not a UUID in lower case with hyphens")


def _check_language(language: str) -> None:
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f"{language!r} is not a language of ISO 639")


def _check_url(url: str) -> None:
    is_clean = url.isascii() and url.isprintable() and " " not in url
    parts = urlsplit(url)
    if not (is_clean and parts.scheme in ("http", "https") and parts.netloc):
        raise ValueError(f"{url!r} is not an ASCII http address")
    if len(url) > _LONGEST_URL:
        raise ValueError(f"{url!r} is longer than {_LONGEST_URL} characters")


def _check_image_url(url: str) -> None:
    _check_url(url)
    if not urlsplit(url).path.endswith((".jpg", ".png")):
        raise ValueError(f"{url!r} does not end in .jpg or .png")


def _check_distinct(what: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ValueError(f"The feed has the same {what} twice")
