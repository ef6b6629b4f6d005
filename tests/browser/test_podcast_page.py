"""A client's addresses for podcast apps, in a browser: made, copied, fetched, renewed, revoked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import LOOKS, find_all_faults
from tests.browser.peopled_house import Peopled, open_as, run_peopled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("podcast-page")]

NAME = 'My <b>phone</b> & "tablet"'


@pytest.fixture
def peopled(tmp_path: Path) -> Iterator[Peopled]:
    """A house in which Ines was given a practice."""
    with run_peopled(tmp_path) as running:
        yield running


@pytest.fixture
def phone(chromium: Browser, peopled: Peopled) -> Iterator[Page]:
    """The phone with which Ines has joined; it may copy."""
    for page in open_as(chromium, peopled, peopled.people.phone_of(peopled.people.ines)):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield page


def path_in(page: Page) -> str:
    """The path of the feed whose address a page shows."""
    found = re.search(
        r"/feed/private/[\w-]{43}$", page.get_by_label("The address of the feed").input_value()
    )
    assert found is not None
    return found[0]


def row_of(page: Page, name: str) -> Locator:
    """What the page of all addresses says of one."""
    return page.locator("li").filter(has=page.get_by_role("heading", name=name, exact=True))


def status(peopled: Peopled, path: str) -> int:
    """What a podcast app is answered."""
    answer = peopled.people.stranger().get(path)
    answer.close()  # what was fetched is noted when all of it was sent
    return answer.status_code


def make(page: Page, peopled: Peopled, name: str) -> str:
    page.goto(peopled.address("/with-therapist"))
    section = page.get_by_role("region", name="In a podcast app")
    section.get_by_role("link", name="Your addresses for podcast apps").click()
    page.get_by_label("For which device or app?").fill(name)
    expect(page.get_by_label("Neutral titles and pictures")).to_be_checked()
    page.get_by_role("button", name="Make the address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return path_in(page)


def test_an_address_is_made_copied_fetched_renewed_and_revoked(phone: Page, peopled: Peopled):
    """The page learns by itself that an app has come; each end counts at once."""
    path = make(phone, peopled, NAME)
    assert find_all_faults(phone, LOOKS) == []
    phone.get_by_role("button", name="Copy the address").click()
    expect(phone.get_by_text("Copied.", exact=True)).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()").endswith(path)
    said = phone.locator("#fetched")
    expect(said).to_have_text("Nothing has fetched it yet.")
    assert status(peopled, path) == 200
    expect(said).to_have_text("Fetched just now.", timeout=10_000)
    phone.get_by_role("link", name="Done").click()
    expect(phone.get_by_role("heading", name=NAME, exact=True)).to_be_visible()
    assert path not in phone.content()
    row_of(phone, NAME).get_by_text("New address", exact=True).click()
    row_of(phone, NAME).get_by_role("button", name="Make a new address").click()
    new = path_in(phone)
    assert (status(peopled, path), status(peopled, new)) == (404, 200)
    phone.get_by_role("link", name="Done").click()
    button = row_of(phone, NAME).get_by_role("button", name="Revoke it now")
    expect(button).to_be_hidden()
    row_of(phone, NAME).get_by_text("Revoke", exact=True).click()
    button.click()
    expect(row_of(phone, NAME)).to_have_count(0)
    assert status(peopled, new) == 410


def test_it_works_without_javascript(chromium: Browser, peopled: Peopled):
    """All but the asking and the copying."""
    cookie = next(iter(peopled.people.phone_of(peopled.people.ines)._cookies.values()))
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": peopled.url}])
    page = context.new_page()
    path = make(page, peopled, "Plain")
    assert status(peopled, path) == 200
    expect(page.get_by_role("button", name="Copy the address")).to_be_hidden()
    page.get_by_role("link", name="Done").click()
    expect(row_of(page, "Plain").get_by_text("Fetched just now.")).to_be_visible()
    row_of(page, "Plain").get_by_text("Revoke", exact=True).click()
    row_of(page, "Plain").get_by_role("button", name="Revoke it now").click()
    assert status(peopled, path) == 410
    context.close()


def test_a_therapist_revokes_one(chromium: Browser, peopled: Peopled, phone: Page):
    """From the case file, with a question before it."""
    path = make(phone, peopled, "Train")
    for desk in open_as(chromium, peopled, peopled.people.signed_in(peopled.people.ada)):
        desk.goto(peopled.address("/room/clients/{ines}"))
        desk.get_by_role("link", name="In a podcast app, too").click()
        expect(desk.get_by_text("Train")).to_have_count(0)
        expect(desk.locator("li.kind-now")).to_have_count(3)
        desk.get_by_text("Revoke", exact=True).last.click()
        desk.get_by_role("button", name="Revoke it now").last.click()
        expect(desk.locator("li.kind-now")).to_have_count(2)
    assert status(peopled, path) == 410
    phone.goto(peopled.address("/with-therapist/podcast"))
    expect(row_of(phone, "Train")).to_have_count(0)
