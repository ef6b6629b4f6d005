"""A whole live sitting in a real browser: spoken by the real voice, and heard by a meter."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.whole_house import WholeHouse, run_whole_house
from tests.browser.whole_sitting import LEVELS_A_SECOND, MOST_GAP_S, sitting_down

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sitting")]

HEARD_WITHIN_S = 3.0
ACKNOWLEDGED_WITHIN_S = 0.15
FIRST = "there is no use in xylophones"
SECOND = "a cross one with a xylophone"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHouse]:
    """A house with the real voice."""
    with run_whole_house(tmp_path_factory.mktemp("sitting")) as running:
        yield running


def test_a_whole_sitting(chromium: Browser, house: WholeHouse):
    with sitting_down(chromium, house) as sitter:
        page = sitter.page
        sitter.begin(FIRST)
        sitter.until_asked()
        page.wait_for_timeout(1500)
        print(sitter.heard('levels')[:5], sitter.heard('errors'), page.evaluate('document.querySelector("#audio").muted'))
        print([round(l) for l in sitter.levels()][::10])
        print(sitter.gaps_s())
        press = sitter.tap("One step back")
        print("heard", press.until_guide_s())
        page.wait_for_timeout(1500)
        print(sitter.leaps(), sitter.gaps_s(), sitter.acknowledged_s(), sitter.heard("said"))
        print(sitter.id, house.moves(sitter.id))
