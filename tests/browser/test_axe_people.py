"""The pages of therapists and clients, checked by axe-core like all others, in every look.

A page that is new gets an address in one of the lists below, and no more.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from server.app import create_app
from server.store.care import ClientRow, NewAssignment, add_assignment
from server.store.care.assignments import AssignmentDetails
from tests.browser.axe import AS_USUAL, LOOKS, bring_axe, find_all_faults
from tests.web.case_house import allow, keep_ladder, practise, submit
from tests.web.conftest import house_in
from tests.web.people_house import People, settle_people
from tests.web.test_giving import WORKSHEET

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("axe-people")]

CASE = "/room/clients/{ines}"
THE_ROOM = (
    "/room",
    "/room/invite",
    "/room/clients/{new}/link",
    "/room/clients/{new}",
    "/room/people",
    "/room/play",
    "/room/play/soft-ground",
    "/account",
    "/account/password",
)
A_CASE = (
    CASE,
    f"{CASE}/log",
    f"{CASE}/ladders/{{ladder}}",
    f"{CASE}/over-time",
    f"{CASE}/notes",
    f"{CASE}/submissions/{{submission}}",
    f"{CASE}/submissions/{{submission}}/together",
    f"{CASE}/submissions/{{submission}}/together/question",
    f"{CASE}/export",
    f"{CASE}/erase",
)
GIVING = (
    f"{CASE}/give",
    f"{CASE}/give/practice/soft-ground",
    f"{CASE}/give/worksheet/friend",
    f"{CASE}/given?done=given",
)
A_CLIENTS = (
    "/with-therapist",
    "/with-therapist/seen",
    "/with-therapist/leave",
    "/from-my-therapist",
    "/from-my-therapist/reminders?at=18:30&day=MO",
    "/my-practice",
    "/my-practice/{entry}/note",
    "/worksheets/mine",
    "/worksheets/mine/{submission}/spoken",
    "/worksheets/friend?given={given}",
    "/practices/soft-ground?given={practice}",
)


@dataclass(frozen=True, kw_only=True)
class Peopled:
    """A served house in which Ines has done and been given something of everything."""

    url: str
    people: People
    ids: dict[str, str]

    def address(self, path: str) -> str:
        """The address of a page, with the ids of this house."""
        return self.url + path.format(**self.ids)


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peopled]:
    """One house for all groups of pages; nothing is changed in it."""
    house = house_in(tmp_path_factory.mktemp("peopled"))
    path = house.settings.scripts_path / "worksheets" / "friend.yaml"
    path.parent.mkdir()
    path.write_text(WORKSHEET, encoding="utf-8")
    app = create_app(house.settings)
    people = settle_people(app)
    ids = do_everything(people, people.ines)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Peopled(url=f"http://127.0.0.1:{server.port}", people=people, ids=ids)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["stepback"].database.close()
    house.database.close()


def do_everything(people: People, ines: str) -> dict[str, str]:
    """Practise, write, sit, be given something, be written about; gives the ids of it all."""
    allow(people, ines)
    practise(people, ines, note="It was quiet.")
    submit(people, ines, ratings=(7, 2))
    ids = {"ines": ines, "submission": submit(people, ines), "ladder": keep_ladder(people, ines)}
    for name, kind, subject in (
        ("practice", "practice", "soft-ground"),
        ("given", "worksheet", "friend"),
    ):
        details = AssignmentDetails(message="For the evening, as we said.")
        new = NewAssignment(kind=kind, subject=subject, rhythm="twice-a-week", details=details)
        with people.database.writing() as db:
            client = db.get(ClientRow, ines)
            assert client is not None
            seal = people.keys.get(ines)
            ids[name] = add_assignment(db, client, seal, new, datetime.now(UTC)).id
    ada, phone = people.signed_in(people.ada), people.phone_of(ines)
    ada.post(f"/room/clients/{ines}/notes", data={"text": "Ask about the garden."})
    invited = ada.post("/room/invite", data={"name": "Somebody new"})
    ids["new"] = find_id(r"/room/clients/([0-9a-f]{32})/link", invited.location)
    ids["entry"] = find_id(r'data-id="([0-9a-f]{32})"', phone.get("/my-practice").text)
    return ids


def find_id(pattern: str, text: str | None) -> str:
    found = re.search(pattern, text or "")
    assert found is not None
    return found[1]


def open_as(chromium: Browser, peopled: Peopled, who: FlaskClient) -> Iterator[Page]:
    """A page of the browser in which somebody is known; nothing may go wrong in it."""
    context = chromium.new_context(locale="en-GB", service_workers="block")
    for cookie in who._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": peopled.url}])
    bring_axe(context)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    context.close()


@pytest.fixture
def desk(chromium: Browser, peopled: Peopled) -> Iterator[Page]:
    """Ada's, who has signed in."""
    yield from open_as(chromium, peopled, peopled.people.signed_in(peopled.people.ada))


@pytest.fixture
def phone(chromium: Browser, peopled: Peopled) -> Iterator[Page]:
    """The phone with which Ines has joined."""
    yield from open_as(chromium, peopled, peopled.people.phone_of(peopled.people.ines))


def faults_of(page: Page, peopled: Peopled, paths: tuple[str, ...]) -> dict[str, list[str]]:
    """Open each page with all that is folded away in it; gives the faults by page.

    STEPBACK_PICTURES names a folder for pictures.
    """
    found: dict[str, list[str]] = {}
    for number, path in enumerate(paths):
        answer = page.goto(peopled.address(path), wait_until="networkidle")
        assert answer is not None
        assert (answer.status, page.url) == (200, peopled.address(path)), path
        page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        if faults := find_all_faults(page):
            found[path] = faults
        if folder := os.environ.get("STEPBACK_PICTURES"):
            take_pictures(page, f"{folder}/{re.sub('[^a-z]+', '-', path)}-{number}")
    return found


def take_pictures(page: Page, name: str) -> None:
    for seen in ("light, phone", "dark, phone", "light, desk"):
        page.set_viewport_size({"width": LOOKS[seen].width, "height": 844})
        page.emulate_media(**{**AS_USUAL, **LOOKS[seen].media})
        page.screenshot(path=f"{name}-{seen.replace(', ', '-')}.png", full_page=True)


def test_the_room_can_be_used_by_everybody(desk: Page, peopled: Peopled):
    """The list of clients, an invitation, colleagues, the player, the account."""
    assert faults_of(desk, peopled, THE_ROOM) == {}


def test_a_case_can_be_used_by_everybody(desk: Page, peopled: Peopled):
    """All that there is of a client, and its end."""
    assert faults_of(desk, peopled, A_CASE) == {}


def test_giving_can_be_used_by_everybody(desk: Page, peopled: Peopled):
    """Choosing, writing, and what was given."""
    assert faults_of(desk, peopled, GIVING) == {}


def test_a_clients_pages_can_be_used_by_everybody(phone: Page, peopled: Peopled):
    """What is seen of them, what was given to them, and what they wrote."""
    assert faults_of(phone, peopled, A_CLIENTS) == {}
