"""List F, line 16: other people's parsers read the feed, and read what was meant."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import feedparser
import podcastparser
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from server.feed import Podcast, render_feed
from server.feed.text import one_line, title_line, within_bytes

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


# Hypothesis avoids what it takes for unlikely, so the awkward ones are put in its way.
ANY_TEXT = st.text(st.characters(codec=None), max_size=80) | st.text(
    st.sampled_from("a <>&\"']]>\r\n\t\x00\x0b\x85\u2028\ufeff\ufffe\ud83d\ude42🙂‍é"), max_size=40
)


@given(title=ANY_TEXT, description=ANY_TEXT, summary=ANY_TEXT, credit=ANY_TEXT, name=ANY_TEXT)
@settings(max_examples=2000, deadline=None)
def test_line_16_any_text_gives_a_well_formed_feed(
    title: str, description: str, summary: str, credit: str, name: str, make_podcast, make_episode
) -> None:
    """F16: whatever a person types, a strict parser reads the feed, and reads what was meant."""
    episode = make_episode(title=title, summary=summary, credits=credit, voice=name)
    news = make_podcast(title=title, description=description, author=name, episodes=(episode,))
    root = etree.fromstring(render_feed(news), etree.XMLParser(recover=False))
    assert root.findtext("channel/title") == title_line(title)
    assert (root.findtext("channel/description") or "") == within_bytes(description)
    assert root.findtext("channel/item/title") == title_line(title)
    assert (root.findtext("channel/item/description") or "") == within_bytes(summary)
    assert (root.findtext("channel/itunes:author", namespaces=ITUNES) or "") == one_line(name)
