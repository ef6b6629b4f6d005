"""List F of the checklists, line by line, on the rendered feed.

What HTTP answers for in lines 1, 5, 14 and 15 is tested in the web room.
"""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from server.feed import Category, Enclosure, Podcast, feed_guid, render_feed
from server.units import Bytes, Ms

NS = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
GOLDEN = Path(__file__).parents[1] / "golden" / "feed"
SITE = "https://stepback.example"


def texts(element: etree._Element, path: str) -> list[str | None]:
    return [found.text for found in element.findall(path, NS)]


def one(element: etree._Element, path: str) -> etree._Element:
    found = element.findall(path, NS)
    assert len(found) == 1, path
    return found[0]


@pytest.mark.parametrize("name", ["two-episodes", "no-episode", "course"])
def test_golden_feeds(news: Podcast, course: Podcast, name: str, write) -> None:
    """The feed is, byte for byte, the one that a person has read and kept."""
    empty = replace(news, episodes=(), is_locked=False)
    shown = {"two-episodes": news, "no-episode": empty, "course": course}[name]
    golden = GOLDEN / f"{name}.xml"
    if os.environ.get("STEPBACK_GOLDEN") == "rewrite":
        golden.write_bytes(write(shown))
    assert write(shown) == golden.read_bytes()


def test_line_1_declaration_and_namespaces(feed: bytes) -> None:
    """F1: UTF-8 declared, root `rss version="2.0"`, the four namespaces as PSP-1 prints them."""
    assert feed.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rss ')
    root = etree.fromstring(feed)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert root.nsmap == NS
    assert feed.count(b"xmlns") == len(NS)


def test_line_2_self_link(channel: etree._Element, news: Podcast) -> None:
    """F2: the atom self link is the feed's canonical address, with its type."""
    link = one(channel, "atom:link")
    assert dict(link.attrib) == {
        "href": news.feed_url,
        "rel": "self",
        "type": "application/rss+xml",
    }


def test_line_3_channel(channel: etree._Element, news: Podcast, feed: bytes) -> None:
    """F3: the channel has all that apps require, its ampersands escaped once."""
    assert texts(channel, "title") == ["Stepback"]
    assert texts(channel, "description") == [news.description]
    assert texts(channel, "link") == [news.page_url] != [news.feed_url]
    assert texts(channel, "language") == ["en"]
    assert texts(channel, "itunes:explicit") == ["false"]
    assert one(channel, "itunes:image").get("href") == news.image_url
    wide = channel.findall("itunes:category", NS)
    assert [category.get("text") for category in wide] == [
        "Health & Fitness",
        "Religion & Spirituality",
    ]
    assert one(wide[0], "itunes:category").get("text") == "Mental Health"
    assert b'text="Health &amp; Fitness"' in feed
    assert b"&amp;amp;" not in feed


def test_line_3_html_stands_in_cdata_only(feed: bytes) -> None:
    """F3: no tag is written as escaped text; the notes' HTML stands in CDATA sections."""
    outside = re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", feed, flags=re.DOTALL)
    assert b"&lt;" not in outside
    assert feed.count(b"<![CDATA[<p>") == 2


@pytest.mark.parametrize("piece", ["word ", "endless", "Übung <&> ", "🙂", "\n\n  a"])
def test_line_3_description_is_short_enough(piece: str, make_podcast, write) -> None:
    """F3: however long it was, the description is at most 4,000 bytes of UTF-8."""
    root = etree.fromstring(write(make_podcast(description=piece * 4001)))
    described = root.findtext("channel/description") or ""
    assert 3900 < len(described.encode()) <= 4000
    assert described.endswith("…")


def test_line_4_values_are_short_and_stripped(make_podcast, make_episode, write) -> None:
    """F4: text values but descriptions have at most 255 characters and no blanks around them."""
    long = "  " + "a long word and another " * 40
    episode = make_episode(title=long, summary=long, credits=long)
    news = make_podcast(title=long, author=long, episodes=(episode,))
    free = {"description", f"{{{NS['content']}}}encoded"}
    for element in etree.fromstring(write(news)).iter():
        if len(element) == 0 and element.tag not in free:
            value = element.text or ""
            assert len(value) <= 255
            assert value == value.strip()


def test_line_5_artwork_says_its_type(channel: etree._Element) -> None:
    """F5: channel and items have artwork whose path ends in its real type."""
    images = channel.findall(".//itunes:image", NS)
    assert len(images) == 3
    assert all(urlsplit(image.get("href", "")).path.endswith(".jpg") for image in images)


def test_line_6_episodic(channel: etree._Element) -> None:
    """F6: not a course, so the feed is episodic and a podcast, and no item is numbered."""
    assert texts(channel, "itunes:type") == ["episodic"]
    assert texts(channel, "podcast:medium") == ["podcast"]
    assert not channel.findall("item/itunes:episode", NS)


def test_line_6_a_course_is_serial_and_numbered(course: Podcast, write) -> None:
    """F6: a course says so; its episodes are numbered, stand and are dated as they are heard."""
    channel = one(etree.fromstring(write(course)), "channel")
    assert texts(channel, "itunes:type") == ["serial"]
    assert texts(channel, "podcast:medium") == ["course"]
    assert texts(channel, "item/itunes:episode") == ["1", "2"]
    # The second was published two days before the first.
    assert texts(channel, "item/pubDate") == [
        "Thu, 05 Nov 2026 07:00:30 +0000",
        "Thu, 05 Nov 2026 07:00:31 +0000",
    ]
    assert texts(channel, "lastBuildDate") == ["Thu, 05 Nov 2026 07:00:31 +0000"]


def test_line_6_what_was_given_at_once_is_heard_in_turn(make_podcast, make_episode, write) -> None:
    """F6: dates that apps can tell apart only ascend with the numbers; one that does is kept."""
    began_at = datetime(2026, 11, 1, 12, 0, 0, 300_000, tzinfo=UTC)
    after_ms = {1: 0, 2: 0, 3: 600, 4: 60_000, 5: -1_000}
    episodes = [
        make_episode(
            number=number,
            guid=str(uuid.UUID(int=9 - number)),
            published_at=began_at + timedelta(milliseconds=ms),
            enclosure=Enclosure(url=f"{SITE}/{number}.mp3", size_bytes=Bytes(1)),
        )
        for number, ms in after_ms.items()
    ]
    news = make_podcast(is_serial=True, episodes=tuple(reversed(episodes)))
    written = write(news)
    assert written == write(replace(news, episodes=tuple(episodes)))
    root = etree.fromstring(written)
    assert texts(root, "channel/item/itunes:episode") == ["1", "2", "3", "4", "5"]
    seconds = [(text or "")[17:25] for text in texts(root, "channel/item/pubDate")]
    assert seconds == ["12:00:00", "12:00:01", "12:00:02", "12:01:00", "12:01:01"]


def test_line_7_guid_of_the_feed(make_podcast, write) -> None:
    """F7: the guid is the namespace's own example for its address, and survives a move."""
    assert feed_guid("https://podnews.net/rss/") == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert feed_guid("podnews.net/rss") == feed_guid("http://podnews.net/rss")
    moved = make_podcast(feed_url="https://elsewhere.example/feed.xml")
    root = etree.fromstring(write(moved))
    assert texts(root, "channel/podcast:guid") == [feed_guid(f"{SITE}/feed.xml")]


@pytest.mark.parametrize(("is_locked", "word"), [(True, "yes"), (False, "no")])
def test_line_8_locked(is_locked: bool, word: str, make_podcast, write) -> None:
    """F8: locked is yes or no."""
    root = etree.fromstring(write(make_podcast(is_locked=is_locked)))
    assert texts(root, "channel/podcast:locked") == [word]


def test_line_9_item(channel: etree._Element, news: Podcast) -> None:
    """F9: an item has title, UUID guid, whole enclosure, RFC 2822 date and whole seconds."""
    for item, episode in zip(channel.findall("item"), reversed(news.episodes), strict=True):
        assert texts(item, "title") == texts(item, "itunes:title") == [episode.title]
        guid = one(item, "guid")
        assert guid.get("isPermaLink") == "false"
        assert str(uuid.UUID(guid.text)) == guid.text == episode.guid
        assert dict(one(item, "enclosure").attrib) == {
            "url": episode.enclosure.url,
            "length": str(episode.enclosure.size_bytes),
            "type": episode.enclosure.content_type,
        }
        date = one(item, "pubDate").text or ""
        assert parsedate_to_datetime(date) == episode.published_at
        assert date.endswith("+0000")
        assert re.fullmatch(r"\d+", one(item, "itunes:duration").text or "")


@pytest.mark.parametrize(
    ("length_ms", "seconds"), [(600_000, "600"), (600_499, "600"), (600_500, "601")]
)
def test_line_9_duration_is_rounded(
    length_ms: int, seconds: str, make_podcast, make_episode, write
) -> None:
    """F9: a duration is the nearest whole second."""
    news = make_podcast(episodes=(make_episode(duration_ms=Ms(length_ms)),))
    root = etree.fromstring(write(news))
    assert texts(root, "channel/item/itunes:duration") == [seconds]


def test_line_10_guid_outlives_everything_else(news: Podcast, make_episode, write) -> None:
    """F10: a new render, title or voice changes the enclosure, never guid and date."""
    changed = make_episode(
        title="Another title",
        voice="Another voice",
        enclosure=replace(news.episodes[0].enclosure, url=f"{SITE}/audio/{'bb' * 32}.mp3"),
    )
    before = etree.fromstring(write(news))
    after = etree.fromstring(write(replace(news, episodes=(changed, news.episodes[1]))))
    for path in ("channel/item/guid", "channel/item/pubDate"):
        assert texts(before, path) == texts(after, path)
    urls = [found.get("url", "") for found in after.findall("channel/item/enclosure")]
    assert len(set(urls)) == 2
    assert all(url.isascii() and url.endswith((".mp3", ".m4a")) for url in urls)


def test_line_11_enclosures_are_mp3_or_m4a(channel: etree._Element) -> None:
    """F11: one enclosure an item, MP3 or M4A; no other encoding in this feed."""
    kinds = [found.get("type") for found in channel.findall("item/enclosure")]
    assert kinds == ["audio/x-m4a", "audio/mpeg"]
    assert not channel.findall("item/podcast:alternateEnclosure", NS)


def test_line_11_opus_is_an_alternate(course: Podcast, write) -> None:
    """F11: beside the MP3, Opus is offered with its source, length and codecs."""
    item = etree.fromstring(write(course)).findall("channel/item")[1]
    assert one(item, "enclosure").get("type") == "audio/mpeg"
    alternate = one(item, "podcast:alternateEnclosure")
    assert dict(alternate.attrib) == {
        "type": "audio/ogg",
        "length": "2410000",
        "bitrate": "32000",
        "title": "Opus",
        "codecs": "opus",
    }
    assert dict(one(alternate, "podcast:source").attrib) == {
        "uri": course.episodes[0].alternates[0].url
    }


def test_line_12_transcripts(channel: etree._Element, news: Podcast) -> None:
    """F12: an item offers WebVTT and SubRip, each with its type and language."""
    plain, full = channel.findall("item")
    assert not plain.findall("podcast:transcript", NS)
    assert [dict(found.attrib) for found in full.findall("podcast:transcript", NS)] == [
        {"url": t.url, "type": t.content_type, "language": "en"}
        for t in news.episodes[0].transcripts
    ]
    assert {t.content_type for t in news.episodes[0].transcripts} == {
        "text/vtt",
        "application/x-subrip",
    }


def test_line_13_chapters(channel: etree._Element, news: Podcast) -> None:
    """F13: an item with chapters names their file and its type; one without has no element."""
    plain, full = channel.findall("item")
    assert not plain.findall("podcast:chapters", NS)
    assert dict(one(full, "podcast:chapters").attrib) == {
        "url": news.episodes[0].chapters_url,
        "type": "application/json+chapters",
    }


def test_line_14_same_news_same_bytes(news: Podcast, write) -> None:
    """F14: the order in which episodes come changes nothing, and lastBuildDate is the newest's."""
    again = replace(news, episodes=tuple(reversed(news.episodes)))
    assert write(news) == write(again)
    root = etree.fromstring(write(news))
    assert texts(root, "channel/lastBuildDate") == ["Thu, 05 Nov 2026 07:00:30 +0000"]
    assert texts(root, "channel/item/pubDate")[0] == "Thu, 05 Nov 2026 07:00:30 +0000"
    empty = etree.fromstring(write(replace(news, episodes=())))
    assert empty.find("channel/lastBuildDate") is None


def test_line_14_episodes_of_one_moment_keep_an_order(news: Podcast, write) -> None:
    """F14: two episodes published at once stand in the order of their guids."""
    first, second = (
        replace(e, published_at=datetime(2026, 11, 1, tzinfo=UTC)) for e in news.episodes
    )
    assert write(replace(news, episodes=(first, second))) == write(
        replace(news, episodes=(second, first))
    )


def test_line_17_moved_and_ended(news: Podcast, course: Podcast, write) -> None:
    """F17: a feed that moved names its address, one that ended says Yes; others say neither."""
    moved = one(etree.fromstring(write(course)), "channel")
    assert texts(moved, "itunes:new-feed-url") == [course.feed_url]
    assert texts(moved, "itunes:complete") == ["Yes"]
    plain = one(etree.fromstring(write(news)), "channel")
    assert not texts(plain, "itunes:new-feed-url")
    assert not texts(plain, "itunes:complete")


def test_line_19_private_feeds_are_blocked_everywhere(
    news: Podcast, course: Podcast, write
) -> None:
    """F19: both words for directories, no owner; a public feed has neither word."""
    written = write(course)
    channel = one(etree.fromstring(written), "channel")
    assert texts(channel, "itunes:block") == ["Yes"]
    assert texts(channel, "podcast:block") == ["yes"]
    assert texts(channel, "item/itunes:block") == ["Yes"]
    assert b"owner" not in written
    assert b":block" not in write(news)


def test_people_funding_and_licence(course: Podcast, write) -> None:
    """Who made it, where to support it and under which terms: in the namespace's own words."""
    channel = one(etree.fromstring(write(course)), "channel")
    person = one(channel, "podcast:person")
    assert (person.text, dict(person.attrib)) == (
        course.persons[0].name,
        {"group": "cast", "role": "host"},
    )
    funding = one(channel, "podcast:funding")
    assert (funding.text, funding.get("url")) == ("Keep the house going", f"{SITE}/support")
    own = one(channel, "podcast:license")
    assert (own.text, own.get("url")) == ("ours", f"{SITE}/licence")
    known = one(channel, "item/podcast:license")
    assert (known.text, dict(known.attrib)) == ("cc-by-4.0", {})


def test_persons_of_an_episode_stand_beside_those_of_the_feed(course: Podcast, write) -> None:
    """Apps let an episode's persons replace the feed's, so these are named again, each once."""
    house, ada = course.persons[0], course.episodes[0].persons[0]
    both = replace(course.episodes[0], persons=(ada, house))
    channel = one(
        etree.fromstring(write(replace(course, episodes=(both, course.episodes[1])))), "channel"
    )
    assert texts(channel, "podcast:person") == [house.name]
    first, second = channel.findall("item")
    assert not texts(first, "podcast:person")
    assert texts(second, "podcast:person") == [house.name, ada.name]


def test_line_11_a_type_without_codecs_has_no_attribute_for_them(course: Podcast, write) -> None:
    """F11: what a type does not say is not written."""
    plain = replace(course.episodes[0].alternates[0], content_type="audio/opus")
    news = replace(course, episodes=(replace(course.episodes[0], alternates=(plain,)),))
    alternate = one(etree.fromstring(write(news)), "channel/item/podcast:alternateEnclosure")
    assert (alternate.get("type"), alternate.get("codecs")) == ("audio/opus", None)


@pytest.mark.no_cover
def test_line_21_five_hundred_episodes(make_podcast, make_episode, write) -> None:
    """F21: a feed of 500 full items is twice the same; how long it takes is for make bench."""
    episodes = tuple(
        make_episode(
            guid=str(uuid.UUID(int=number)),
            enclosure=Enclosure(url=f"{SITE}/{number:064x}.mp3", size_bytes=Bytes(1)),
        )
        for number in range(500)
    )
    news = make_podcast(episodes=episodes)
    assert render_feed(news) == write(replace(news, episodes=episodes[::-1]))


def test_line_3_explicit_is_true_or_false(make_podcast, make_episode, write) -> None:
    """F3: explicit content is said with the word that Apple asks for."""
    news = make_podcast(is_explicit=True, episodes=(make_episode(is_explicit=True),))
    root = etree.fromstring(write(news))
    assert texts(root, ".//itunes:explicit") == ["true", "true"]


def test_line_3_categories_are_a_name_within_a_name() -> None:
    """F3: each category is one of Apple's pairs."""
    assert Category.SPIRITUALITY.value == ("Religion & Spirituality", "Spirituality")
