"""A live sitting while everything else goes wrong: processes die, requests are lost, no network."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.whole_house import AT_ONCE, WholeHouse
from tests.browser.whole_sitting import AT, Sitter, sitting_down

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sitting")]


def assert_nothing_is_missing(sitter: Sitter) -> None:
    """Every line was heard, in its order; what was left out was left by a move, and not in mid-word."""
    print(sitter.leaps(), sitter.longest_stop_s(), sitter.gaps_s(), sitter.acknowledged_s())
    for line in sitter.lines_heard():
        assert sitter.loudest_db(line) > QUIET_DB, line


def test_killed(chromium: Browser, whole_house: WholeHouse):
    with sitting_down(chromium, whole_house, AT_ONCE) as sitter:
        sitter.begin()
        sitter.until_asked()
        whole_house.kill_web_workers()
        print("heard", sitter.tap("One step back").until_guide_s())
        at = sitter.page.evaluate(AT)
        down_s = whole_house.restart_web()
        print("down", down_s)
        sitter.until(f"{AT} > {at + 8}")
        sitter.until_asked()
        print("heard", sitter.tap("There is some kindness").until_guide_s())
        sitter.until_over()
        print(sitter.leaps(), sitter.longest_stop_s(), max(sitter.gaps_s()), sitter.acknowledged_s())
        print(sitter.heard("said"))
        print(whole_house.moves(sitter.id))
        print([(l["text"], l in sitter.lines_heard(), sitter.loudest_db(l)) for l in sitter.lines()])
        print(sitter.lines_cut())


@dataclass
class BadLine:
    share: float
    rng: random.Random = field(default_factory=lambda: random.Random(5))
    lost: Counter = field(default_factory=Counter)

    def answer(self, route: Route) -> None:
        chance = self.rng.random()
        if chance >= self.share:
            self.lost["through"] += 1
            route.continue_()
        elif chance >= self.share / 2:
            self.lost["asked"] += 1
            route.abort()
        else:
            self.lost["answered"] += 1
            try:
                route.fetch()
            finally:
                route.abort()


def test_losses(chromium: Browser, whole_house: WholeHouse):
    with sitting_down(chromium, whole_house, AT_ONCE) as sitter:
        line = BadLine(0.3)
        sitter.begin()
        sitter.page.route("**/*", line.answer)
        sitter.until_asked()
        print("heard", sitter.tap("One step back").until_guide_s())
        sitter.until_asked()
        print("heard", sitter.tap("One step back").until_guide_s())
        sitter.until_asked()
        print("heard", sitter.tap("There is some kindness").until_guide_s())
        sitter.until_over()
        print(line)
        print(sitter.leaps(), sitter.longest_stop_s(), sitter.gaps_s(), sitter.acknowledged_s())
        print(sitter.heard("said"))
        print(whole_house.moves(sitter.id))
        print([(l["text"], l in sitter.lines_heard(), sitter.loudest_db(l)) for l in sitter.lines()])
        print(sitter.lines_cut())
