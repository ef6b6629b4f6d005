"""The map and the courses on their pages: at most two taps, reasons, and nothing kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import SCRIPT

MAP = """question: How is it <now>?
answers:
  - answer: Something hurts
    ask: Where is it?
    answers:
      - {answer: In my feet, practice: soft-ground, why: They may stand.}
      - {answer: Elsewhere, practice: other-ground, why: It may be there.}
  - {answer: It is too much, practice: other-ground, why: Feet first.}
  - {answer: Nowhere, practice: no-ground, why: There is none.}
none-of-this: {answer: None of this, practice: soft-ground, why: Begin anywhere.}
"""

COURSE = """slug: two-grounds
title: Two grounds
summary: From one to the other.
why: [Because it is there., And back.]
sittings:
  - {practice: soft-ground, minutes: 3, why: It is soft.}
  - {practice: other-ground, minutes: 1, why: It is other.}
"""

ENTRY = {
    "id": "0123456789abcdef" * 2,
    "practice": "other-ground",
    "render": None,
    "minutes": 2,
    "started_at": "2026-03-01T07:30:00+01:00",
    "practised_ms": 61_000,
    "outcome": "stopped",
}


@pytest.fixture
def scripts(house) -> Path:
    """Two practices, a map and a course."""
    folder: Path = house.settings.scripts_path
    other = SCRIPT.replace("Soft ground", "Other ground").replace("soft-ground", "other-ground")
    (folder / "other-ground.md").write_text(other)
    (folder / "map.yaml").write_text(MAP)
    (folder / "courses").mkdir()
    (folder / "courses" / "two.yaml").write_text(COURSE)
    return folder


def links(page: str) -> list[str]:
    return re.findall(r'class="answer" href="([^"]+)"', page)


@pytest.mark.parametrize("path", ["/", "/map"])
def test_the_map_asks_on_the_library_and_by_itself(client: FlaskClient, scripts, path):
    """Every answer that leads somewhere is there, and leads to a practice or asks once more."""
    page = client.get(path).text
    assert "How is it &lt;now&gt;?" in page
    assert links(page) == [
        "/map/1",
        "/practices/other-ground?map=2",
        "/practices/soft-ground?map=3",
    ]
    assert "Nowhere" not in page


def test_two_taps_lead_to_every_practice_with_its_reason(client: FlaskClient, scripts):
    """Nothing of the answers is kept: no cookie is set, and the reason stands in the map alone."""
    reached = []
    for first in links(client.get("/map").text):
        page = client.get(first).text
        for address in links(page) or [first]:
            answer = client.get(address)
            assert answer.status_code == 200
            assert 'class="reason"' in answer.text
            assert "Set-Cookie" not in answer.headers
            reached.append(address)
    assert len(reached) == 4
    assert "They may stand." in client.get("/practices/soft-ground?map=1.1").text
    assert "Something hurts" in client.get("/map/1").text


@pytest.mark.parametrize(
    "place", ["1", "1.2", "1.3", "1.1.1", "2", "9", "0", "-1", "x", "", ".", "1.", "²", "9" * 99]
)
def test_a_place_that_leads_elsewhere_gives_no_reason(client: FlaskClient, scripts, place):
    """A practice is shown all the same: the map may have changed since."""
    page = client.get("/practices/soft-ground", query_string={"map": place})
    assert page.status_code == 200
    assert 'class="reason"' not in page.text


@pytest.mark.parametrize("path", ["/map/0", "/map/2", "/map/9", "/courses/none"])
def test_what_is_not_on_the_map_is_not_there(client: FlaskClient, scripts, path):
    """Only an answer that asks further is a page."""
    assert client.get(path).status_code == 404


def test_a_house_without_a_map_shows_its_practices(client: FlaskClient, scripts):
    """So does one whose map has mistakes, and one whose map leads nowhere."""
    for text in (None, "question: [", MAP.replace("-ground", "-sky")):
        if text is None:
            (scripts / "map.yaml").unlink()
        else:
            (scripts / "map.yaml").write_text(text)
        page = client.get("/").text
        assert "What would you like to practise?" in page
        assert 'href="/practices/soft-ground"' in page
        assert client.get("/map").status_code == 404
        assert client.get("/map/1").status_code == 404
        assert client.get("/practices/soft-ground?map=1.1").status_code == 200
    assert "scripts" in client.get("/ready").get_json()["failing"]


def test_a_course_says_why_and_locks_nothing(client: FlaskClient, scripts):
    """Every sitting is a link from the beginning, with its length and its reason."""
    assert 'href="/courses/two-grounds"' in client.get("/").text
    page = client.get("/courses/two-grounds")
    assert page.headers["Cache-Control"] == "no-store"
    for said in ("Because it is there.", "And back.", "It is soft.", "It is other."):
        assert said in page.text
    assert "/practices/soft-ground?minutes=3" in page.text
    assert "/practices/other-ground?minutes=1" in page.text
    assert "practised" not in page.text
    begun = client.get("/practices/soft-ground?minutes=3").text
    assert 'name="minutes" value="3" checked' in begun


def test_what_was_practised_is_marked_and_nothing_else(client: FlaskClient, app, scripts):
    """On the device that it was practised on; what was not has no mark."""
    assert client.post("/api/session-entries", json=ENTRY).status_code == 201
    page = client.get("/courses/two-grounds").text
    assert page.count("practised") == 1
    assert "practised" in page.partition("Other ground")[2]
    assert "practised" not in app.test_client().get("/courses/two-grounds").text
