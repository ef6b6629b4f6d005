"""The pages in German, by the browser's wish and by choice; and read from right to left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from server.app import create_app
from server.web.phrasebook import ENGLISH, make_phrasebook
from tests.browser.preview import Preview, serve_app
from tests.growing import Encoded
from tests.web.conftest import house_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

PHONE = {"width": 390, "height": 844}
PRACTICE = "/practices/soft-ground"


def is_error(message: ConsoleMessage) -> bool:
    """True for an error of ours; an answer that is meant to be a refusal is none."""
    return message.type == "error" and "the server responded with a status" not in message.text


def open_page(chromium: Browser, language: str) -> Iterator[Page]:
    """A phone whose owner reads a language; what goes wrong in the page is told at the end."""
    context = chromium.new_context(viewport=PHONE, locale=language)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if is_error(m) else None)
    yield page
    assert errors == []
    context.close()


@pytest.fixture
def german(chromium: Browser) -> Iterator[Page]:
    """The page of somebody whose phone speaks German."""
    yield from open_page(chromium, "de-DE")


@pytest.fixture
def arabic(chromium: Browser) -> Iterator[Page]:
    """The page of somebody whose phone speaks Arabic."""
    yield from open_page(chromium, "ar-EG")


@pytest.fixture
def mirrored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Preview]:
    """A house that knows Arabic by name alone: every page from right to left, in English words."""
    books = {"en": ENGLISH, "ar": make_phrasebook(Catalog(locale="ar"))}
    monkeypatch.setattr("server.web.language.read_phrasebooks", lambda: books)
    house = house_in(tmp_path)
    app = create_app(house.settings)
    with serve_app(app) as (url, gate):
        yield Preview(
            url=url,
            database=house.database,
            shelf=house.shelf,
            scripts_path=house.settings.scripts_path,
            gate=gate,
        )
    app.extensions["stepback"].database.close()
    house.database.close()


def test_what_scripts_say_is_german(german: Page, preview: Preview, encoded: Encoded):
    """From the press of Begin to the log: what a script puts into the page is German as well."""
    german.goto(preview.url + PRACTICE)
    expect(german.locator("#begin")).to_have_text("Beginnen")
    german.click("#choices summary")
    german.check("[name=pace][value=slower]")
    german.check("[name=bed][value=rain]")
    expect(german.locator("#choices-said")).to_have_text("etwas langsamer, Regen")
    growing = preview.begin(german, encoded)
    preview.beat(growing.key, done_ms=42_000, total_ms=130_000)
    expect(german.locator("#wait-text")).to_have_text(
        "Wird vorbereitet: Arriving, 42 s von 2 min 10 s gesprochen."
    )
    growing.grow(len(encoded.pieces))
    german.wait_for_selector("body[data-step=listen]")
    expect(german.locator("#play")).to_have_text("Pause")
    expect(german.locator("#time-now")).not_to_have_text("0:00")
    expect(german.locator("#time-now")).not_to_have_text("0:01")
    told = german.locator("#seek").get_attribute("aria-valuetext")
    assert "Sekunden von " in told
    german.click("#stop")
    expect(german.locator("#closing-title")).to_have_text(
        "Das war „Soft ground“, weniger als eine Minute."
    )
    expect(german.locator("#closing-kept")).to_have_text("Es steht jetzt in „Meine Übungen“.")
    german.click("#closing-kept a")
    expect(german.locator(".day h2").first).to_contain_text(", ")  # Mittwoch, 25. November
    expect(german.locator(".row-words")).to_have_text("weniger als eine Minute")


def test_plural_forms_and_what_is_missing(german: Page, preview: Preview):
    """A script counts as German does, fills in what belongs in, and falls to English."""
    german.goto(preview.url)
    said = german.evaluate(
        """async () => {
          const { _, ngettext, language } = await import("/static/js/words.js");
          const minutes = (n) => ngettext("{n} minute", "{n} minutes", n);
          return [language, minutes(1), minutes(2), minutes(0), minutes(101), minutes(1000),
            ngettext("{n} fish in {sea}", "{n} fishes in {sea}", 2, { sea: "a sea" }),
            ngettext("{n} fish", "{n} fishes", 1),
            _("Go on from {time}", { time: "1:05" }),
            _("Nobody says {what} in {which}", { what: "this" })];
        }"""
    )
    assert said == [
        *("de", "1 Minute", "2 Minuten", "0 Minuten", "101 Minuten", "1000 Minuten"),
        *("2 fishes in a sea", "1 fish", "Weiter ab 1:05", "Nobody says this in {which}"),
    ]


def test_a_refusal_is_shown_in_german(german: Page, preview: Preview):
    """Beside the field that it is about, in the server's own words."""
    german.goto(preview.url + PRACTICE)
    german.evaluate(
        """() => {
          const word = document.querySelector("#word-place");
          word.removeAttribute("maxlength");
          word.value = "a very long corridor indeed";
        }"""
    )
    german.click("#begin")
    expect(german.locator("#word-place-problem")).to_have_text("Bitte höchstens 20 Zeichen.")


def test_the_language_is_chosen_at_the_foot(german: Page, preview: Preview):
    """One choice, no further press; it holds on the next page and can be taken back."""
    german.goto(f"{preview.url}{PRACTICE}?minutes=3")
    expect(german.locator("footer button")).to_be_hidden()
    german.select_option("#language", "en")
    expect(german.locator("html")).to_have_attribute("lang", "en-GB")
    assert german.url == f"{preview.url}{PRACTICE}?minutes=3"
    german.goto(preview.url)
    expect(german.locator("h1")).to_have_text("What would you like to practise?")
    german.select_option("#language", "")
    expect(german.locator("h1")).to_have_text("Was möchtest du üben?")


def test_the_language_is_chosen_without_javascript(chromium: Browser, preview: Preview):
    """A button does what the script does else."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{preview.url}/about")
    page.select_option("#language", "de")
    page.click("footer button")
    expect(page.locator("h1")).to_have_text("Über Stepback")
    expect(page.locator("footer button")).to_have_text("Auswählen")
    context.close()


# ── from right to left ───────────────────────────────────────────────────────────────────────


def edges(page: Page, selector: str) -> tuple[float, float]:
    """Where an element begins and ends across the page."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return box["x"], box["x"] + box["width"]


def fits(page: Page) -> bool:
    """True when nothing hangs out at either side."""
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    return bool(wide[0] == wide[1] == PHONE["width"])


def test_pages_are_mirrored(arabic: Page, mirrored: Preview):
    """What stood at the left stands at the right, and nothing hangs out at either side."""
    for path in ("/", "/about", PRACTICE, "/my-practice", "/nowhere"):
        arabic.goto(mirrored.url + path)
        expect(arabic.locator("html")).to_have_attribute("dir", "rtl")
        assert edges(arabic, ".brand")[0] > edges(arabic, ".top nav a")[1]
        assert fits(arabic), path
    arabic.goto(f"{mirrored.url}/about")
    look = "list => [getComputedStyle(list).paddingLeft, getComputedStyle(list).paddingRight]"
    left, right = arabic.locator(".prose ul").first.evaluate(look)
    assert (left, right != left) == ("0px", True)
    arabic.goto(mirrored.url)
    arabic.keyboard.press("Tab")
    assert edges(arabic, ".skip")[1] == pytest.approx(PHONE["width"] - 16, abs=1)


def test_sound_goes_from_left_to_right_everywhere(
    arabic: Page, mirrored: Preview, encoded: Encoded
):
    """The picture, the place, the times and the moves: as players do in Arabic and Hebrew."""
    arabic.goto(mirrored.url + PRACTICE)
    growing = mirrored.begin(arabic, encoded)
    growing.grow(len(encoded.pieces))
    arabic.wait_for_selector("body[data-step=listen]")
    assert fits(arabic)
    assert edges(arabic, "#back")[1] < edges(arabic, "#play")[0]
    assert edges(arabic, "#play")[1] < edges(arabic, "#on")[0]
    assert edges(arabic, "#time-now")[1] < edges(arabic, "#time-all")[0]
    expect(arabic.locator("#time-all")).to_have_text("0:12")  # now all of it is known to be there
    arabic.evaluate("document.querySelector('#audio').pause()")
    start, end = edges(arabic, "#seek")
    y = arabic.locator("#seek").bounding_box()["y"] + 20
    arabic.mouse.click(start + (end - start) * 0.25, y)
    at = arabic.evaluate("document.querySelector('#audio').currentTime")
    whole = arabic.evaluate("document.querySelector('#audio').duration")
    assert at == pytest.approx(whole / 4, rel=0.1)
    arabic.locator("#seek").press("ArrowRight")
    later = arabic.evaluate("document.querySelector('#audio').currentTime")
    assert later > at
