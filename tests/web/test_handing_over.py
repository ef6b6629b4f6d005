"""A client is handed over to a colleague: offered, asked, and done with their yes alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from server.care import SHARED, Shared
from server.store.care import (
    AssignmentRow,
    AuditRow,
    ClientRow,
    NoteRow,
    add_invitation,
    check_audit,
    consent_of,
)
from server.store.care.accounts import let_go
from server.store.care.people_tables import HandoverRow
from tests.web.case_house import allow, submit
from tests.web.conftest import House
from tests.web.people_house import People
from tests.web.private_feed_house import PrivateFeedHouse

MINE = "/with-therapist/hand-over"
SHOWING = ("show", "hide")


@pytest.fixture
def ada(people: People) -> FlaskClient:
    return people.signed_in(people.ada)


@pytest.fixture
def bo(people: People) -> FlaskClient:
    return people.signed_in(people.bo)


@pytest.fixture
def phone(people: People) -> FlaskClient:
    """Ines has let Ada see everything."""
    allow(people, people.ines)
    return people.phone_of(people.ines)


def case(people: People, rest: str = "") -> str:
    return f"/room/clients/{people.ines}{rest}"


def offer(people: People, ada: FlaskClient) -> None:
    answer = ada.post(case(people, "/hand-over"), data={"to": people.bo})
    assert answer.status_code == 303


def say(people: People, phone: FlaskClient, answer: str, **more: object) -> int:
    return phone.post(MINE, data={"to": people.bo, "answer": answer, **more}).status_code


def rows_of(people: People) -> list[AuditRow]:
    with people.database.reading() as db:
        assert check_audit(db).number is None
        return db.query(AuditRow).order_by(AuditRow.number).all()


def deeds(people: People) -> list[tuple[str, str, str]]:
    rows = rows_of(people)
    found = [(row.actor.partition(":")[0], row.action, row.subject) for row in rows]
    return [each for each in found if "handover" in each[1]]


def without_token(page: str) -> str:
    """A page without what is signed anew each second."""
    return re.sub(r'name="csrf_token"[^>]*', "", page)


def seen(people: People) -> frozenset[Shared]:
    with people.database.reading() as db:
        return consent_of(db, people.ines).given


def test_an_offer_changes_nothing(people: People, ada: FlaskClient, bo: FlaskClient, phone):
    """Ada sees the case as before, and Bo learns nothing, not even that there is somebody."""
    before = without_token(bo.get("/room").text)
    offer(people, ada)
    assert ada.get(case(people)).status_code == 200
    assert "has not answered yet" in ada.get(case(people, "/hand-over")).text
    assert without_token(bo.get("/room").text) == before
    assert bo.get(case(people)).status_code == 404
    assert seen(people) == frozenset(SHARED)
    page = phone.get("/with-therapist").text
    assert "Bo to be your therapist from now on" in page
    asked = phone.get(MINE).text
    assert 'name="seen" value="worksheets"' in asked
    assert "checked" not in asked
    assert deeds(people) == [("therapist", "offer-handover", people.bo)]


def test_with_a_yes_the_colleague_sees_what_was_chosen_for_them(
    people: People, ada: FlaskClient, bo: FlaskClient, phone: FlaskClient
):
    """From that moment on, and the one of before nothing; notes of hers are handed to nobody."""
    submission = submit(people, people.ines)
    ada.post(case(people, "/notes"), data={"text": "Quittenmus"})
    review = {"question": "And you?", "answer": "", "rule": "The rule we found"}
    ada.post(case(people, f"/submissions/{submission}/review"), data=review)
    offer(people, ada)
    assert say(people, phone, "yes", seen="worksheets") == 303
    for path in ("", "/notes", "/log", f"/submissions/{submission}", "/hand-over", "/export"):
        assert ada.get(case(people, path)).status_code == 404, path
    assert people.ines not in ada.get("/room").text
    assert people.ines in bo.get("/room").text
    assert seen(people) == {Shared.WORKSHEETS}
    assert bo.get(case(people, "/log")).status_code == 404
    assert "The rule we found" in bo.get(case(people, f"/submissions/{submission}")).text
    assert "Quittenmus" not in bo.get(case(people, "/notes")).text
    assert "With Bo" in phone.get("/with-therapist").text
    assert phone.get(MINE).status_code == 404
    assert deeds(people)[-1] == ("client", "accept-handover", people.bo)
    changes = {(row.action, row.subject) for row in rows_of(people) if row.action in SHOWING}
    others = set(SHARED) - {Shared.WORKSHEETS}
    assert changes == {("show", "worksheets"), *(("hide", each) for each in others)}
    assert people.signed_in(people.cy).get(case(people)).status_code == 404


def test_with_no_choice_nothing_is_seen(people: People, ada: FlaskClient, phone: FlaskClient):
    """What Ada was let see says nothing about Bo."""
    offer(people, ada)
    assert say(people, phone, "yes") == 303
    assert seen(people) == frozenset()


def test_with_a_no_everything_stays(
    people: People, ada: FlaskClient, bo: FlaskClient, phone: FlaskClient
):
    """Ada is told so, and may ask once more."""
    offer(people, ada)
    assert say(people, phone, "no", seen="worksheets") == 303
    assert seen(people) == frozenset(SHARED)
    assert bo.get(case(people)).status_code == 404
    assert "your client said no to Bo" in ada.get(case(people, "/hand-over")).text
    assert "Bo" not in phone.get("/with-therapist").text
    assert say(people, phone, "yes") == 404
    offer(people, ada)
    assert say(people, phone, "yes") == 303
    assert [action for _, action, _ in deeds(people)] == [
        *("offer-handover", "decline-handover", "offer-handover", "accept-handover")
    ]


def test_an_answer_is_to_what_was_asked(people: People, ada: FlaskClient, phone: FlaskClient):
    """Not to an offer that was taken back, nor to another one, nor to nonsense."""
    assert say(people, phone, "yes") == 404
    offer(people, ada)
    for said in (
        {"to": people.cy, "answer": "yes"},
        {"to": people.bo, "answer": "perhaps"},
        {"to": people.bo, "answer": "yes", "seen": "everything"},
        {"answer": "yes"},
        {},
    ):
        assert phone.post(MINE, data=said).status_code == 404, said
    assert phone.post(MINE, data={"to": people.bo, "answer": "yes", "x": "1"}).status_code == 400
    ada.post(case(people, "/hand-over/withdraw"))
    assert say(people, phone, "yes") == 404
    assert deeds(people)[-1] == ("therapist", "withdraw-handover", "")
    with people.database.reading() as db:
        assert db.get_one(ClientRow, people.ines).therapist_id == people.ada
        assert db.query(HandoverRow).count() == 0


def test_only_a_colleague_can_be_offered(people: People, ada: FlaskClient, phone: FlaskClient):
    """Nobody of another room, nobody who has left, and not oneself."""
    for to, status in ((people.cy, 404), (people.ada, 404), ("f" * 32, 404), ("", 422)):
        assert ada.post(case(people, "/hand-over"), data={"to": to}).status_code == status
    offer(people, ada)
    with people.database.writing() as db:
        let_go(db, people.bo, datetime.now(UTC))
    assert "Another therapist" not in phone.get("/with-therapist").text
    assert say(people, phone, "yes") == 404
    assert ada.post(case(people, "/hand-over"), data={"to": people.bo}).status_code == 404
    assert "Nobody else works" in ada.get(case(people, "/hand-over")).text


def test_who_leaves_may_have_offered_before(people: People, ada: FlaskClient, phone: FlaskClient):
    """The client still decides, and links that the one of before made open nothing."""
    offer(people, ada)
    with people.database.writing() as db:
        link = add_invitation(db, db.get_one(ClientRow, people.ines), "client", datetime.now(UTC))
        let_go(db, people.ada, datetime.now(UTC))
    assert say(people, phone, "yes") == 303
    assert people.stranger().get(f"/join/{link}").status_code == 404
    with people.database.reading() as db:
        assert db.get_one(ClientRow, people.ines).therapist_id == people.bo


def test_nobody_is_asked_who_is_not_there(people: People, ada: FlaskClient, phone: FlaskClient):
    """A client who has left, or who never joined."""
    phone.post("/with-therapist/leave")
    assert ada.post(case(people, "/hand-over"), data={"to": people.bo}).status_code == 404
    assert "nobody to be asked" in ada.get(case(people, "/hand-over")).text


LATE = {
    "/give/practice/soft-ground": {"action": "give", "rhythm": "whenever", "minutes": "3"},
    "/hand-over": {"to": "bo"},
    "/hand-over/withdraw": {},
    "/notes": {"text": "A late note."},
    "/podcast/{feed}/revoke": {},
    "/podcast/{feed}/settle": {},
    "/given/{given}/take-back": {},
}


@pytest.mark.parametrize("path", LATE)
def test_a_late_write_of_the_former_therapist_changes_nothing(
    people: People, house: House, ada: FlaskClient, phone: FlaskClient, path: str
):
    """The client says yes to Bo while Ada's request has been let in already: it finds nobody."""
    feeds = PrivateFeedHouse(house=house, people=people)
    given = feeds.give(people.ines)
    feeds.make(people.ines)

    def count() -> list[int]:
        with people.database.reading() as db:
            tables = (AssignmentRow, NoteRow, HandoverRow, AuditRow)
            return [db.query(table).count() for table in tables]

    def say_yes() -> None:
        with people.database.writing() as db:
            db.get_one(ClientRow, people.ines).therapist_id = people.bo

    data = {**LATE[path], **({"to": people.bo} if "to" in LATE[path] else {})}
    before = count()
    people.app.before_request_funcs[None].append(say_yes)  # behind what lets Ada in
    asked = path.format(feed=feeds.row(people.ines).id, given=given)
    assert ada.post(case(people, asked), data=data).status_code == 404
    people.app.before_request_funcs[None].remove(say_yes)
    assert count() == before
    assert feeds.row(people.ines).revoked_at is None
    with people.database.reading() as db:
        assert db.get_one(AssignmentRow, given).withdrawn_at is None


@pytest.mark.parametrize("path", ["", "/log", "/given"])
def test_a_late_reading_of_the_former_therapist_shows_nothing(
    people: People, ada: FlaskClient, phone: FlaskClient, path: str
):
    """Nor is it noted as if something had been read."""

    def say_yes() -> None:
        with people.database.writing() as db:
            db.get_one(ClientRow, people.ines).therapist_id = people.bo

    submit(people, people.ines)
    with people.database.reading() as db:
        before = db.query(AuditRow).count()
    people.app.before_request_funcs[None].append(say_yes)
    assert ada.get(case(people, path)).status_code == 404
    with people.database.reading() as db:
        assert db.query(AuditRow).count() == before
