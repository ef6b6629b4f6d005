"""Giving: a therapist chooses, writes, looks at it, gives it, and takes it back."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Response
from flask.testing import FlaskClient

from server.store import RenderRow
from server.store.care import (
    AssignmentDetails,
    AssignmentRow,
    AuditRow,
    ClientRow,
    list_assignments,
    read_details,
)
from tests.web.conftest import House
from tests.web.people_house import People

WORKSHEET = """title: A friend, and you
language: en
summary: One hard situation, seen twice.
message: This is for observing yourself, not for improving yourself.
fields:
  - kind: text
    name: situation
    ask: What happened?
"""
COURSE = """slug: two-steps
title: Two steps
summary: One after the other.
why:
  - They belong together.
sittings:
  - practice: soft-ground
    minutes: 2
    why: It is a good beginning.
  - practice: soft-ground
    minutes: 3
    why: Once more, a little longer.
"""
PLAIN = {
    "action": "give", "message": "For the evening.", "rhythm": "twice-a-week", "minutes": "3",
    "anchor": "any", "eyes": "any", "pace": "as-written", "bed": "as-written",
    "bed_level": "as-written", "word-place": "this room",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _shelves(house: House):
    for name, text in (("worksheets/friend.yaml", WORKSHEET), ("courses/two.yaml", COURSE)):
        path = house.settings.scripts_path / Path(name)
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def ada(people: People) -> FlaskClient:
    return people.signed_in(people.ada)


def give(people: People, browser: FlaskClient, what: str = "practice/soft-ground", **changes: str):
    data = {**PLAIN, **changes}
    return browser.post(f"/room/clients/{people.ines}/give/{what}", data=data)


def given_to(people: People, client_id: str) -> list[tuple[AssignmentRow, AssignmentDetails]]:
    with people.database.reading() as db:
        client = db.get(ClientRow, client_id)
        assert client is not None
        rows = list_assignments(db, client)
        return [(row, read_details(row, people.keys.get(client_id))) for row in rows]


def deeds(people: People) -> list[tuple[str, str | None, str]]:
    with people.database.reading() as db:
        rows = db.query(AuditRow).order_by(AuditRow.number)
        return [(row.action, row.client_id, row.subject) for row in rows]


def follow(browser: FlaskClient, answer: Response) -> str:
    assert answer.status_code == 303
    return browser.get(answer.location).text


def test_all_that_can_be_given_is_offered(people: People, ada: FlaskClient):
    """Practices, worksheets and courses, for the client whose name the page says."""
    page = ada.get(f"/room/clients/{people.ines}/give").text
    assert "Ines" in page
    for title in ("Soft ground", "A friend, and you", "Two steps"):
        assert title in page


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=GROUND", ["Soft ground"]),
        ("q=seen+twice", ["A friend, and you"]),
        ("q=twice+ground", []),
        ("shelf=ground", ["Soft ground"]),
        ("shelf=worksheet", ["A friend, and you"]),
        ("shelf=course&q=steps", ["Two steps"]),
        ("shelf=nowhere", []),
    ],
)
def test_the_list_can_be_narrowed(people: People, ada: FlaskClient, query: str, titles: list[str]):
    """By words of the title and summary, and by shelf; where nothing is left, that is said."""
    page = ada.get(f"/room/clients/{people.ines}/give?{query}").text
    assert re.findall(r'class="row-title">([^<]*)<', page) == titles
    assert ("hidden" in page.split('id="found-none"')[1].split(">")[0]) == bool(titles)


def test_only_shelves_with_something_on_them_can_be_chosen(people: People, ada: FlaskClient):
    """An empty one would lead nowhere."""
    page = ada.get(f"/room/clients/{people.ines}/give").text
    choice = page.split('id="find-shelf"')[1].split("</select>")[0]
    shelves = re.findall(r'value="([^"]*)"', choice)
    assert shelves == ["", "ground", "worksheet", "course"]


def test_where_nothing_can_be_given_it_says_how_to_change_that(
    house: House, people: People, ada: FlaskClient
):
    """There is nothing to look for then either."""
    for path in house.settings.scripts_path.rglob("*.*"):
        path.unlink()
    page = ada.get(f"/room/clients/{people.ines}/give").text
    assert "There is nothing to give here yet." in page
    assert 'id="find"' not in page


def test_a_practice_is_given_as_it_was_chosen(people: People, ada: FlaskClient):
    """Message, choices and words are kept; what is as usual is not; the audit has one row."""
    answer = give(
        people, ada, is_spoken="yes", anchor="hands", bed="rain", **{"word-place": " the  kitchen "}
    )
    assert "It is given" in follow(ada, answer)
    ((row, details),) = given_to(people, people.ines)
    assert (row.kind, row.subject, row.rhythm) == ("practice", "soft-ground", "twice-a-week")
    assert details == AssignmentDetails(
        message="For the evening.",
        choices={"minutes": 3, "anchor": "hands", "bed": "rain"},
        words={"place": "the kitchen"},
        is_spoken=True,
    )
    assert deeds(people) == [("give", people.ines, row.id)]


def test_worksheets_and_courses_are_given(people: People, ada: FlaskClient):
    """A worksheet's message begins with the words of its file; either's may be spoken."""
    page = ada.get(f"/room/clients/{people.ines}/give/worksheet/friend").text
    assert "This is for observing yourself, not for improving yourself.</textarea>" in page
    assert 'name="minutes"' not in page
    give(people, ada, "worksheet/friend", message="See what you find.", is_spoken="yes")
    give(people, ada, "course/two-steps", message="Step by step.", is_spoken="yes")
    found = {row.subject: details for row, details in given_to(people, people.ines)}
    assert found == {
        "friend": AssignmentDetails(message="See what you find.", is_spoken=True),
        "two-steps": AssignmentDetails(message="Step by step.", is_spoken=True),
    }


@pytest.mark.parametrize(
    ("what", "where"),
    [
        ("practice/soft-ground", "at the beginning."),
        ("worksheet/friend", "at the beginning of “Listen and write”."),
        ("course/two-steps", "at the beginning of the first practice."),
    ],
)
def test_each_kind_says_where_a_message_is_spoken(
    people: People, ada: FlaskClient, what: str, where: str
):
    """The box is offered for all three, and what will be heard is told before it is given."""
    page = ada.get(f"/room/clients/{people.ines}/give/{what}").text
    assert 'name="is_spoken"' in page
    assert "also said" not in page
    shown = give(people, ada, what, action="preview", is_spoken="yes").text
    assert f"The message is also said {where}" in shown
    assert re.search(r'name="is_spoken" value="yes" checked', shown)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (" ", "no message yet"),
        ("long. " * 101, "at most 600 characters"),
        ("🙂", "at least one letter"),
        ("you want to kill myself", "no voice says"),
    ],
)
@pytest.mark.parametrize("what", ["worksheet/friend", "course/two-steps"])
def test_what_cannot_be_said_before_it_is_said_at_its_field(
    people: People, ada: FlaskClient, what: str, message: str, said: str
):
    """As of a practice; the same message may be read."""
    answer = give(people, ada, what, message=message, is_spoken="yes")
    assert answer.status_code == 422
    found = re.search(r'id="message-problem">([^<]*)<', answer.text)
    assert found is not None
    assert said in found[1]
    assert f"{message}</textarea>" in answer.text
    assert give(people, ada, what, message=message).status_code == 303


def test_a_message_has_to_fit_into_the_first_sitting(
    people: People, ada: FlaskClient, house: House
):
    """A course has no length to choose; a worksheet becomes as much longer as it needs."""
    path = house.settings.scripts_path / "courses/two.yaml"
    path.write_text(COURSE.replace("minutes: 2", "minutes: 1"), encoding="utf-8")
    long = "I am here. " * 50
    answer = give(people, ada, "course/two-steps", message=long, is_spoken="yes")
    assert answer.status_code == 422
    assert "no room for that much" in answer.text
    assert give(people, ada, "course/two-steps", message=long).status_code == 303
    assert give(people, ada, "worksheet/friend", message=long, is_spoken="yes").status_code == 303


def test_a_worksheets_voice_can_be_chosen(
    people: People, ada: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    """Where there are several; the sittings of a course keep theirs."""
    voices = (SimpleNamespace(name="joe", title="Joe"), SimpleNamespace(name="amy", title="Amy"))
    for module in ("giving", "giving_form"):
        monkeypatch.setattr(f"server.web.{module}.list_voices_for", lambda script: voices)
    base = f"/room/clients/{people.ines}/give"
    assert '<option value="amy"' in ada.get(f"{base}/worksheet/friend").text
    assert 'name="voice"' not in ada.get(f"{base}/course/two-steps").text
    assert give(people, ada, "worksheet/friend", voice="nobody").status_code == 422
    give(people, ada, "worksheet/friend", voice="amy")
    give(people, ada, "course/two-steps", voice="amy")
    found = {row.subject: details.choices for row, details in given_to(people, people.ines)}
    assert found == {"friend": {"voice": "amy"}, "two-steps": {}}


def test_what_no_voice_can_ask_says_no_message(people: People, ada: FlaskClient, house: House):
    """A worksheet in a language that nobody here speaks is read, and so are the words to it."""
    path = house.settings.scripts_path / "worksheets/friend.yaml"
    path.write_text(WORKSHEET.replace("language: en", "language: fi"), encoding="utf-8")
    page = ada.get(f"/room/clients/{people.ines}/give/worksheet/friend").text
    assert 'name="is_spoken"' not in page
    give(people, ada, "worksheet/friend", is_spoken="yes")
    ((_, details),) = given_to(people, people.ines)
    assert details == AssignmentDetails(message="For the evening.")


def test_it_can_be_seen_before_it_is_given(people: People, ada: FlaskClient):
    """The preview shows it and gives nothing; all that was typed is still in the form."""
    answer = give(people, ada, action="preview", message="First line.\nSecond.", is_spoken="yes")
    page = answer.text
    assert answer.status_code == 200
    assert "As Ines will see it" in page
    assert "From Ada" in page
    assert "Perhaps twice a week" in page
    assert "First line.\nSecond.</textarea>" in page
    assert re.search(r'value="twice-a-week" checked', page)
    assert re.search(r'value="yes" checked', page)
    assert given_to(people, people.ines) == []
    assert deeds(people) == []


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"is_spoken": "yes", "message": " "}, "message", "no message yet"),
        ({"is_spoken": "yes", "message": "long. " * 101}, "message", "at most 600 characters"),
        ({"message": "x" * 2001}, "message", "at most 2000 characters"),
        ({"is_spoken": "yes", "message": "🙂"}, "message", "at least one letter"),
        ({"is_spoken": "yes", "message": "you want to kill myself"}, "message", "no voice says"),
        ({"word-place": "kill myself"}, "word-place", "no voice says"),
        ({"word-place": "a place that is far too long"}, "word-place", "at most 20 characters"),
        ({"word-place": "???"}, "word-place", "at least one letter"),
        ({"minutes": "7"}, "minutes", "1, 2, 3 minutes long"),
        ({"minutes": "²"}, "minutes", "1, 2, 3 minutes long"),
        ({"minutes": "1", "is_spoken": "yes", "message": "I am here. " * 50}, "minutes", "needs"),
        ({"rhythm": "by-friday"}, "rhythm", "choose one of these"),
        ({"anchor": "moon"}, "anchor", "The anchor can be"),
        ({"eyes": "crossed"}, "eyes", "The eyes can be"),
        ({"pace": "hasty"}, "pace", "The pace can be"),
        ({"bed": "lava"}, "bed", "The bed can be"),
        ({"bed_level": "loudest"}, "bed_level", "The level of a bed"),
        ({"voice": "nobody"}, "voice", "choose one of these"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_is_said_at_its_field(
    people: People, ada: FlaskClient, changes: dict[str, str], field: str, said: str
):
    """Nothing is given, and nothing that was typed is lost."""
    answer = give(people, ada, **{"message": "Kept words.", **changes})
    assert answer.status_code == 422
    page = answer.text
    if field != "voice":  # it is offered only where there are several
        found = re.search(rf'id="{field}-problem">([^<]*)<', page)
        assert found is not None
        assert said in found[1]
    assert "All that you typed is still there" in page
    message = changes.get("message", "Kept words.")
    assert f"{message}</textarea>" in page
    assert given_to(people, people.ines) == []


def test_a_message_of_danger_can_be_read(people: People, ada: FlaskClient):
    """A plan for hard hours is a therapist's to write; only a voice does not say it."""
    assert give(people, ada, message="When you want to die, ring me.").status_code == 303


def test_taken_back_and_given_again(people: People, ada: FlaskClient):
    """Both are one press, both are in the audit, and the client sees what stands."""
    give(people, ada)
    ((row, _),) = given_to(people, people.ines)
    base = f"/room/clients/{people.ines}/given"
    page = follow(ada, ada.post(f"{base}/{row.id}/take-back"))
    assert "It is taken back" in page
    assert given_to(people, people.ines) == []
    assert "For the evening." in page
    follow(ada, ada.post(f"{base}/{row.id}/give-again"))
    assert len(given_to(people, people.ines)) == 1
    assert [action for action, *_ in deeds(people)] == ["give", "take-back", "give-again"]


def test_nobody_elses_case(people: People, ada: FlaskClient):
    """Whose client it is not, gives nothing, sees nothing, and takes nothing back."""
    give(people, ada)
    ((row, _),) = given_to(people, people.ines)
    base = f"/room/clients/{people.ines}"
    for browser in (people.signed_in(people.bo), people.signed_in(people.cy)):
        assert browser.get(f"{base}/give").status_code == 404
        assert browser.get(f"{base}/give/practice/soft-ground").status_code == 404
        assert give(people, browser).status_code == 404
        assert browser.get(f"{base}/given").status_code == 404
        assert browser.post(f"{base}/given/{row.id}/take-back").status_code == 404
    other = f"/room/clients/{people.jo}/given/{row.id}"
    assert ada.post(f"{other}/take-back").status_code == 404
    assert ada.post(f"{other}/give-again").status_code == 404
    assert people.stranger().get(f"{base}/give").status_code == 302
    assert people.phone_of(people.ines).post(f"{base}/given/{row.id}/take-back").status_code == 404
    assert len(given_to(people, people.ines)) == 1
    assert deeds(people) == [("give", people.ines, row.id)]


def test_what_the_house_does_not_have_cannot_be_given(people: People, ada: FlaskClient):
    """An unknown name, or a kind that there is not, is no address."""
    for what in ("practice/none", "worksheet/none", "course/none", "poem/soft-ground"):
        assert ada.get(f"/room/clients/{people.ines}/give/{what}").status_code == 404
        assert give(people, ada, what).status_code == 404


def test_no_cache_keeps_it(people: People, ada: FlaskClient):
    """Whoever sits at the machine next finds nothing of it."""
    for path in ("give", "given", "give/practice/soft-ground"):
        answer = ada.get(f"/room/clients/{people.ines}/{path}")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_message_is_text(people: People, ada: FlaskClient):
    """Whatever is typed is shown as it was typed, in the form, the preview and the lists."""
    evil = "<script>alert(1)</script>\"'&"
    for page in (
        give(people, ada, action="preview", message=evil, **{"word-place": '"><b>'}).text,
        follow(ada, give(people, ada, message=evil)),
        people.phone_of(people.ines).get("/from-my-therapist").text,
    ):
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_second_press_gives_nothing_twice(people: People, ada: FlaskClient):
    """One assignment and one deed; both presses lead to the same place."""
    page = ada.get(f"/room/clients/{people.ines}/give/practice/soft-ground").text
    found = re.search(r'name="assignment" value="([0-9a-f]{32})"', page)
    assert found is not None
    answers = [give(people, ada, assignment=found[1]) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert [row.id for row, _ in given_to(people, people.ines)] == [found[1]]
    assert [action for action, _, _ in deeds(people)].count("give") == 1


def test_something_else_in_the_same_form_is_given_as_well(people: People, ada: FlaskClient):
    """Who went back and wrote anew means it; so does who took the first one back."""
    wanted = "5" * 32
    give(people, ada, assignment=wanted)
    give(people, ada, assignment=wanted, message="And for the morning.")
    assert {details.message for _, details in given_to(people, people.ines)} == {
        "For the evening.", "And for the morning.",
    }  # fmt: skip
    ada.post(f"/room/clients/{people.ines}/given/{wanted}/take-back")
    give(people, ada, assignment=wanted)
    assert len(given_to(people, people.ines)) == 2


def test_an_id_of_elsewhere_tells_nothing(people: People, ada: FlaskClient):
    """One that is taken in another room, and what is no id, are answered like a new one."""
    cy, taken = people.signed_in(people.cy), "6" * 32
    cy.post(
        f"/room/clients/{people.kim}/give/practice/soft-ground", data={**PLAIN, "assignment": taken}
    )
    assert [row.id for row, _ in given_to(people, people.kim)] == [taken]
    for number, wanted in enumerate((taken, "no id", ""), 1):
        assert give(people, ada, assignment=wanted, message=f"{number}").status_code == 303
        assert len(given_to(people, people.ines)) == number
    assert [row.id for row, _ in given_to(people, people.kim)] == [taken]


def test_something_may_be_for_the_pages_alone(people: People, ada: FlaskClient):
    """The box is kept, shown before it is given and in the list; a worksheet has none."""
    only = "nly here, not in a podcast app"
    base = f"/room/clients/{people.ines}"
    assert only in ada.get(f"{base}/give/practice/soft-ground").text
    assert only in ada.get(f"{base}/give/course/two-steps").text
    assert only not in ada.get(f"{base}/give/worksheet/friend").text
    shown = give(people, ada, action="preview", is_in_app_only="yes").text
    assert shown.count(only) == 2
    assert 'name="is_in_app_only" value="yes" checked' in shown
    page = follow(ada, give(people, ada, is_in_app_only="yes"))
    assert page.count(only) == 1
    ((_, details),) = given_to(people, people.ines)
    assert details.is_in_app_only


def test_what_is_given_is_ordered_for_the_clients_feeds(people: People, ada: FlaskClient):
    """It waits for a worker where the client has a feed, and is made nowhere else."""

    def queued() -> int:
        with people.database.reading() as db:
            return db.query(RenderRow).count()

    give(people, ada)
    assert queued() == 0
    phone = people.phone_of(people.ines)
    assert phone.post("/with-therapist/podcast", data={"name": "My phone"}).status_code == 200
    assert queued() == 1
    give(people, ada, minutes="2", is_in_app_only="yes")
    assert queued() == 1
    give(people, ada, minutes="2")
    assert queued() == 2
