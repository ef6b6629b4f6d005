"""Somebody who sits live on a phone: what they press, what they hear, and how loud it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.whole_house import WholeHouse

HERE = Path(__file__).parent
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

HEARD_WITHIN_S = 3.0
"""So soon the guide speaks after a move."""

ACKNOWLEDGED_WITHIN_S = 0.15
"""So soon a press is answered with a tone or a vibration."""

ROOM_DB = -48.0
SILENT_DB = -62.0
"""The room is at -48 dB; a hundredth of a second of it may by chance be much softer."""

VOICE_DB = -38.0
"""So loud is no room."""

LEVELS_A_SECOND = 100
MOST_GAP_S = 0.25
LEAST_LEAP_S = 0.5
MOST_CREPT_S = 0.05
PATIENCE_S = 60
POLL_MS = 50

STATION = "document.querySelector('#sitting').dataset.station"
HELD = "document.querySelector('#sitting').hasAttribute('data-held')"
TOLD = "heard.said.filter(([, region]) => region === 'live-aloud').length"
AHEAD = (
    "(({ buffered, currentTime }) => buffered.end(buffered.length - 1) - currentTime)"
    "(document.querySelector('#audio'))"
)
AT = "document.querySelector('#audio').currentTime"


@dataclass(kw_only=True)
class Sitter:
    """A phone, and what its page has heard."""

    page: Page
    house: WholeHouse
    practice: str
    sent: list[str] = field(default_factory=list)
    """Every address that the page asked, with the method."""
    told: int = 0
    """How much had been said aloud when the guide asked last."""

    @property
    def id(self) -> str:
        """The sitting's id, as the page keeps it."""
        return re.search(r"/api/sittings/([0-9a-f]{32})", " ".join(self.sent))[1]

    def until(self, condition: str, seconds: float = PATIENCE_S) -> None:
        """Wait until a condition holds in the page."""
        for _ in range(round(seconds * 1000 / POLL_MS)):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"never: {condition}; {self.page.evaluate('heard.said')}")

    def open(self) -> None:
        """Open the page."""
        self.page.goto(f"{self.house.url}/practices/{self.practice}/live")
        self.page.locator("#begin:enabled").wait_for()

    def begin(self, words: str = "") -> None:
        """Press Begin, and hear the first second."""
        self.page.fill("#word-obstacle", words)
        self.page.tap("#begin")
        self.until_begun()

    def until_begun(self) -> None:
        """Wait until the guide is heard for the first time; the lines may still have to be made."""
        self.page.wait_for_selector("body[data-step=sitting]", timeout=PATIENCE_S * 4000)
        self.until(f"{AT} > 0.5 || {HELD}")
        if self.page.evaluate(HELD):  # it took so long that a press is wanted
            self.page.get_by_role("button", name="Go on", exact=True).tap()
        self.until(f"{AT} > 0.5")

    def until_asked(self) -> None:
        """Wait until the guide has asked something more, and is quiet."""
        self.until(
            f"{STATION} === 'asking' && document.querySelector('#live-aloud').textContent !== ''"
            f" && {TOLD} > {self.told}"
        )
        self.told = self.page.evaluate(TOLD)

    def until_moved(self, *moves: str) -> None:
        """Wait until the server has these moves, and no other."""
        for _ in range(PATIENCE_S * 1000 // POLL_MS):
            if self.house.moves(self.id) == [*moves]:
                return
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"never: {moves}; there are: {self.house.moves(self.id)}")

    def until_over(self) -> None:
        """Wait until the sitting has ended by itself."""
        self.page.wait_for_selector("body[data-step=closing]", timeout=PATIENCE_S * 1000)

    def until_ground_is_here(self) -> None:
        """Wait until the phone has what is said when it is too much."""
        self.until("document.querySelector('#ground').readyState >= 3")

    def tap(self, name: str) -> Press:
        """Press a button of the page."""
        self.page.get_by_role("button", name=name, exact=True).tap()
        return Press(sitter=self, at_s=self.page.evaluate("heard.presses.at(-1)[0]"))

    def press(self, name: str) -> Press:
        """Press a button of a headset, as the browser hands it to the page."""
        self.page.evaluate("name => press(name)", name)
        return Press(sitter=self, at_s=self.page.evaluate("heard.presses.at(-1)[0]"))

    def heard(self, name: str) -> list[list[Any]]:
        """What the page has heard, said or answered: each with its moment, in seconds."""
        return self.page.evaluate(f"heard.{name}")

    def now_s(self) -> float:
        """The moment by the page's clock."""
        return self.page.evaluate("performance.now() / 1000")

    def levels(self) -> list[float]:
        """How loud it was from the first sound to the last."""
        levels = [level for _, _, some in self.heard("levels") for level in some]
        sounding = [at for at, level in enumerate(levels) if level > SILENT_DB]
        return levels[sounding[0] : sounding[-1] + 1]

    def gaps_s(self) -> list[float]:
        """How long it was silent each time between the first sound and the last, in seconds."""
        runs = groupby(self.levels(), lambda level: level <= SILENT_DB)
        return [len(list(run)) / LEVELS_A_SECOND for is_silent, run in runs if is_silent]

    def leaps(self) -> list[tuple[float, float]]:
        """Where the sound did not simply go on: from where to where."""
        seeks = self.heard("seeks")
        return [(left, landed) for _, left, landed in seeks if abs(landed - left) > LEAST_LEAP_S]

    def longest_stop_s(self) -> float:
        """For how long the sound stood still at most, while it should have gone on, leaps apart."""
        places = self.heard("places")
        return max(
            (now - then) - max(0, after - before)
            for (then, before), (now, after) in pairwise(places)
        )

    def stood_still(self, until_s: float) -> bool:
        """True where the sound did not go on in the second before a moment."""
        places = [at for moment, at in self.heard("places") if 0 < until_s - moment < 1]
        return max(places, default=0) - min(places, default=0) < MOST_CREPT_S

    def lines(self) -> list[dict[str, Any]]:
        """Every line that the page was told of, in order."""
        return sorted(self.heard("lines").values(), key=lambda line: line["start_seconds"])

    def lines_heard(self) -> list[dict[str, Any]]:
        """The lines that were listened to, from their beginning to their end."""
        leaps, last = self.leaps(), self.heard("places")[-1][1]

        def is_heard(line: dict[str, Any]) -> bool:
            start, end = line["start_seconds"], line["end_seconds"]
            return end <= last and not any(left < end and start < landed for left, landed in leaps)

        return [line for line in self.lines() if is_heard(line)]

    def lines_cut(self) -> list[dict[str, Any]]:
        """The lines that were left in the middle, or come into in the middle."""
        places = [place for leap in self.leaps() for place in leap]
        return [
            line
            for line in self.lines()
            if any(line["start_seconds"] + 0.05 < at < line["end_seconds"] - 0.05 for at in places)
        ]

    def loudest_db(self, line: dict[str, Any]) -> float:
        """How loud it was while a line was to be heard."""
        start, end = line["start_seconds"], line["end_seconds"]
        return max(
            (max(some) for _, at, some in self.heard("levels") if start + 0.1 <= at <= end),
            default=SILENT_DB,
        )

    def acknowledged_s(self) -> list[float]:
        """How long each tone or vibration came after the press before it."""
        presses = [moment for moment, _ in self.heard("presses")]
        return [
            moment - max(press for press in presses if press <= moment)
            for moment, *_ in self.heard("answers")
        ]


@dataclass(frozen=True, kw_only=True)
class Press:
    """A press, and what came of it."""

    sitter: Sitter
    at_s: float

    def until_guide_s(self, seconds: float = PATIENCE_S) -> float:
        """Wait until somebody speaks; gives how long that was after the press."""
        spoken = (
            f"(heard.levels.find(([at, , some]) => at > {self.at_s}"
            f" && Math.max(...some) > {VOICE_DB}) ?? [null])[0]"
        )
        self.sitter.until(f"{spoken} !== null", seconds)
        return self.sitter.page.evaluate(spoken) - self.at_s


def assert_all_was_heard(sitter: Sitter) -> None:
    """Nothing is heard twice, nothing is left out but by a move, and nothing in mid-word."""
    starts = [0, *sitter.heard("starts")]
    for left, landed in sitter.leaps():
        assert landed > left
        assert landed == pytest.approx(min(starts, key=lambda at: abs(at - landed)), abs=0.05)
    assert sitter.lines_cut() == []
    assert [line for line in sitter.lines_heard() if sitter.loudest_db(line) < VOICE_DB] == []
    assert max(sitter.acknowledged_s()) <= ACKNOWLEDGED_WITHIN_S


@contextmanager
def sitting_down(
    chromium: Browser, house: WholeHouse, practice: str, **how: Any
) -> Iterator[Sitter]:
    """Open the live page on a phone; its errors are the test's."""
    context = chromium.new_context(**{**PHONE, **how})
    try:
        sitter = open_page(context, house, practice)
        errors: list[str] = []
        sitter.page.on("pageerror", lambda error: errors.append(str(error)))
        yield sitter
        assert errors == []
        assert sitter.page.evaluate("window.heard?.errors ?? []") == []
    finally:
        context.close()


def open_page(context: BrowserContext, house: WholeHouse, practice: str) -> Sitter:
    """Bring what listens into a page, and open it."""
    meter = (HERE / "whole_meter.js").read_text(encoding="utf-8")
    context.add_init_script(f"window.METER = {json.dumps(meter)};")
    context.add_init_script(path=HERE / "whole_sitting.js")
    context.route("**/practices/*/live", let_meter_in)
    sitter = Sitter(page=context.new_page(), house=house, practice=practice)
    sitter.page.on("request", lambda asked: sitter.sent.append(f"{asked.method} {asked.url}"))
    sitter.open()
    return sitter


def let_meter_in(route: Route) -> None:
    """The page's policy holds, but for the meter: no tool can hand it over as a file of ours."""
    answer = route.fetch()
    policy = answer.headers["content-security-policy"]
    changed = policy.replace("script-src 'self'", "script-src 'self' blob:")
    route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": changed})
