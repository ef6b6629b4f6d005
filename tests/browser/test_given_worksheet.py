"""A worksheet that was given, on the phone of whom it was given to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.store.care import SubmissionRow
from tests.browser.peopled_house import Peopled, open_as, run_peopled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("axe-people")]

KEPT_PAGE = """async () => {
  for (let frame = 0; frame < 900; frame += 1) {
    const found = await caches.match('/worksheets/friend', { cacheName: 'stepback.worksheets' });
    if (found) return found.text();
    await new Promise(requestAnimationFrame);
  }
  return null;
}"""
"""The page as it is kept, as soon as it is."""


@pytest.fixture
def peopled(tmp_path: Path) -> Iterator[Peopled]:
    """A house of its own."""
    with run_peopled(tmp_path) as running:
        yield running


@pytest.fixture
def phone(chromium: Browser, peopled: Peopled) -> Iterator[Page]:
    """The phone with which Ines has joined."""
    yield from open_as(chromium, peopled, peopled.people.phone_of(peopled.people.ines))


def test_it_is_kept_and_says_what_it_answers(phone: Page, peopled: Peopled):
    """Its page is kept once it is listed, without the message, which the page itself shows."""
    phone.goto(f"{peopled.url}/from-my-therapist")
    kept = phone.evaluate(KEPT_PAGE)
    assert "One hard situation" in kept
    assert "as we said" not in kept
    phone.click("text=A friend, and you")
    expect(phone.locator(".given-message")).to_have_text("For the evening, as we said.")
    phone.click("#begin")
    phone.fill("textarea:visible", "I forgot the garden.")
    phone.click("#next")
    with phone.expect_response("**/api/submissions") as sent:
        phone.click("#done")
    assert sent.value.status == 201
    with peopled.people.database.reading() as db:
        rows = db.query(SubmissionRow).filter_by(template="friend").all()
    assert [row.assignment_id for row in rows] == [peopled.ids["given"]]


def test_what_was_written_leads_to_hearing_it(phone: Page, peopled: Peopled):
    """Each that came back and has two answers."""
    phone.goto(f"{peopled.url}/worksheets/mine")
    row = phone.locator(f"[data-id='{peopled.ids['submission']}']")
    row.locator("summary").click()
    row.get_by_text("said to you").click()
    phone.wait_for_url(f"**/worksheets/mine/{peopled.ids['submission']}/spoken")
    expect(phone.locator("h1")).to_have_text("Your words, to you")
