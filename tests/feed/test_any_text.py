"""List F, line 16: whatever a person types, strict parsers read the feed as it was meant."""

from __future__ import annotations

import io
import random
import uuid
from dataclasses import replace
from xml.parsers import expat

import feedparser
import podcastparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from server.feed import Enclosure, Podcast
from server.feed.text import one_line, title_line, within_bytes
from server.units import Bytes

pytestmark = (
    pytest.mark.no_cover
)  # as many cases as there is time for; each branch has tests of its own

ITUNES = {"itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd"}
FEEDS = 10
TITLES = 500

# Hypothesis avoids what it takes for unlikely, so the awkward ones are put in its way.
CHARACTERS = "a <>&\"']\r\n\t\x00\x0b\x1f\x85\u2028\u202e\u2066\ufeff\ufffe\uffff\ud83d\ude42🙂‍é"
PIECES = (
    *CHARACTERS,
    "]]>",
    "<![CDATA[",
    "<!--",
    "<?xml ?>",
    "<!DOCTYPE a>",
    "&amp;",
    "&lt;b&gt;",
    "&#0;",
    "&#xFFFE;",
    "&nbsp;",
    "&lol;",
    "<b>",
    "</title>",
    "<script>",
    "שלום",
    "🧘🏽‍♀️",
    "🇩🇪",
    "e\u0301",
)
ANY_TEXT = st.text(st.characters(codec=None), max_size=40) | st.lists(
    st.sampled_from(PIECES), max_size=12
).map("".join)


def read_strictly(written: bytes) -> etree._Element:
    """Read by expat, which forgives nothing, and by lxml without its repairs."""
    expat.ParserCreate().Parse(written, True)
    return etree.fromstring(written, etree.XMLParser(recover=False))


def check_texts(root: etree._Element, news: Podcast) -> None:
    """Find in the feed what was meant, and nothing else."""
    assert root.findtext("channel/title") == title_line(news.title)
    assert (root.findtext("channel/description") or "") == within_bytes(news.description)
    author = root.findtext("channel/itunes:author", namespaces=ITUNES) or ""
    assert author == one_line(news.author)
    by_guid = {item.findtext("guid"): item for item in root.findall("channel/item")}
    assert len(by_guid) == len(news.episodes)
    for episode in news.episodes:
        item = by_guid[episode.guid]
        assert item.findtext("title") == title_line(episode.title)
        assert (item.findtext("description") or "") == within_bytes(episode.summary)


def is_taken_literally(title: str) -> bool:
    """False where feedparser would mend a title: it takes `<` and `&` for HTML, and letters of
    Latin-1 for UTF-8 that was read wrongly.
    """
    is_plain = title.isascii() or max(title) > "\xff"
    return is_plain and not set("<&") & set(title)


def check_feed_parsers(written: bytes, news: Podcast) -> None:
    """Both feed parsers find every episode, by its guid, with its title."""
    parsed = feedparser.parse(written, sanitize_html=False, resolve_relative_uris=False)
    assert parsed.bozo is False
    titles = {entry.id: entry.title for entry in parsed.entries}
    found = podcastparser.parse(news.feed_url, io.BytesIO(written))
    assert {e["guid"]: e["title"] for e in found["episodes"]} == {
        episode.guid: title_line(episode.title) for episode in news.episodes
    }
    assert titles.keys() == {episode.guid for episode in news.episodes}
    for episode in news.episodes:
        if is_taken_literally(episode.title):
            assert titles[episode.guid] == title_line(episode.title)


@given(title=ANY_TEXT, description=ANY_TEXT, summary=ANY_TEXT, credit=ANY_TEXT, name=ANY_TEXT)
@settings(max_examples=100)
def test_line_16_any_text_gives_a_well_formed_feed(
    title: str,
    description: str,
    summary: str,
    credit: str,
    name: str,
    make_podcast,
    make_episode,
    write,
) -> None:
    """F16: in each place where a person types, whatever they type."""
    episode = make_episode(title=title, summary=summary, credits=credit, voice=name)
    news = make_podcast(title=title, description=description, author=name, episodes=(episode,))
    written = write(news)
    check_texts(read_strictly(written), news)
    check_feed_parsers(written, news)


def make_text(some: random.Random) -> str:
    """Up to 20 pieces: awkward ones, and any characters there are."""
    pieces = (
        some.choice(PIECES) if some.random() < 0.6 else chr(some.randrange(0x110000))
        for _ in range(some.randrange(20))
    )
    return "".join(pieces)


@pytest.mark.long
@pytest.mark.no_cover
@given(some=st.randoms(use_true_random=True))
@settings(max_examples=FEEDS)
def test_line_16_five_thousand_titles_are_read(
    some: random.Random, make_podcast, make_episode, write
) -> None:
    """F16: 5,000 titles and descriptions, 500 in a feed, read by four parsers."""
    plain = make_episode(stages=(), transcripts=(), chapters_url="", credits="", voice="")
    episodes = tuple(
        replace(
            plain,
            guid=str(uuid.UUID(int=number)),
            title=make_text(some),
            summary=make_text(some),
            enclosure=Enclosure(url=f"https://a.example/{number}.mp3", size_bytes=Bytes(1)),
        )
        for number in range(TITLES)
    )
    news = make_podcast(episodes=episodes)
    written = write(news)
    check_texts(read_strictly(written), news)
    check_feed_parsers(written, news)


@pytest.mark.parametrize("piece", ["".join(PIECES), "&", "endless", "🙂"])
def test_line_16_a_megabyte_of_anything_is_cut(
    piece: str, make_podcast, make_episode, write
) -> None:
    """F16: however long a text is, the feed stays readable and small."""
    long = piece * (1_000_000 // len(piece))
    episodes = (make_episode(title=long, summary=long),)
    news = make_podcast(title=long, description=long, episodes=episodes)
    written = write(news)
    check_texts(read_strictly(written), news)
    assert len(written) < 80_000
