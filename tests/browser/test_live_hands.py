"""A live sitting without a look at it: by keyboard and by ear, and by a headset's buttons."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.whole_house import AT_ONCE, WholeHouse
from tests.browser.whole_sitting import STATION, Sitter, assert_all_was_heard, sitting_down

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real_voice,
    pytest.mark.long,
    pytest.mark.xdist_group("sitting"),
]

MOST_TABS = 30

FOCUSED = """
(({ labels, textContent: text }) => (labels?.[0]?.textContent ?? text).trim())(
  document.activeElement,
)
"""

ASKING = """
- region "At once":
  - heading "At once" [level=1]
  - button "Too much"
  - button "Pause"
  - paragraph: Can it be met, just as it is?
  - paragraph: Can it be met, just as it is?
  - status
  - status
  - group "Your answer":
    - button "There is some kindness"
    - button "One step back"
  - paragraph:
    - button "Stay a little"
    - button "Say what is here"
    - button "End"
"""


def tab_to(page: Page, name: str) -> None:
    """Go on from part to part until this one is come to, as somebody does who only hears them."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"the keyboard does not come to: {name}")


def said(sitter: Sitter, region: str) -> list[str]:
    """What a screen reader said of a region, in order."""
    return [text for _, name, text in sitter.heard("said") if name == region]


def test_by_keyboard_and_by_ear(chromium: Browser, whole_house: WholeHouse):
    """Nothing is pointed at and nothing looked at, from the first word to the ladder."""
    with sitting_down(chromium, whole_house, AT_ONCE) as sitter:
        page, keys = sitter.page, sitter.page.keyboard
        tab_to(page, "What is in the way?")
        keys.type("it is all too slow")
        tab_to(page, "Begin")
        keys.press("Enter")
        sitter.until_begun()
        expect(page.locator("#sitting-title")).to_be_focused()
        sitter.until_asked()
        expect(page.get_by_role("main")).to_match_aria_snapshot(ASKING)
        keys.press(" ")
        sitter.until_moved("pause")
        expect(page.get_by_role("button", name="Go on")).to_be_visible()
        keys.press(" ")
        sitter.until_moved("pause", "resume")
        keys.press("ArrowRight")
        sitter.until("heard.starts.length === 1")
        tab_to(page, "Say what is here")
        keys.press("Enter")
        keys.type("something cross")
        keys.press("Enter")
        sitter.until_moved("pause", "resume", "step-back", "stay", "step-back")
        sitter.until_asked()
        keys.press("ArrowLeft")
        sitter.until_over()
        expect(page.locator("#closing-title")).to_be_focused()
        tab_to(page, "Let it go")
        keys.press("Enter")
        expect(page.locator("#ladder-said")).to_contain_text("It is gone:")
        assert_all_was_heard(sitter)
        # Each question once, after the voice has put it; each press with what it was.
        assert said(sitter, "live-aloud") == [
            "Can it be met, just as it is?",
            "And can this one be met?",
        ]
        assert said(sitter, "live-status") == [
            "One step back.",
            "One step back.",
            "There is some kindness.",
        ]
        # Nobody is told to wait while there is sound; on a busy machine there may be none.
        waits = [moment for moment, name, _ in sitter.heard("said") if name == "live-wait"]
        assert [moment for moment in waits if not sitter.stood_still(moment)] == []


def test_by_a_headset_with_the_screen_locked(chromium: Browser, whole_house: WholeHouse):
    """The guide tells of the buttons; next, previous, and pause twice are moves, felt at once."""
    with sitting_down(chromium, whole_house, AT_ONCE) as sitter:
        page = sitter.page
        page.get_by_text("The voice, and how a press is answered").tap()
        page.get_by_label("A vibration").check()
        sitter.begin()
        sitter.until_asked()
        assert "buttons of your headphones" in " ".join(
            line["text"] for line in sitter.lines_heard()
        )
        assert page.evaluate("navigator.mediaSession.metadata.title") == "At once"
        assert sitter.press("nexttrack").until_guide_s() <= 3
        sitter.until_moved("step-back")
        sitter.press("previoustrack")
        sitter.until_moved("step-back", "met")
        sitter.press("pause")
        sitter.press("play")
        sitter.until("heard.grounded.length === 1")
        sitter.until_moved("step-back", "met", "pause", "too-much", "resume")
        sitter.until(f"{STATION} === 'ground'")
        kinds = [kind for _, kind, *_ in sitter.heard("answers")]
        assert kinds == ["vibration"] * 3
        assert_all_was_heard(sitter)
