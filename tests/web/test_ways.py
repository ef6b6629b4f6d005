"""Ways through the house: from the room to all of a therapist's, and among a client's pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from server.store.care import ClientRow, NewAssignment, add_assignment
from server.store.care.assignments import AssignmentDetails
from server.web.access_table import ACCESS, Access
from tests.web.case_house import allow, keep_ladder, practise, submit
from tests.web.conftest import House
from tests.web.people_house import People
from tests.web.test_giving import WORKSHEET

HREF = re.compile(r'href="(/[^"#]*)')
CORNER = re.compile(r'<nav aria-label="Pages">(.*?)</nav>', re.DOTALL)
FOR_TWO = {
    "room_player.show",
    "room_player.show_live",
    "case_submission.together",
    "case_submission.ask",
}
"""Two people look at these: the list of all clients is not one press away."""
MORE_CLICKS = {
    "security.wan_delete",
    "security.wan_verify",
    "security.verify",
    "security.two_factor_setup_validate",
    "security.wan_register_response",
    "security.wan_verify_response",
    "case_end.erased",
    "case_notes.undo",
    "room_player.show_live",
    "room_player_api.tell",
    "room_player_api.show",
}
"""What follows only from something that is done."""


@pytest.fixture
def ines(people: People, house: House) -> str:
    """Somebody who has practised, written and let all of it be seen, and was given something."""
    path = house.settings.scripts_path / Path("worksheets/friend.yaml")
    path.parent.mkdir()
    path.write_text(WORKSHEET, encoding="utf-8")
    allow(people, people.ines)
    practise(people, people.ines)
    submit(people, people.ines)
    keep_ladder(people, people.ines)
    for kind, subject in (("practice", "soft-ground"), ("worksheet", "friend")):
        new = NewAssignment(
            kind=kind, subject=subject, rhythm="whenever", details=AssignmentDetails(message="Hm.")
        )
        with people.database.writing() as db:
            client = db.get(ClientRow, people.ines)
            assert client is not None
            add_assignment(db, client, people.keys.get(client.id), new, datetime.now(UTC))
    return people.ines


def walk(browser: FlaskClient, begin: str, within: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Follow every link of every page; gives by address the view, and the page if it is one."""
    found: dict[str, tuple[str, str]] = {}
    waiting = [begin]
    while waiting:
        address = waiting.pop()
        if address in found or not urlsplit(address).path.startswith(within):
            continue
        with browser.application.test_request_context(address) as context:
            view = context.request.endpoint or ""
        answer = browser.get(address)
        assert answer.status_code in (200, 302, 303), (address, answer.status_code)
        is_page = answer.status_code == 200 and answer.mimetype == "text/html"
        found[address] = view, answer.text if is_page else ""
        waiting += [each.replace("&amp;", "&") for each in HREF.findall(answer.text)]
    return found


def test_a_therapist_gets_everywhere_from_the_room_and_back(people: People, ines: str):
    """Each page is linked to, and each but those that two look at leads to the room at once."""
    ada = people.signed_in(people.ada)
    ada.post(f"/room/clients/{ines}/notes", data={"text": "To be asked again."})
    people.phone_of(ines).post("/with-therapist/podcast", data={"name": "My phone"})
    assert ada.post("/room/invite", data={"name": "Somebody new"}).status_code == 307
    found = walk(ada, "/room", ("/room", "/account"))
    app = people.app
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and ACCESS[rule.endpoint] in (Access.THERAPIST, Access.CASE, Access.HEAD)
        and not rule.rule.startswith("/api/")
    }
    assert pages - MORE_CLICKS == {view for view, _ in found.values()} & pages - MORE_CLICKS
    for address, (view, page) in found.items():
        if not page or address == "/room":
            continue
        corner = CORNER.search(page)
        assert corner is not None, address
        assert ('href="/room"' in corner[1]) == (view not in FOR_TWO), address


def test_each_page_of_a_case_leads_back_to_it(people: People, ines: str):
    """One press from all that belongs to a client, two from what belongs to a part of theirs."""
    found = walk(people.signed_in(people.ada), "/room", ("/room",))
    case = f"/room/clients/{ines}"
    for part in ("/give", "/given", "/log", "/over-time", "/notes", "/export", "/erase"):
        corner = CORNER.search(found[f"{case}{part}"][1])
        assert corner is not None
        assert f'href="{case}"' in corner[1], part


def test_a_clients_pages_lead_to_one_another(people: People, ines: str):
    """Each of the four names the other three, and not itself; a stranger's name none of them."""
    four = {"/from-my-therapist", "/worksheets/mine", "/my-practice", "/with-therapist"}
    phone, stranger = people.phone_of(ines), people.stranger()
    for address in four:
        page = phone.get(address).text
        ways = page.partition('<nav class="ways"')[2].partition("</nav>")[0]
        assert set(HREF.findall(ways)) == four - {address}, address
        assert '<nav class="ways"' not in stranger.get(address).text
    assert 'href="/with-therapist"' in stranger.get("/about").text


def test_a_worksheet_shows_what_was_written_to_it(people: People, ines: str):
    """On the device of whom it was given to alone, and no cache keeps it."""
    phone = people.phone_of(ines)
    given = re.findall(
        r'href="(/worksheets/friend\?given=[0-9a-f]{32})" data-worksheet',
        phone.get("/from-my-therapist").text,
    )
    assert len(given) == 1
    answer = phone.get(given[0])
    assert ">Hm.</p>" in answer.text
    assert "From Ada" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    for browser, address in (
        (phone, "/worksheets/friend"),
        (people.phone_of(people.jo), given[0]),
        (people.stranger(), given[0]),
    ):
        assert "Hm." not in browser.get(address).text
