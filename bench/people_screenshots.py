"""The pictures of a therapist's and a client's pages, from a house in which they have met."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime

from playwright.sync_api import Browser, Page

from bench.account_walk import scale_of, walk_accounts
from bench.people_walk import client_pages, room_pages, therapist_pages
from bench.ranges import free_port
from bench.silent_house import ROOT, silent_house
from server.app import create_app
from server.config import Settings
from server.render.sample import Cast, House, tell_weeks
from server.store.care import PracticeRoomRow, TherapistRow
from server.web.device import COOKIE
from tests.web.people_house import People, settle_people


def walk_people(browser: Browser, sizes: Mapping[str, Mapping[str, int]]) -> None:
    """Take the pages of both, in each of these sizes."""
    with tempfile.TemporaryDirectory(prefix="stepback-people-") as folder:
        environ = {
            "STEPBACK_DATA": f"{folder}/data",
            "STEPBACK_KEYS": f"{folder}/keys",
            "STEPBACK_CACHE": f"{folder}/cache",
            "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
            "STEPBACK_VOICE": "silent",
            "STEPBACK_PORT": str(port := free_port()),
            "STEPBACK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
        with silent_house(**environ) as url:
            people = settle_people(create_app(Settings.from_environment(environ)))
            submissions = _tell(people)
            for name, size in sizes.items():
                phone = _page(browser, url, people, people.ines, size)
                client_pages(phone, submissions, name)
                desk = _page(browser, url, people, people.ada, size)
                therapist_pages(desk, people, name)
                walk_accounts(desk, name)
                room_pages(desk, name)
                for page in (phone, desk):
                    page.context.close()


def _tell(people: People) -> list[str]:
    """Give the people of the tests the names and the weeks of the demo's."""
    with people.database.writing() as db:
        db.get_one(TherapistRow, people.ada).name = "Dr Ada Holm"
        db.get_one(TherapistRow, people.bo).name = "Bo Lindqvist"
        db.get_one(PracticeRoomRow, people.rooms[0]).name = "Practice in Linden Street"
    house = House(database=people.database, keys=people.keys, now_at=datetime.now(UTC))
    cast = Cast(
        room=people.rooms[0],
        ada=people.ada,
        bo=people.bo,
        ines=people.ines,
        jo=people.jo,
        devices=people.devices,
    )
    return tell_weeks(house, cast, people.app.extensions["stepback"].settings.scripts_path)


def _page(browser: Browser, url: str, people: People, who: str, size: Mapping[str, int]) -> Page:
    context = browser.new_context(
        base_url=url,
        viewport=size,
        locale="en-GB",
        color_scheme="light",
        device_scale_factor=scale_of(size["width"]),
        service_workers="block",
    )
    name, value = COOKIE, people.devices.get(who, "")
    if who == people.ada:
        cookie = people.signed_in(who).get_cookie("stepback_session")
        assert cookie is not None
        name, value = "stepback_session", cookie.value
    context.add_cookies([{"name": name, "value": value, "url": url}])
    context.set_default_timeout(120_000)  # a machine may be busy
    return context.new_page()
