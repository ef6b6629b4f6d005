"""The head of a practice room writes from anywhere, once signed in; no other sign-in does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import create_app
from server.errors import DatabaseUnavailable
from server.store.care import IDLE, SignInRow
from server.web import people
from tests.web.conftest import House
from tests.web.people_house import People, settle_people

PATH = "soft-ground.md"
URL = f"/api/author/scripts/{PATH}"
PAGES = ("/author", f"/author/{PATH}")

FAR = {"REMOTE_ADDR": "198.51.100.7", "HTTP_HOST": "sit.example"}
"""From another computer, straight to the house."""

HANDED_ON = {**FAR, "REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}
"""Through a proxy on the machine."""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A house that has an address of its own, and its therapists, who are elsewhere."""

    people: People
    script: Path
    own: str
    """Where its pages come from."""

    def ask(
        self,
        who: str,
        method: str,
        path: str,
        *,
        body: object = None,
        origin: str | None = "",
        way: Mapping[str, str] = FAR,
        **more: Any,
    ) -> TestResponse:
        """Ask as a therapist's browser does; it says where the page comes from that asks."""
        if body is not None:
            more |= {"data": json.dumps(body), "content_type": "application/json"}
        headers = dict(more.pop("headers", {}))
        if method != "GET" and origin is not None:
            headers["Origin"] = origin or self.own
        environ = {**way, "HTTP_COOKIE": self._cookie(who)}
        asking = FlaskClient(self.people.app, self.people.app.response_class, use_cookies=False)
        return asking.open(path, method=method, environ_overrides=environ, headers=headers, **more)

    def save(self, who: str = "ada", **said: Any) -> TestResponse:
        """Save other words over those that are there."""
        known = self.ask("ada", "GET", URL).get_json()["version"]
        body = {"text": self.changed, "known": known}
        return self.ask(who, "PUT", URL, **{"body": body, **said})

    @property
    def changed(self) -> str:
        """The script with a sentence of somebody's own."""
        return self.text.replace("Feel the ground", "Feel your own ground")

    @property
    def text(self) -> str:
        return self.script.read_text(encoding="utf-8")

    def _cookie(self, who: str) -> str:
        if who not in self._cookies:
            browser = self.people.signed_in(getattr(self.people, who))
            name = self.people.app.config["SESSION_COOKIE_NAME"]
            cookie = browser.get_cookie(name)
            assert cookie is not None
            self._cookies[who] = f"{name}={cookie.value}"
        return self._cookies[who]

    _cookies: dict[str, str]


def _writing(house: House, public_url: str) -> Iterator[Writing]:
    app = create_app(replace(house.settings, public_url=public_url))
    yield Writing(
        people=settle_people(app),
        script=house.settings.scripts_path / PATH,
        own=public_url,
        _cookies={},
    )
    app.extensions["stepback"].database.close()


@pytest.fixture
def writing(house: House) -> Iterator[Writing]:
    """A house that is reached without encryption."""
    yield from _writing(house, "http://sit.example")


@pytest.fixture
def encrypted(house: House) -> Iterator[Writing]:
    """A house behind a proxy that encrypts."""
    yield from _writing(house, "https://sit.example")


# ── who ──────────────────────────────────────────────────────────────────────────────────────


def test_a_head_changes_one_of_ours_and_hears_it(encrypted: Writing, house: House):
    """From their own laptop, over https: the copy is in the library, and a line of it is heard."""
    through = {"way": HANDED_ON}
    page = encrypted.ask("ada", "GET", "/room", **through).text
    assert 'href="/author"' in page
    body = {"title": "Ground of my own", "folder": "ground", "like": PATH}
    begun = encrypted.ask("ada", "POST", "/api/author/scripts", body=body, **through)
    assert (begun.status_code, begun.get_json()["path"]) == (201, "ground/ground-of-my-own.md")
    own = begun.get_json()
    text = own["text"].replace("Feel the ground", "Feel what carries you")
    address = f"/api/author/scripts/{own['path']}"
    body = {"text": text, "known": own["version"]}
    assert encrypted.ask("ada", "PUT", address, body=body, **through).status_code == 200
    practices = encrypted.ask("bo", "GET", "/api/practices", **through).get_json()["practices"]
    assert {each["slug"] for each in practices} == {"soft-ground", "ground-of-my-own"}

    draft = {"path": own["path"], "text": text}
    checked = encrypted.ask("ada", "POST", "/api/author/check", body=draft, **through).get_json()
    assert (checked["title"], checked["has_mistakes"]) == ("Ground of my own", False)
    line = text.split("\n").index("Feel what carries you under your feet. [5s]") + 1
    body = {**draft, "first_line": line, "last_line": line}
    heard = encrypted.ask("ada", "POST", "/api/author/hear", body=body, **through)
    assert heard.status_code == 202
    key = heard.get_json()["key"]
    house.publish(key)
    ready = encrypted.ask("ada", "GET", f"/api/renders/{key}", **through).get_json()
    sound = encrypted.ask("ada", "GET", ready["audio"]["mp3"], **through)
    assert (sound.status_code, sound.mimetype) == (200, "audio/mpeg")


@pytest.mark.parametrize(
    "way",
    [
        HANDED_ON,
        {**HANDED_ON, "HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "https"},
        {**HANDED_ON, "HTTP_HOST": "127.0.0.1:8000"},
        {**HANDED_ON, "HTTP_HOST": "sit.example:443"},
        {**FAR, "REMOTE_ADDR": "10.0.0.2"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "sit.example"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"},
    ],
    ids=["plain", "scheme", "other name", "port", "other machine", "silent", "silent, other name"],
)
def test_a_head_writes_through_any_proxy(encrypted: Writing, way: Mapping[str, str]):
    """Whatever it hands on of what the browser asked for; without a sign-in it opens nothing."""
    changed = encrypted.changed
    assert encrypted.save(way=way).status_code == 200
    assert encrypted.text == changed
    answers = [encrypted.ask("ada", "GET", page, way=way) for page in PAGES]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    stranger = encrypted.people.stranger()
    assert stranger.get(URL, environ_overrides=way).status_code == 404
    assert stranger.get("/author", environ_overrides=way).status_code == 302


def test_an_encrypted_house_is_written_on_by_a_name_of_its_own_too(encrypted: Writing):
    """By whatever name its cookie came: another of its names, or this machine's, unencrypted."""
    by_name = {**HANDED_ON, "HTTP_HOST": "www.sit.example"}
    assert encrypted.save(way=by_name, origin="https://www.sit.example").status_code == 200
    here = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}
    assert encrypted.save(way=here, origin="http://localhost:8000").status_code == 200


def test_a_house_without_encryption_is_written_on_by_its_address(writing: Writing):
    """As a laptop in the same network reaches it."""
    way = {**FAR, "HTTP_HOST": "192.168.1.7:8000"}
    assert writing.save(way=way, origin="http://192.168.1.7:8000").status_code == 200
    assert writing.save(way=way, origin="http://192.168.1.7:9000").status_code == 403
    silent = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}  # a proxy
    assert writing.save(way=silent).status_code == 200


def test_another_therapist_does_not_write(writing: Writing):
    """There is nothing for them, and nothing leads there, unless they sit at the machine."""
    before = writing.text
    assert writing.save("bo").status_code == 404
    assert [writing.ask("bo", "GET", page).status_code for page in PAGES] == [404, 404]
    assert writing.text == before
    for path in ("/room", "/practices/soft-ground"):
        assert 'href="/author' not in writing.ask("bo", "GET", path).text
        answer = writing.ask("ada", "GET", path)
        assert 'href="/author' in answer.text
        assert "Cookie" in answer.headers["Vary"]
    here = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}
    assert writing.save("bo", way=here, origin="http://localhost").status_code == 200
    assert 'href="/author"' in writing.ask("bo", "GET", "/room", way=here).text


# ── other sites ──────────────────────────────────────────────────────────────────────────────


OTHERS = (
    *(None, "null", "https://evil.example", "http://sit.example", "https://sit.example:8443"),
    *("https://evil.sit.example", "https://sit.example.evil.example", "http://localhost"),
    *("https://sit.example/", "https://SIT.example", "http://sit.example:8000"),
)


@pytest.mark.parametrize("way", [FAR, HANDED_ON], ids=["straight", "through a proxy"])
def test_no_other_site_writes_with_a_heads_sign_in(encrypted: Writing, way: Mapping[str, str]):
    """Not even one beside it, or the same name without encryption."""
    before = encrypted.text
    body = {"title": "Theirs", "folder": "ground"}
    for origin in OTHERS:
        said = {"origin": origin, "way": way}
        assert encrypted.save(**said).status_code == 403, origin
        begun = encrypted.ask("ada", "POST", "/api/author/scripts", body=body, **said)
        assert begun.status_code == 403, origin
    assert encrypted.text == before
    assert list(encrypted.script.parent.rglob("*.md")) == [encrypted.script]


def test_a_name_that_was_led_here_writes_nothing(writing: Writing):
    """A rebound name is its own origin; the cookie is not of it, so a browser sends none."""
    way = {**FAR, "HTTP_HOST": "evil.example"}
    answer = writing.people.stranger().put(
        URL,
        json={"text": "", "known": ""},
        environ_overrides=way,
        headers={"Origin": "http://evil.example"},
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_no_form_writes(encrypted: Writing, kind: str):
    """What a page of another site can send without asking first is no JSON."""
    data = '{"title": "Theirs", "folder": "ground"}'
    answer = encrypted.ask("ada", "POST", "/api/author/scripts", data=data, content_type=kind)
    assert answer.status_code == 415


def test_a_browser_that_says_so_is_believed(encrypted: Writing):
    """Also where the origin looks right."""
    assert encrypted.save(headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


# ── the end of a sign-in ─────────────────────────────────────────────────────────────────────


def _end(writing: Writing, how: str) -> None:
    now_at = datetime.now(UTC)
    with writing.people.database.writing() as db:
        row = db.query(SignInRow).one()
        if how == "idle":
            row.seen_at = now_at - IDLE - timedelta(seconds=1)
        else:
            row.ended_at = now_at


@pytest.mark.parametrize("how", ["idle", "ended"])
def test_a_sign_in_that_has_ended_writes_nothing(writing: Writing, how: str):
    """The page says where the words are, and leads to signing in; a file is not taken for gone."""
    before, version = writing.text, writing.ask("ada", "GET", URL).get_json()["version"]
    _end(writing, how)
    body = {"text": writing.changed, "known": version}
    for answer in (
        writing.ask("ada", "PUT", URL, body=body),
        writing.ask("ada", "GET", f"{URL}?known={version}"),
    ):
        assert answer.status_code == 404
        assert "kept on this device" in answer.get_json()["detail"]
    page = writing.ask("ada", "GET", PAGES[1])
    assert (page.status_code, page.location) == (302, "/sign-in?next=%2Fauthor%2Fsoft-ground.md")
    assert writing.text == before


def test_looking_keeps_no_sign_in_and_writing_does(writing: Writing):
    """A page that is left open asks every few seconds; what is typed is looked through."""
    writing.ask("ada", "GET", PAGES[1])
    long_ago = datetime.now(UTC) - IDLE + timedelta(seconds=60)
    with writing.people.database.writing() as db:
        db.query(SignInRow).one().seen_at = long_ago

    def seen_at() -> datetime:
        with writing.people.database.reading() as db:
            return db.query(SignInRow).one().seen_at

    assert writing.ask("ada", "GET", f"{URL}?known={'0' * 64}").status_code == 200
    assert seen_at() == long_ago
    writing.ask("ada", "POST", "/api/author/check", body={"path": PATH, "text": writing.text})
    assert seen_at() > long_ago


def test_at_the_machine_writing_keeps_a_sign_in_too(writing: Writing):
    """Who goes back to their clients after an hour of writing is still signed in."""
    here = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}
    writing.ask("bo", "GET", PAGES[0], way=here)
    long_ago = datetime.now(UTC) - IDLE + timedelta(seconds=60)
    with writing.people.database.writing() as db:
        db.query(SignInRow).one().seen_at = long_ago
    assert writing.ask("bo", "GET", PAGES[1], way=here).status_code == 200
    with writing.people.database.reading() as db:
        assert db.query(SignInRow).one().seen_at > long_ago


# ── ways ─────────────────────────────────────────────────────────────────────────────────────

FOR_EVERYBODY = "What you save here is for everybody who practises here."
AT_ONCE = "What you begin is in the library at once, for everybody who practises here."


def test_the_pages_say_whom_it_is_for_and_lead_back_to_the_room(writing: Writing):
    """To a therapist; whoever only sits at the machine keeps the house, and knows."""
    index, edit = (writing.ask("ada", "GET", page).text for page in PAGES)
    assert AT_ONCE in index
    assert FOR_EVERYBODY in edit
    assert '<a href="/room">' in index
    assert '<a href="/room">' in edit
    here = writing.people.stranger()
    index, edit = (here.get(page).text for page in PAGES)
    assert AT_ONCE not in index
    assert FOR_EVERYBODY not in edit
    assert "/room" not in index + edit


@pytest.mark.parametrize("path", ["/", "/about"])
def test_the_library_leads_a_therapist_back_to_the_room(writing: Writing, path: str):
    """And to what they practise themselves; nobody else, and not when the sign-in has ended."""
    page = writing.ask("bo", "GET", path)
    assert '<a href="/room">' in page.text
    assert '<a href="/my-practice">' in page.text
    assert "Cookie" in page.headers["Vary"]
    assert 'href="/room"' not in writing.people.stranger().get(path).text
    _end(writing, "idle")
    assert 'href="/room"' not in writing.ask("bo", "GET", path).text


@pytest.mark.parametrize("path", ["/", "/about", "/practices/soft-ground"])
def test_the_library_needs_no_database_for_a_therapist_either(
    writing: Writing, path: str, monkeypatch: pytest.MonkeyPatch
):
    """Where it is away, the page is as for everybody."""
    writing.ask("bo", "GET", "/room")

    def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(people, "find_therapist", away)
    assert writing.ask("bo", "GET", "/room").status_code == 200
    page = writing.ask("bo", "GET", path)
    assert page.status_code == 200
    assert 'href="/room"' not in page.text
