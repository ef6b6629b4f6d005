"""A practice is heard while it is being made: by a real browser, from a playlist that grows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.preview import Preview, growth
from tests.browser.stalls import WATCH, find_stalls
from tests.browser.waiting import until
from tests.growing import Encoded

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

TOLD = "localStorage.getItem('stepback.told')"
AUDIO = "document.querySelector('#audio')"
BEGUN = """
async (told) => {
  const { watchForEnough } = await import('/static/js/enough.js');
  const isEnough = watchForEnough();
  const clock = performance.now.bind(performance);
  try {
    return told.map(([seconds, made, from]) => {
      performance.now = () => 1000 * seconds;
      return isEnough(made, from ?? 0);
    });
  } finally {
    performance.now = clock;
  }
}
"""
CAPTIONS = """WEBVTT

00:00:00.000 --> 00:00:03.000
<v joe>You <00:00:01.000>can <00:00:02.000>stop.
"""
MORE_CAPTIONS = CAPTIONS + "\n00:00:04.000 --> 00:00:07.000\n<v joe>Stopping is fine.\n"
CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "endTime": 9, "title": "Arriving"}]}'


@pytest.fixture
def page(chromium: Browser, preview: Preview) -> Iterator[Page]:
    """A phone-sized page of the practice that keeps every error it met and every stall."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.goto(f"{preview.url}/practices/soft-ground")
    page.evaluate(WATCH)
    yield page
    assert page.errors == []
    context.close()


def heard(page: Page, *names: str) -> list[list]:
    """What happened to the sound, of these kinds."""
    return [event[:2] for event in page.evaluate("window.heard") if event[0] in names]


def entries(page: Page, preview: Preview) -> list[dict]:
    """The log of this page's device, once the server has what just ended."""
    expect(page.locator("#closing-kept")).to_contain_text("It is in My practice")
    return page.request.get(f"{preview.url}/api/session-entries").json()["entries"]


def test_it_plays_from_start_to_end_while_it_grows(page: Page, preview: Preview, encoded: Encoded):
    """The sound begins with the first pieces, never stalls, ends where it ends, and is logged."""
    growing = preview.begin(page, encoded)
    growing.grow(2)
    with growth(growing, times_as_fast=2):
        page.wait_for_selector("body[data-step=listen]")
        until(page, f"{AUDIO}.currentTime > 0.5")
        assert not growing.is_whole
        assert page.evaluate(f"{AUDIO}.duration") == float("inf")
        expect(page.locator("#time-all")).to_have_text("2:00")
        page.wait_for_selector("body[data-step=closing]", timeout=30_000)
    begun = heard(page, "playing")[0]
    assert begun[1] < 0.1
    assert find_stalls(page) == []
    assert heard(page, "ended")[0][1] == pytest.approx(growing.seconds, abs=0.1)
    (entry,) = entries(page, preview)
    assert entry["outcome"] == "completed"
    assert entry["render"] == growing.key
    assert page.evaluate(TOLD) == '{"soft-ground":1}'
    assert entry["practised_ms"] == pytest.approx(growing.seconds * 1000, abs=700)


def test_the_first_piece_alone_is_not_begun_with(page: Page, preview: Preview, encoded: Encoded):
    """It would be heard out before the next is there: the page waits for that one, and begins."""
    growing = preview.begin(page, encoded)
    first = encoded.pieces[0].seconds

    def is_told(answer: Response) -> bool:
        return answer.url.endswith(growing.key) and answer.json()["streamed_seconds"] > 0

    with page.expect_response(is_told) as told:
        growing.grow(1)
    assert told.value.json()["streamed_seconds"] == first
    with page.expect_response(is_told):
        pass
    assert page.evaluate("document.body.dataset.step") != "listen"
    growing.grow(1)
    page.wait_for_selector("body[data-step=listen]")
    until(page, f"{AUDIO}.currentTime > 0.1")


BEGINNINGS = {
    # (second of the clock, seconds made, and where it will be heard from), and when it begins
    "fast": ([(0, 0), (0.5, 1.6), (0.6, 3.2)], 0.6),
    "fast, after a long way there": ([(0, 0), (9, 1.6), (9.5, 3.2)], 9.5),
    "faster and faster": ([(0, 0), (3, 1.6), (5, 3.2), (6, 6.4)], 6),
    "slow": ([(0, 0), (2, 1.6), (4, 3.2), (6, 4.8), (8, 6.4)], 8),
    "much is there": ([(0, 8)], 0),
    "somebody else's, still made": ([(0, 3.2), (1, 3.2), (2, 6.4)], 2),
    "gone on with": ([(0, 8, 20), (1, 20.5, 20), (2, 24, 20)], 2),
}


def test_it_begins_when_what_follows_will_be_there_in_time(page: Page):
    """Not with what is heard out at once, but soon on any machine."""
    for name, (told, begins) in BEGINNINGS.items():
        expected = [each[0] == begins for each in told]
        assert page.evaluate(BEGUN, told) == expected, name


def test_what_is_there_can_be_gone_back_and_forth_in(
    page: Page, preview: Preview, encoded: Encoded
):
    """Going back is at once; nobody gets further than it is made."""
    growing = preview.begin(page, encoded)
    growing.grow(5)
    page.wait_for_selector("body[data-step=listen]")
    until(page, f"{AUDIO}.currentTime > 1")
    page.click("#on")
    at = page.evaluate(f"{AUDIO}.currentTime")
    assert growing.seconds - 1.5 < at < growing.seconds
    page.click("#back")
    until(page, f"{AUDIO}.currentTime > 0.3 && {AUDIO}.currentTime < 4")
    share = growing.seconds / 120 * 100
    made = page.locator(".seek").evaluate("e => parseFloat(e.style.getPropertyValue('--made'))")
    assert made == pytest.approx(share, abs=0.1)
    expect(page.locator("#seek")).to_have_attribute("aria-valuetext", re.compile("prepared up to"))
    box = page.locator("#seek").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + 20)
    assert page.evaluate(f"{AUDIO}.currentTime") < growing.seconds
    growing.grow(100)
    page.wait_for_selector("body[data-step=closing]")
    assert entries(page, preview)[0]["outcome"] == "completed"


def test_it_holds_while_there_is_nothing_more_and_goes_on_by_itself(
    page: Page, preview: Preview, encoded: Encoded
):
    """The quiet of the room goes on and one line says why; it is not time that was practised."""
    growing = preview.begin(page, encoded)
    growing.grow(2)
    page.wait_for_selector("body[data-step=listen]")
    line = page.locator("#hold")
    expect(line).to_have_text("Still preparing. It goes on by itself.", timeout=10_000)
    until(page, "document.querySelector('#tone').currentTime > 0.5")
    until(page, "document.querySelector('#tone').volume === 1")
    held_at = page.evaluate(f"{AUDIO}.currentTime")
    until(page, "document.querySelector('#tone').currentTime > 3")
    assert page.evaluate(f"{AUDIO}.currentTime") == held_at
    assert page.evaluate("document.body.dataset.step") == "listen"
    assert heard(page, "seeking", "ended") == []
    growing.grow(100)
    until(page, f"{AUDIO}.currentTime > {held_at + 1}")
    expect(line).to_have_text("")
    until(page, "document.querySelector('#tone').paused")
    page.wait_for_selector("body[data-step=closing]", timeout=30_000)
    (entry,) = entries(page, preview)
    assert entry["practised_ms"] == pytest.approx(growing.seconds * 1000, abs=700)


@pytest.mark.long
def test_pausing_in_a_hold_is_quiet(page: Page, preview: Preview, encoded: Encoded):
    """Whoever presses Pause hears nothing more, and Play takes the hold up again."""
    growing = preview.begin(page, encoded)
    growing.grow(1)  # more does not come: after some seconds it begins with that
    page.wait_for_selector("body[data-step=listen]")
    line = page.locator("#hold")
    expect(line).not_to_have_text("", timeout=10_000)
    page.click("#play")
    expect(line).to_have_text("")
    until(page, "document.querySelector('#tone').paused")
    page.click("#play")
    expect(line).not_to_have_text("")
    page.click("#stop")
    page.wait_for_selector("body[data-step=closing]")
    until(page, "document.querySelector('#tone').paused")
    assert entries(page, preview)[0]["outcome"] == "stopped"
    assert page.evaluate(TOLD) is None


def test_a_render_that_fails_is_heard_as_far_as_it_came(
    page: Page, preview: Preview, encoded: Encoded
):
    """The sound goes on to what is there, then one sentence; Try again makes it anew."""
    growing = preview.begin(page, encoded)
    growing.grow(3)
    page.wait_for_selector("body[data-step=listen]")
    preview.fail(growing.key)
    problem = page.locator("#listen-problem")
    expect(problem).to_contain_text("could not be prepared", timeout=15_000)
    assert page.evaluate(f"{AUDIO}.currentTime") == pytest.approx(growing.seconds, abs=0.2)
    assert heard(page, "ended") == []
    assert page.evaluate("document.querySelector('#tone').paused")
    with page.expect_response("**/api/renders"):
        page.click("#again")
    preview.claim(growing.key)
    growing.grow(100)
    page.wait_for_selector("body[data-step=listen]")
    page.wait_for_selector("body[data-step=closing]", timeout=30_000)
    assert sorted(entry["outcome"] for entry in entries(page, preview)) == ["completed", "stopped"]


def test_words_and_stages_come_as_they_are_known(page: Page, preview: Preview, encoded: Encoded):
    """The word that is said is marked; further sentences join the list without moving the first."""
    growing = preview.begin(page, encoded)
    growing.put("captions.vtt", CAPTIONS)
    growing.put("chapters.json", CHAPTERS)
    growing.grow(4)
    page.wait_for_selector("body[data-step=listen]")
    until(page, f"{AUDIO}.currentTime > 1.1")
    expect(page.locator("#now .present")).to_have_text("can")
    expect(page.locator("#now")).to_have_text("You can stop.")
    until(page, f"{AUDIO}.currentTime > 2.1")
    expect(page.locator("#now .present")).to_have_text("stop.")
    assert page.locator("#now").get_attribute("aria-live") == "off"
    expect(page.locator("#stage-now")).to_have_text("Arriving")
    first = page.locator("#lines button").first
    first.focus()
    growing.put("captions.vtt", MORE_CAPTIONS)
    growing.grow(100)
    expect(page.locator("#lines button")).to_have_count(2, timeout=10_000)
    expect(first).to_be_focused()
    until(page, f"{AUDIO}.currentTime > 4.5")
    expect(page.locator("#now")).to_have_text("Stopping is fine.")
    expect(page.locator("#now .word")).to_have_count(0)


def test_a_line_that_drops_is_waited_for(page: Page, preview: Preview, encoded: Encoded):
    """Without a network the page holds, says so, and goes on when there is one again."""
    growing = preview.begin(page, encoded)
    growing.grow(2)
    page.wait_for_selector("body[data-step=listen]")
    until(page, f"{AUDIO}.currentTime > 0.2")
    page.context.set_offline(True)
    growing.grow(100)
    expect(page.locator("#hold")).to_contain_text("No answer from the server", timeout=15_000)
    page.context.set_offline(False)
    page.wait_for_selector("body[data-step=closing]", timeout=45_000)
    assert entries(page, preview)[0]["outcome"] == "completed"
    page.errors.clear()  # the browser itself complains of each request that found no network


@pytest.mark.long
def test_the_place_in_a_stream_is_kept(page: Page, preview: Preview, encoded: Encoded):
    """Coming back to a practice that still grows goes on where it was left."""
    growing = preview.begin(page, encoded)
    growing.grow(6)
    page.wait_for_selector("body[data-step=listen]")
    page.reload()
    page.evaluate(WATCH)
    # Ten seconds is the least that is gone on from: the place is put down by hand.
    kept = {growing.key: {"seconds": 10, "at": 0}}
    page.evaluate("kept => localStorage.setItem('stepback.positions', JSON.stringify(kept))", kept)
    page.click("#begin")
    page.wait_for_selector("body[data-step=wait]")
    growing.grow(100)
    page.wait_for_selector("body[data-step=listen]")
    page.click("#resume-on")
    until(page, f"{AUDIO}.currentTime > 10.2")
    assert heard(page, "playing")[0][1] >= 9.9
    page.wait_for_selector("body[data-step=closing]")


def test_without_the_engine_the_whole_file_is_waited_for(
    page: Page, preview: Preview, encoded: Encoded
):
    """Where a stream cannot be played the page waits, and says in true figures how far it is."""
    page.route("**/vendor/*", lambda route: route.abort())
    page.reload()
    growing = preview.begin(page, encoded)
    growing.grow(100)
    page.wait_for_selector("body[data-step=wait]")
    for done_ms, said in ((12_000, "12 s of 40 s spoken"), (39_000, "39 s of 40 s spoken")):
        preview.beat(growing.key, done_ms=done_ms, total_ms=40_000)
        expect(page.locator("#wait-text")).to_have_text(f"Preparing: Arriving, {said}.")
    assert page.evaluate("document.body.dataset.step") == "wait"
    page.errors.clear()  # the module that was kept from it


@pytest.mark.long
def test_apple_plays_it_without_the_engine(chromium: Browser, preview: Preview, encoded: Encoded):
    """Where the browser plays playlists by itself, nothing else is loaded."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(
        "Object.defineProperty(navigator, 'vendor', {get: () => 'Apple Computer, Inc.'})"
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{preview.url}/practices/soft-ground")
    page.evaluate(WATCH)
    growing = preview.begin(page, encoded)
    growing.grow(100)
    page.wait_for_selector("body[data-step=listen]")
    assert page.evaluate(f"{AUDIO}.currentSrc").endswith("/playlist.m3u8")
    until(page, f"{AUDIO}.currentTime > 0.5")
    page.wait_for_selector("body[data-step=closing]", timeout=30_000)
    assert entries(page, preview)[0]["outcome"] == "completed"
    assert [url for url in asked if "vendor" in url] == []
    context.close()
