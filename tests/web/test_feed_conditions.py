"""The public feeds as apps ask again and again: conditions, packing, what it costs the house."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.app import create_app
from server.feed import Podcast, render_feed
from server.store import add_feed_watch
from tests.statements import statements
from tests.web.public_feed_house import (
    BASE,
    BEGUN_AT,
    LIBRARY,
    PATHS,
    FeedHouse,
    read,
)


@pytest.mark.parametrize("path", PATHS)
def test_line_14_conditions_from_content(feeds: FeedHouse, path: str) -> None:
    """F14: strong tag, Last-Modified, 304, identical bytes; also after the house began anew."""
    feeds.record_all()
    first, second = feeds.client.get(path), feeds.client.get(path)
    assert first.data == second.data
    assert re.fullmatch(r'"[0-9a-f]{64}"', first.headers["ETag"])
    third = feeds.reopened(feeds.settings).get(path)
    for name in ("ETag", "Last-Modified", "Content-Length", "Cache-Control", "Vary"):
        assert first.headers[name] == second.headers[name] == third.headers[name]
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        answer = feeds.client.get(path, headers=condition)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == first.headers["ETag"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert feeds.client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("change", ["title", "recording", "removal", "address", "author"])
def test_line_14_every_change_is_one_of_tag_and_time(feeds: FeedHouse, change: str) -> None:
    """F14: whoever asks by tag or by time alone hears of every change, at once."""
    feeds.record_all()
    before = feeds.client.get(LIBRARY)
    if change == "title":
        feeds.write("soft-ground", "Softer ground", "ground")
    elif change == "recording":
        feeds.record("soft-ground", at=BEGUN_AT + timedelta(minutes=1))
    elif change == "removal":
        with feeds.database.writing() as db:
            db.connection().exec_driver_sql("UPDATE renders SET state = 'failed' WHERE minutes = 2")
    elif change == "address":
        feeds.reopened(replace(feeds.settings, public_url="https://elsewhere.example"))
    else:
        feeds.reopened(replace(feeds.settings, feed_author="Ines"))
    for name, condition in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")):
        answer = feeds.client.get(LIBRARY, headers={condition: before.headers[name]})
        assert answer.status_code == 200
        assert answer.data != before.data
        assert answer.headers[name] != before.headers[name]


@pytest.mark.parametrize("path", PATHS)
def test_line_15_head_has_the_headers_of_get(feeds: FeedHouse, path: str) -> None:
    """F15: of the feed, its pictures, its sound, its transcripts and chapters; no redirect."""
    feeds.record_all()
    text = feeds.client.get(path).text
    found = set(re.findall(rf'{BASE}(/[^"<&]+)', text)) - set(PATHS)
    assert {Path(each.partition("?")[0]).suffix for each in found} >= {
        *(".mp3", ".vtt", ".srt", ".json", ".jpg"),
    }
    for each in (path, *found):
        head, got = feeds.client.head(each), feeds.client.get(each)
        assert (head.status_code, head.data) == (200, b""), each
        told, wanted = dict(head.headers), dict(got.headers)
        for headers in (told, wanted):
            headers.pop("Date", None)  # they may be a second apart
            headers.pop("X-Request-Id")
        assert told == wanted, each
        got.close()


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "*", "gzip;q=0", "identity", ""])
def test_packed_where_the_app_takes_it(feeds: FeedHouse, accepted: str) -> None:
    """Gzip has the same content, a tag of its own, and the same bytes each time."""
    feeds.record_all()
    plain = feeds.client.get(LIBRARY)
    answer = feeds.client.get(LIBRARY, headers={"Accept-Encoding": accepted})
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert plain.headers["Access-Control-Allow-Origin"] == "*"
    if accepted in ("gzip;q=0", "identity", ""):
        assert "Content-Encoding" not in answer.headers
        assert answer.data == plain.data
        return
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == plain.data
    assert len(answer.data) < len(plain.data)
    assert answer.headers["ETag"] != plain.headers["ETag"]
    fresh = feeds.reopened(feeds.settings).get(LIBRARY, headers={"Accept-Encoding": accepted})
    assert fresh.data == answer.data
    asked = {"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]}
    assert feeds.client.get(LIBRARY, headers=asked).status_code == 304


def test_a_read_writes_nothing_and_touches_no_recording(feeds: FeedHouse) -> None:
    """The first read after a change remembers when; every other one only looks."""
    key = feeds.record()
    for path in PATHS:
        feeds.client.get(path)
    folder = feeds.shelf.render_folder(key)
    used = folder.stat().st_mtime_ns
    with statements() as sent:
        for path in PATHS:
            assert feeds.client.get(path).status_code == 200
    assert [
        each
        for each in sent
        if not each.startswith(("SELECT", "BEGIN", "PRAGMA", "SET TRANSACTION"))
    ] == []
    assert not [each for each in sent if "IMMEDIATE" in each]
    assert folder.stat().st_mtime_ns == used


def test_what_could_not_be_remembered_is_not_said(
    feeds: FeedHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While nothing can be written a changed feed is read all the same, without a time."""
    feeds.record()
    before = feeds.client.get(LIBRARY)
    feeds.write("soft-ground", "Softer ground", "ground")
    database = feeds.app.extensions["stepback"].database
    monkeypatch.setattr(database._place, "writers_wait_s", 0.01)
    with database.writing():
        answer = feeds.client.get(LIBRARY)
    assert "Softer ground" in answer.text
    assert "Last-Modified" not in answer.headers
    assert "Busy" in caplog.text
    then = feeds.client.get(LIBRARY)
    assert then.data == answer.data
    assert then.last_modified > before.last_modified


def test_a_feed_answers_where_a_fetch_cannot_be_noted(
    feeds: FeedHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody looks out for their app, and nothing can be written: the app has its feed."""
    before = feeds.client.get(LIBRARY)
    now_at = datetime.now(UTC)
    with feeds.database.writing() as db:
        add_feed_watch(db, "public", "0" * 64, now_at)
    database = feeds.app.extensions["stepback"].database
    monkeypatch.setattr(database._place, "writers_wait_s", 0.01)
    with database.writing():
        answer = feeds.client.get(LIBRARY)
    assert (answer.status_code, answer.data) == (200, before.data)
    assert "a fetch was not noted: Busy" in caplog.text


def test_files_that_were_made_anew_under_the_same_key_are_announced(feeds: FeedHouse) -> None:
    """Files that were lost may come back longer; the feed says how long the new ones are."""
    feeds.record()
    before = feeds.client.get(LIBRARY).text
    with feeds.database.writing() as db:
        run = db.connection().exec_driver_sql
        run("UPDATE renditions SET size_bytes = 41234 WHERE kind = 'mp3'")
        run("UPDATE renders SET finished_at = '2026-03-02 12:00:00.000000'")
    after = feeds.client.get(LIBRARY).text
    assert 'length="41234"' not in before
    assert 'length="41234"' in after


def test_two_processes_say_the_same(feeds: FeedHouse) -> None:
    """Each has built the feed for itself; what they say of it, its time included, is one."""
    feeds.record()
    other = create_app(feeds.settings)
    for title in ("Soft ground", "Softer ground"):
        feeds.write("soft-ground", title, "ground")
        mine, theirs = feeds.client.get(LIBRARY), other.test_client().get(LIBRARY)
        for answer in (mine, theirs):
            for name in ("X-Request-Id", "Date"):  # of the answer, not of the feed
                del answer.headers[name]
        assert dict(mine.headers) == dict(theirs.headers)
        assert mine.data == theirs.data
    other.extensions["stepback"].database.close()


def test_as_many_queries_for_many_as_for_few(feeds: FeedHouse) -> None:
    """However many episodes there are, the database is asked as often."""
    feeds.record_all()
    asked = []
    for count in (0, 40):
        for number in range(count):
            feeds.record(f"gone-{number}", size=10)
        for _ in range(2):
            with statements() as sent:
                feeds.client.get(LIBRARY)
            asked.append(
                sum(each.startswith("SELECT") and "pg_advisory" not in each for each in sent)
            )
    first, again, first_of_many, again_of_many = asked
    assert again == again_of_many <= 4
    assert first_of_many <= first <= 8
    assert len(read(feeds).findall("item")) == 42


def test_line_21_what_is_not_new_is_written_once(
    feeds: FeedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F21: the feed is cached. How long 500 episodes take is measured by bench/feeds.py."""
    feeds.record_all()
    written = []

    def write(podcast: Podcast) -> bytes:
        written.append(len(podcast.episodes))
        return render_feed(podcast)

    monkeypatch.setattr("server.web.feed.render_feed", write)
    client = feeds.client
    first, second = client.get(LIBRARY), client.get(LIBRARY)
    assert first.data == second.data
    assert len(written) == 1
    feeds.write("soft-ground", "Softer ground", "ground")
    assert client.get(LIBRARY).data != first.data
    assert len(written) == 2
