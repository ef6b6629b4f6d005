"""A practice on a phone without a network: kept, heard, sought in, logged once, and removed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.audio.ffmpeg import ffmpeg_path
from server.store import find_render
from tests.browser.preview import Preview
from tests.browser.waiting import until
from tests.web.conftest import FILES, SCRIPT, House

pytestmark = [pytest.mark.browser]

SECONDS = 120
VTT = (
    b"WEBVTT\n\n00:00.000 --> 01:00.000\nThe low half.\n\n01:00.000 --> 02:00.000\nThe high half.\n"
)
CHAPTERS = (
    b'{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Low"},'
    b' {"startTime": 60, "title": "High"}]}'
)
LOW_HZ, HIGH_HZ = 400, 1600

LISTEN = """
() => {
  const context = new AudioContext();
  const ear = context.createAnalyser();
  ear.fftSize = 4096;
  context.createMediaElementSource(document.querySelector('#audio')).connect(ear);
  ear.connect(context.destination);
  window.pitch = () => {
    const bins = new Uint8Array(ear.frequencyBinCount);
    ear.getByteFrequencyData(bins);
    return bins.indexOf(Math.max(...bins)) * context.sampleRate / ear.fftSize;
  };
}
"""


@pytest.fixture(scope="session")
def two_tones(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two minutes of sound as an MP3: a low tone, and from the middle on a high one."""
    path = tmp_path_factory.mktemp("tones") / "tones.mp3"
    tones = [f"sine=f={hz}:r=48000:d={SECONDS // 2}" for hz in (LOW_HZ, HIGH_HZ)]
    command = [ffmpeg_path(), "-v", "error"]
    for tone in tones:
        command += ["-f", "lavfi", "-i", tone]
    command += ["-filter_complex", "concat=n=2:v=0:a=1", "-b:a", "64k", str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


@pytest.fixture
def house(preview: Preview, two_tones: bytes) -> HouseOfTones:
    """A house in which a worker is played by the test."""
    return HouseOfTones(preview, {**FILES, "mp3": two_tones, "vtt": VTT, "json": CHAPTERS})


class HouseOfTones:
    """Finishes what is ordered, at once, with two tones."""

    def __init__(self, preview: Preview, files: dict[str, bytes]) -> None:
        self.preview, self.url, self._files = preview, preview.url, files

    def finish(self, key: str) -> None:
        """Do the worker's part for one render."""
        preview = self.preview
        worker = House(settings=None, database=preview.database, shelf=preview.shelf)
        worker.publish(key, self._files)

    def order(self, page: Page, **wish: object) -> str:
        """Order a render beside the page, finish it, and give its key."""
        body = {"practice": "soft-ground", "minutes": 2, **wish}
        key = page.request.post(f"{self.url}/api/renders", data=body).json()["key"]
        self.finish(key)
        return key

    def entries(self, page: Page) -> list[dict[str, object]]:
        """The log of the page's device."""
        return page.request.get(f"{self.url}/api/session-entries").json()["entries"]


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that keeps every error of ours; a network that is gone is none."""
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: note(page.errors, m.text) if m.type == "error" else None)
    return page


def note(errors: list[str], text: str) -> None:
    """Keep what the console says, unless it is the network's."""
    if "net::ERR_" not in text:
        errors.append(text)


def keep(page: Page, house: HouseOfTones, **words: str) -> str:
    """Keep Soft ground for offline by its button; gives the key of its recording."""
    page.goto(f"{house.url}/practices/soft-ground")
    for name, word in words.items():
        page.fill(f"#word-{name}", word)
    with page.expect_response("**/api/renders") as answered:
        page.click("#keep-now")
    key = answered.value.json()["key"]
    with house.preview.database.reading() as db:
        is_done = find_render(db, key).state == "done"
    if not is_done:
        house.finish(key)
    expect(page.locator("#keep-said")).to_contain_text("plays without a network", timeout=20_000)
    return key


def caches(page: Page) -> dict[str, list[str]]:
    """What lies in the browser's caches: the addresses by the name of their cache."""
    return page.evaluate(
        """async () => {
          const held = {};
          for (const name of await caches.keys()) {
            const requests = await (await caches.open(name)).keys();
            held[name] = requests.map(({url}) => new URL(url).pathname);
          }
          return held;
        }"""
    )


def kept(page: Page) -> list[str]:
    """The names of the caches that hold a kept practice."""
    return [name for name in caches(page) if name.startswith("stepback.kept.")]


def workers(page: Page) -> int:
    """How many service workers this device has of the house."""
    return page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")


def near(hz: float) -> str:
    return f"Math.abs(window.pitch() - {hz}) < 40"


def test_a_kept_practice_is_heard_sought_in_finished_and_logged_once(
    page: Page, context: BrowserContext, house: HouseOfTones
):
    """In airplane mode, from a cold start: the page, its words, the sound in any place, the end."""
    keep(page, house)
    context.set_offline(True)
    page.goto(house.url)  # the library is not on the device: the list of what is kept is
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept on this device")
    expect(page.locator("#kept-instead")).to_be_visible()
    page.get_by_role("link", name="Soft ground").click()
    page.wait_for_selector("body[data-step=listen]")
    page.evaluate(LISTEN)
    page.click("#play")
    until(page, "document.querySelector('#audio').currentTime > 0.5")
    until(page, near(LOW_HZ))
    assert page.evaluate("document.querySelector('#audio').duration") == pytest.approx(120, abs=1)
    expect(page.locator("#lines button")).to_have_count(2)
    expect(page.locator("#seek-score svg")).to_have_count(1)
    page.get_by_role("button", name="The high half.").click()
    until(page, near(HIGH_HZ))
    assert page.evaluate("document.querySelector('#audio').currentTime") >= 60
    page.evaluate("document.querySelector('#audio').currentTime = 20")
    until(page, near(LOW_HZ))
    page.evaluate("document.querySelector('#audio').currentTime = 118.5")
    page.wait_for_selector("body[data-step=closing]")
    expect(page.locator("#closing-kept")).to_contain_text("kept on this device")
    # Nothing begins by itself afterwards.
    page.wait_for_timeout(1000)
    assert page.evaluate("[...document.querySelectorAll('audio')].every((a) => a.paused)")
    page.goto(f"{house.url}/my-practice")
    expect(page.locator("#kept-waiting")).to_contain_text("1 sitting waits here")
    assert house.entries(page) == []
    context.set_offline(False)
    page.goto(f"{house.url}/my-practice")
    expect(page.get_by_role("main")).to_contain_text("Soft ground")
    until(page, "!Object.keys(localStorage).some((key) => key.startsWith('stepback.outbox'))")
    page.reload()
    (entry,) = house.entries(page)
    assert (entry["practice"], entry["outcome"]) == ("soft-ground", "completed")
    assert page.errors == []


def test_begin_without_a_network_plays_what_is_kept_and_goes_on_from_its_place(
    page: Page, context: BrowserContext, house: HouseOfTones
):
    """The same button as always; the place survives, and so do the choices."""
    keep(page, house)
    context.set_offline(True)
    page.goto(f"{house.url}/practices/soft-ground?minutes=2")
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]")
    until(page, "document.querySelector('#audio').currentTime > 0.3")
    page.evaluate("document.querySelector('#audio').currentTime = 40")
    until(page, "document.querySelector('#audio').currentTime > 46")
    page.reload()
    page.check("[name=minutes][value='3']")
    page.click("#begin")  # three minutes are not on the device
    expect(page.locator("#order-problem")).to_contain_text("No answer from the server")
    page.get_by_role("button", name="Play what is kept: 2 minutes").click()
    page.click("#resume-on")
    until(page, "document.querySelector('#audio').currentTime > 45")
    assert page.errors == []


def test_a_visitor_gets_no_worker_and_nothing_is_kept(page: Page, house: HouseOfTones):
    """Whoever only listens gets nothing that stays: no worker, no cache."""
    house.order(page)
    page.goto(f"{house.url}/practices/soft-ground")
    page.click("#begin")
    page.wait_for_selector("body[data-step=listen]")
    until(page, "document.querySelector('#audio').currentTime > 0.5")
    page.goto(house.url)
    assert workers(page) == 0
    assert caches(page) == {}


def test_own_words_are_kept_only_by_a_press_and_leave_nothing_when_removed(
    page: Page, context: BrowserContext, house: HouseOfTones
):
    """In a cache of that recording alone; removing it removes the sound, the words and the page."""
    public = keep(page, house)
    page.fill("#word-place", "the old mill")
    page.click("#begin")  # heard, and not kept
    page.wait_for_selector("body[data-step=listen], body[data-step=wait]")
    assert kept(page) == [f"stepback.kept.{public}"]
    private = keep(page, house, place="the old mill")
    assert private != public
    sound = f"/audio/{private}.mp3"
    assert [name for name, paths in caches(page).items() if sound in paths] == [
        f"stepback.kept.{private}"
    ]
    told = page.evaluate(
        "async (name) => (await caches.match('/offline/record', {cacheName: name})).text()",
        f"stepback.kept.{private}",
    )
    assert "old mill" not in told
    page.goto(f"{house.url}/offline")
    row = page.locator("#kept-list li", has_text="with words of your own")
    row.get_by_role("button").click()
    expect(page.locator("#kept-said")).to_have_text("It is removed from this device.")
    assert f"stepback.kept.{private}" not in caches(page)
    assert not any(sound in paths for paths in caches(page).values())
    context.set_offline(True)
    assert page.evaluate("(url) => fetch(url).then(() => 'there', () => 'gone')", sound) == "gone"
    expect(page.locator("#kept-list li")).to_have_count(1)
    assert page.errors == []


def test_words_that_are_forgotten_are_gone_from_the_device_too(page: Page, house: HouseOfTones):
    """Remove them now, at the end of a practice, reaches what was kept of it."""
    private = keep(page, house, place="the old mill")
    page.get_by_role("button", name="Play what is kept").click()
    page.wait_for_selector("body[data-step=listen]")
    until(page, "document.querySelector('#audio').currentTime > 0.3")
    page.click("#stop")
    page.wait_for_selector("body[data-step=closing]")
    page.click("#forget")
    expect(page.locator("#own-words-text")).to_contain_text("Your words are removed")
    until(page, f"caches.has('stepback.kept.{private}').then((has) => !has)")
    assert page.request.get(f"{house.url}/audio/{private}.mp3").status == 404
    assert page.errors == []


@pytest.mark.long
def test_the_list_says_how_much_room_is_taken_and_can_be_emptied(page: Page, house: HouseOfTones):
    """Sizes in what people say, and one press that removes all."""
    keep(page, house)
    page.check("[name=minutes][value='3']")
    with page.expect_response("**/api/renders") as answered:
        page.click("#keep-now")
    house.finish(answered.value.json()["key"])
    expect(page.locator("#keep-list li")).to_have_count(2)
    page.goto(f"{house.url}/offline")
    expect(page.locator("#kept-list li")).to_have_count(2)
    expect(page.locator("#kept-list li").first).to_contain_text("3 minutes · 1 MB")
    expect(page.locator("#kept-room")).to_contain_text("The practices take 2 MB")
    page.click("#kept-all")
    expect(page.locator("#kept-list li")).to_have_count(0)
    expect(page.locator("#kept-none")).to_be_visible()
    assert caches(page) == {}
    assert workers(page) == 0


@pytest.mark.long
def test_the_network_is_asked_first_and_the_kept_page_follows(
    page: Page, context: BrowserContext, house: HouseOfTones
):
    """A page that has changed is the new one at once, and from then on without a network too."""
    keep(page, house)
    path = house.preview.scripts_path / "soft-ground.md"
    path.write_text(SCRIPT.replace("title: Soft ground", "title: Softer ground"), "utf-8")
    page.goto(f"{house.url}/practices/soft-ground")
    expect(page.get_by_role("heading", level=1)).to_have_text("Softer ground")
    context.set_offline(True)
    page.goto(f"{house.url}/practices/soft-ground")
    expect(page.get_by_role("heading", level=1)).to_have_text("Softer ground")
    context.set_offline(False)
    assert page.goto(f"{house.url}/practices/no-such-practice").status == 404


@pytest.mark.long
def test_a_new_version_waits_until_the_practice_has_ended(
    page: Page, context: BrowserContext, house: HouseOfTones
):
    """While somebody practises on one page, no other page lets the new worker in; then it comes."""
    keep(page, house)
    page.get_by_role("button", name="Play what is kept").click()
    until(page, "document.querySelector('#audio').currentTime > 0.3")
    other = context.new_page()
    other.goto(f"{house.url}/offline")
    other.select_option("#language", "de")  # another language is another worker
    expect(other.locator("html")).to_have_attribute("lang", "de")
    other.evaluate("navigator.serviceWorker.getRegistration().then((r) => r.update())")
    waiting = "navigator.serviceWorker.getRegistration().then((r) => Boolean(r.waiting))"
    until(other, waiting)
    other.reload()  # it looks whether it may let it in
    at = page.evaluate("document.querySelector('#audio').currentTime")
    until(page, f"document.querySelector('#audio').currentTime > {at + 2}")
    assert other.evaluate(waiting)
    page.click("#stop")
    until(other, f"{waiting}.then((is) => !is)")
    expect(page.locator("body")).to_have_attribute("data-step", "closing")
    context.set_offline(True)
    other.goto(f"{house.url}/about")
    expect(other.locator("html")).to_have_attribute("lang", "de")
    other.goto(f"{house.url}/practices/soft-ground")
    expect(other.locator("html")).to_have_attribute("lang", "de")
    assert page.errors == []


@pytest.mark.long
def test_stepping_back_comes_with_the_first_that_is_kept_and_stays_away_once_removed(
    page: Page, house: HouseOfTones
):
    """The published recording, by itself; whoever removes it does not get it again unasked."""
    text = SCRIPT.replace("soft-ground", "stepping-back").replace("Soft ground", "Stepping back")
    text = text.replace("under your feet", "under both feet")  # the same words are one recording
    (house.preview.scripts_path / "stepping-back.md").write_text(text, "utf-8")
    always = house.order(page, practice="stepping-back")
    keep(page, house)
    until(page, f"caches.match('/offline/record', {{cacheName: 'stepback.kept.{always}'}})")
    page.goto(f"{house.url}/offline")
    page.get_by_role("button", name="Remove Stepping back").click()
    expect(page.locator("#kept-list li")).to_have_count(1)
    page.evaluate("localStorage.removeItem('stepback.kept-looked')")
    page.goto(house.url)
    page.wait_for_load_state("networkidle")
    assert f"stepback.kept.{always}" not in caches(page)
    assert page.errors == []


@pytest.mark.long
def test_a_network_that_is_silent_is_not_waited_for_again_and_again(
    page: Page, house: HouseOfTones
):
    """A phone that believes it has a network gets the kept page after some seconds, not minutes."""
    keep(page, house)
    page.goto(f"{house.url}/offline")
    with house.preview.frozen():
        page.get_by_role("link", name="Soft ground").click()
        page.wait_for_selector("body[data-step=listen]", timeout=20_000)
        page.click("#play")
        until(page, "document.querySelector('#audio').currentTime > 0.5")
    page.goto(house.url)  # it answers again, and so it is heard again
    expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to practise?")
    assert page.errors == []


@pytest.mark.long
def test_a_full_device_keeps_nothing_in_part(page: Page, house: HouseOfTones):
    """It says so, and what was there before stays."""
    page.goto(house.url)
    limits = {"origin": house.url, "quotaSize": 600_000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", limits)
    page.goto(f"{house.url}/practices/soft-ground")
    house.order(page)
    page.click("#keep-now")
    expect(page.locator("#keep-said")).to_contain_text("not enough room", timeout=20_000)
    assert kept(page) == []
    expect(page.locator("#keep-now")).to_be_enabled()
    assert page.errors == []


def test_keeping_can_be_stopped_while_it_is_prepared(page: Page, house: HouseOfTones):
    """It says so, nothing is kept, and the same press begins anew."""
    page.goto(f"{house.url}/practices/soft-ground")
    page.fill("#word-place", "the mill pond")
    with page.expect_response("**/api/renders"):
        page.click("#keep-now")
    page.click("#keep-stop")
    expect(page.locator("#keep-said")).to_have_text("It was stopped. Nothing was kept.")
    expect(page.locator("#keep-stop")).to_be_hidden()
    expect(page.locator("#keep-now")).to_be_focused()
    assert kept(page) == []
    assert page.errors == []


def test_the_pages_can_be_installed(page: Page, house: HouseOfTones):
    """Chromium finds nothing in the manifest that would keep it from a home screen."""
    page.goto(house.url)
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getAppManifest")["errors"] == []
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [e["errorId"] for e in errors if e["errorId"] != "in-incognito"] == []


@pytest.mark.long
def test_what_was_broken_off_is_cleared_away(page: Page, house: HouseOfTones):
    """A cache without its record is of no use to anybody."""
    keep(page, house)
    page.evaluate(
        "caches.open('stepback.kept.' + '0'.repeat(64)).then((c) => c.put('/x', new Response('x')))"
    )
    page.goto(f"{house.url}/offline")
    expect(page.locator("#kept-list li")).to_have_count(1)
    assert f"stepback.kept.{'0' * 64}" not in caches(page)
