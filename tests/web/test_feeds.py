"""The public feeds at the door: their addresses, what stays for ever, conditions and costs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from lxml import etree

from server.feed import Funding, Licence, Person, feed_guid
from server.render import course_lengths, list_feed_names, open_catalogue, read_news
from server.store import find_feed
from tests.web.live_house import SLUG as LIVE_SLUG
from tests.web.live_house import write_live_scripts
from tests.web.public_feed_house import (
    BASE,
    BEGUN_AT,
    COURSE,
    COURSE_TEXT,
    LIBRARY,
    NAMESPACES,
    PATHS,
    TRACK,
    FeedHouse,
    guids,
    put_together,
    read,
    texts,
)


@pytest.mark.parametrize("path", PATHS)
def test_line_1_served_as_rss_with_the_namespaces(feeds: FeedHouse, path: str) -> None:
    """F1: status, type, declaration, root and namespaces, of every public feed."""
    feeds.record_all()
    answer = feeds.client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    assert answer.data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    root = etree.fromstring(answer.data)
    assert (root.tag, root.get("version"), root.nsmap) == ("rss", "2.0", NAMESPACES)


@pytest.mark.parametrize("path", PATHS)
def test_line_2_self_link_is_the_address_asked_for(feeds: FeedHouse, path: str) -> None:
    """F2: also where a request says it is somebody else's host; the link is another address."""
    channel = etree.fromstring(feeds.client.get(path, headers={"Host": "evil.example"}).data).find(
        "channel"
    )
    link = channel.find("atom:link", NAMESPACES)
    assert dict(link.attrib) == {
        "href": BASE + path,
        "rel": "self",
        "type": "application/rss+xml",
    }
    page = channel.findtext("link")
    assert page.startswith(BASE)
    assert page != BASE + path
    assert feeds.client.get(page.removeprefix(BASE)).status_code == 200


def test_the_old_address_leads_to_the_new_one_for_good(feeds: FeedHouse) -> None:
    """Whoever subscribed to /feed.xml is told once, and gets the same feed."""
    answer = feeds.client.get("/feed.xml")
    assert (answer.status_code, answer.location) == (301, "/feed")


@pytest.mark.parametrize("path", ["/feed/tracks/nowhere", "/feed/courses/nowhere", "/feed/x"])
def test_there_is_no_such_feed(feeds: FeedHouse, path: str) -> None:
    """An unknown track or course is answered with 404, and nothing of it is remembered."""
    answer = feeds.client.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    with feeds.database.reading() as db:
        assert find_feed(db, "track:nowhere") is None
        assert find_feed(db, "course:nowhere") is None


def test_the_library_has_the_newest_first_and_a_track_its_own(feeds: FeedHouse) -> None:
    """The library's feed is episodic and has every practice that is recorded; a track's some."""
    feeds.record_all()
    channel = read(feeds)
    assert texts(channel, "item/title") == ['High <ground> & "sky"', "Soft ground"]
    assert texts(channel, "itunes:type") == ["episodic"]
    assert texts(channel, "podcast:medium") == ["podcast"]
    feeds.record("far-ground", 2, at=BEGUN_AT + timedelta(days=1))
    assert texts(read(feeds), "item/title")[0] == "Far ground"
    assert texts(read(feeds, TRACK), "item/title") == ['High <ground> & "sky"', "Soft ground"]
    assert texts(read(feeds, "/feed/tracks/obstacles"), "item/title") == ["Far ground"]
    assert texts(read(feeds, "/feed/tracks/past-pain"), "item/title") == []


def test_a_course_has_its_sittings_at_its_own_lengths(feeds: FeedHouse) -> None:
    """Sittings at the course's lengths, dated in their order; one practice may stand twice."""
    keys = feeds.record_all()
    entries = feedparser.parse(feeds.client.get(COURSE).data).entries
    by_date = sorted(entries, key=lambda entry: entry.published_parsed)
    assert [entry.title for entry in by_date] == [
        *("Soft ground", 'High <ground> & "sky"', "Far ground", "Soft ground"),
    ]
    soft, high = keys["soft-ground", 2], keys["high-ground", 3]
    far = keys["far-ground", 1]
    assert [entry.enclosures[0].href for entry in by_date] == [
        f"{BASE}/feed/audio/{soft}.mp3",
        f"{BASE}/feed/audio/{high}.mp3",
        f"{BASE}/feed/audio/{far}.mp3",
        f"{BASE}/feed/audio/2/{soft}.mp3",
    ]
    assert len({entry.id for entry in entries}) == 4
    for entry in entries:
        path = entry.enclosures[0].href.removeprefix(BASE)
        assert feeds.client.head(path).status_code == 200


def test_a_sitting_that_is_not_recorded_yet_is_not_there_yet(feeds: FeedHouse) -> None:
    """It comes later, and nothing changes for the others."""
    feeds.record("soft-ground", 2)
    feeds.record("high-ground", 2)
    first = read(feeds, COURSE)
    assert texts(first, "item/title") == ["Soft ground", "Soft ground"]
    feeds.record("high-ground", 3)
    then = read(feeds, COURSE)
    assert set(texts(first, "item/guid")) < set(texts(then, "item/guid"))
    assert set(texts(first, "item/pubDate")) < set(texts(then, "item/pubDate"))


def test_a_course_may_be_changed_around_its_sittings(feeds: FeedHouse) -> None:
    """A sitting keeps its guid when another comes before it, also of the same practice where that
    has a name, and at another length.
    """
    feeds.record_all()
    before = guids(feeds, COURSE)
    path = feeds.settings.scripts_path / "courses" / "a.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "sittings:\n", "sittings:\n  - {name: new, practice: far-ground, minutes: 2, why: New.}\n"
    )
    text = text.replace("high-ground, minutes: 3", "high-ground, minutes: 2")
    path.write_text(text, encoding="utf-8")
    feeds.record("far-ground", 2)
    after = guids(feeds, COURSE)
    assert after[1:] == before
    assert after[0][0] == "Far ground"
    assert after[0][1] not in dict(map(reversed, before))
    path.write_text(text.replace("name: new", "name: newer"), encoding="utf-8")
    renamed = guids(feeds, COURSE)
    assert renamed[1:] == before
    assert renamed[0] != after[0], "the name is what it is known by"


def test_a_mistake_in_a_script_changes_no_feed_but_its_text(feeds: FeedHouse) -> None:
    """A course keeps its sittings, numbers and dates, and its recordings stay, while one script
    cannot be read; a practice that was never recorded leaves its number free.
    """
    feeds.record_all()
    about = ("item/title", "item/guid", "item/itunes:episode", "item/pubDate", "item/enclosure")
    before = [texts(read(feeds, COURSE), each) for each in about]
    assert before[2] == ["1", "2", "3", "4"]
    (feeds.settings.scripts_path / "soft-ground.md").write_text("no script", encoding="utf-8")
    assert [texts(read(feeds, COURSE), each) for each in about] == before
    lengths = course_lengths(feeds.settings, open_catalogue(feeds.settings))
    assert lengths == {("soft-ground", 2), ("high-ground", 3), ("far-ground", 1)}
    for path in feeds.settings.scripts_path.glob("*.md"):
        path.unlink()
    assert [texts(read(feeds, COURSE), each) for each in about] == before
    with feeds.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM renders WHERE slug = 'soft-ground'")
    channel = read(feeds, COURSE)
    assert texts(channel, "item/itunes:episode") == ["2", "3"]
    picture = channel.find("itunes:image", NAMESPACES).get("href").removeprefix(BASE)
    assert feeds.client.get(picture).status_code == 200


def test_what_belongs_to_no_feed_is_in_none(feeds: FeedHouse) -> None:
    """Drafts, what a listener chose, and unlisted scripts are not announced."""
    feeds.record("soft-ground", 2, voice="silent")
    feeds.record("high-ground", 3, is_plain=False)
    unlisted = feeds.settings.scripts_path / "unlisted"
    unlisted.mkdir()
    (feeds.settings.scripts_path / "far-ground.md").rename(unlisted / "far-ground.md")
    feeds.record("far-ground", 2)
    feeds.record("far-ground", 1)
    for path in PATHS:
        assert texts(read(feeds, path), "item/title") == [], path


@pytest.mark.parametrize("path", PATHS)
def test_guids_are_for_ever(feeds: FeedHouse, path: str) -> None:
    """After a new recording, title, voice, usual length and public address they are the same."""
    keys = feeds.record_all()
    before, feed_before = guids(feeds, path), texts(read(feeds, path), "podcast:guid")
    assert feed_before == [feed_guid(BASE + path)]
    files = set(re.findall(r"/feed/audio/[^\"]+", feeds.client.get(path).text))

    later_at = BEGUN_AT + timedelta(days=1)
    for slug, minutes in keys:
        feeds.record(slug, minutes, at=later_at, voice="another")
    assert guids(feeds, path) == before
    renewed = set(re.findall(r"/feed/audio/[^\"]+", feeds.client.get(path).text))
    assert len(renewed) == len(files)
    assert not renewed & files, "a new recording has a new address"
    for old in files:
        assert feeds.client.head(old).status_code == 200, "and the old one still answers"

    feeds.write("soft-ground", "Softer ground", "ground")
    retitled = guids(feeds, path)
    assert [guid for _, guid in retitled] == [guid for _, guid in before]
    titles = [title for title, _ in retitled]
    assert titles == [title.replace("Soft ", "Softer ") for title, _ in before]

    feeds.reopened(replace(feeds.settings, public_url="https://elsewhere.example"))
    channel = read(feeds, path)
    assert texts(channel, "item/guid") == [guid for _, guid in before]
    assert texts(channel, "podcast:guid") == feed_before


def test_the_guid_outlives_another_usual_length(feeds: FeedHouse) -> None:
    """A practice whose usual length changes is the same episode."""
    feeds.record("soft-ground", 2)
    before = guids(feeds)
    dates = texts(read(feeds), "item/pubDate")
    path = feeds.settings.scripts_path / "soft-ground.md"
    text = path.read_text(encoding="utf-8").replace("[1, 2, 3]", "[2, 3, 4]")
    path.write_text(text, encoding="utf-8")
    key = feeds.record("soft-ground", 3, at=BEGUN_AT + timedelta(days=1), is_usual=True)
    assert guids(feeds) == before
    assert texts(read(feeds), "item/pubDate") == dates
    assert key in feeds.client.get(LIBRARY).text


@pytest.mark.parametrize("path", PATHS)
def test_line_17_a_feed_that_moved_says_so_itself(feeds: FeedHouse, path: str) -> None:
    """F17: at its first address it says nothing; at another one it names that as its new one."""
    assert texts(read(feeds, path), "itunes:new-feed-url") == []
    feeds.reopened(replace(feeds.settings, public_url="https://elsewhere.example"))
    told = texts(read(feeds, path), "itunes:new-feed-url")
    assert told == [f"https://elsewhere.example{path}"]


def test_line_17_a_course_that_ended_says_so_once_all_of_it_is_there(feeds: FeedHouse) -> None:
    """F17: an app that is told stops asking, so nothing may be missing; no other feed says it."""
    (file,) = (feeds.settings.scripts_path / "courses").glob("*.yaml")
    file.write_text(f"{COURSE_TEXT}ended: yes\n", encoding="utf-8")
    feeds.record("soft-ground", 2)
    assert texts(read(feeds, COURSE), "itunes:complete") == []
    feeds.record_all()
    assert texts(read(feeds, COURSE), "itunes:complete") == ["Yes"]
    assert [texts(read(feeds, path), "itunes:complete") for path in (LIBRARY, TRACK)] == [[], []]
    file.write_text(COURSE_TEXT, encoding="utf-8")
    assert texts(read(feeds, COURSE), "itunes:complete") == []


def test_what_a_feed_says_of_the_house(feeds: FeedHouse) -> None:
    """Nothing that nobody said: no person, licence or funding but what the operator names."""
    feeds.record_all()
    plain = put_together(feeds, "public")
    assert (plain.persons, plain.licence, plain.funding, plain.new_feed_url) == ((), None, None, "")
    assert (plain.author, plain.title, plain.is_private) == ("Stepback", "Stepback", False)
    told = replace(
        feeds.settings,
        feed_author="Ines",
        feed_licence="cc-by-4.0",
        funding_url="https://give.example/us?how=now",
        public_url="https://elsewhere.example",
    )
    feeds.reopened(told)
    full = put_together(feeds, "public")
    assert full.persons == (Person(name="Ines", role="author", group="writing"),)
    assert full.licence == Licence(name="cc-by-4.0")
    assert full.funding == Funding(url="https://give.example/us?how=now", text="Support this house")
    assert full.author == "Ines"
    assert full.new_feed_url == "https://elsewhere.example/feed"
    assert full.guid == plain.guid


def test_what_a_course_and_a_track_are(feeds: FeedHouse) -> None:
    """A course is serial and numbered, with gaps; a track is not, and is named as its shelf."""
    feeds.record("soft-ground", 2)
    feeds.record("far-ground", 1)
    course = put_together(feeds, "course:two-weeks")
    assert (course.is_serial, course.medium) == (True, "course")
    assert course.title == "Two weeks & a day (Stepback)"
    assert "They come one after the other." in course.description
    assert [episode.number for episode in course.episodes] == [1, 3, 4]
    track = put_together(feeds, "track:ground")
    assert (track.is_serial, track.medium) == (False, "podcast")
    assert track.title == "Ground to stand on (Stepback)"


def test_a_german_practice_is_announced_in_german(feeds: FeedHouse) -> None:
    """Its transcripts say so and its notes are German, in a feed whose other ones are English."""
    path = feeds.settings.scripts_path / "far-ground.md"
    text = path.read_text(encoding="utf-8").replace("language: en", "language: de")
    path.write_text(text, encoding="utf-8")
    feeds.record_all()
    feeds.record("far-ground", 2)
    channel = read(feeds)
    assert channel.findtext("language") == "en"
    told = {}
    for item in channel.findall("item"):
        found = item.findall("podcast:transcript", NAMESPACES)
        notes = item.findtext("content:encoded", namespaces=NAMESPACES)
        languages = {each.get("language") for each in found}
        told[item.findtext("title")] = languages, "Die Stimme ist synthetisch" in notes
    assert told.pop("Far ground") == ({"de"}, True)
    assert set(map(str, told.values())) == {str(({"en"}, False))}


def test_an_episode_leads_to_the_live_practice(feeds: FeedHouse) -> None:
    """Where a practice asks something, its episode names the page that listens."""
    write_live_scripts(feeds.settings)
    feeds.record(LIVE_SLUG)
    feeds.record("soft-ground", at=BEGUN_AT - timedelta(days=1))
    live, plain = put_together(feeds, "public").episodes
    assert live.live_url == f"{BASE}/practices/{LIVE_SLUG}/live"
    assert feeds.client.get(live.live_url.removeprefix(BASE)).status_code == 200
    assert plain.live_url == ""


def test_every_feed_of_the_house_answers(feeds: FeedHouse) -> None:
    """What is listed as a feed is one, and its address is that of its route."""
    with feeds.database.reading() as db:
        news = read_news(db, feeds.settings, open_catalogue(feeds.settings))
    names = list_feed_names(news)
    assert set(names) == {"public", "track:ground", "track:obstacles", "course:two-weeks"}
    for path in (*PATHS, "/feed/tracks/obstacles"):
        assert read(feeds, path) is not None


def test_only_sound_of_feeds_has_an_address_there(feeds: FeedHouse) -> None:
    """Drafts and what a listener chose have none under /feed/audio, and private ones never."""
    draft = feeds.record(voice="silent")
    chosen = feeds.record("high-ground", 3, is_plain=False)
    for key in (draft, chosen, "0" * 64):
        assert feeds.client.get(f"/feed/audio/{key}.mp3").status_code == 404
    assert feeds.client.get(f"/audio/{chosen}.mp3").status_code == 200
    kept = feeds.record("far-ground", 1)
    got = feeds.client.get(f"/feed/audio/{kept}.mp3", headers={"Range": "bytes=10-19"})
    assert (got.status_code, len(got.data)) == (206, 10)
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert feeds.client.get(f"/feed/audio/{kept}.vtt").status_code == 404
    assert feeds.client.get(f"/feed/audio/{kept}.opus").status_code == 200
    assert feeds.client.get(f"/feed/audio/1/{kept}.mp3").status_code == 404
