"""List F, line 16: other people's parsers read the feed, and read what was meant."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from xml.parsers import expat

import feedparser
import podcastparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from server.feed import Enclosure, Podcast, render_feed
from server.feed.text import one_line, title_line, within_bytes
from server.units import Bytes

ITUNES = {"itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd"}


def test_line_16_feedparser_agrees(feed: bytes, news: Podcast) -> None:
    """F16: feedparser finds nothing wrong, and the same values."""
    parsed = feedparser.parse(feed)
    assert parsed.bozo is False
    about = parsed.feed
    assert (about.title, about.link, about.language) == (news.title, news.page_url, "en")
    assert about.author == news.author
    assert about.image.href == news.image_url
    assert [tag.term for tag in about.tags] == [
        "Health & Fitness",
        "Mental Health",
        "Religion & Spirituality",
        "Spirituality",
    ]
    for entry, episode in zip(parsed.entries, reversed(news.episodes), strict=True):
        assert (entry.title, entry.id) == (episode.title, episode.guid)
        assert (entry.link, entry.guidislink) == (episode.page_url, False)
        assert entry.summary == episode.summary
        assert entry.itunes_duration == str(round(episode.duration_ms / 1000))
        assert entry.published_parsed[:6] == episode.published_at.astimezone(UTC).timetuple()[:6]
        assert entry.image.href == episode.image_url
        assert [(e.href, e.length, e.type) for e in entry.enclosures] == [
            (
                episode.enclosure.url,
                str(episode.enclosure.size_bytes),
                episode.enclosure.content_type,
            )
        ]


def test_line_16_podcastparser_agrees(news: Podcast, tmp_path: Path) -> None:
    """F16: gPodder's parser finds the same title, guid, duration, chapters and transcript."""
    file = tmp_path / "feed.xml"
    file.write_bytes(render_feed(news))
    with file.open("rb") as stream:
        parsed = podcastparser.parse(news.feed_url, stream)
    assert (parsed["title"], parsed["link"]) == (news.title, news.page_url)
    assert (parsed["description"], parsed["language"]) == (news.description, "en")
    assert (parsed["cover_url"], parsed["type"]) == (news.image_url, "episodic")
    assert (parsed["explicit"], parsed["itunes_author"]) == (False, news.author)
    by_guid = {found["guid"]: found for found in parsed["episodes"]}
    assert set(by_guid) == {episode.guid for episode in news.episodes}
    for episode in news.episodes:
        found = by_guid[episode.guid]
        assert found["title"] == episode.title
        assert found["total_time"] == round(episode.duration_ms / 1000)
        assert found["published"] == int(episode.published_at.timestamp())
        assert found["link"] == episode.page_url
        assert found["episode_art_url"] == episode.image_url
        assert found["enclosures"] == [
            {
                "url": episode.enclosure.url,
                "file_size": episode.enclosure.size_bytes,
                "mime_type": episode.enclosure.content_type,
            }
        ]


def test_line_16_parsers_agree_on_a_course(course: Podcast, tmp_path: Path) -> None:
    """F16: of a feed with every field both parsers read kind, numbers, persons and files."""
    written = render_feed(course)
    parsed = feedparser.parse(written)
    assert parsed.bozo is False
    assert (parsed.feed.itunes_type, parsed.feed.itunes_block) == ("serial", 1)
    assert [entry.itunes_episode for entry in parsed.entries] == ["1", "2"]
    assert parsed.entries[1].podcast_person == {"group": "writing", "role": "author"}
    assert parsed.entries[1].podcast_alternateenclosure["length"] == "2410000"
    file = tmp_path / "feed.xml"
    file.write_bytes(written)
    with file.open("rb") as stream:
        found = podcastparser.parse(course.feed_url, stream)
    assert (found["type"], found["new_url"]) == ("serial", course.new_feed_url)
    by_guid = {episode["guid"]: episode for episode in found["episodes"]}
    full = by_guid[course.episodes[0].guid]
    assert full["number"] == 2


def schema() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(Path(__file__).with_name("feed.rng")))


def test_feeds_keep_to_the_schema(news: Podcast, course: Podcast) -> None:
    """Every element stands where it may, with the attributes, lengths and words that it knows."""
    rules = schema()
    for each in (news, course, replace(news, episodes=())):
        rules.assertValid(etree.fromstring(render_feed(each)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"<itunes:explicit>false", b"<itunes:explicit>no"),
        (b"<itunes:type>serial", b"<itunes:type>course"),
        (b"<itunes:episode>1<", b"<itunes:episode>0<"),
        (b"<podcast:block>yes", b"<podcast:block>Yes"),
        (b"<itunes:block>Yes", b"<itunes:block>yes"),
        (b'title="Opus"', b'title="' + b"O" * 33 + b'"'),
        (b"<podcast:source ", b"<podcast:sauce "),
        (b'isPermaLink="false"', b'isPermaLink="true"'),
        (b'type="audio/mpeg"', b'type="audio/ogg"'),
        (b".jpg?v=1d3c", b".gif?v=1d3c"),
        (b"<title>Stepping back", b"<title> Stepping back"),
        (b"+0000</pubDate>", b"GMT</pubDate>"),
        (b'group="writing"', b'group="Writing"'),
    ],
)
def test_the_schema_finds_what_is_wrong(course: Podcast, right: bytes, wrong: bytes) -> None:
    """A schema that let everything through would prove nothing."""
    written = render_feed(course)
    assert right in written
    assert not schema().validate(etree.fromstring(written.replace(right, wrong)))


# Hypothesis avoids what it takes for unlikely, so the awkward ones are put in its way.
ANY_TEXT = st.text(st.characters(codec=None), max_size=80) | st.text(
    st.sampled_from("a <>&\"']]>\r\n\t\x00\x0b\x85\u2028\u202e\ufeff\ufffe\ud83d\ude42🙂‍é"),
    max_size=40,
)
AWKWARD = "a b <>&\"']]>\r\n\t\x00\x0b\x85\u2028\u202e\ufeff\ufffe\ud83d\ude42🙂‍éß"


def random_text(some: random.Random) -> str:
    """Any characters, with the awkward ones among them as often as all others."""
    letters = (
        some.choice(AWKWARD) if some.random() < 0.5 else chr(some.randrange(0x110000))
        for _ in range(some.randrange(40))
    )
    return "".join(letters)


def check_texts(news: Podcast) -> None:
    """Read a feed by strict parsers; all texts are what was meant."""
    written = render_feed(news)
    expat.ParserCreate().Parse(written, True)
    root = etree.fromstring(written, etree.XMLParser(recover=False))
    schema().assertValid(root)
    assert root.findtext("channel/title") == title_line(news.title)
    assert (root.findtext("channel/description") or "") == within_bytes(news.description)
    author = root.findtext("channel/itunes:author", namespaces=ITUNES) or ""
    assert author == one_line(news.author)
    by_guid = {item.findtext("guid"): item for item in root.findall("channel/item")}
    for episode in news.episodes:
        item = by_guid[episode.guid]
        assert item.findtext("title") == title_line(episode.title)
        assert (item.findtext("description") or "") == within_bytes(episode.summary)


@given(title=ANY_TEXT, description=ANY_TEXT, summary=ANY_TEXT, credit=ANY_TEXT, name=ANY_TEXT)
@settings(max_examples=100)
def test_line_16_any_text_gives_a_well_formed_feed(
    title: str, description: str, summary: str, credit: str, name: str, make_podcast, make_episode
) -> None:
    """F16: whatever a person types, strict parsers read the feed, and read what was meant."""
    episode = make_episode(title=title, summary=summary, credits=credit, voice=name)
    check_texts(
        make_podcast(title=title, description=description, author=name, episodes=(episode,))
    )


@pytest.mark.no_cover
def test_line_16_five_thousand_titles_are_read(make_podcast, make_episode) -> None:
    """F16: 5,000 titles and descriptions of any characters, in ten feeds, as they were meant."""
    some = random.Random(7)
    for _ in range(10):
        episodes = tuple(
            make_episode(
                guid=str(uuid.UUID(int=number)),
                title=random_text(some),
                summary=random_text(some),
                enclosure=Enclosure(url=f"https://a.example/{number}.mp3", size_bytes=Bytes(1)),
            )
            for number in range(500)
        )
        news = make_podcast(
            title=random_text(some),
            description=random_text(some),
            author=random_text(some),
            episodes=episodes,
        )
        check_texts(news)
    assert feedparser.parse(render_feed(news)).bozo is False


def test_a_megabyte_of_title_is_cut(make_podcast, make_episode) -> None:
    """However long a text is, the feed stays readable and small."""
    long = "<b>&]]>" * 150_000
    written = render_feed(
        make_podcast(title=long, description=long, episodes=(make_episode(title=long),))
    )
    schema().assertValid(etree.fromstring(written))
    assert len(written) < 50_000
