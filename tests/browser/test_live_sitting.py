"""A whole live sitting in a real browser: spoken by the real voice, and heard by a meter."""

from __future__ import annotations

from statistics import median

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.whole_house import ONE_STEP, WholeHouse
from tests.browser.whole_sitting import (
    Sitter,
    sitting_down,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sitting")]

HEARD_WITHIN_S = 3.0
ACKNOWLEDGED_WITHIN_S = 0.15
FIRST = "there is no use in xylophones"
SECOND = "a cross one with a xylophone"
MARKER = "xylophone"


def step_back(sitter: Sitter) -> float:
    """Take a step back once something is asked; gives how soon the guide spoke."""
    sitter.until_asked()
    return sitter.tap("One step back").until_guide_s()


def step_back_saying(sitter: Sitter, words: str) -> float:
    """Take a step back with words of one's own; gives how soon the guide spoke."""
    sitter.until_asked()
    sitter.tap("Say what is here")
    sitter.page.fill("#here-words", words)
    return sitter.tap("Step back with these words").until_guide_s()


def entries(sitter: Sitter) -> list[dict]:
    """The log of this device."""
    return sitter.page.evaluate("fetch('/api/session-entries').then((answer) => answer.json())")


def test_a_whole_sitting(chromium: Browser, whole_house: WholeHouse):
    """Own words, three steps back, met, the return, and silence.

    The guide is heard within three seconds of each move, it is never silent before the end, the
    ladder shows what came, the log has one entry, and what is let go is nowhere any more.
    """
    with sitting_down(chromium, whole_house, ONE_STEP) as sitter:
        page = sitter.page
        sitter.begin(FIRST)
        assert_first_words_are_said = sitter.until_asked
        assert_first_words_are_said()
        after_s = [step_back(sitter), step_back_saying(sitter, SECOND), step_back(sitter)]
        sitter.until_asked()
        began, quiet_s = len(sitter.levels()), 1.0
        sitter.until(f"heard.levels.at(-1)[0] > {sitter.now_s() + quiet_s}")
        quiet = sitter.levels()[began:]
        after_s.append(sitter.tap("There is some kindness").until_guide_s())
        sitter.until_over()
        print(after_s, sitter.gaps_s(), sitter.leaps(), sitter.acknowledged_s(), median(quiet), min(quiet), max(quiet))
        for line in sitter.lines(): print(line, sitter.loudest_db(line), line in sitter.lines_heard())
        print(page.locator("body").aria_snapshot())
        print(whole_house.moves(sitter.id), whole_house.files_with(MARKER))
        sitter.tap("Let it go")
        expect(page.locator("#ladder-said")).to_contain_text("It is gone:")
        print(whole_house.moves(sitter.id), whole_house.files_with(MARKER))
        page.get_by_role("button", name="Done").tap()
        expect(page.locator(".entry")).to_have_count(1)
        print(page.locator("main").aria_snapshot())
        print(entries(sitter))
