"""What was given, on the client's device and nowhere else; and the client's own reminders."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from server.render.order_book import read_order
from server.render.secret import server_secret
from server.store import find_render
from server.store.care import (
    AssignmentDetails,
    ClientRow,
    NewAssignment,
    add_assignment,
    withdraw_assignment,
)
from tests.web.conftest import House
from tests.web.people_house import People

MESSAGE = "For the evening, as we said.\nYou may stop at any time."
DETAILS = AssignmentDetails(
    message=MESSAGE,
    choices={"minutes": 3, "anchor": "hands", "bed": "rain"},
    words={"place": "the kitchen"},
    is_spoken=True,
)


def add(
    people: People,
    client_id: str,
    subject: str = "soft-ground",
    *,
    kind: str = "practice",
    rhythm: str = "twice-a-week",
    details: AssignmentDetails = DETAILS,
    ago: timedelta = timedelta(0),
) -> str:
    with people.database.writing() as db:
        client = db.get(ClientRow, client_id)
        assert client is not None
        new = NewAssignment(kind=kind, subject=subject, rhythm=rhythm, details=details)
        seal = people.keys.get(client_id)
        return add_assignment(db, client, seal, new, datetime.now(UTC) - ago).id


def take_back(people: People, client_id: str, assignment_id: str) -> None:
    with people.database.writing() as db:
        client = db.get(ClientRow, client_id)
        assert client is not None
        withdraw_assignment(db, client, assignment_id, datetime.now(UTC))


def data_of(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="practice-data">(.*?)</script>', page)
    assert found is not None
    return json.loads(found[1])


@pytest.fixture
def phone(people: People) -> FlaskClient:
    return people.phone_of(people.ines)


def test_it_is_listed_the_newest_first(people: People, phone: FlaskClient):
    """Each with its message, what it is, and what is suggested; each leads to its page."""
    older = add(people, people.ines, ago=timedelta(days=2))
    newer = add(people, people.ines, rhythm="whenever", details=AssignmentDetails(message="Soon?"))
    page = phone.get("/from-my-therapist").text
    assert re.findall(r"given=([0-9a-f]{32})", page) == [newer, older]
    assert "From Ada" in page
    assert MESSAGE in page
    assert "Perhaps twice a week" in page
    assert "Whenever you like" in page
    assert f'href="/practices/soft-ground?given={older}"' in page


def test_what_is_gone_is_not_listed(people: People, phone: FlaskClient):
    """What was taken back, what the house has no more, and what is others'."""
    take_back(people, people.ines, add(people, people.ines))
    add(people, people.ines, "no-more")
    add(people, people.jo)
    page = phone.get("/from-my-therapist").text
    assert "given=" not in page
    assert "Nothing is here just now" in page


def test_only_a_client_has_the_page(people: People):
    """For everybody else there is no such page."""
    for path in ("/from-my-therapist", "/from-my-therapist/reminders"):
        assert people.stranger().get(path).status_code == 404
        assert people.signed_in(people.ada).get(path).status_code == 404
        assert people.phone_of(people.ines).get(path).headers["Cache-Control"] == "no-store"


def test_a_device_learns_whether_something_is_there(people: People):
    """A stranger learns nothing, and is not told that there is anything to learn."""
    nothing = {"is_joined": False, "count": 0}
    add(people, people.ines)
    assert people.stranger().get("/api/given/count").get_json() == nothing
    assert people.phone_of(people.jo).get("/api/given/count").get_json() == {
        "is_joined": True, "count": 0,
    }  # fmt: skip
    assert people.phone_of(people.ines).get("/api/given/count").get_json() == {
        "is_joined": True, "count": 1,
    }  # fmt: skip


def test_the_library_is_the_same_for_everybody(people: People, phone: FlaskClient):
    """So a device may keep it; its line is hidden until the page's script has asked."""
    page = phone.get("/")
    assert page.data == people.stranger().get("/").data
    assert re.search(r'id="given-link" hidden', page.text)


def test_a_practice_opens_as_it_was_given(people: People, phone: FlaskClient):
    """Message, length, words and choices are there, and no cache keeps the page."""
    given = add(people, people.ines)
    answer = phone.get(f"/practices/soft-ground?given={given}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert MESSAGE in answer.text
    assert 'value="the kitchen"' in answer.text
    assert re.search(r'name="minutes" value="3" checked', answer.text)
    assert data_of(answer.text)["given"] == {"id": given, "choices": dict(DETAILS.choices)}
    shorter = phone.get(f"/practices/soft-ground?given={given}&minutes=2").text
    assert re.search(r'name="minutes" value="2" checked', shorter)


def test_for_other_devices_an_id_is_nothing(people: People, phone: FlaskClient):
    """Somebody else's, one taken back, one of another practice, or none: the page as always."""
    given, others = add(people, people.ines), add(people, people.jo)
    plain = people.stranger().get("/practices/soft-ground").text
    taken = add(people, people.ines)
    take_back(people, people.ines, taken)
    worksheet = add(people, people.ines, "soft-ground", kind="worksheet")
    asked = [
        (people.stranger(), given),
        (people.phone_of(people.jo), given),
        (people.signed_in(people.ada), given),
        *((phone, each) for each in (others, taken, worksheet, "0" * 32, "x", "")),
    ]
    for browser, assignment_id in asked:
        answer = browser.get(f"/practices/soft-ground?given={assignment_id}")
        assert data_of(answer.text)["given"] is None
        assert MESSAGE not in answer.text
        same = answer.text.replace(f"?given={assignment_id}", "")
        assert same == plain


def order(browser: FlaskClient, given: str, **changes: object) -> dict:
    wish = {"practice": "soft-ground", "minutes": 3, "given": given, **changes}
    answer = browser.post("/api/renders", json=wish)
    assert answer.status_code == 202, answer.text
    return answer.get_json()


def test_the_message_is_said_at_the_beginning(people: People, phone: FlaskClient, house: House):
    """The order has a stage of hers first, is this device's alone, and lies sealed."""
    made = order(phone, add(people, people.ines), words={"place": "the kitchen"})
    assert made["is_private"]
    assert people.stranger().get(f"/api/renders/{made['key']}").status_code == 404
    with people.database.reading() as db:
        row = find_render(db, made["key"])
    assert row is not None
    kept = json.dumps(row.order)
    assert "evening" not in kept
    assert "kitchen" not in kept
    plan = read_order(row, server_secret(house.settings.secret_path), people.keys).plan
    assert [stage.title for stage in plan.stages] == ["From Ada", "Arriving", "Standing"]
    assert [each.text for each in plan.utterances if each.is_private] == [
        "For the evening, as we said.",
        "You may stop at any time.",
        "You are in “the kitchen”.",
    ]
    assert plan.target_ms == 180_000


def test_what_is_only_read_is_not_said(people: People, phone: FlaskClient):
    """Without that wish of the therapist's, and for other devices, the practice is everybody's."""
    plain = order(people.stranger(), "0" * 32)["key"]
    read = add(people, people.ines, details=AssignmentDetails(message=MESSAGE))
    spoken = add(people, people.ines)
    assert order(phone, read)["key"] == plain
    assert order(people.phone_of(people.jo), spoken)["key"] == plain
    assert order(phone, spoken)["key"] != plain
    take_back(people, people.ines, spoken)
    assert order(phone, spoken)["key"] == plain


def test_an_id_that_is_none_is_refused(phone: FlaskClient):
    """As every other field of an order."""
    wish = {"practice": "soft-ground", "minutes": 3, "given": "../1"}
    assert phone.post("/api/renders", json=wish).status_code == 422


def test_the_picture_has_its_time(people: People, phone: FlaskClient):
    """What is drawn is what will be heard, and is kept by no cache."""
    given = add(people, people.ines)
    usual = phone.get("/practices/soft-ground/telling?minutes=3")
    told = phone.get(f"/practices/soft-ground/telling?minutes=3&given={given}")
    assert told.headers["Cache-Control"] == "no-store"
    assert told.text.count("score-speech") > usual.text.count("score-speech")


# ── reminders ────────────────────────────────────────────────────────────────────────────────


def calendar_of(phone: FlaskClient, query: str) -> str:
    page = phone.get(f"/from-my-therapist/reminders?{query}").text
    found = re.search(r'value="(http[^"]*\.ics[^"]*)"', page)
    assert found is not None, page
    address = urlsplit(found[1].replace("&amp;", "&"))
    assert f"{address.scheme}://{address.netloc}" == "http://sit.example"
    assert f'href="webcal://{address.netloc}{address.path}' in page
    return f"{address.path}?{address.query}"


def event_at(browser: FlaskClient, address: str) -> dict:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/calendar")
    assert answer.headers["Cache-Control"] == "no-store"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    return event


def test_a_calendar_app_gets_the_reminder(people: People, phone: FlaskClient):
    """It has no cookie: the address alone opens it. It tells neither message nor title."""
    add(people, people.ines)
    address = calendar_of(phone, "day=tu&day=fr&at=07:30")
    event = event_at(people.stranger(), address)
    assert event["summary"] == "A quiet moment"
    assert event["rrule"]["BYDAY"] == ["TU", "FR"]
    assert event.decoded("dtstart").strftime("%H:%M") == "07:30"
    written = people.stranger().get(address).data
    for word in (b"evening", b"Soft ground", b"Ada", b"Ines", people.ines.encode()):
        assert word not in written
    assert event["uid"] == event_at(phone, calendar_of(phone, "day=mo&at=18:00"))["uid"]


def test_titles_are_named_where_that_is_wanted(people: People, phone: FlaskClient):
    """What stands given, each once."""
    add(people, people.ines)
    add(people, people.ines)
    event = event_at(people.stranger(), calendar_of(phone, "day=mo&at=18:00&named=yes"))
    assert event["summary"] == "Soft ground"


def test_what_was_suggested_is_where_the_form_begins(people: People, phone: FlaskClient):
    """Two days for twice a week; none where nothing was suggested."""
    page = phone.get("/from-my-therapist/reminders").text
    assert not re.search(r'name="day" value="\w\w" checked', page)
    add(people, people.ines)
    page = phone.get("/from-my-therapist/reminders").text
    assert re.findall(r'name="day" value="(\w\w)" checked', page) == ["tu", "fr"]
    assert ".ics" not in page


@pytest.mark.parametrize(
    ("query", "field"),
    [("at=18:00", "day"), ("day=xx&at=18:00", "day"), ("day=mo&at=25:00", "at"),
     ("day=mo&at=", "at"), ("day=mo&at=٠٧:٣٠", "at")],
)  # fmt: skip
def test_what_is_no_reminder_is_said_at_its_field(phone: FlaskClient, query: str, field: str):
    """And no address is given."""
    page = phone.get(f"/from-my-therapist/reminders?{query}").text
    assert f'id="{field}-problem"' in page
    assert ".ics" not in page


def test_no_other_address_opens_a_calendar(people: People, phone: FlaskClient):
    """One letter more or less, another's mark, or nonsense: nothing is there."""
    path, _, query = calendar_of(phone, "day=mo&at=18:00").partition("?")
    name = path.rpartition("/")[2].removesuffix(".ics")
    other = calendar_of(people.phone_of(people.jo), "day=mo&at=18:00")
    others = other.partition("?")[0].rpartition("/")[2].removesuffix(".ics")
    wrong = (
        name[:-1], f"{name}A", name[:22] + others[22:], "A" * 64, "é" * 64, "x", f"{name[:-4]}AAAA",
    )  # fmt: skip
    for token in wrong:
        address = f"/from-my-therapist/calendar/{token}.ics?{query}"
        assert people.stranger().get(address).status_code == 404, token
    assert people.stranger().get(f"{path}?day=xx&at=18:00").status_code == 404


def test_it_dies_with_the_key_and_when_they_leave(people: People, phone: FlaskClient):
    """From that moment the address opens nothing."""
    address = calendar_of(phone, "day=mo&at=18:00")
    with people.database.writing() as db:
        client = db.get(ClientRow, people.ines)
        assert client is not None
        client.left_at = datetime.now(UTC)
    assert people.stranger().get(address).status_code == 404
    with people.database.writing() as db:
        client = db.get(ClientRow, people.ines)
        assert client is not None
        client.left_at = None
    assert people.stranger().get(address).status_code == 200
    people.keys.forget(people.ines)
    assert people.stranger().get(address).status_code == 404
