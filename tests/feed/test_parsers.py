"""List F, line 16: other people's parsers read the feed, and read what was meant."""

from __future__ import annotations

import io
from calendar import timegm
from typing import Any

import feedparser
import podcastparser
import pytest
from lxml import etree

from server.feed import Episode, Podcast, render_feed
from server.feed.notes import show_notes

NAMESPACE = b"https://podcastindex.org/namespace/1.0"
# podcastparser 0.6 knows the namespace by an address that it no longer has.
OLD_NAMESPACE = b"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"


@pytest.fixture(name="shown", params=["news", "course"])
def _shown(request: pytest.FixtureRequest) -> Podcast:
    """A library's feed, and one in which every field is used."""
    return request.getfixturevalue(request.param)


def in_order(podcast: Podcast) -> list[Episode]:
    """Both have two episodes, made in the other order."""
    return list(reversed(podcast.episodes))


def whole_seconds(episode: Episode) -> int:
    return round(episode.duration_ms / 1000)


def dates_s(podcast: Podcast) -> list[int]:
    """When the episodes were published; the second of the course comes right after its first."""
    own = [int(episode.published_at.timestamp()) for episode in in_order(podcast)]
    return [own[0], own[0] + 1] if podcast.is_serial else own


def names(podcast: Podcast) -> list[list[str]]:
    return [list(category.value) for category in podcast.categories]


def test_line_16_feedparser_agrees_on_the_feed(shown: Podcast, write) -> None:
    """F16: feedparser finds nothing wrong, and every value that the feed has."""
    parsed = feedparser.parse(write(shown))
    assert parsed.bozo is False
    about = parsed.feed
    assert (about.title, about.subtitle) == (shown.title, shown.description)
    assert (about.link, about.language) == (shown.page_url, shown.language)
    assert [link.href for link in about.links if link.rel == "self"] == [shown.feed_url]
    assert (about.author, about.image.href) == (shown.author, shown.image_url)
    assert [tag.term for tag in about.tags] == [name for pair in names(shown) for name in pair]
    assert about.itunes_type == ("serial" if shown.is_serial else "episodic")
    assert about.get("itunes_block", 0) == int(shown.is_private)
    assert about.get("itunes_complete") == ("Yes" if shown.is_complete else None)
    assert about.get("itunes_new-feed-url", "") == shown.new_feed_url
    assert (about.podcast_guid, about.podcast_medium) == (shown.guid, shown.medium)
    assert about.podcast_locked == ("yes" if shown.is_locked else "no")
    assert about.get("podcast_block") == ("yes" if shown.is_private else None)
    assert about.get("podcast_funding") == (shown.funding and {"url": shown.funding.url})
    assert about.get("podcast_license") == (shown.licence and {"url": shown.licence.url})
    assert about.get("podcast_person") == (
        {"role": "host", "group": "cast"} if shown.persons else None
    )


def test_line_16_feedparser_agrees_on_the_episodes(shown: Podcast, write) -> None:
    """F16: and of each episode, in the order that the feed has."""
    entries = feedparser.parse(write(shown)).entries
    for entry, episode, date_s in zip(entries, in_order(shown), dates_s(shown), strict=True):
        assert (entry.title, entry.itunes_title) == (episode.title, episode.title)
        assert (entry.id, entry.guidislink) == (episode.guid, False)
        assert (entry.link, entry.image.href) == (episode.page_url, episode.image_url)
        assert entry.summary == episode.summary
        assert entry.content[0].value == show_notes(episode, shown.language)
        assert entry.itunes_duration == str(whole_seconds(episode))
        assert timegm(entry.published_parsed) == date_s
        sound = episode.enclosure
        assert [(e.href, e.length, e.type) for e in entry.enclosures] == [
            (sound.url, str(sound.size_bytes), sound.content_type)
        ]
        assert entry.get("itunes_episode") == (str(episode.number) if episode.number else None)
        assert entry.itunes_episodetype == "full"
        assert entry.get("itunes_block", 0) == int(episode.is_blocked)
        check_files(entry, episode)


def check_files(entry: Any, episode: Episode) -> None:
    """feedparser keeps the last of each element of a namespace that it does not know."""
    last = [{"url": t.url, "type": t.content_type} for t in episode.transcripts][-1:]
    assert entry.get("podcast_transcript") == (last[0] | {"language": "en"} if last else None)
    chapters = entry.get("podcast_chapters", {"url": ""})
    assert chapters["url"] == episode.chapters_url
    for alternate in episode.alternates:
        assert entry.podcast_alternateenclosure == {
            "type": alternate.content_type.partition(";")[0],
            "length": str(alternate.size_bytes),
            "bitrate": str(alternate.bitrate),
            "title": alternate.title,
            "codecs": "opus",
        }
        assert entry.podcast_source == {"uri": alternate.url}
    for person in episode.persons:
        assert entry.podcast_person == {"role": person.role, "group": person.group}
    assert entry.get("podcast_license") == (episode.licence and episode.licence.name)


def parse_as_gpodder(podcast: Podcast, written: bytes) -> dict[str, Any]:
    """Read a feed by gPodder's parser, which raises where one is not well formed."""
    known = written.replace(NAMESPACE, OLD_NAMESPACE)
    return podcastparser.parse(podcast.feed_url, io.BytesIO(known))


def test_line_16_podcastparser_agrees_on_the_feed(shown: Podcast, write) -> None:
    """F16: gPodder's parser finds every value of the feed that it knows."""
    parsed = parse_as_gpodder(shown, write(shown))
    assert (parsed["title"], parsed["link"]) == (shown.title, shown.page_url)
    assert (parsed["description"], parsed["language"]) == (shown.description, shown.language)
    assert parsed["type"] == ("serial" if shown.is_serial else "episodic")
    assert (parsed["explicit"], parsed["itunes_author"]) == (shown.is_explicit, shown.author)
    assert parsed["cover_url"] == shown.image_url
    assert parsed["itunes_categories"] == names(shown)
    assert parsed.get("new_url", "") == shown.new_feed_url
    assert parsed["import_prohibited"] is shown.is_locked
    assert parsed.get("funding_url") == (shown.funding and shown.funding.url)


def test_line_16_podcastparser_agrees_on_the_episodes(shown: Podcast, write) -> None:
    """F16: and of each episode; it sorts by date, and so hears a course in its order."""
    parsed = parse_as_gpodder(shown, write(shown))
    rows = zip(parsed["episodes"], in_order(shown), dates_s(shown), strict=True)
    for found, episode, date_s in rows:
        assert (found["guid"], found["title"]) == (episode.guid, episode.title)
        assert (found["total_time"], found["published"]) == (whole_seconds(episode), date_s)
        assert (found["link"], found["episode_art_url"]) == (episode.page_url, episode.image_url)
        assert found["description_html"] == show_notes(episode, shown.language)
        assert (found.get("number"), found["type"]) == (episode.number, "full")
        assert found["explicit"] is episode.is_explicit
        sound = episode.enclosure
        assert found["enclosures"] == [
            {"url": sound.url, "file_size": sound.size_bytes, "mime_type": sound.content_type}
        ]
        assert found.get("chapters_json_url", "") == episode.chapters_url
        last = [transcript.url for transcript in episode.transcripts][-1:]
        assert found.get("transcript_url") == (last[0] if last else None)
        persons = (*shown.persons, *episode.persons) if episode.persons else ()
        assert [(p["name"], p["role"], p["group"]) for p in found.get("persons", ())] == [
            (person.name, person.role, person.group) for person in persons
        ]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"<itunes:explicit>false", b"<itunes:explicit>no"),
        (b"<itunes:type>serial", b"<itunes:type>course"),
        (b"<itunes:episode>1<", b"<itunes:episode>0<"),
        (b"<itunes:complete>Yes", b"<itunes:complete>true"),
        (b"<podcast:block>yes", b"<podcast:block>Yes"),
        (b"<podcast:locked>yes", b"<podcast:locked>true"),
        (b"<podcast:medium>course", b"<podcast:medium>Course"),
        (b"<itunes:block>Yes", b"<itunes:block>yes"),
        (b'title="Opus"', b'title="' + b"O" * 33 + b'"'),
        (b'type="audio/ogg"', b'type="audio/ogg; codecs=opus"'),
        (b"<podcast:source ", b"<podcast:sauce "),
        (b'isPermaLink="false"', b'isPermaLink="true"'),
        (b'type="audio/mpeg"', b'type="audio/ogg"'),
        (b".jpg?v=1d3c", b".gif?v=1d3c"),
        (b"<title>Stepping back", b"<title> Stepping back"),
        (b"+0000</pubDate>", b"GMT</pubDate>"),
        (b'group="writing"', b'group="Writing"'),
        (b">Ada &lt;Lovelace&gt;<", b"><"),
        (b">Keep the house going<", b">" + b"k" * 129 + b"<"),
        (b' url="https://stepback.example/licence">ours', b">our own terms"),
        (b">cc-by-4.0<", b">CC-BY-4.0<"),
        (b'text="Mental Health"', b'text="Mental health"'),
        (NAMESPACE, NAMESPACE.replace(b"https", b"http")),
    ],
)
def test_the_schema_finds_what_is_wrong(
    course: Podcast, right: bytes, wrong: bytes, rules: etree.RelaxNG
) -> None:
    """A schema that let everything through would prove nothing."""
    written = render_feed(course)
    assert right in written
    assert not rules.validate(etree.fromstring(written.replace(right, wrong)))
