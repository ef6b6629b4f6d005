"""From the library to the log with everything real: server, worker, voice, ffmpeg, browser."""

from __future__ import annotations

import shutil
import threading
import time

import feedparser
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import is_outside
from tests.browser.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real_voice,
    # One house for all of these: they run in one process, in their order.
    pytest.mark.xdist_group("house"),
]

HEAR = """
() => {
  const audio = document.querySelector('#audio');
  const context = new AudioContext();
  const ear = context.createAnalyser();
  ear.fftSize = 2048;
  context.createMediaElementSource(audio).connect(ear);
  ear.connect(context.destination);
  window.loudest = () => {
    const wave = new Float32Array(ear.fftSize);
    ear.getFloatTimeDomainData(wave);
    return Math.max(...wave.map(Math.abs));
  };
}
"""

TELEMETRY_WAIT_SECONDS = 25
"""onnxruntime 1.30 calls home some 20 s after a session was made; ours must not."""


@pytest.fixture
def page(chromium: Browser, house) -> Page:
    """A phone-sized page that keeps every address it asked for and every error it met."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    yield page
    assert page.errors == []
    assert [url for url in page.asked if not url.startswith((house.url, "data:", "blob:"))] == []
    context.close()


def play(page: Page) -> None:
    """Press play unless the sound has started by itself, and wait until it advances."""
    if page.evaluate("document.querySelector('#audio').paused"):
        page.click("#play")
    until(page, "document.querySelector('#audio').currentTime > 0.5")


def whole(page: Page) -> None:
    """Wait until all of it is there: it may be heard before that."""
    until(page, "!document.querySelector('#save').hidden", seconds=120)
    until(page, "Number.isFinite(document.querySelector('#audio').duration)")


@pytest.mark.parametrize(
    ("title", "minutes", "stages"),
    [("Three breaths", 3, 4), pytest.param("Stepping back", 5, 7, marks=pytest.mark.long)],
)
def test_a_person_practises_and_finds_it_in_the_log(
    page: Page, house, title: str, minutes: int, stages: int
):
    """Open the library, choose a length, press play, hear it advance, finish, see the entry."""
    page.goto(house.url)
    page.get_by_role("link", name=title).click()
    page.check(f"[name=minutes][value='{minutes}']")
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]", timeout=120_000)
    play(page)
    page.evaluate(HEAR)
    # The bell of the opening rings for seconds: sound is heard, and time goes on.
    until(page, "window.loudest() > 0.005")
    at = page.evaluate("document.querySelector('#audio').currentTime")
    until(page, f"document.querySelector('#audio').currentTime > {at + 1.5}")
    whole(page)
    length_s = page.evaluate("document.querySelector('#audio').duration")
    assert length_s == pytest.approx(60 * minutes, abs=3)
    expect(page.locator("#chapters button")).to_have_count(stages)
    assert title in page.evaluate("navigator.mediaSession.metadata.title")
    until(page, "document.querySelector('#audio').currentTime > 6.5")
    until(page, "window.loudest() > 0.02")
    page.locator("#audio").evaluate("audio => { audio.currentTime = audio.duration - 2; }")
    page.wait_for_selector("body[data-step=closing]", timeout=20_000)
    page.goto(f"{house.url}/my-practice")
    entry = page.get_by_role("main")
    expect(entry).to_contain_text(title)
    expect(entry).not_to_contain_text("waiting")


def test_stopping_early_counts_as_well(page: Page, house):
    """A practice that is stopped half-way is in the log, with the time that was practised."""
    page.goto(f"{house.url}/practices/three-breaths")
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]", timeout=120_000)
    play(page)
    until(page, "document.querySelector('#audio').currentTime > 3")
    page.click("#stop")
    page.wait_for_selector("body[data-step=closing]")
    page.goto(f"{house.url}/my-practice")
    expect(page.get_by_role("main")).to_contain_text("Three breaths")


@pytest.mark.long
def test_the_place_is_kept_on_the_device(page: Page, house):
    """Coming back to a practice goes on where it was left, if one likes."""
    page.goto(f"{house.url}/practices/three-breaths")
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]", timeout=120_000)
    play(page)
    whole(page)
    page.evaluate("document.querySelector('#audio').currentTime = 60")
    until(page, "document.querySelector('#audio').currentTime > 66")
    page.reload()
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]", timeout=120_000)
    page.click("#resume-on")
    until(page, "document.querySelector('#audio').currentTime > 60")


def test_own_words_are_spoken_for_this_device_and_can_be_removed(page: Page, house):
    """A listener's own words are rendered, heard only by their address, and gone when asked."""
    page.goto(f"{house.url}/practices/small-step")
    page.check("[name=minutes][value='1']")
    page.fill("#word-obstacle", "I am too tired for kindness")
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]", timeout=120_000)
    whole(page)
    address = page.evaluate("document.querySelector('#save').href")
    assert page.request.get(address, headers={"Range": "bytes=0-1"}).status == 206
    assert "private" in page.request.head(address).headers["cache-control"]
    play(page)
    page.click("#stop")
    page.wait_for_selector("body[data-step=closing]")
    page.click("#forget")
    expect(page.locator("#forget")).to_be_hidden(timeout=10_000)
    assert page.request.get(address).status == 404
    words = b"too tired for kindness"
    kept = [path for path in house.folder.rglob("*") if path.is_file()]
    assert kept
    assert [path.name for path in kept if words in path.read_bytes()] == []


@pytest.mark.long
def test_the_feed_knows_what_was_rendered(page: Page, house):
    """Three breaths, rendered at its usual length, is an episode with its true size."""
    page.goto(f"{house.url}/practices/three-breaths")
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]", timeout=120_000)
    whole(page)
    feed = feedparser.parse(page.request.get(f"{house.url}/feed").body())
    assert not feed.bozo
    (episode,) = (entry for entry in feed.entries if entry.title == "Three breaths")
    enclosure = episode.enclosures[0]
    head = page.request.head(house.url + "/feed/audio/" + enclosure.href.rpartition("/")[2])
    assert head.headers["content-length"] == enclosure.length
    assert abs(int(episode.itunes_duration) - 180) <= 3  # the close is guessed before it is said


@pytest.mark.parametrize(
    ("call", "goes_out"),
    [
        ('connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}', 1),
        ('sendto(7, "\\1", 1, 0, {sin6_addr=inet_pton(AF_INET6, "2001:db8::1", 0)}, 28)', 1),
        ('connect(5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}', 0),
        ('connect(3, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110)', 0),
        ('sendto(7, "\\1", 1, 0, {sin6_addr=inet_pton(AF_INET6, "::1", 0)}, 28)', 0),
    ],
)
def test_the_watcher_knows_what_goes_out(call, goes_out):
    """A call to another machine is told from one to this machine."""
    assert is_outside(call) == bool(goes_out)


def test_no_process_looks_anything_up(house, request):
    """Neither web nor worker names another machine, long after the voice was loaded."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: apt-get install -y strace")
    began = house.folder / "worker.calls"
    left = TELEMETRY_WAIT_SECONDS - (time.time() - began.stat().st_ctime)
    if left > 0:
        threading.Event().wait(left)
    assert house.outside_calls() == []
