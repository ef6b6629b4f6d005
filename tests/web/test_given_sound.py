"""Messages that are spoken before a worksheet and a course: on the client's device, and sealed."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from server.care import Worksheet
from server.render.order_book import read_order
from server.render.secret import server_secret
from server.store import RenderRow, find_render
from server.store.care import AssignmentDetails
from server.timeline import Plan
from tests.web.conftest import House
from tests.web.filled_worksheets import bring_worksheets
from tests.web.people_house import People
from tests.web.test_given import MESSAGE, add, data_of, order, take_back

SPOKEN = AssignmentDetails(message=MESSAGE, is_spoken=True)
READ = AssignmentDetails(message=MESSAGE)
COURSE = """slug: two-steps
title: Two steps
summary: One after the other.
why: [They belong together.]
sittings:
  - {practice: soft-ground, minutes: 2, why: It is a good beginning.}
  - {practice: soft-ground, minutes: 3, why: "Once more, a little longer."}
"""


@pytest.fixture
def phone(people: People) -> FlaskClient:
    return people.phone_of(people.ines)


@pytest.fixture
def worksheet(house: House) -> Worksheet:
    return bring_worksheets(house.settings.scripts_path)


@pytest.fixture
def _course(house: House) -> None:
    folder = house.settings.scripts_path / "courses"
    folder.mkdir()
    (folder / "two.yaml").write_text(COURSE)


def row_of(people: People, key: str) -> RenderRow:
    with people.database.reading() as db:
        row = find_render(db, key)
    assert row is not None
    return row


def plan_of(people: People, house: House, key: str) -> Plan:
    secret = server_secret(house.settings.secret_path)
    return read_order(row_of(people, key), secret, people.keys).plan


# ── worksheets ───────────────────────────────────────────────────────────────────────────────


def guided(browser: FlaskClient, worksheet: Worksheet, given: str | None = None) -> dict:
    sent = {"given": given} if given else {}
    answer = browser.post(f"/api/worksheets/{worksheet.name}/renders", json=sent)
    assert answer.status_code == 202, answer.text
    return answer.get_json()


def test_a_message_is_said_before_a_worksheet(
    people: People, phone: FlaskClient, house: House, worksheet: Worksheet
):
    """The first stage is hers, it is this device's alone, and lies sealed; the rest is the same."""
    plain = guided(people.stranger(), worksheet)
    made = guided(phone, worksheet, add(people, people.ines, worksheet.name,
                                        kind="worksheet", details=SPOKEN))  # fmt: skip
    assert made["is_private"]
    assert people.stranger().get(f"/api/renders/{made['key']}").status_code == 404
    assert people.phone_of(people.jo).get(f"/api/renders/{made['key']}").status_code == 404
    assert phone.get(f"/api/renders/{made['key']}").json["state"] == "queued"
    assert "evening" not in json.dumps(row_of(people, made["key"]).order)
    usual, plan = (plan_of(people, house, each["key"]) for each in (plain, made))
    assert [stage.title for stage in plan.stages] == [
        "From Ada", *(stage.title for stage in usual.stages),
    ]  # fmt: skip
    assert [each.text for each in plan.utterances if each.is_private] == [
        "For the evening, as we said.",
        "You may stop at any time.",
    ]
    assert plan.target_ms >= usual.target_ms


def test_other_devices_hear_the_worksheet_alone(
    people: People, phone: FlaskClient, worksheet: Worksheet
):
    """So does this one where it is only read, was taken back, or is of another worksheet."""
    plain = guided(people.stranger(), worksheet)["key"]
    spoken = add(people, people.ines, worksheet.name, kind="worksheet", details=SPOKEN)
    read = add(people, people.ines, worksheet.name, kind="worksheet", details=READ)
    other = add(people, people.ines, "other", kind="worksheet", details=SPOKEN)
    asked = [
        (people.stranger(), spoken),
        (people.phone_of(people.jo), spoken),
        (people.signed_in(people.ada), spoken),
        *((phone, each) for each in (read, other, "0" * 32)),
    ]
    for browser, given in asked:
        made = guided(browser, worksheet, given)
        assert (made["key"], made["is_private"]) == (plain, False)
    assert guided(phone, worksheet, spoken)["key"] != plain
    take_back(people, people.ines, spoken)
    assert guided(phone, worksheet, spoken)["key"] == plain
    path = f"/api/worksheets/{worksheet.name}/renders"
    assert phone.post(path, json={"given": "../1"}).status_code == 422


def test_the_page_of_a_worksheet_says_that_it_is_spoken(
    people: People, phone: FlaskClient, worksheet: Worksheet
):
    """To its client, with the id that the page's script orders it by; to nobody else."""
    given = add(people, people.ines, worksheet.name, kind="worksheet", details=SPOKEN)
    page = phone.get(f"/worksheets/{worksheet.name}?given={given}").text
    assert "The message is also said at the beginning of “Listen and write”." in page
    assert f'"given": "{given}"' in page
    others = people.stranger().get(f"/worksheets/{worksheet.name}?given={given}").text
    assert MESSAGE not in others
    assert '"given": null' in others


# ── courses ──────────────────────────────────────────────────────────────────────────────────


def sittings_of(page: str) -> list[str]:
    return re.findall(r'class="row" href="([^"]+)"', page)


@pytest.mark.usefixtures("_course")
def test_a_course_opens_as_it_was_given(people: People, phone: FlaskClient):
    """With the message above; its first sitting alone leads to where it is said."""
    given = add(people, people.ines, "two-steps", kind="course", details=SPOKEN)
    assert f'href="/courses/two-steps?given={given}"' in phone.get("/from-my-therapist").text
    answer = phone.get(f"/courses/two-steps?given={given}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert MESSAGE in answer.text
    assert "The message is also said at the beginning of the first practice." in answer.text
    assert sittings_of(answer.text) == [
        f"/practices/soft-ground?minutes=2&amp;given={given}",
        "/practices/soft-ground?minutes=3",
    ]
    plain = people.stranger().get(f"/courses/two-steps?given={given}")
    assert plain.text.replace(f"?given={given}", "") == people.stranger().get(
        "/courses/two-steps"
    ).text  # fmt: skip
    read = add(people, people.ines, "two-steps", kind="course", details=READ)
    told = phone.get(f"/courses/two-steps?given={read}").text
    assert MESSAGE in told
    assert "also said" not in told
    assert sittings_of(told)[0] == "/practices/soft-ground?minutes=2"


@pytest.mark.usefixtures("_course")
def test_a_message_is_said_before_the_first_sitting(
    people: People, phone: FlaskClient, house: House
):
    """The practice's page has it above, and an order of it begins with it: private and sealed."""
    given = add(people, people.ines, "two-steps", kind="course", details=SPOKEN)
    page = phone.get(f"/practices/soft-ground?minutes=2&given={given}").text
    assert MESSAGE in page
    assert data_of(page)["given"] == {"id": given, "choices": {"minutes": 2}}
    made = order(phone, given, minutes=2)
    assert made["is_private"]
    assert "evening" not in json.dumps(row_of(people, made["key"]).order)
    titles = [stage.title for stage in plan_of(people, house, made["key"]).stages]
    assert titles == ["From Ada", "Arriving", "Standing"]
    plain = order(people.stranger(), "0" * 32, minutes=2)["key"]
    assert order(people.phone_of(people.jo), given, minutes=2)["key"] == plain
    take_back(people, people.ines, given)
    assert order(phone, given, minutes=2)["key"] == plain


@pytest.mark.usefixtures("_course")
def test_it_is_said_before_no_other_practice(people: People, phone: FlaskClient, house: House):
    """What is not the first sitting of a course that was given says nothing of hers."""
    text = next(house.settings.scripts_path.rglob("soft-ground.md")).read_text()
    other = house.settings.scripts_path / "other-ground.md"
    other.write_text(text.replace("soft-ground", "other-ground").replace("Soft ", "Other "))
    given = add(people, people.ines, "two-steps", kind="course", details=SPOKEN)
    page = phone.get(f"/practices/other-ground?minutes=2&given={given}").text
    assert MESSAGE not in page
    assert data_of(page)["given"] is None
    assert not order(phone, given, practice="other-ground", minutes=2)["is_private"]
