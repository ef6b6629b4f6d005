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

NOTHING_DB = -90

LEVELS_A_SECOND = 100
HALF_A_SECOND = LEVELS_A_SECOND // 2
MOST_GAP_S = 0.25
END_WITHIN_MS = 1
"""A browser tells where a sound ended as seconds, a hair beside its grain."""

LEAST_AHEAD_S = 0.25
"""So much of the sound must be there wherever a browser waits: then it is not the sound's fault."""

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


def assert_in_time(page: Page, gaps: list[float], leap_to: float = 0) -> None:
    """Only the first sound is waited for, and nothing is silent.

    A browser that gets no processor may wait, and be silent then: sound lies before it that came
    in time. So it may at a leap, without a silence.
    """
    waits = events(page, "waiting")[1:]
    assert [wait for wait in waits if wait[2] - wait[1] < LEAST_AHEAD_S] == []
    starved = [at for _, at, _ in waits if abs(at - leap_to) > LEAST_AHEAD_S]
    assert len([gap for gap in gaps if gap > MOST_GAP_S]) <= len(starved)


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
        leap = page.evaluate(f"[{answer} - audio.currentTime, audio.currentTime = {answer}]")[0]
        until(page, f"audio.currentTime > {answer + 2}")
        before_end = gaps_s(page)
        sound.total_ms = grain(sound.heard_ms() / 1000 + 6)
        until(page, "audio.ended")
        # What is heard may come a little after what the page knows of it.
        until(page, f"levels.slice(-{HALF_A_SECOND}).every((db) => db < {NOTHING_DB})", seconds=5)
    assert events(page, "error", "stalled") == []
    assert_in_time(page, before_end, leap_to=answer)
    ended = page.evaluate("audio.currentTime") * 1000
    closing_most_ms = CLOSING_FRAMES * 64 / 3
    assert sound.total_ms + CLOSING_MS - END_WITHIN_MS <= ended
    assert ended <= sound.total_ms + closing_most_ms + END_WITHIN_MS
    times = page.evaluate("times")
    assert all(a <= b for (_, a), (_, b) in pairwise(times))
    leaps = [b - a for (then, a), (now, b) in pairwise(times) if b - a > now - then + 1]
    assert leaps == pytest.approx([leap], abs=1)


def test_whoever_comes_later_is_where_the_sitting_is(page, room, lines_at):
    """A page that is opened in the middle begins where it is heard, and can tell where that is."""
    sound = LiveSound(room=room, lines=lines_at(201, 204, 207), heard_at_first=grain(200))
    with serve(sound):
        begin(page, sound)
        until(page, "audio.currentTime > 0 && !audio.paused && times.length > 30")
        heard_ms, sitting_ms = sound.heard_ms(), page.evaluate("sitting()")
    assert sitting_ms == pytest.approx(heard_ms, abs=2_000)
    assert_in_time(page, gaps_s(page))
    asked = [int(path[1:-4]) for path in sound.asked if path.endswith(".m4s")]
    assert min(asked) >= 194
    assert events(page, "error") == []
