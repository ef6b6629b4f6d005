"""Who makes and ends private feeds, who is told of a leak, and that a token opens nothing else."""

from __future__ import annotations

import itertools
import logging
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from server.errors import SettingsError
from server.store.care.private_feed_tables import (
    PrivateFeedNetworkRow,
    PrivateFeedRow,
)
from server.store.care.private_feeds import (
    MOST_FEEDS,
)
from server.web.access_table import ACCESS, Access
from tests.served import served_environment
from tests.web.case_house import deeds
from tests.web.conftest import House
from tests.web.people_house import People
from tests.web.private_feed_house import PrivateFeedHouse, addresses_in, path_of, token_in
from tests.web.remembered import remember
from tests.web.test_audio import SERVE

CANARY = "quïttenmus"


@pytest.fixture
def feeds(house: House, people: People) -> PrivateFeedHouse:
    """Ines has a practice in her words, with a message; its sound is there."""
    made = PrivateFeedHouse(house=house, people=people)
    made.give(people.ines, message=f"{CANARY} message", words={"place": f"{CANARY} word"})
    return made


# ── the pages ────────────────────────────────────────────────────────────────────────────────


def test_a_client_makes_renews_and_revokes_their_feeds(feeds: PrivateFeedHouse, people: People):
    """The address is shown once and never again; each step is a row in the audit, without words."""
    phone = feeds.phone(people.ines)
    assert "/with-therapist/podcast" in phone.get("/with-therapist").text
    assert "/with-therapist/podcast" in phone.get("/from-my-therapist").text
    path = feeds.make(people.ines, f"{CANARY} phone")
    page = phone.get("/with-therapist/podcast").text
    assert f"{CANARY} phone" in page
    assert "/feed/private/" not in page
    assert "Nothing has fetched it yet." in page
    assert "Episodes that are ready: 1." in page
    feed_id = feeds.row(people.ines).id
    fetched = f"/with-therapist/podcast/{feed_id}/fetched"
    assert phone.get(fetched).get_json()["is_fetched"] is False
    feeds.get(path)
    answer = phone.get(fetched)
    assert answer.get_json() == {"is_fetched": True, "text": "Fetched just now."}
    assert answer.headers["Cache-Control"] == "no-store"
    renewed = phone.post(f"/with-therapist/podcast/{feed_id}/renew")
    new = f"/feed/private/{token_in(renewed.text)}"
    assert renewed.headers["Cache-Control"] == "no-store"
    assert feeds.get(path).status_code in (404, 410)
    assert phone.get(fetched).get_json()["is_fetched"] is False  # at this address, nothing has
    assert feeds.get(new).status_code == 200
    assert phone.get(fetched).get_json()["is_fetched"] is True
    assert phone.post(f"/with-therapist/podcast/{feed_id}/revoke").status_code == 303
    assert phone.post(f"/with-therapist/podcast/{feed_id}/revoke").status_code == 303
    assert feeds.get(new).status_code == 410
    assert f"{CANARY} phone" not in phone.get("/with-therapist/podcast").text
    assert phone.get(fetched).status_code == 404
    told = [(who, what, subject) for who, what, _, subject in deeds(people)]
    client = f"client:{people.ines}"
    assert told == [(client, f"{what}-feed", feed_id) for what in ("make", "renew", "revoke")]


def test_loading_a_page_with_an_address_again_does_nothing_more(
    feeds: PrivateFeedHouse, people: People
):
    """The form is sent once more as it was: the address that was scanned just now stays."""
    phone, base = feeds.phone(people.ines), "/with-therapist/podcast"

    def hidden(name: str) -> dict[str, str]:
        return {name: re.findall(f'name="{name}" value="([^"]*)"', phone.get(base).text)[-1]}

    form = {"name": "My phone", **hidden("newest")}
    assert token_in(phone.post(base, data=form).text)
    assert phone.post(base, data=form).location == base
    with people.database.reading() as db:
        assert db.query(PrivateFeedRow).count() == 1
    another = phone.post(base, data={"name": "My tablet", **hidden("newest")})
    assert token_in(another.text)
    renew, form = f"{base}/{feeds.row(people.ines).id}/renew", hidden("made_at")
    address = f"/feed/private/{token_in(phone.post(renew, data=form).text)}"
    assert phone.post(renew, data=form).location == base
    assert feeds.get(address).status_code == 200
    assert token_in(phone.post(renew, data=hidden("made_at")).text) not in address


def test_a_feed_has_a_name_and_there_are_only_so_many(feeds: PrivateFeedHouse, people: People):
    """What is missing or too long is said beside the field, and what was typed stays."""
    phone = feeds.phone(people.ines)
    for name in ("", "   ", "n" * 61):
        answer = phone.post("/with-therapist/podcast", data={"name": name})
        assert answer.status_code == 422
        assert "Please write a name of 1 to 60 characters." in answer.text
        assert f'value="{name}"' in answer.text
        assert "checked" not in answer.text  # as it was sent
    assert phone.post("/with-therapist/podcast", data={"name": ["a", "b"]}).status_code == 422
    assert phone.post("/with-therapist/podcast").status_code in (400, 422)
    for number in range(MOST_FEEDS):
        feeds.make(people.ines, f"phone {number}")
    assert phone.post("/with-therapist/podcast", data={"name": "more"}).status_code == 303
    page = phone.get("/with-therapist/podcast").text
    assert "as many addresses as one person can have" in page
    assert '<form method="post" action="/with-therapist/podcast">' not in page


def test_what_was_done_is_never_answered_with_an_error(
    feeds: PrivateFeedHouse, people: People, monkeypatch: pytest.MonkeyPatch
):
    """A course that is broken costs neither an address nor what is given: the worker goes on."""

    def broken(*_: object) -> None:
        raise SettingsError("course first-week is broken")

    for what in ("order_feed_items", "list_feed_items"):
        monkeypatch.setattr(f"server.web.private_items.{what}", broken)
    phone, ada = feeds.phone(people.ines), people.signed_in(people.ada)
    made = phone.post("/with-therapist/podcast", data={"name": "phone"})
    assert made.status_code == 200
    assert token_in(made.text)
    assert phone.get("/with-therapist/podcast").status_code == 200
    case = f"/room/clients/{people.ines}"
    (given,) = re.findall(r"/given/([0-9a-f]{32})/take-back", ada.get(f"{case}/given").text)
    for what in ("take-back", "give-again"):
        assert ada.post(f"{case}/given/{given}/{what}").status_code == 303, what


def test_nobody_else_sees_to_a_clients_feeds(feeds: PrivateFeedHouse, people: People):
    """Another client and a stranger are told that there is nothing, and nothing changes."""
    feeds.make(people.ines)
    row = feeds.row(people.ines)
    for browser in (feeds.phone(people.jo), people.stranger(), people.signed_in(people.ada)):
        for what in ("renew", "revoke", "settle"):
            answer = browser.post(f"/with-therapist/podcast/{row.id}/{what}")
            assert answer.status_code == 404, what
        assert browser.get(f"/with-therapist/podcast/{row.id}/fetched").status_code == 404
    for name, client in (("bo", people.ines), ("cy", people.ines), ("ada", people.jo)):
        browser = people.signed_in(getattr(people, name))
        for what in ("revoke", "settle"):
            answer = browser.post(f"/room/clients/{client}/podcast/{row.id}/{what}")
            assert answer.status_code == 404, (name, what)
    with people.database.reading() as db:
        now = db.get_one(PrivateFeedRow, row.id)
        assert (now.token_hash, now.revoked_at) == (row.token_hash, None)


def test_a_therapist_sees_that_there_is_a_feed_and_no_more(feeds: PrivateFeedHouse, people: People):
    """Not its name nor its use, however much is allowed; and can revoke it, which is audited."""
    path = feeds.make(people.ines, f"{CANARY} phone")
    feeds.get(path)
    ada, case = people.signed_in(people.ada), f"/room/clients/{people.ines}"
    assert f"{case}/podcast" in ada.get(case).text
    page = ada.get(f"{case}/podcast").text
    assert "An address, made on" in page
    assert CANARY not in page
    for never in ("Last fetched", "just now", "Nothing has fetched"):
        assert never not in page
    assert path not in page
    assert f"/room/clients/{people.jo}/podcast" not in ada.get(f"/room/clients/{people.jo}").text
    feed_id = feeds.row(people.ines).id
    seen = feeds.phone(people.ines).get("/with-therapist/seen").text
    assert "that you have made addresses for podcast apps" in seen
    assert CANARY not in seen
    for _ in range(2):
        assert ada.post(f"{case}/podcast/{feed_id}/revoke").status_code == 303
    assert [what for _, what, *_ in deeds(people)].count("revoke-feed") == 1
    assert "podcast apps" not in feeds.phone(people.ines).get("/with-therapist/seen").text
    assert feeds.get(path).status_code == 410
    assert "There is no address just now." in ada.get(f"{case}/podcast").text
    assert (f"therapist:{people.ada}", "revoke-feed", people.ines, feed_id) in deeds(people)
    with people.database.reading() as db:
        assert db.get_one(PrivateFeedRow, feed_id).revoked_by == "therapist"


# ── T11: a leak is noticed ───────────────────────────────────────────────────────────────────


def fetch_from_many(feeds: PrivateFeedHouse, path: str, client_id: str, most: int = 60) -> int:
    """Fetch from one network after the other until it is unusual; gives how many that took."""
    for number in range(1, most):
        address = {"REMOTE_ADDR": f"198.51.{number}.9"}
        assert feeds.get(path, environ_base=address).status_code == 200
        if feeds.row(client_id).alerted_at is not None:
            return number
    raise AssertionError("nobody was told")


def test_t11_an_unusual_number_of_networks_tells_both(feeds: PrivateFeedHouse, people: People):
    """Client and therapist see it on the page that they open first, until they say themselves that
    all is well; it is in the audit, and the feed goes on meanwhile.
    """
    path = feeds.make(people.ines)
    ada, phone = people.signed_in(people.ada), feeds.phone(people.ines)
    case, unusual = f"/room/clients/{people.ines}", "more places than usual"
    for _ in range(3):
        for number in (1, 2):  # at home and on the way
            feeds.get(path, environ_base={"REMOTE_ADDR": f"203.0.{number}.1"})
    assert unusual not in phone.get("/with-therapist/podcast").text
    assert 2 < fetch_from_many(feeds, path, people.ines) < 40
    of_client = ("/with-therapist", "/with-therapist/podcast")
    of_therapist = ("/room", case, f"{case}/podcast")
    for page in of_client:
        assert unusual in phone.get(page).text, page
    for page in of_therapist:
        assert unusual in ada.get(page).text, page
    bo = people.signed_in(people.bo)
    assert unusual not in bo.get("/room").text
    feed_id = feeds.row(people.ines).id
    assert deeds(people)[-1] == ("nobody", "feed-unusual", people.ines, feed_id)
    assert feeds.get(path).status_code == 200
    assert phone.post(f"/with-therapist/podcast/{feed_id}/settle").status_code == 303
    for page in of_client:
        assert unusual not in phone.get(page).text, page
    for page in of_therapist:
        assert unusual in ada.get(page).text, page
    assert ada.post(f"{case}/podcast/{feed_id}/settle").status_code == 303
    for page in of_therapist:
        assert unusual not in ada.get(page).text, page
    told = [(who.partition(":")[0], what) for who, what, *_ in deeds(people)]
    assert told[-2:] == [("client", "settle-feed"), ("therapist", "settle-feed")]


@pytest.mark.sqlite
def test_t11_networks_are_kept_as_hashes_and_not_each_fetch_is_written(
    feeds: PrivateFeedHouse, people: People
):
    """One network's fetches are one write in five minutes; no address is kept anywhere."""
    path = feeds.make(people.ines)
    image = addresses_in(feeds.channel(path))["image"][0]
    feeds.get(path, environ_base={"REMOTE_ADDR": "198.51.77.9"})
    with closing(remember(people.database.path)) as database:
        for last in (9, 10, 88):  # the same network
            feeds.get(path, environ_base={"REMOTE_ADDR": f"198.51.77.{last}"})
            feeds.get(image, environ_base={"REMOTE_ADDR": "203.0.113.1"})  # no feed and no sound
        assert not database.is_changed()
    with people.database.reading() as db:
        hashes = [row.network_hash for row in db.query(PrivateFeedNetworkRow)]
    assert len(hashes) == 2  # the other one is of whoever read the feed before
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes)
    people.database.empty_log()
    assert b"198.51.77" not in feeds.house.settings.database_path.read_bytes()


def test_the_feed_is_answered_where_nothing_can_be_noted(
    feeds: PrivateFeedHouse, people: People, monkeypatch: pytest.MonkeyPatch
):
    """A busy database costs a note, and no listener their practice."""
    from server.errors import Busy

    def busy(*_: object) -> None:
        raise Busy

    path = feeds.make(people.ines)
    with monkeypatch.context() as patched:
        patched.setattr("server.web.fetch_notes._write", busy)
        patched.setattr("server.web.fetch_notes.TRIED_AGAIN_SECONDS", 0)
        assert feeds.get(path).status_code == 200
    assert feeds.row(people.ines).used_at is None
    assert feeds.get(path).status_code == 200
    assert feeds.row(people.ines).used_at is not None


# ── T14: a token is a key to nothing else ────────────────────────────────────────────────────


WAYS = (
    lambda secret: {"headers": {"Authorization": f"Bearer {secret}"}},
    lambda secret: {"headers": {"Cookie": f"stepback_device={secret}; stepback_session={secret}"}},
    lambda secret: {"query_string": {"token": secret, "given": secret}},
    lambda secret: {"headers": {"X-CSRFToken": secret, "X-Auth-Token": secret}},
)
"""How somebody might try to get in with a secret."""


def test_t14_token_and_signature_open_nothing_else(feeds: PrivateFeedHouse, people: People):
    """As a cookie, a bearer, a query or in a path, it is worth as much as any other text."""
    path = feeds.make(people.ines)
    token = path.rpartition("/")[2]
    url = path_of(addresses_in(feeds.channel(path))["enclosure"][0])
    signature, key = url.split("/")[-2], url.split("/")[-1][:64]
    personal = [
        "/with-therapist/seen", "/with-therapist/podcast", "/from-my-therapist", "/my-practice",
        "/api/session-entries", f"/audio/{key}.mp3", f"/audio/{key}.vtt", f"/api/renders/{key}",
        "/room", f"/room/clients/{people.ines}", "/worksheets/mine", "/api/submissions",
    ]  # fmt: skip
    nobodys = secrets.token_urlsafe(32)
    for secret in (token, signature):
        for asked, way in itertools.product(personal, WAYS):
            own, other = (people.stranger().get(asked, **way(each)) for each in (secret, nobodys))
            assert own.status_code == other.status_code, asked
            assert own.text.replace(secret, nobodys) == other.text, asked
        for asked in (
            f"/join/{secret}", f"/welcome/{secret}", f"/from-my-therapist/calendar/{secret}.ics",
            f"/api/{secret}", f"/feed/private/{secret}/", f"/feed/private//{secret}",
        ):  # fmt: skip
            assert people.stranger().get(asked).status_code in (404, 308), asked
    assert feeds.get(f"/feed/private/{signature}").status_code == 404
    assert feeds.get(url.replace(signature, token)).status_code == 404
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for asked in (path, url):
            assert people.stranger().open(asked, method=method).status_code == 405


def test_t14_every_route_that_a_token_opens_is_known():
    """Two routes take a secret of a feed, and both only read."""
    own = {endpoint for endpoint in ACCESS if endpoint.startswith("private_feed.")}
    assert own == {"private_feed.show", "private_feed.show_file"}
    assert {ACCESS[each] for each in own} == {Access.ANYBODY}


# ── T12 and T13: real processes ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Process:
    """A running web tier of one process."""

    port: int
    log_path: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


BREAKING = SERVE.replace(
    "    return create_app(settings)",
    """    app = create_app(settings)
    import server.web.private_feed as door
    show = door.private_podcast
    def broken(rooms, row, items, feed_url):
        if os.environ.get("BREAK") == "feed":
            raise LookupError(feed_url)
        return show(rooms, row, items, feed_url)
    door.private_podcast = broken
    wsgi = app.wsgi_app
    def outside(environ, start):
        if "HTTP_X_BREAK" in environ:
            raise LookupError(environ["PATH_INFO"])
        return wsgi(environ, start)
    app.wsgi_app = outside
    return app""",
)


@contextmanager
def serving(house: House, name: str, **more: str) -> Iterator[Process]:
    """Serve a house in a process of its own, which logs all that it ever logs."""
    settings = house.settings
    environ = served_environment(
        settings, STEPBACK_LEAST_FREE_MB="1", STEPBACK_LOG_LEVEL="debug", **more
    )
    log_path = settings.data_path.parent / f"{name}.log"
    with log_path.open("w") as log:
        popen = subprocess.Popen(
            [sys.executable, "-c", BREAKING],
            cwd=Path(__file__).parents[2],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    try:
        assert popen.stdout is not None
        line = popen.stdout.readline()
        assert line.startswith("Stepback listens at http://127.0.0.1:"), line
        yield Process(port=int(line.rsplit(":", 1)[1]), log_path=log_path)
    finally:
        os.killpg(popen.pid, signal.SIGKILL)
        popen.wait(timeout=60)
        assert popen.stdout is not None
        popen.stdout.close()


def test_t12_a_revoked_feed_ends_within_a_second_in_every_process(
    feeds: PrivateFeedHouse, people: People, house: House
):
    """Both had answered it; the first thing that either is asked afterwards it answers with 410."""
    path = feeds.make(people.ines)
    found = addresses_in(feeds.channel(path))
    urls = [path, *(path_of(url) for kind in found.values() for url in kind)]
    assert {feeds.get(url).status_code for url in urls} == {200}  # the pictures are drawn by now
    with ExitStack() as stack:
        running = [stack.enter_context(serving(house, f"web-{n}")) for n in range(2)]
        tags = {}
        for process in running:
            for url in urls:
                answer, _ = process.ask(url)
                assert answer.status == 200, url
                assert "private" in str(answer.getheader("Cache-Control"))
                tags[url] = str(answer.getheader("ETag"))
        feed_id = feeds.row(people.ines).id
        feeds.phone(people.ines).post(f"/with-therapist/podcast/{feed_id}/revoke")
        for process in running:
            for url in urls:
                answer, _ = process.ask(url, **{"If-None-Match": tags[url]})  # as a cache asks
                assert answer.status == 410, url
                assert process.ask(url, Range="bytes=0-1")[0].status == 410


def test_t13_no_token_is_in_any_log(
    feeds: PrivateFeedHouse, people: People, house: House, caplog: pytest.LogCaptureFixture
):
    """Not in gunicorn's log nor ours, not where something breaks inside or around the house.

    Nor in the database or any other file of the data. What was written to a client is in none.
    """
    caplog.set_level(logging.DEBUG)
    path = feeds.make(people.ines, f"{CANARY} phone")
    token = path.rpartition("/")[2]
    url = path_of(addresses_in(feeds.channel(path))["enclosure"][0])
    signature = url.split("/")[-2]
    logs = []
    with serving(house, "sound") as process:
        for asked in (
            path,
            url,
            path + "x",
            path + "%0d%0aGET",
            url[:-3] + "exe",
            path + "?a=" + token,
        ):
            for method in ("GET", "HEAD", "POST", "BREW"):
                process.ask(asked, method)
        process.ask(f"/feed%2Fprivate%2F{token}")
        process.ask(f"/nowhere/{token}")
        process.ask("/", Referer=f"http://localhost{path}", Cookie=f"stepback_device={token}")
        status = process.ask(path, **{"X-Break": "now"})[0].status
        assert status == 500
        logs.append(process.log_path)
    with serving(house, "broken", BREAK="feed") as process:
        answer, body = process.ask(path)
        assert answer.status == 500
        assert token.encode() not in body + str(answer.headers).encode()
        logs.append(process.log_path)
    texts = [each.read_text(encoding="utf-8") for each in logs]
    assert "/feed/private/…" in texts[0]
    assert ["LookupError" in each for each in texts] == [True, True]
    everything = "\n".join((*texts, caplog.text))
    people.database.empty_log()
    for secret in (token, signature, CANARY):
        assert secret not in everything
        for file in house.settings.data_path.rglob("*"):
            if file.is_file():
                assert secret.encode() not in file.read_bytes(), file.name


def test_a_canary_is_in_no_error_no_header_and_no_public_feed(
    feeds: PrivateFeedHouse, people: People
):
    """What was written, chosen and named is in the feed it belongs to, and nowhere else."""
    path = feeds.make(people.ines, f"{CANARY} phone")
    neutral = feeds.make(people.ines, f"{CANARY} tablet", is_neutral=True)
    assert f"{CANARY} message" in feeds.get(path).text
    there = [path, neutral, "/feed", "/feed/tracks/ground", "/"]
    asked = [*there, "/nowhere", path + "x", "/feed/private/" + "A" * 43]
    urls = [url for each in (path, neutral) for kind in addresses_in(feeds.channel(each)).values()
            for url in kind]  # fmt: skip
    for each in (*asked, *urls):
        answer = feeds.get(each)
        assert answer.status_code == (200 if each in (*there, *urls) else 404), each
        assert CANARY not in str(answer.headers)
        if each != path:
            assert CANARY.encode() not in answer.data, each
    feed_id = feeds.row(people.ines).id
    feeds.phone(people.ines).post(f"/with-therapist/podcast/{feed_id}/revoke")
    for each in (*asked, *urls):
        answer = feeds.get(each)
        if answer.status_code >= 400:
            assert CANARY not in answer.text + str(answer.headers)
