"""What a client decides holds from the next request of anybody's on, in whichever process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from server.care import SHARED
from server.store.care import AuditRow, ConsentRow
from server.web.consent_words import BESIDE, WORDS
from server.web.device import COOKIE
from tests.served import served_environment
from tests.web.conftest import House
from tests.web.people_house import People
from tests.web.test_case_view import MARKS, allow, fill_case

SEEN_ON_THE_PAGE = {
    "practised": "Soft ground of Ines",
    "minutes": "21 minutes",
    "felt": "kindness 3",
    "worksheets": MARKS[SHARED[3]],
    "ladders": MARKS[SHARED[4]],
    "notes": MARKS[SHARED[5]],
}
PROBED = """
import json
import os
from gevent import monkey; monkey.patch_all()
from server.config import Settings
from server.web.serve import serve

def make(settings):
    from flask import jsonify
    from server.app import create_app
    from server.render import visible_case
    from server.store.care import consent_of
    from server.web import access
    from server.web.people import get_own_case
    from server.web.rooms import get_rooms
    app = create_app(settings)
    access.ACCESS = {**access.ACCESS, "probe": access.Access.CASE}

    def probe(client_id):
        with get_rooms().database.reading() as db:
            consent = consent_of(db, client_id)
            case = visible_case(db, get_rooms().keys, get_own_case(), consent)
        return jsonify(pid=os.getpid(), seen=[e.title for e in case.entries],
                       notes=[e.note for e in case.entries], ladders=len(case.ladders))

    app.add_url_rule("/probe/<client:client_id>", "probe", probe)
    return app

serve(Settings.from_environment(os.environ), make)
"""
"""The real web tier, with one page more: what a therapist's page of a client is made of."""


def decide(browser: FlaskClient, what: str, said: str) -> None:
    sent = {"what": what, "is_given": said}
    assert browser.post("/with-therapist/consent", data=sent).status_code == 303


def shown(browser: FlaskClient) -> set[str]:
    text = browser.get("/with-therapist/seen").text
    return {what for what, mark in SEEN_ON_THE_PAGE.items() if mark in text}


def test_the_page_shows_exactly_what_is_seen(people: People):
    """Kind by kind, and taken back again; each change is one row, and none is ever changed."""
    fill_case(people, people.ines)
    ines = people.phone_of(people.ines)
    assert shown(ines) == set()
    assert "Nothing." in ines.get("/with-therapist/seen").text
    for number, what in enumerate(SEEN_ON_THE_PAGE, 1):
        decide(ines, what, "yes")
        decide(ines, what, "yes")  # pressed twice: nothing new was said
        assert shown(ines) == set(list(SEEN_ON_THE_PAGE)[:number])
    decide(ines, "practised", "no")
    assert shown(ines) == {"worksheets", "ladders"}
    assert "seen once the practices are" in ines.get("/with-therapist").text
    with people.database.reading() as db:
        said = [(row.what, row.is_given) for row in db.query(ConsentRow).order_by(ConsentRow.id)]
        rows = db.query(AuditRow).order_by(AuditRow.number)
        noted = [(row.actor, row.action, row.subject, row.client_id) for row in rows]
    assert said == [(what, True) for what in SEEN_ON_THE_PAGE] + [("practised", False)]
    assert noted == [
        (f"client:{people.ines}", "show" if is_given else "hide", what, people.ines)
        for what, is_given in said
    ]


def test_a_decision_of_an_old_page_changes_that_one_kind_alone(people: People):
    """What was withdrawn on one device is not given again by a page left open on another."""
    ines = people.phone_of(people.ines)
    for what in SHARED:
        decide(ines, what, "yes")
    decide(ines, "notes", "no")
    decide(ines, "felt", "no")
    page = ines.get("/with-therapist").text
    assert len(re.findall("Stop showing", page)) == 4


def test_nobody_decides_for_another(people: People):
    """Who has not joined has nothing to decide; a decision is the asking client's."""
    fill_case(people, people.ines)
    allow(people, people.ines, *SHARED)
    sent = {"what": "notes", "is_given": "no"}
    for browser in (people.stranger(), people.signed_in(people.ada)):
        assert browser.post("/with-therapist/consent", data=sent).status_code == 404
    decide(people.phone_of(people.kim), "notes", "no")
    assert shown(people.phone_of(people.ines)) == set(SEEN_ON_THE_PAGE)
    assert shown(people.phone_of(people.kim)) == set()


@pytest.fixture
def port(house: House) -> Iterator[int]:
    """Two web workers over the house."""
    environ = served_environment(house.settings, STEPBACK_WEB_WORKERS="2")
    popen = subprocess.Popen(
        [sys.executable, "-c", PROBED],
        cwd=Path(__file__).parents[2],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, so that all of it can be ended
    )
    assert popen.stdout is not None
    line = popen.stdout.readline()
    assert line.startswith("Stepback listens at http://127.0.0.1:"), line
    yield int(line.rsplit(":", 1)[1])
    os.killpg(popen.pid, signal.SIGTERM)
    popen.wait(timeout=60)
    popen.stdout.close()


def ask(port: int, method: str, path: str, cookie: str, body: str | None = None) -> tuple[int, str]:
    """One request on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_withdrawing_acts_at_once_on_every_worker(people: People, port: int):
    """Whichever process the client told, the therapist's very next request shows nothing of it."""
    fill_case(people, people.ines)
    phone = f"{COOKIE}={people.devices[people.ines]}"
    browser = people.signed_in(people.ada)
    session = browser.get_cookie("stepback_session")
    assert session is not None
    desk, path = f"stepback_session={session.value}", f"/probe/{people.ines}"
    pids, wanted = set(), {"yes": ("Soft ground of Ines", 1), "no": (None, 0)}
    for turn in range(60):
        said = "no" if turn % 2 else "yes"
        for what in ("practised", "ladders"):
            body = urlencode({"what": what, "is_given": said})
            assert ask(port, "POST", "/with-therapist/consent", phone, body)[0] == 303
        status, text = ask(port, "GET", path, desk)
        assert status == 200
        found = json.loads(text)
        pids.add(found["pid"])
        assert ((found["seen"] or [None])[0], found["ladders"]) == wanted[said], turn
        if len(pids) == 2 and turn > 10:
            break
    assert len(pids) == 2  # both were asked
    assert ask(port, "POST", "/with-therapist/leave", phone)[0] == 303
    status, text = ask(port, "GET", path, desk)
    assert status == 200
    assert '"seen":[]' in text.replace(" ", "")


def test_every_kind_has_its_words():
    """None can be decided that no page asks for; what stands beside the practices follows them."""
    assert set(WORDS) == set(SHARED)
    asked = list(WORDS)
    assert set(asked[1:4]) == BESIDE
