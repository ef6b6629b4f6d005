"""The pages of worksheets: which there are, each whole in one page, and nobody's words in any."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.care import Worksheet
from server.render import list_worksheets
from server.web.worksheets import list_questions
from tests.web.conftest import House
from tests.web.filled_worksheets import bring_worksheets, find_pair, submission
from tests.web.people_house import People

STATIC = Path(__file__).parents[2] / "server/web/static"


@pytest.fixture
def worksheet(house: House) -> Worksheet:
    return bring_worksheets(house.settings.scripts_path)


def test_the_list_leads_to_each(client: FlaskClient, house: House, worksheet: Worksheet):
    """By title and summary, in the language that each is written in."""
    page = client.get("/worksheets", headers={"Accept-Language": "de"}).text
    for each in list_worksheets(house.settings.scripts_path):
        assert f'href="/worksheets/{each.name}"' in page
    assert f'<span class="row-title" lang="en" dir="ltr">{worksheet.title}' in page


def test_without_worksheets_the_list_says_so(client: FlaskClient):
    """A house need not have any."""
    assert "no worksheets here yet" in client.get("/worksheets").text


def test_every_worksheet_has_a_page_with_all_its_questions(
    client: FlaskClient, house: House, worksheet: Worksheet
):
    """One after the other, each with its number, its field and a place for what is missing."""
    for each in list_worksheets(house.settings.scripts_path):
        page = client.get(f"/worksheets/{each.name}").text
        questions = list_questions(each)
        numbers = re.findall(r'-progress">Question (\d+ of \d+)<', page)
        assert numbers == [f"{n} of {len(questions)}" for n in range(1, len(questions) + 1)]
        for question in questions:
            assert f'id="{question.id}-problem" role="alert"' in page
        assert "This page needs JavaScript" in page
    pair = find_pair(worksheet)
    assert pair is not None
    parts = [each.part for each in list_questions(worksheet) if each.field == pair.name]
    assert parts == ["first", "second", "first_rating", "second_rating"]


def test_what_is_not_there_is_not_there(client: FlaskClient, worksheet: Worksheet):
    """Also what could only be a path."""
    assert worksheet
    for name in ("none", "UPPER", "..%2f..%2fcrisis"):
        assert client.get(f"/worksheets/{name}").status_code == 404


def test_a_page_says_who_will_read_it(people: People, worksheet: Worksheet):
    """A client's goes to their server; everybody else's stays on the device."""
    path = f"/worksheets/{worksheet.name}"
    assert "stays on this device" in people.stranger().get(path).text
    joined = people.phone_of(people.ines).get(path).text
    assert "kept sealed" in joined
    assert '"has_joined": true' in joined
    assert '"has_joined": false' in people.signed_in(people.ada).get(path).text


def test_no_page_holds_what_somebody_wrote(people: People, worksheet: Worksheet):
    """They are kept on the phone for a time without a network: the words come beside them."""
    phone = people.phone_of(people.ines)
    assert phone.post("/api/submissions", json=submission(worksheet, "quittenmus")).status_code
    for path in ("/worksheets", "/worksheets/mine", f"/worksheets/{worksheet.name}"):
        assert "quittenmus" not in phone.get(path).text


def test_an_app_has_the_scripts_of_worksheets_with_it(client: FlaskClient):
    """All of them, or a worksheet would not open without a network."""
    worker = client.get("/sw.js").text
    names = [path.relative_to(STATIC).as_posix() for path in STATIC.glob("js/worksheet/*.js")]
    assert len(names) > 5
    for name in (*names, "js/letterbox.js", "worksheet.css"):
        assert f'"/static/{name}"' in worker


def test_the_guided_audio_is_ordered_like_any_render(
    client: FlaskClient, house: House, worksheet: Worksheet
):
    """By anybody, once for all, and nobody's words are in it."""
    page = client.get(f"/worksheets/{worksheet.name}").text
    assert 'id="voice-begin"' in page
    path = f"/api/worksheets/{worksheet.name}/renders"
    answer = client.post(path, json={})
    assert answer.status_code == 202
    assert (answer.json["practice"], answer.json["is_private"]) == (
        f"write-{worksheet.name}",
        False,
    )
    assert client.post(path, json={}).json["key"] == answer.json["key"]
    assert client.get(f"/api/renders/{answer.json['key']}").json["state"] == "queued"
    assert client.post(path, json={"words": "mine"}).status_code == 422
    assert client.post("/api/worksheets/none/renders", json={}).status_code == 404


def test_what_no_voice_can_ask_has_no_button(
    client: FlaskClient, house: House, worksheet: Worksheet
):
    """And an order of it is answered like one of nothing."""
    path = house.settings.scripts_path / "worksheets" / f"{worksheet.name}.yaml"
    path.write_text(path.read_text().replace("language: en", "language: fi"))
    assert 'id="voice-begin"' not in client.get(f"/worksheets/{worksheet.name}").text
    answer = client.post(f"/api/worksheets/{worksheet.name}/renders", json={})
    assert answer.status_code == 404
