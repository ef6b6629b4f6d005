"""The player of the room over a house with a silent voice: that its buttons act on the sound.

What is heard of a voice meanwhile is looked at in test_room_player.py, which takes minutes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.room_house import (
    DESK,
    SILENT_DB,
    SPOKEN,
    RoomHouse,
    between,
    metered,
    now_ms,
    prepare,
    run_room_house,
    until,
)

pytestmark = [pytest.mark.browser]

WITHIN_MS = 600
LAST = "After the bell"


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomHouse]:
    """A house whose voice is as long as a voice, and silent."""
    with run_room_house(tmp_path_factory.mktemp("room"), STEPBACK_VOICE="silent") as running:
        yield running


def test_it_is_played_held_up_skipped_and_ended(chromium: Browser, house: RoomHouse):
    """By keys and by buttons; the bell and the room are heard, and nothing of it is kept."""
    with metered(chromium, **DESK) as desk:
        prepare(desk, house)
        desk.click("#play")
        until(desk, f"{SPOKEN}.startsWith('This is a very short practice.')")
        playing_ms = now_ms(desk)
        desk.wait_for_timeout(WITHIN_MS)
        desk.keyboard.press(" ")
        desk.wait_for_timeout(800)
        paused_ms = now_ms(desk)
        desk.wait_for_timeout(WITHIN_MS)
        assert max(between(desk, playing_ms, playing_ms + WITHIN_MS)) > SILENT_DB
        assert max(between(desk, paused_ms, paused_ms + WITHIN_MS - 100)) < -90
        desk.keyboard.press(" ")
        while not (line := desk.evaluate(SPOKEN)).startswith(LAST):
            desk.click("#skip")
            until(desk, f"{SPOKEN} !== {line!r}")  # by itself it would be half a minute at times
        desk.click("#stop")
        expect(desk.locator("#begin")).to_be_visible()
        assert desk.request.get(f"{house.url}/api/session-entries").json()["entries"] == []
        assert desk.evaluate("Object.keys(localStorage)") == []
