"""The pages of therapists and clients, checked by axe-core like all others, in every look.

A page that is new gets an address in one of the lists below, and no more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import AS_USUAL, LOOKS, Looks, find_all_faults
from tests.browser.peopled_house import Peopled, open_as, run_peopled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("axe-people")]

CASE = "/room/clients/{ines}"
THE_ROOM = (
    "/room",
    "/room/invite",
    "/room/clients/{new}/link",
    "/room/clients/{new}",
    "/room/people",
    "/room/play",
    "/room/play/soft-ground",
    "/account",
)
A_CASE = (
    CASE,
    f"{CASE}/log",
    f"{CASE}/ladders/{{ladder}}",
    f"{CASE}/over-time",
    f"{CASE}/notes",
    f"{CASE}/submissions/{{submission}}",
    f"{CASE}/submissions/{{submission}}/together",
    f"{CASE}/submissions/{{submission}}/together/question",
    f"{CASE}/podcast",
    f"{CASE}/export",
    f"{CASE}/erase",
)
GIVING = (
    f"{CASE}/give",
    f"{CASE}/give/practice/soft-ground",
    f"{CASE}/give/worksheet/friend",
    f"{CASE}/given?done=given",
)
A_CLIENTS = (
    "/with-therapist",
    "/with-therapist/seen",
    "/with-therapist/leave",
    "/with-therapist/podcast",
    "/from-my-therapist",
    "/from-my-therapist/reminders?at=18:30&day=MO",
    "/my-practice",
    "/my-practice/entries/{entry}/note",
    "/worksheets/mine",
    "/worksheets/mine/{submission}/spoken",
    "/worksheets/friend?given={given}",
    "/practices/soft-ground?given={practice}",
)


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peopled]:
    """One house for all groups of pages; nothing is changed in it."""
    with run_peopled(tmp_path_factory.mktemp("peopled")) as running:
        yield running


@pytest.fixture
def desk(chromium: Browser, peopled: Peopled) -> Iterator[Page]:
    """Ada's, who has signed in."""
    yield from open_as(chromium, peopled, peopled.people.signed_in(peopled.people.ada))


@pytest.fixture
def phone(chromium: Browser, peopled: Peopled) -> Iterator[Page]:
    """The phone with which Ines has joined."""
    yield from open_as(chromium, peopled, peopled.people.phone_of(peopled.people.ines))


def faults_of(
    page: Page, peopled: Peopled, paths: tuple[str, ...], looks: Looks
) -> dict[str, list[str]]:
    """Open each page with all that is folded away in it; gives the faults by page.

    STEPBACK_PICTURES names a folder for pictures.
    """
    found: dict[str, list[str]] = {}
    for number, path in enumerate(paths):
        answer = page.goto(peopled.address(path), wait_until="networkidle")
        assert answer is not None
        assert (answer.status, page.url) == (200, peopled.address(path)), path
        page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        if faults := find_all_faults(page, looks):
            found[path] = faults
        if folder := os.environ.get("STEPBACK_PICTURES"):
            take_pictures(page, f"{folder}/{re.sub('[^a-z]+', '-', path)}-{number}")
    return found


def take_pictures(page: Page, name: str) -> None:
    for seen in ("light, phone", "dark, phone", "light, desk"):
        page.set_viewport_size({"width": LOOKS[seen].width, "height": 844})
        page.emulate_media(**{**AS_USUAL, **LOOKS[seen].media})
        page.screenshot(path=f"{name}-{seen.replace(', ', '-')}.png", full_page=True)


def test_the_room_can_be_used_by_everybody(desk: Page, peopled: Peopled, looks: Looks):
    """The list of clients, an invitation, colleagues, the player, the account."""
    assert faults_of(desk, peopled, THE_ROOM, looks) == {}


def test_a_case_can_be_used_by_everybody(desk: Page, peopled: Peopled, looks: Looks):
    """All that there is of a client, and its end."""
    assert faults_of(desk, peopled, A_CASE, looks) == {}


def test_giving_can_be_used_by_everybody(desk: Page, peopled: Peopled, looks: Looks):
    """Choosing, writing, and what was given."""
    assert faults_of(desk, peopled, GIVING, looks) == {}


def test_a_clients_pages_can_be_used_by_everybody(phone: Page, peopled: Peopled, looks: Looks):
    """What is seen of them, what was given to them, and what they wrote."""
    assert faults_of(phone, peopled, A_CLIENTS, looks) == {}
