"""A served house in which a client has done, written and been given something of everything."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from server.app import create_app
from server.store.care import (
    AssignmentDetails,
    ClientRow,
    NewAssignment,
    add_assignment,
)
from server.store.care.private_feed_tables import (
    PrivateFeedRow,
)
from tests.browser.preview import serve_app
from tests.browser.watched import ROOT
from tests.web.case_house import allow, keep_ladder, practise, submit
from tests.web.conftest import house_in
from tests.web.people_house import People, settle_people
from tests.web.test_giving import WORKSHEET


@dataclass(frozen=True, kw_only=True)
class Peopled:
    """A served house in which Ines has done and been given something of everything."""

    url: str
    people: People
    ids: dict[str, str]

    def address(self, path: str) -> str:
        """The address of a page, with the ids of this house."""
        return self.url + path.format(**self.ids)


@contextmanager
def run_peopled(folder: Path) -> Iterator[Peopled]:
    """Serve it from a folder."""
    house = house_in(folder)
    path = house.settings.scripts_path / "worksheets" / "friend.yaml"
    path.parent.mkdir()
    path.write_text(WORKSHEET, encoding="utf-8")
    shutil.copytree(ROOT / "scripts" / "unlisted", house.settings.scripts_path / "unlisted")
    app = create_app(house.settings)
    people = settle_people(app)
    ids = do_everything(people, people.ines)
    with serve_app(app) as (url, _):
        yield Peopled(url=url, people=people, ids=ids)
    app.extensions["stepback"].database.close()
    house.database.close()


def do_everything(people: People, ines: str) -> dict[str, str]:
    """Practise, write, sit, be given something, be written about; gives the ids of it all."""
    allow(people, ines)
    practise(people, ines, note="It was quiet.")
    submit(people, ines, ratings=(7, 2))
    ids = {"ines": ines, "submission": submit(people, ines), "ladder": keep_ladder(people, ines)}
    for name, kind, subject in (
        ("practice", "practice", "soft-ground"),
        ("given", "worksheet", "friend"),
    ):
        details = AssignmentDetails(message="For the evening, as we said.")
        new = NewAssignment(kind=kind, subject=subject, rhythm="twice-a-week", details=details)
        with people.database.writing() as db:
            client = db.get(ClientRow, ines)
            assert client is not None
            seal = people.keys.get(ines)
            ids[name] = add_assignment(db, client, seal, new, datetime.now(UTC)).id
    ada, phone = people.signed_in(people.ada), people.phone_of(ines)
    ada.post(f"/room/clients/{ines}/notes", data={"text": "Ask about the garden."})
    invited = ada.post("/room/invite", data={"name": "Somebody new"})
    ids["new"] = find_id(r"/room/clients/([0-9a-f]{32})/link", invited.location)
    phone.post("/with-therapist/podcast", data={"name": "In the car"})
    with people.database.writing() as db:
        db.query(PrivateFeedRow).one().alerted_at = datetime.now(UTC)
    phone.post("/with-therapist/podcast", data={"name": "My phone"})
    ids["entry"] = find_id(r'data-id="([0-9a-f]{32})"', phone.get("/my-practice").text)
    return ids


def find_id(pattern: str, text: str | None) -> str:
    found = re.search(pattern, text or "")
    assert found is not None
    return found[1]


def open_as(chromium: Browser, peopled: Peopled, who: FlaskClient) -> Iterator[Page]:
    """A page of the browser in which somebody is known; nothing may go wrong in it."""
    context = chromium.new_context(locale="en-GB")
    for cookie in who._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": peopled.url}])
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    context.close()
