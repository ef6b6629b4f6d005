"""The page of a live sitting, in a real browser: by thumb, by keyboard, and without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from server.audio.live_mix import PlacedLine, Room
from server.units import Ms
from tests.browser.live_house import LiveSound, grain, make_lines, open_room
from tests.browser.preview import Preview
from tests.browser.scripted_sitting import SLUG, ScriptedSitting, line, station
from tests.sitting.small import BODY, FRONT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

POLL_MS = 50
AT = "document.querySelector('audio').currentTime"
LADDERS = "Object.keys(localStorage).filter((key) => key.startsWith('stepback.ladder.'))"
READY = """    ready: [I hate this, I am too tired, nothing is happening, it hurts]
"""

WATCH = """
window.pressed = window.tone = window.grounded = null;
window.jumps = [];
window.handlers = {};
const ask = window.fetch;
window.fetch = (path, options) => { // no tool sees what a page asks for while it goes away
  if (options?.keepalive) sessionStorage.setItem('last words', options.body);
  return ask(path, options);
};
addEventListener('pointerdown', () => { window.pressed = performance.now(); }, true);
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...rest) {
  window.tone ??= performance.now();
  return start.apply(this, rest);
};
const take = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
navigator.mediaSession.setActionHandler = (name, handler) => {
  window.handlers[name] = handler;
  take(name, handler);
};
addEventListener('DOMContentLoaded', () => {
  const [audio, ground] = document.querySelectorAll('audio');
  let last = 0;
  audio.addEventListener('timeupdate', () => { if (!audio.seeking) last = audio.currentTime; });
  audio.addEventListener('seeking', () => window.jumps.push([last, audio.currentTime]));
  ground.addEventListener('playing', () => { window.grounded ??= performance.now(); });
});
"""


@dataclass
class Sitting:
    """A page that sits, and what the server makes of it."""

    page: Page
    script: ScriptedSitting

    def begin(self) -> None:
        """Press Begin, and hear the first second."""
        self.page.click("#begin")
        self.page.wait_for_selector("body[data-step=sitting]")
        self.until(f"{AT} > 0.6")

    def until(self, condition: str, seconds: float = 20) -> None:
        """Wait until a condition holds in the page."""
        for _ in range(round(seconds * 1000 / POLL_MS)):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"never: {condition}")

    def until_moved(self, *kinds: str) -> None:
        """Wait until exactly these moves have come."""
        for _ in range(200):
            if len(self.script.kinds) >= len(kinds):
                break
            self.page.wait_for_timeout(POLL_MS)
        assert self.script.kinds == list(kinds)


@pytest.fixture(scope="module")
def room() -> Room:
    return open_room()


@pytest.fixture(scope="module")
def lines_at() -> Callable[..., list[PlacedLine]]:
    return make_lines()


@pytest.fixture
def script(room: Room, lines_at: Callable[..., list[PlacedLine]]) -> ScriptedSitting:
    """Two lines, and then a question that waits."""
    sound = LiveSound(room=room, lines=lines_at(1, 4, 11.5), heard_at_first=grain(0))
    sound.is_reachable.set()
    return ScriptedSitting(
        sound=sound,
        lines=[line(1, 3, "Here we are."), line(4, 5.5, "Can it be met?")],
        stations=[station(0, "guided"), station(5.5, "asking", "Can it be met?")],
    )


@pytest.fixture
def sitting(chromium: Browser, preview: Preview, script: ScriptedSitting) -> Iterator[Sitting]:
    """A phone-sized page, before it begins."""
    yield from open_page(chromium, preview, script)


def open_page(
    chromium: Browser, preview: Preview, script: ScriptedSitting, **how: str
) -> Iterator[Sitting]:
    """Open the live page; its errors are the test's."""
    front = FRONT.replace("    default: there", READY + "    default: there")
    (preview.scripts_path / "a-practice.md").write_text(front + BODY, encoding="utf-8")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, **how)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(WATCH)
    script.take_over(page)
    page.goto(f"{preview.url}/practices/{SLUG}/live")
    yield Sitting(page, script)
    assert errors == []
    context.close()


def test_a_practice_that_asks_leads_here(sitting: Sitting, preview: Preview):
    """There is one way to it, and none from a practice that asks nothing."""
    sitting.page.goto(f"{preview.url}/practices/{SLUG}")
    sitting.page.get_by_role("link", name="Sit with it live").click()
    expect(sitting.page.locator("#begin")).to_be_enabled()
    sitting.page.goto(f"{preview.url}/practices/soft-ground")
    expect(sitting.page.locator("#begin")).to_be_enabled()
    assert sitting.page.get_by_role("link", name="Sit with it live").count() == 0


def test_it_begins_with_words_that_were_picked(sitting: Sitting):
    """A ready word fills the field; the page waits while lines are made, and then it is heard."""
    page, script = sitting.page, sitting.script
    script.preparing = 1
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="it hurts").click()
    page.get_by_role("button", name="I am too tired").click()
    expect(page.locator("#word-obstacle")).to_have_value("I am too tired")
    expect(page.locator(".ready[aria-pressed=true]")).to_have_text("I am too tired")
    page.click("#begin")
    expect(page.locator("#wait-text")).to_have_text("3 of 4 lines are ready.")
    page.wait_for_selector("body[data-step=sitting]")
    assert script.begun[0] == script.begun[1]
    wish = script.begun[0]
    assert wish["words"] == {"obstacle": "I am too tired"}
    assert (wish["practice"], wish["minutes"], wish["has_buttons"]) == (SLUG, 10, False)
    assert "ack" not in wish
    expect(page.locator("#live-line")).to_have_text("Here we are.")
    expect(page.locator("#live-aloud")).to_have_text("")
    # After the voice has put it, the question is said to a screen reader as well.
    expect(page.locator("#live-aloud")).to_have_text("Can it be met?", timeout=8_000)
    assert page.evaluate(AT) >= 5.5


def test_a_press_is_answered_at_once_and_heard_without_cutting_a_line(sitting: Sitting):
    """A tone within 150 ms; the sound leaps to the answer, but not out of a line."""
    sitting.begin()
    sitting.until(f"{AT} > 1.3")
    sitting.page.click("#step-back")
    assert sitting.page.evaluate("window.tone - window.pressed") < 150
    expect(sitting.page.locator("#live-status")).to_have_text("One step back.")
    sitting.until("window.jumps.length > 0")
    left, landed = sitting.page.evaluate("window.jumps[0]")
    starts = next(iter(sitting.script._answers.values()))
    assert left >= 2.7  # the first line was heard to its end, at 3 s; timeupdate comes each 0.25 s
    assert landed == pytest.approx(starts, abs=0.05)
    sitting.until(f"{AT} > {starts + 0.5}")
    sitting.until_moved("step-back")


def test_a_finger_that_trembles_takes_one_step(sitting: Sitting):
    """Two presses at once are one move."""
    sitting.begin()
    sitting.page.dblclick("#met")
    sitting.page.wait_for_timeout(900)
    sitting.page.click("#step-back")
    sitting.until_moved("met", "step-back")


def test_too_much_without_a_network(sitting: Sitting):
    """The ground is heard within half a second; the move comes once, when the network is back."""
    page, script = sitting.page, sitting.script
    sitting.begin()
    sitting.until("document.querySelectorAll('audio')[1].readyState >= 3")
    script.is_reachable = False
    page.click("#too-much")
    sitting.until("window.grounded !== null")
    assert page.evaluate("window.grounded - window.pressed") < 500
    assert page.evaluate("document.querySelector('audio').muted")
    for name in ("Stay with the ground", "Go back", "Stop here", "Too much"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    expect(page.locator("#met")).to_be_hidden()
    expect(page.locator("#live-status")).to_contain_text("No answer from the server", timeout=5_000)
    assert script.moves == []
    script.is_reachable = True
    sitting.until_moved("too-much")
    page.get_by_role("button", name="Go back").click()
    sitting.until_moved("too-much", "go-back")
    sitting.until("!document.querySelector('audio').muted")
    expect(page.locator("#met")).to_be_visible()


@pytest.mark.long
def test_whoever_fell_behind_is_brought_back(sitting: Sitting):
    """After a gap in the network the page is where the sitting is, and no question is over."""
    page, script = sitting.page, sitting.script
    sitting.begin()
    script.is_reachable = False
    sitting.until("document.querySelector('audio').readyState < 3", seconds=15)
    expect(page.locator("#live-wait")).to_contain_text("on its way")
    page.wait_for_timeout(4_000)
    script.is_reachable = True
    heard = script.sound.heard_ms() / 1000
    sitting.until(f"{AT} > {heard}")
    assert page.evaluate(AT) < script.sound.heard_ms() / 1000 + 0.5
    expect(page.locator("#live-status")).to_be_empty(timeout=8_000)


def test_words_for_a_step_back(sitting: Sitting):
    """Whoever types is waited for, once; the words go with the step; Escape only closes."""
    page = sitting.page
    sitting.begin()
    page.click("#say-here")
    expect(page.locator("#here-words")).to_be_focused()
    expect(page.locator("#met")).to_be_hidden()
    page.keyboard.type("the one who is cross")
    sitting.until_moved("stay")
    page.keyboard.press("Enter")
    sitting.until_moved("stay", "step-back")
    assert sitting.script.moves[1]["words"] == {"obstacle": "the one who is cross"}
    expect(page.locator("#say-here")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#here-words")).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("#met")).to_be_visible()
    sitting.until_moved("stay", "step-back")


def test_a_word_that_is_tabbed_to_is_seen_whole(sitting: Sitting):
    """The words to pick from are a row that is wider than the page."""
    page = sitting.page
    sitting.begin()
    page.click("#say-here")
    words = page.locator(".one-row .ready:visible")
    width = page.viewport_size["width"]
    edges = [box["x"] + box["width"] for each in words.all() if (box := each.bounding_box())]
    assert any(edge > width for edge in edges)
    for each in words.all():
        each.focus()
        box = each.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_by_keyboard(sitting: Sitting):
    """Arrows answer, the space bar pauses and goes on, Escape is too much."""
    page = sitting.page
    sitting.begin()
    expect(page.locator("#sitting-title")).to_be_focused()
    for key in ("ArrowLeft", "ArrowRight", " "):
        page.keyboard.press(key)
    sitting.until_moved("met", "step-back", "pause")
    assert page.evaluate("document.querySelector('audio').paused")
    expect(page.locator("#hold-sound")).to_have_attribute("aria-label", "Go on")
    page.keyboard.press(" ")
    sitting.until_moved("met", "step-back", "pause", "resume")
    page.keyboard.press("Escape")
    sitting.until_moved("met", "step-back", "pause", "resume", "too-much")
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert names[0] == "Too much"
    assert names[2:] == ["Stay with the ground", "Go back", "Somebody to ring", "Stop here"]


def test_by_a_headset(sitting: Sitting):
    """Next is a step back, previous is met; pause once pauses, twice is too much."""
    page = sitting.page
    sitting.begin()
    page.evaluate("window.handlers.nexttrack()")
    page.evaluate("window.handlers.previoustrack()")
    sitting.until_moved("step-back", "met")
    page.evaluate("window.handlers.pause()")
    page.evaluate("window.handlers.play()")
    sitting.until("window.grounded !== null")
    sitting.until_moved("step-back", "met", "pause", "too-much", "resume")


def test_words_of_danger(sitting: Sitting):
    """The card is shown before a sitting begins, and in the middle of one; one can go back."""
    page, script = sitting.page, sitting.script
    script.dangerous = "end it all"
    page.fill("#word-obstacle", "end it all")
    page.click("#begin")
    expect(page.locator("#crisis-title")).to_be_focused()
    expect(page.get_by_role("link", name="116 123")).to_have_attribute("href", "tel:116123")
    page.click("#crisis-back")
    page.fill("#word-obstacle", "")
    sitting.begin()
    page.click("#say-here")
    page.keyboard.type("end it all")
    page.keyboard.press("Enter")
    expect(page.locator("#crisis-title")).to_be_focused()
    assert not page.evaluate("document.querySelector('audio').paused")
    page.get_by_role("button", name="Back to the sitting").click()
    expect(page.locator("#met")).to_be_visible()


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", 1), ("reduce", 0)])
def test_the_shape_breathes_unless_it_should_be_still(
    chromium: Browser, preview: Preview, script: ScriptedSitting, motion: str, moves: int
):
    """It moves with a breath, and not where reduced motion is asked for."""
    script.lines = [line(1, 4, "", "breath-in"), line(4.5, 5.5, "Here we are.")]
    script.stations = [station(0, "guided")]
    for sitting in open_page(chromium, preview, script, reduced_motion=motion):
        sitting.begin()
        sitting.until(f"{AT} > 1.6")
        assert (
            sitting.page.evaluate("document.querySelector('#shape').getAnimations().length")
            == moves
        )


def test_it_ends_in_silence_with_a_ladder(sitting: Sitting):
    """What came can be kept on the device, or let go; the occasion is in the log."""
    page, script = sitting.page, sitting.script
    rungs = [{"words": "I hate this", "outcome": "stepped-back"}, {"words": None, "outcome": "met"}]
    script.ladder = rungs
    script.sound.total_ms = Ms(3_200)
    page.route("**/api/session-entries", lambda route: route.fulfill(status=201, body="{}"))
    sitting.begin()
    page.wait_for_selector("body[data-step=closing]", timeout=20_000)
    assert page.evaluate("document.querySelector('audio').paused")
    assert page.evaluate("navigator.mediaSession.metadata") is None
    expect(page.locator("#ladder")).to_contain_text("I hate this")
    page.get_by_role("button", name="Keep on this device").click()
    expect(page.locator("#ladder-said")).to_contain_text("kept on this device")
    kept = page.evaluate(f"JSON.parse(localStorage.getItem({LADDERS}[0]))")
    assert kept["rungs"] == rungs
    page.get_by_role("button", name="Let it go").click()
    expect(page.locator("#ladder-said")).to_contain_text("It is gone")
    assert script.forgotten == [kept["id"]]
    assert page.evaluate(LADDERS) == []
    with page.expect_request("**/api/session-entries") as sent:
        page.get_by_role("button", name="Done").click()
    entry = sent.value.post_data_json
    assert (entry["practice"], entry["outcome"], entry["is_live"]) == (SLUG, "completed", True)


def test_whoever_comes_back_goes_on(sitting: Sitting):
    """A page that was left in mid-sitting offers to go on with it."""
    page = sitting.page
    sitting.begin()
    page.reload()
    assert '"move":"pause"' in page.evaluate("sessionStorage.getItem('last words')")
    page.get_by_role("button", name="Go on with it").click()
    page.wait_for_selector("body[data-step=sitting]")
    sitting.until(f"{AT} > 0 && !document.querySelector('audio').paused")
    assert len(sitting.script.begun) == 1
