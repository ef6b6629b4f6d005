"""The demo's door: whoever comes is whom they choose, every page says so; no other app has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.render.sample import Cast
from tests.web.demo_house import MARK, demo_in


@pytest.fixture(scope="module")
def cast_and_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cast, APIFlask]]:
    """A demo's application, with its people."""
    with demo_in(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture
def people(cast_and_app: tuple[Cast, APIFlask]) -> Cast:
    """Who is in it."""
    return cast_and_app[0]


@pytest.fixture
def browser(cast_and_app: tuple[Cast, APIFlask]) -> FlaskClient:
    """A stranger's."""
    return cast_and_app[1].test_client()


def enter(browser: FlaskClient, who: str) -> str:
    """Press a button of the first page, with what its form holds; gives where it leads."""
    page = browser.get("/demo").text
    form = page.partition(f'action="/demo/{who}"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', form))
    answer = browser.post(f"/demo/{who}", data=fields)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_each_page_is_marked(browser: FlaskClient, people: Cast):
    """Of a stranger, a therapist and a client; and what is not there as well."""
    paths = ["/", "/demo", "/about", "/practice/stepping-back", "/worksheets", "/nothing-here"]
    assert [path for path in paths if MARK not in browser.get(path).text] == []
    case = f"/room/clients/{people.ines}"
    assert enter(browser, "ada") == "/room"
    paths = ["/room", case, f"{case}/over-time", f"{case}/log", f"{case}/given", "/account"]
    assert [path for path in paths if MARK not in browser.get(path).text] == []
    assert [name for name in ("Ines", "Jo", "Sam") if name not in browser.get("/room").text] == []
    assert enter(browser, "ines") == "/from-my-therapist"
    paths = ["/from-my-therapist", "/with-therapist", "/with-therapist/seen", "/my-practice"]
    assert [path for path in paths if MARK not in browser.get(path).text] == []


def test_a_browser_is_one_person_at_a_time(browser: FlaskClient):
    """Who becomes somebody else is nobody's client and no therapist any more."""
    enter(browser, "ada")
    assert browser.get("/room").status_code == 200
    enter(browser, "jo")
    assert browser.get("/room").status_code == 302
    assert browser.get("/from-my-therapist").status_code == 200
    enter(browser, "bo")
    assert browser.get("/from-my-therapist").status_code == 404
    assert enter(browser, "visitor") == "/"
    assert browser.get("/room").status_code == 302
    assert browser.get("/from-my-therapist").status_code == 404


def test_nobody_else_can_be_chosen(browser: FlaskClient):
    """An address that was made up."""
    assert browser.post("/demo/kim").status_code == 404


def test_there_are_no_feeds(browser: FlaskClient, people: Cast):
    """Neither public nor private ones; the page says why."""
    for path in ("/feed", "/subscribe", "/feed/private/" + "a" * 43):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "The demo has no feeds" in answer.text
    enter(browser, "ines")
    assert browser.get("/with-therapist/podcast").status_code == 404
    enter(browser, "ada")
    assert browser.get(f"/room/clients/{people.ines}/podcast").status_code == 404


def test_no_other_house_has_this_door(app: APIFlask):
    """A real house has neither its routes nor its mark."""
    assert not [rule.rule for rule in app.url_map.iter_rules() if "demo" in rule.endpoint]
    stranger = app.test_client()
    assert stranger.get("/demo").status_code == 404
    assert stranger.post("/demo/ada").status_code == 404
    assert MARK not in stranger.get("/").text
