"""A whole live sitting in a real browser: spoken by the real voice, and heard by a meter."""

from __future__ import annotations

from statistics import median

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.whole_house import ONE_STEP, WholeHouse
from tests.browser.whole_sitting import (
    AT,
    HEARD_WITHIN_S,
    MOST_GAP_S,
    ROOM_DB,
    Sitter,
    assert_all_was_heard,
    sitting_down,
)

pytestmark = [pytest.mark.browser, pytest.mark.real_voice, pytest.mark.xdist_group("sitting")]

FIRST = "there is no use in xylophones"
SECOND = "a cross one with a xylophone"
MARKER = "xylophone"


def listen_to_the_quiet(sitter: Sitter) -> list[float]:
    """How loud it is for a second in which the guide waits."""
    began = len(sitter.levels())
    sitter.until(f"heard.levels.at(-1)[0] > {sitter.now_s() + 1}")
    return sitter.levels()[began:]


def step_back_saying(sitter: Sitter, words: str) -> float:
    """Take a step back with words of one's own; gives how soon the guide spoke."""
    sitter.tap("Say what is here")
    sitter.page.fill("#here-words", words)
    return sitter.tap("Step back with this").until_guide_s()


def step_back(sitter: Sitter) -> float:
    """Take a step back; gives how soon the guide spoke."""
    return sitter.tap("One step back").until_guide_s()


def sit(sitter: Sitter) -> None:
    """Take three steps back, one of them with new words; then it is met, and all of it ends."""
    after_s = []
    sitter.begin(FIRST)
    sitter.until_asked()
    quiet = listen_to_the_quiet(sitter)
    after_s.append(step_back(sitter))
    sitter.until_asked()
    after_s.append(step_back_saying(sitter, SECOND))
    sitter.until_asked()
    after_s.append(step_back(sitter))
    # In mid-sentence: the guide says it to its end.
    sitter.until(f"heard.lines[heard.starts.at(-1)]?.end_seconds - {AT} < 1")
    sitter.tap("There is some kindness")
    sitter.until_over()
    assert max(after_s) <= HEARD_WITHIN_S
    assert median(quiet) == pytest.approx(ROOM_DB, abs=3)
    assert_all_was_heard(sitter)
    assert max(sitter.gaps_s(), default=0) <= MOST_GAP_S
    assert [line["text"] for line in sitter.lines_heard() if line["is_own"]] == [
        f"It is saying: “{words}”." for words in (FIRST, SECOND)
    ]
    assert sitter.lines_heard()[-1]["kind"] == "breath-out"


@pytest.mark.long
def test_a_whole_sitting(chromium: Browser, whole_house: WholeHouse):
    """What is in the way is greeted in the listener's own words, again and again, until it is met.

    The guide is heard within three seconds of each move and never cut, the quiet is a room and
    there is no gap in it, the ladder shows what came, the log has it once, and what is let go is
    nowhere any more.
    """
    with sitting_down(chromium, whole_house, ONE_STEP) as sitter:
        sit(sitter)
        page = sitter.page
        assert page.evaluate("document.querySelector('#audio').paused")
        assert whole_house.moves(sitter.id) == [
            "step-back",
            "stay",
            "step-back",
            "step-back",
            "met",
        ]
        expect(page.get_by_role("main").get_by_role("listitem")).to_have_text(
            [
                f"{FIRST}, one step back",
                "what was here then, one step back",
                f"{SECOND}, one step back",
                "what was here then, met with some kindness",
            ]
        )
        assert whole_house.places_of(MARKER) != []
        sitter.tap("Let it go")
        expect(page.locator("#ladder-said")).to_contain_text("It is gone:")
        assert whole_house.moves(sitter.id) == []
        assert whole_house.places_of(MARKER) == []
        page.get_by_role("button", name="Done").tap()
        expect(page.locator(".entry")).to_have_count(1)
        expect(page.locator(".entry")).to_contain_text("One step")
        kept = "SELECT outcome, is_live FROM session_entries WHERE slug = ?"
        assert whole_house.ask(kept, ONE_STEP) == [("completed", 1)]
        assert MARKER not in page.content()
