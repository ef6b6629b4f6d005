"""A live sitting while everything else goes wrong: processes die, requests are lost, no network."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.whole_house import AT_ONCE, WholeHouse
from tests.browser.whole_sitting import (
    AHEAD,
    AT,
    HEARD_WITHIN_S,
    MOST_GAP_S,
    STATION,
    Sitter,
    assert_all_was_heard,
    sitting_down,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real_voice,
    pytest.mark.long,
    pytest.mark.xdist_group("sitting"),
]

AHEAD_S = 4.0
"""For so long nobody may answer without its being heard: what is certain, less a look or two."""

AGAIN_S = 1.0
"""So much later everything is asked for again that was lost."""

GROUND_WITHIN_S = 0.5


def test_the_web_part_is_killed(chromium: Browser, whole_house: WholeHouse):
    """First a process that answers, right before a move, and then all of them: it goes on."""
    with sitting_down(chromium, whole_house, AT_ONCE) as sitter:
        sitter.begin()
        sitter.until_asked()
        whole_house.kill_web_worker()
        heard_s = sitter.tap("One step back").until_guide_s()
        sitter.until(f"{AHEAD} > {AHEAD_S}")  # right after a leap there is less
        down_s = whole_house.restart_web()
        sitter.until_asked()
        sitter.tap("There is some kindness").until_guide_s()
        sitter.until(f"{STATION} === 'returning'")
        late_s = max(0.0, down_s + AGAIN_S - AHEAD_S)
        assert heard_s <= HEARD_WITHIN_S + AGAIN_S
        assert sitter.longest_stop_s() <= MOST_GAP_S + late_s
        assert max(sitter.gaps_s(), default=0) <= MOST_GAP_S + late_s
        assert_all_was_heard(sitter)
        assert whole_house.moves(sitter.id) == ["step-back", "met"]


@dataclass
class BadLine:
    """A connection on which requests are lost, and as many answers."""

    share: float
    seed: int = 5
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def carry(self, route: Route) -> None:
        """Lose it, or not."""
        chance = self.rng.random()
        if chance >= self.share:
            self.counts["carried"] += 1
            route.continue_()
            return
        self.counts["lost"] += 1
        if chance < self.share / 2:
            route.fetch()  # the server has heard it, and nobody hears the answer
        route.abort()


def test_every_third_request_is_lost(chromium: Browser, whole_house: WholeHouse):
    """The sitting goes to its end, each move arrives once, and no second of it is left out."""
    line = BadLine(share=0.3)
    with sitting_down(chromium, whole_house, AT_ONCE) as sitter:
        sitter.page.route("**/*", line.carry)
        sitter.begin()
        for move in ("One step back", "There is some kindness"):
            sitter.until_asked()
            sitter.tap(move).until_guide_s()
        sitter.until_over()
        assert_all_was_heard(sitter)
        assert whole_house.moves(sitter.id) == ["step-back", "met"]
        sitter.page.unroute("**/*", line.carry)
        sitter.page.get_by_role("button", name="Done").tap()
        expect(sitter.page.locator(".entry")).to_have_count(1)
        expect(sitter.page.get_by_text("waiting to be saved")).to_have_count(0)
        assert line.counts["lost"] / line.counts.total() == pytest.approx(0.3, abs=0.12)


def ground_is_heard_s(sitter: Sitter, pressed_s: float) -> float:
    """How soon after the press the ground was heard."""
    sitter.until(f"heard.grounded.some(([at]) => at > {pressed_s})")
    first = next(at for (at,) in sitter.heard("grounded") if at > pressed_s)
    return first - pressed_s


def assert_it_goes_on(sitter: Sitter) -> None:
    """The sitting's own sound is heard again: the way back, and what is asked then."""
    starts = len(sitter.heard("starts"))
    sitter.tap("Go back")
    sitter.until(f"heard.starts.length > {starts} && {AT} > heard.starts.at(-1)")
    sitter.until("!document.querySelector('#audio').muted")
    sitter.until_asked()
    assert sitter.lines_heard()[-1]["text"].endswith("?")
    assert_all_was_heard(sitter)


def test_no_network_right_after_too_much(chromium: Browser, whole_house: WholeHouse):
    """The server has heard it and its answer is lost: the ground is heard at once all the same."""
    with sitting_down(chromium, whole_house, AT_ONCE) as sitter:
        page = sitter.page
        sitter.begin()
        sitter.until_asked()
        sitter.until_ground_is_here()

        def lose_the_answer(route: Route) -> None:
            page.context.set_offline(True)
            route.fetch()
            route.abort()

        page.route("**/moves", lose_the_answer)
        press = sitter.tap("Too much")
        assert ground_is_heard_s(sitter, press.at_s) <= GROUND_WITHIN_S
        assert press.until_guide_s() <= GROUND_WITHIN_S + 0.5  # the first word, after its breath
        expect(page.locator("#live-status")).to_contain_text("No answer from the server")
        page.unroute("**/moves", lose_the_answer)
        page.context.set_offline(False)
        expect(page.locator("#live-status")).to_have_text("")
        sitter.until_moved("too-much")
        assert_it_goes_on(sitter)
        assert whole_house.moves(sitter.id) == ["too-much", "go-back"]


def test_no_network_right_after_a_step_back(chromium: Browser, whole_house: WholeHouse):
    """And then it is too much: the ground is heard at once, both moves arrive, in their order."""
    with sitting_down(chromium, whole_house, AT_ONCE) as sitter:
        page = sitter.page
        sitter.begin()
        sitter.until_asked()
        sitter.until_ground_is_here()
        page.context.set_offline(True)
        sitter.tap("One step back")
        press = sitter.tap("Too much")
        assert ground_is_heard_s(sitter, press.at_s) <= GROUND_WITHIN_S
        expect(page.locator("#live-status")).to_contain_text("No answer from the server")
        page.context.set_offline(False)
        expect(page.locator("#live-status")).to_have_text("")
        sitter.until_moved("step-back", "too-much")
        assert_it_goes_on(sitter)
        assert whole_house.moves(sitter.id) == ["step-back", "too-much", "go-back"]
