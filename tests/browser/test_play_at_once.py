"""Play at once, with everything real: a practice nobody has ordered before is heard to its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stalls import WATCH, find_stalls

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real_voice,
    # The same house as in test_press_play.py.
    pytest.mark.xdist_group("house"),
]

GUESS_S = 3
"""What is said after the last silence that fills may be longer or shorter than it was guessed."""

HASTE = 4
"""What is there already may be heard so much faster, and still all of it is heard."""

MADE_WITHIN_S = 100

SOON_MS = 15_000
"""From the press to the sound, on a machine that is busy with testing: after that the page waits
for a press of its own. It is made in far more."""


@pytest.fixture
def page(chromium: Browser, house) -> Iterator[Page]:
    """A phone-sized page that keeps every error it met."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    yield page
    assert errors == []
    context.close()


@pytest.mark.long
def test_an_unrendered_practice_is_played_from_start_to_end_without_a_stall(page: Page, house):
    """The sound comes while the rest is being made, never stalls, and is logged as completed."""
    page.goto(f"{house.url}/practices/three-breaths")
    page.check("[name=minutes][value='2']")
    page.click("#choices summary")
    page.check("[name=pace][value=slower]")  # nobody else in this house asks for it so
    page.evaluate(WATCH)
    with page.expect_response("**/api/renders") as answered:
        page.click("#begin")
    ordered = answered.value.json()
    assert answered.value.status == 202
    page.wait_for_selector("body[data-step=listen]", timeout=SOON_MS)
    expect(page.locator("#time-now")).not_to_have_text("0:00", timeout=SOON_MS)
    state = page.request.get(f"{house.url}/api/renders/{ordered['key']}").json()["state"]
    assert state == "running"
    assert page.evaluate("document.querySelector('#audio').currentSrc").startswith("blob:")
    slow_s = hasten_once_made(page, f"{house.url}/api/renders/{ordered['key']}")
    page.wait_for_selector("body[data-step=closing]", timeout=180_000)
    # What is fetched four times as fast as it is meant to be may be waited for.
    assert [event for event in find_stalls(page) if event[1] < slow_s] == []
    (ended,) = (event for event in page.evaluate("window.heard") if event[0] == "ended")
    assert ended[1] == pytest.approx(120, abs=GUESS_S)
    expect(page.locator("#closing-kept")).to_contain_text("It is in My practice")
    (entry,) = page.request.get(f"{house.url}/api/session-entries").json()["entries"]
    assert entry["outcome"] == "completed"
    listened_s = slow_s + (ended[1] - slow_s) / HASTE
    assert entry["practised_ms"] == pytest.approx(1000 * listened_s, abs=1500)


def hasten_once_made(page: Page, render_url: str) -> float:
    """Wait until all of it is made, then play the rest faster; gives where that was, in seconds."""
    for _ in range(MADE_WITHIN_S):
        if page.request.get(render_url).json()["state"] == "done":
            break
        page.wait_for_timeout(1000)
    return page.evaluate(
        "rate => { const audio = document.querySelector('#audio'); audio.playbackRate = rate;"
        " return audio.currentTime; }",
        HASTE,
    )
