"""The map, with a finger: two taps from the library to a practice that begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.preview import Preview

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

MAP = """question: How is it right now?
answers:
  - answer: Something hurts
    ask: Where is it?
    answers:
      - {answer: In my feet, practice: soft-ground, why: They may stand.}
      - {answer: Elsewhere, practice: soft-ground, why: It may be there.}
  - {answer: It is too much, practice: soft-ground, why: The ground comes first.}
none-of-this: {answer: None of this, practice: soft-ground, why: Begin anywhere.}
"""


@pytest.fixture
def page(chromium: Browser, preview: Preview) -> Iterator[Page]:
    """The library, on a phone, in the dark."""
    (preview.scripts_path / "map.yaml").write_text(MAP)
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(preview.url)
    yield page
    context.close()


def test_two_taps_lead_to_a_practice_and_say_why(page: Page):
    """Every answer is large enough for a thumb, and nothing of it stays on the device."""
    heights = page.locator(".answer").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert len(heights) == 3
    assert min(heights) >= 48
    page.click("text=Something hurts")
    expect(page.locator("h1")).to_have_text("Where is it?")
    page.click("text=In my feet")
    expect(page.locator("h1:visible")).to_have_text("Soft ground")
    expect(page.locator(".reason")).to_contain_text("They may stand.")
    expect(page.locator("#begin")).to_be_enabled()
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []
    page.click("text=Another answer")
    expect(page.locator("h1")).to_have_text("How is it right now?")
