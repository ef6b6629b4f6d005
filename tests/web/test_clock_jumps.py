"""The clock of a running house is set: what ends, what goes on, and that nothing is a fault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from json import dumps, loads
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from server.app import create_app
from server.store import SessionEntryRow
from server.store.care import ClientRow, SubmissionRow, make_id
from server.store.care.joining import add_client, add_invitation
from server.store.care.people_tables import TherapistRow
from server.store.care.private_feeds import make_private_feed
from server.web.device import COOKIE
from tests.faked_clock import BEFORE, FakedClock
from tests.served import ROOT, served_environment
from tests.web.account_house import Person, give_password, where
from tests.web.conftest import House, house_in
from tests.web.filled_worksheets import bring_worksheets
from tests.web.people_house import People, settle_people
from tests.web.test_audio import SERVE

ADA = "ada@sit.example"
FAR_AHEAD, BACK, RIGHT = timedelta(days=400), timedelta(days=-3), timedelta()
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    """What came back, as far as a test looks at it."""

    status_code: int
    text: str
    location: str


@dataclass
class Browser:
    """A browser that asks over HTTP; it follows nothing by itself. No answer may be a fault."""

    port: int
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def get(self, path: str, **more: Any) -> Answer:
        """Open a page."""
        return self._ask("GET", path, None, "text/plain", **more)

    def post(self, path: str, *, data: Any = None, json: Any = None, **more: Any) -> Answer:
        """Send a form, or JSON."""
        if json is not None:
            return self._ask("POST", path, dumps(json), "application/json", **more)
        return self._ask("POST", path, urlencode(data), FORM, **more)

    def _ask(
        self,
        method: str,
        path: str,
        body: str | None,
        kind: str,
        environ_overrides: dict[str, str] | None = None,
    ) -> Answer:
        headers = {
            "Cookie": "; ".join(f"{each.key}={each.value}" for each in self.cookies.values()),
            "Content-Type": kind,
            "X-Forwarded-For": (environ_overrides or {}).get("REMOTE_ADDR", "127.0.0.1"),
        }
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(value)
        connection.close()
        assert answer.status < 500, f"{method} {path}: {answer.status} {text}"
        return Answer(answer.status, text, answer.getheader("Location", ""))


@dataclass(frozen=True, kw_only=True)
class Town:
    """A served house with its people, and the clock that it goes by."""

    house: House
    people: People
    clock: FakedClock
    port: int
    link: str
    """One that works once, and has not been used."""
    feed: str
    """Ines's private feed."""

    def stranger(self, **known: Any) -> Person:
        """Somebody who stands before the door."""
        return Person(Browser(self.port), **known)

    def phone(self) -> Browser:
        """Ines's."""
        phone = Browser(self.port)
        phone.cookies[COOKIE] = self.people.devices[self.people.ines]
        return phone


@contextmanager
def settled(folder: Path, **environment: str) -> Iterator[Town]:
    """Build a house, and serve it in a process whose clock can be set."""
    clock = FakedClock(folder / "clock")
    house = house_in(folder)
    bring_worksheets(house.settings.scripts_path)
    people = settle_people(create_app(house.settings))
    give_password(people, people.ada)
    now_at = datetime.now(UTC)
    with house.database.writing() as db:
        ines, ada = db.get_one(ClientRow, people.ines), db.get_one(TherapistRow, people.ada)
        name = {"name": "phone", "is_neutral": True}
        _, token = make_private_feed(db, ines, people.keys.get(ines.id), now_at=now_at, **name)
        link = add_invitation(db, add_client(db, ada, make_id(), b"", now_at), "client", now_at)
    process = subprocess.Popen(
        [sys.executable, "-c", BEFORE + SERVE],
        cwd=ROOT,
        env={**served_environment(house.settings), **clock.environment, **environment},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("Stepback listens at http://127.0.0.1:"), line
        yield Town(
            house=house,
            people=people,
            clock=clock,
            port=int(line.rsplit(":", 1)[1]),
            link=f"/join/{link}",
            feed=f"/feed/private/{token}",
        )
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        house.database.close()
        people.database.close()


def entry(number: int, started_at: str) -> dict[str, object]:
    """What a phone tells of a practice."""
    told = {"id": f"{number:032x}", "practice": "soft-ground", "minutes": 2, "outcome": "completed"}
    return {**told, "started_at": started_at, "practised_ms": 60_000}


def worksheet(number: int, answered_at: str) -> dict[str, object]:
    """What a phone sends of a worksheet."""
    side = {"text": "You are right to be tired.", "rating": 3}
    answers = {"situation": "A long day.", "answers": {"first": side, "second": side}}
    told = {"id": f"{number:032x}", "template": "friend-and-self", "assignment": None}
    return {**told, "answers": answers, "answered_at": answered_at}


@pytest.mark.long
def test_a_clock_that_jumps(tmp_path: Path) -> None:
    """Far ahead, right again, and back: sign-ins end and can be made anew; all else goes on."""
    with settled(tmp_path) as town:
        ada, phone = town.stranger(), town.phone()
        ada.enroll(ADA)
        assert ada.is_in()
        _spend_a_day(town, phone, 1)

        town.clock.set(FAR_AHEAD)
        _is_out(ada)
        _spend_a_day(town, phone, 2)
        assert phone.post("/api/session-entries", json=entry(1, _told(1))).status_code == 200
        assert town.stranger().look(town.link).status_code == 404  # its fortnight is over
        for _ in range(10):
            ada.password(ADA, "not her password at all")
        assert ada.password(ADA).status_code == 429
        ahead = _sign_in_ahead(town, ada)

        town.clock.set(RIGHT)
        _is_out(ada)
        _is_out(ahead)  # it does not last for 400 days
        _spend_a_day(town, phone, 3)
        assert "Fetched just now." in phone.get("/with-therapist/podcast").text
        assert town.stranger().look(town.link).status_code == 200
        # Whoever was wrong while the clock was is not shut out for 400 days.
        assert where(ada.password(ADA)) == "/sign-in/code?next=/room"
        assert where(ada.send("/sign-in/code", code=ada.code())) == "/room"
        _look_around(town, ada)

        town.clock.set(BACK)
        _is_out(ada)
        _spend_a_day(town, phone, 4)
        assert town.stranger().look(town.link).status_code == 200


@pytest.mark.long
def test_the_hour_that_comes_twice(tmp_path: Path) -> None:
    """When summer time ends nobody is signed out, and two moments of one local time stay two."""
    twice_at = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)
    with settled(tmp_path, TZ="Europe/Berlin") as town:
        ada, phone = town.stranger(), town.phone()
        ada.enroll(ADA)
        town.clock.set_to(twice_at)
        ada.password(ADA)
        ada.send("/sign-in/recovery", code=ada.recovery_codes[0])
        assert ada.is_in()
        first, second = "2026-10-25T02:55:00+02:00", "2026-10-25T02:05:00+01:00"
        assert phone.post("/api/session-entries", json=entry(1, first)).status_code == 201
        town.clock.set_to(twice_at + timedelta(minutes=10))
        assert ada.is_in()
        assert phone.post("/api/session-entries", json=entry(2, second)).status_code == 201
        told = loads(phone.get("/api/session-entries").text)["entries"]
        assert [int(each["id"], 16) for each in told] == [2, 1]


def _told(number: int) -> str:
    """When a phone, whose own clock is right, says that something was."""
    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)).isoformat()


def _spend_a_day(town: Town, phone: Browser, number: int) -> None:
    """What a client sends is kept with the phone's time as given, and their feed is there."""
    clock_at = datetime.now(UTC) + timedelta(seconds=float(town.clock.path.read_text()))
    assert phone.post("/api/session-entries", json=entry(number, _told(number))).status_code == 201
    sheet = worksheet(number, _told(number))
    assert phone.post("/api/submissions", json=sheet).status_code == 201
    pages = (
        "/",
        "/my-practice",
        "/with-therapist",
        "/with-therapist/podcast",
        "/from-my-therapist",
    )
    for page in (town.feed, *pages):
        assert phone.get(page).status_code == 200, page
    with town.house.database.reading() as db:
        kept = db.get_one(SessionEntryRow, f"{number:032x}")
        sent = db.get_one(SubmissionRow, f"{number:032x}")
    assert kept.started_at == sent.answered_at == datetime.fromisoformat(_told(number))
    for row in (kept, sent):
        assert abs(row.received_at - clock_at) < timedelta(minutes=5)


def _sign_in_ahead(town: Town, ada: Person) -> Person:
    """While the clock is wrong the app's codes do not fit; a recovery code does."""
    ahead = town.stranger(network="198.51.100.9", app=ada.app, recovery_codes=ada.recovery_codes)
    assert where(ahead.password(ADA)) == "/sign-in/code?next=/room"
    refused = ahead.send("/sign-in/code", code=ahead.code())
    assert "does not fit" in refused.text
    assert where(ahead.send("/sign-in/recovery", code=ahead.recovery_codes[0])) == "/room"
    _look_around(town, ahead)
    return ahead


def _look_around(town: Town, therapist: Person) -> None:
    """All of a therapist's pages that tell how long ago something was."""
    case = f"/room/clients/{town.people.ines}"
    for page in ("/account", "/room", case, f"{case}/podcast", f"{case}/notes"):
        assert therapist.look(page).status_code == 200, page


def _is_out(therapist: Person) -> None:
    assert where(therapist.look("/account")) == "/sign-in?next=%2Faccount"
