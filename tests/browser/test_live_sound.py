"""A sitting's sound in a real browser: one sound without a gap, whatever is decided meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

import pytest
from playwright.sync_api import Browser, Page

from server.audio.live_mix import CLOSING_FRAMES, CLOSING_MS, PlacedLine, Room
from server.sitting import LEAD_MS
from tests.browser.live_house import LiveSound, grain, make_lines, open_room, serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

SILENT_DB = -62.0
"""The room is at -48 dB; a hundredth of a second of it may by chance be much softer."""

LEVELS_A_SECOND = 100
MOST_GAP_S = 0.25
POLL_MS = 100


@pytest.fixture(scope="module")
def room() -> Room:
    return open_room()


@pytest.fixture(scope="module")
def lines_at() -> Callable[..., list[PlacedLine]]:
    return make_lines()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that keeps every error it met."""
    context = chromium.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    yield page
    assert errors == []
    context.close()


def until(page: Page, condition: str, seconds: float = 40) -> None:
    """Wait until a condition holds in the page."""
    for _ in range(round(seconds * 1000 / POLL_MS)):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(f"never: {condition}; events: {page.evaluate('events')}")


def begin(page: Page, sound: LiveSound, query: str = "") -> None:
    page.goto(f"{sound.url}/{query}")
    page.click("#begin")


def gaps_s(page: Page) -> list[float]:
    """How long it was silent each time after the first sound, in seconds."""
    levels = page.evaluate("levels")
    first = next(at for at, level in enumerate(levels) if level > SILENT_DB)
    runs = groupby(levels[first:], lambda level: level <= SILENT_DB)
    return [len(list(run)) / LEVELS_A_SECOND for is_silent, run in runs if is_silent]


def events(page: Page, *names: str) -> list[list]:
    return [event for event in page.evaluate("events") if event[0] in names]


def test_a_move_is_heard_without_a_gap_and_the_end_is_silence(page, room, lines_at):
    """It plays as it becomes certain, a leap to what was decided is seamless, and it ends softly.

    The playlist answers nobody for two seconds meanwhile: what is certain lasts longer than that.
    """
    sound = LiveSound(room=room, lines=lines_at(1, 4, 11.5, 14, 16), heard_at_first=grain(0))
    with serve(sound):
        begin(page, sound, "?at=0")
        until(page, "audio.currentTime > 3")
        sound.is_reachable.clear()
        page.wait_for_timeout(2_000)
        sound.is_reachable.set()
        until(page, "audio.currentTime > 6")
        # The listener decides: it is heard in five seconds, so the page goes there.
        answer = page.evaluate("audio.currentTime") + LEAD_MS / 1000
        sound.leap(LEAD_MS)
        until(page, f"audio.buffered.end(audio.buffered.length - 1) > {answer + 0.5}", seconds=3)
        page.evaluate(f"audio.currentTime = {answer}")
        until(page, f"audio.currentTime > {answer + 2}")
        before_end = gaps_s(page)
        sound.total_ms = grain(sound.heard_ms() / 1000 + 6)
        until(page, "audio.ended")
    assert max(before_end, default=0) <= MOST_GAP_S
    assert events(page, "error", "stalled") == []
    # One wait for the first sound, at most one for the leap.
    assert len(events(page, "waiting")) <= 2
    ended = page.evaluate("audio.currentTime") * 1000
    closing_most_ms = CLOSING_FRAMES * 64 / 3
    assert sound.total_ms + CLOSING_MS <= ended <= sound.total_ms + closing_most_ms + 1
    steps = [b - a for (_, a), (_, b) in pairwise(page.evaluate("times"))]
    assert min(steps) >= 0
    leaps = [step for step in steps if step > 1]
    assert len(leaps) == 1
    assert leaps[0] == pytest.approx(LEAD_MS / 1000, abs=1)
    levels = page.evaluate("levels")
    assert levels[-LEVELS_A_SECOND // 2 :] == pytest.approx([-120] * (LEVELS_A_SECOND // 2), abs=30)


def test_whoever_comes_later_is_where_the_sitting_is(page, room, lines_at):
    """A page that is opened in the middle begins where it is heard, and can tell where that is."""
    sound = LiveSound(room=room, lines=lines_at(201, 204, 207), heard_at_first=grain(200))
    with serve(sound):
        begin(page, sound)
        until(page, "audio.currentTime > 0 && !audio.paused && times.length > 30")
        heard_ms, sitting_ms = sound.heard_ms(), page.evaluate("sitting()")
    assert sitting_ms == pytest.approx(heard_ms, abs=2_000)
    assert max(gaps_s(page), default=0) <= MOST_GAP_S
    asked = [int(path[1:-4]) for path in sound.asked if path.endswith(".m4s")]
    assert min(asked) >= 194
    assert events(page, "error") == []
