"""A therapist's page and a loudspeaker over a real house, and what both of them let sound."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from server.app import create_app
from server.config import Settings
from tests.browser.conftest import House, run_house
from tests.browser.watched import ROOT
from tests.browser.whole_house import copy_library
from tests.web.people_house import People, settle_people

HERE = Path(__file__).parent
DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SILENT_DB = -70.0
VOICE_DB = -36.0
"""So loud is no room, which is at -48 dB."""

POLL_MS = 30
SLUG = "three-breaths"
SPOKEN = "(document.querySelector('#room-line')?.textContent ?? '')"


@dataclass(frozen=True, kw_only=True)
class RoomHouse:
    """A house with its people."""

    house: House
    people: People

    @property
    def url(self) -> str:
        """Where it is."""
        return self.house.url


@contextmanager
def run_room_house(folder: Path, **changes: str) -> Iterator[RoomHouse]:
    """Run a house with a short practice, and settle people in it."""
    copy_library(folder)
    shutil.copytree(ROOT / "tests/small_library/ground", folder / "scripts/ground")
    scripts = {"STEPBACK_SCRIPTS": str(folder / "scripts"), **changes}
    with run_house(folder, **scripts) as house:
        environment = {
            "STEPBACK_DATA": str(folder / "data"),
            "STEPBACK_KEYS": str(folder / "keys"),
            "STEPBACK_CACHE": str(folder / "audio_cache"),
            **scripts,
        }
        app = create_app(Settings.from_environment(environment))
        yield RoomHouse(house=house, people=settle_people(app))
        app.extensions["stepback"].database.close()


def sign_in(context: BrowserContext, house: RoomHouse) -> None:
    """Let a browser be Ada's."""
    browser = house.people.signed_in(house.people.ada)
    cookie = browser.get_cookie("stepback_session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": house.url}])


@contextmanager
def metered(chromium: Browser, **kind: Any) -> Iterator[Page]:
    """A page whose sound is measured; no error may be met in it."""
    worklet = (HERE / "room_meter_worklet.js").read_text()
    # The meter is a test's own and has no address here, so the policy is not asked about it.
    context = chromium.new_context(bypass_csp=True, **kind)
    script = (HERE / "room_meter.js").read_text()
    context.add_init_script(f"{{ const METER = {json.dumps(worklet)};\n{script}\n}}")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    context.close()


def prepare(page: Page, house: RoomHouse) -> None:
    """Have the practice made ready in the therapist's page."""
    sign_in(page.context, house)
    page.goto(f"{house.url}/room/play/{SLUG}")
    page.click("#begin")
    page.wait_for_selector("body[data-step=room]", timeout=120_000)


def levels(page: Page) -> dict[int, float]:
    """How loud each hundredth of a second was, by its number since 1970."""
    found = {}
    for at, some in page.evaluate("metered"):
        for index, level in enumerate(some):
            found[round(at / 10) + index] = level
    return found


def between(page: Page, start_ms: float, end_ms: float) -> list[float]:
    """The levels of a time that is over, by the clock of this machine."""
    found = levels(page)
    return [found[n] for n in range(round(start_ms / 10), round(end_ms / 10)) if n in found]


def now_ms(page: Page) -> float:
    """The moment by the page, which stands on this machine too."""
    return page.evaluate("performance.timeOrigin + performance.now()")


def until(page: Page, condition: str, seconds: float = 20) -> None:
    """Wait until something holds in the page."""
    for _ in range(round(seconds * 1000 / POLL_MS)):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(f"never: {condition}; it says {page.evaluate(SPOKEN)}")


def longest_gap_s(some: list[float]) -> float:
    """How long it was silent at most."""
    longest = run = 0
    for level in some:
        run = run + 1 if level < SILENT_DB else 0
        longest = max(longest, run)
    return longest / 100
