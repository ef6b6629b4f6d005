"""The pages for subscribing, and the test whether anything has fetched a feed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from server.render.queue import RenderQueue
from server.render.sweeper import Sweeper
from server.store import (
    MOST_WATCHES,
    WATCH_LASTS,
    FeedWatchRow,
    add_feed_watch,
    find_feed_watch,
    note_feed_fetch,
)
from server.store.feed_tables import DownloadSaltRow
from tests.web.conftest import House
from tests.web.public_feed_house import FeedHouse
from tests.web.test_guides import COURSE

AT = datetime(2026, 11, 29, 10, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def course(house: House) -> None:
    """A course of one practice, beside the practice itself."""
    folder = house.settings.scripts_path / "courses"
    folder.mkdir()
    (folder / "two.yaml").write_text(COURSE)


def watches(house: House) -> list[FeedWatchRow]:
    with house.database.reading() as db:
        return list(db.scalars(select(FeedWatchRow).order_by(FeedWatchRow.until_at)))


def begin(client: FlaskClient, feed: str = "public", **environ: str) -> str:
    """Press the button; gives the id of the test."""
    answer = client.post("/subscribe/tests", data={"feed": feed}, environ_base=environ)
    assert answer.status_code == 303
    return re.search(r"\?test=([0-9a-f]{32})$", answer.location)[1]


@pytest.mark.parametrize(
    ("page", "feed", "title", "back"),
    [
        ("/subscribe", "/feed", "Stepback", "/"),
        ("/subscribe/tracks/ground", "/feed/tracks/ground", "Ground to stand on", "/#shelf-ground"),
        ("/subscribe/courses/two-grounds", "/feed/courses/two-grounds", "Two grounds", "/courses"),
    ],
)
def test_a_page_offers_its_feed(client: FlaskClient, house: House, page, feed, title, back):
    """With what comes, the address, a code, links into apps, and a way back."""
    text = client.get(page).text
    whole = house.settings.public_url + feed
    assert f"<h1>{title} in a podcast app</h1>" in text
    assert f'<link rel="alternate" href="{feed}" type="application/rss+xml"' in text
    assert text.count('rel="alternate"') == 1
    assert f'value="{whole}"' in text
    assert f'href="podcast://{whole.partition("://")[2]}"' in text
    assert '<svg viewBox="0 0' in text
    assert f'href="{back}' in text
    assert "None of them is there yet." in text
    assert "The voice is synthetic." in text


@pytest.mark.parametrize(
    "page",
    ["/subscribe/tracks/obstacles", "/subscribe/tracks/nowhere", "/subscribe/courses/nowhere"],
)
def test_what_has_no_feed_has_no_page(client: FlaskClient, page: str):
    """An empty track, and names of nothing."""
    assert client.get(page).status_code == 404


def test_pages_lead_to_their_feeds(client: FlaskClient):
    """From the library's head, each track, each course, and quietly from each practice."""
    library = client.get("/").text
    assert 'href="/subscribe"' in library
    assert 'href="/subscribe/tracks/ground"' in library
    assert 'href="/feed" type="application/rss+xml"' in library
    assert 'href="/subscribe"' in client.get("/practices/soft-ground").text
    course = client.get("/courses/two-grounds").text
    assert 'href="/subscribe/courses/two-grounds"' in course
    assert 'href="/feed/courses/two-grounds" type="application/rss+xml"' in course


def test_a_fetch_from_the_same_network_is_seen(client: FlaskClient):
    """Another machine of the same house counts; the page and the address for its script agree."""
    test = begin(client, REMOTE_ADDR="192.168.1.20")
    page, asked = f"/subscribe?test={test}", f"/subscribe/tests/{test}"
    assert "Not yet." in client.get(page).text
    assert client.get(asked).json == {"fetched_at": None, "is_over": False}
    client.get("/feed", environ_base={"REMOTE_ADDR": "192.168.1.77"})
    answer = client.get(asked)
    seen = datetime.fromisoformat(answer.json["fetched_at"])
    assert timedelta(0) <= datetime.now(UTC) - seen < timedelta(minutes=1)
    assert answer.headers["Cache-Control"] == "no-store"
    shown = client.get(page)
    assert "Yes: something on your network fetched it at" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"


def test_others_are_not_seen(client: FlaskClient):
    """Neither a fetch from another network, nor one of another feed."""
    test = begin(client, REMOTE_ADDR="192.168.1.20")
    track = begin(client, "track:ground", REMOTE_ADDR="192.168.7.20")
    client.get("/feed", environ_base={"REMOTE_ADDR": "192.168.7.20"})
    for each in (test, track):
        assert client.get(f"/subscribe/tests/{each}").json["fetched_at"] is None


def test_a_proxy_of_this_machine_says_who_fetched(client: FlaskClient):
    """As it does where it is counted how often somebody is wrong."""
    test = begin(client, REMOTE_ADDR="203.0.113.9")
    local = {"REMOTE_ADDR": "127.0.0.1"}
    client.get("/feed", environ_base=local, headers={"X-Forwarded-For": "203.0.113.4"})
    assert client.get(f"/subscribe/tests/{test}").json["fetched_at"] is not None


def test_nothing_is_written_where_nobody_looks_out(client: FlaskClient, house: House):
    """No row, and no salt: a feed that is read is only read."""
    client.get("/feed")
    assert watches(house) == []
    with house.database.reading() as db:
        assert db.scalars(select(DownloadSaltRow)).all() == []


@pytest.mark.parametrize("feed", ["", "nothing", "track:", "track:obstacles", "course:nowhere"])
def test_a_feed_of_nothing_is_not_looked_out_for(client: FlaskClient, house: House, feed: str):
    """There is no such feed, and no row of it."""
    assert client.post("/subscribe/tests", data={"feed": feed}).status_code == 404
    assert watches(house) == []


@pytest.mark.parametrize("test", ["0" * 32, "", "<b>", "0" * 31])
def test_a_test_that_never_was_is_over(client: FlaskClient, test: str):
    """The page shows its button, and never an error."""
    answer = client.get("/subscribe", query_string={"test": test})
    assert answer.status_code == 200
    assert ("That test is over" in answer.text) == (test == "0" * 32)
    assert 'name="feed" value="public"' in answer.text


def test_a_test_lasts_ten_minutes(house: House):
    """Then it sees nothing, and is forgotten by the sweeper or by the next test."""
    with house.database.writing() as db:
        first = add_feed_watch(db, "public", "a" * 64, AT).id
        second = add_feed_watch(db, "public", "a" * 64, AT + timedelta(minutes=5)).id
        late = AT + WATCH_LASTS
        note_feed_fetch(db, "public", "a" * 64, late)
        assert find_feed_watch(db, first, late) is None
        found = find_feed_watch(db, second, late)
        assert found is not None
        assert found.fetched_at == late
    queue = RenderQueue(house.settings.queue_path)
    sweeper = Sweeper(database=house.database, shelf=house.shelf, queue=queue, own_words_days=1)
    sweeper.sweep(late)
    assert [row.id for row in watches(house)] == [second]
    sweeper.forget_watches(late + WATCH_LASTS)
    assert watches(house) == []


def test_the_first_fetch_is_the_one_that_is_told(house: House):
    """An app that comes again does not move the clock."""
    with house.database.writing() as db:
        row = add_feed_watch(db, "public", "a" * 64, AT)
        for minutes in (1, 2):
            note_feed_fetch(db, "public", "a" * 64, AT + timedelta(minutes=minutes))
        db.refresh(row)
        assert row.fetched_at == AT + timedelta(minutes=1)


def test_one_network_has_only_so_many(house: House):
    """Whoever presses without end pushes out their own, and nobody else's."""
    with house.database.writing() as db:
        other = add_feed_watch(db, "public", "b" * 64, AT).id
        ids = [
            add_feed_watch(db, "public", "a" * 64, AT + timedelta(seconds=n)).id
            for n in range(MOST_WATCHES + 5)
        ]
    assert {row.id for row in watches(house)} == {other, *ids[5:]}


def test_midnight_is_no_end(client: FlaskClient, house: House, monkeypatch: pytest.MonkeyPatch):
    """The day's salt is another one then; a page that looks again looks out under the new hash."""
    now = datetime(2026, 11, 28, 23, 58, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return now

    monkeypatch.setattr("server.web.feed_watching.datetime", Clock)
    test = begin(client)
    before = watches(house)[0].network_hash
    now += timedelta(minutes=4)
    assert client.get(f"/subscribe/tests/{test}").json["fetched_at"] is None
    assert watches(house)[0].network_hash != before
    client.get("/feed")
    assert client.get(f"/subscribe/tests/{test}").json["fetched_at"] == now.isoformat()


@pytest.mark.parametrize(
    ("name", "said", "those"),
    [
        ("", "3 practices of 2 minutes come into your app.", 2),
        ("/tracks/ground", "2 practices of 2 minutes come into your app.", 1),
        ("/courses/two-weeks", "4 practices of 1 to 3 minutes come into your app.", 3),
    ],
)
def test_it_is_said_what_comes_and_what_is_there(feeds: FeedHouse, name, said, those):
    """How many, how long, and of these exactly as many as the feed announces."""
    feeds.record("soft-ground", 2)
    feeds.record("far-ground", 2)
    feeds.record("high-ground", 1)
    feeds.record("far-ground", 1)
    page = feeds.client.get(f"/subscribe{name}").text
    assert said in page
    announced = feeds.client.get(f"/feed{name}").data.count(b"<item>")
    assert announced == those
    told = re.search(r"(\d+) of them (?:is|are) there now\.", page)
    assert told is not None
    assert int(told[1]) == those
    assert ("in the order of the course" in page) == ("/courses/" in name)


@pytest.mark.parametrize(
    ("feed", "path"),
    [("track:ground", "/feed/tracks/ground"), ("course:two-weeks", "/feed/courses/two-weeks")],
)
def test_each_feed_is_looked_out_for(feeds: FeedHouse, feed: str, path: str):
    """The old address of the library's is none of theirs."""
    client = feeds.client
    test = begin(client, feed)
    client.get("/feed.xml", follow_redirects=True)
    assert client.get(f"/subscribe/tests/{test}").json["fetched_at"] is None
    client.get(path)
    assert client.get(f"/subscribe/tests/{test}").json["fetched_at"] is not None
