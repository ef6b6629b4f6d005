"""Who may come in: every route stands in one table, and what does not is answered to nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from flask import Response
from flask.testing import FlaskClient

from server.store.care import IDLE, SIGN_IN_LASTS, SignInRow, TherapistRow
from server.store.care.accounts import list_sign_ins
from server.web import access
from server.web.access import ACCESS, Access, check_access
from server.web.people import get_client, get_own_case, get_therapist
from tests.web.people_house import People

PROBES = {
    "/probe/client": Access.CLIENT,
    "/probe/therapist": Access.THERAPIST,
    "/probe/case/<client_id>": Access.CASE,
    "/probe/head": Access.HEAD,
    "/probe/author": Access.AUTHOR,
}


@pytest.fixture
def app(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> APIFlask:
    """The house with a route of every access."""
    named = {}
    for path, needed in PROBES.items():

        def view(needed: Access = needed, **_: str) -> str:
            match needed:
                case Access.CLIENT:
                    return get_client().id
                case Access.CASE:
                    return get_own_case().id
                case Access.AUTHOR:
                    return "author"
                case _:
                    return get_therapist().id

        endpoint = f"probe_{needed}"
        app.add_url_rule(path, endpoint, view)
        named[endpoint] = needed
    app.add_url_rule("/probe/unlisted", "unlisted", lambda: "seen")
    monkeypatch.setattr(access, "ACCESS", {**ACCESS, **named})
    return app


def ask(browser: FlaskClient, path: str) -> Response:
    return browser.get(path)


def test_a_route_that_is_not_listed_fails_the_build(app: APIFlask, client: FlaskClient):
    """The application does not start with it, and if it did, nobody would be answered."""
    with pytest.raises(LookupError, match="unlisted"):
        check_access(app)
    assert ask(client, "/probe/unlisted").status_code == 404


def test_a_line_without_a_route_fails_the_build(app: APIFlask, monkeypatch: pytest.MonkeyPatch):
    """So that the table says what there is."""
    monkeypatch.setattr(access, "ACCESS", {**access.ACCESS, "gone": Access.ANYBODY,
                                           "unlisted": Access.ANYBODY})  # fmt: skip
    with pytest.raises(LookupError, match="gone"):
        check_access(app)


def test_who_comes_in_where(people: People):
    """Each sees their own, and everybody else's is nowhere."""
    asking = {
        "stranger": people.stranger(),
        "ines": people.phone_of(people.ines),
        "ada": people.signed_in(people.ada),
        "bo": people.signed_in(people.bo),
        "cy": people.signed_in(people.cy),
    }
    of_ines = f"/probe/case/{people.ines}"
    answers = {
        (who, path): answer.text if answer.status_code == 200 else answer.status_code
        for who, browser in asking.items()
        for path in ("/probe/client", "/probe/therapist", "/probe/head", of_ines)
        for answer in [ask(browser, path)]
    }
    assert answers == {
        ("stranger", "/probe/client"): 404,
        ("stranger", "/probe/therapist"): 302,
        ("stranger", "/probe/head"): 302,
        ("stranger", of_ines): 302,
        ("ines", "/probe/client"): people.ines,
        ("ines", "/probe/therapist"): 302,
        ("ines", "/probe/head"): 302,
        ("ines", of_ines): 302,
        ("ada", "/probe/client"): 404,
        ("ada", "/probe/therapist"): people.ada,
        ("ada", "/probe/head"): people.ada,
        ("ada", of_ines): people.ines,
        ("bo", "/probe/client"): 404,
        ("bo", "/probe/therapist"): people.bo,
        ("bo", "/probe/head"): 404,
        ("bo", of_ines): 404,
        ("cy", "/probe/client"): 404,
        ("cy", "/probe/therapist"): people.cy,
        ("cy", "/probe/head"): people.cy,
        ("cy", of_ines): 404,
    }


def test_a_sign_in_ends(people: People):
    """By being idle or old, by being ended, by leaving: the next request is a stranger's."""
    for end in ("idle", "long", "ended", "left"):
        browser = people.signed_in(people.bo)
        assert ask(browser, "/probe/therapist").status_code == 200
        with people.database.writing() as db:
            row = db.query(SignInRow).order_by(SignInRow.made_at.desc()).first()
            assert row is not None
            if end == "idle":
                row.seen_at = datetime.now(UTC) - IDLE - timedelta(seconds=1)
            elif end == "long":  # in use all the time
                row.made_at = datetime.now(UTC) - SIGN_IN_LASTS
            elif end == "ended":
                row.ended_at = datetime.now(UTC)
            else:
                therapist = db.get(TherapistRow, people.bo)
                assert therapist is not None
                therapist.active = False
        assert ask(browser, "/probe/therapist").status_code == 302, end


def test_use_keeps_a_sign_in(people: People):
    """Whoever goes on working is not signed out."""
    browser = people.signed_in(people.ada)
    with people.database.writing() as db:
        row = db.query(SignInRow).one()
        row.seen_at = datetime.now(UTC) - IDLE + timedelta(seconds=20)
    ask(browser, "/probe/therapist")
    with people.database.reading() as db:
        assert datetime.now(UTC) - db.query(SignInRow).one().seen_at < timedelta(seconds=10)


def test_a_sign_in_lasts_half_a_day(people: People):
    """A minute before its end it is still one, and is listed; after it, the page says why."""
    browser = people.signed_in(people.ada)
    for early, status, is_listed in ((1, 200, True), (-1, 302, False)):
        now_at = datetime.now(UTC)
        with people.database.writing() as db:
            db.query(SignInRow).one().made_at = now_at - SIGN_IN_LASTS + timedelta(minutes=early)
        with people.database.reading() as db:
            assert bool(list_sign_ins(db, people.ada, now_at)) is is_listed
        assert ask(browser, "/probe/therapist").status_code == status
    page = browser.get("/sign-in").text
    assert "twelve hours ago" in page
    assert "quarter of an hour" not in page
