"""The demo in a real browser: anybody comes in as each of its people, and can use what they see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import Looks, find_all_faults
from tests.browser.preview import serve_app
from tests.web.demo_house import MARK, demo_in

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.xdist_group("preview")]

PEOPLE = {
    "Dr Ada Holm": "/room",
    "Bo Lindqvist": "/room",
    "Ines": "/from-my-therapist",
    "Jo": "/from-my-therapist",
    "To the practices": "/",
}
"""What is pressed on the first page, and where it leads."""


@pytest.fixture
def demo_url(tmp_path: Path) -> Iterator[str]:
    """Where a demo answers."""
    with demo_in(tmp_path) as (_, app), serve_app(app) as (url, _):
        yield url


def test_everybody_can_look_around(chromium: Browser, demo_url: str, looks: Looks):
    """From the first page in as somebody, and back to it by the line that every page has."""
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{demo_url}/demo")
    faults = {"/demo": find_all_faults(page, looks)}
    for name, path in PEOPLE.items():
        page.get_by_role("button", name=name).click()
        page.wait_for_url(f"{demo_url}{path}")
        expect(page.get_by_text(MARK)).to_be_visible()
        faults[name] = find_all_faults(page, looks)
        page.get_by_role("link", name="Look around as somebody else").click()
        page.wait_for_url(f"{demo_url}/demo")
    context.close()
    assert {name: found for name, found in faults.items() if found} == {}
