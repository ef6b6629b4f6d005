"""Every page, checked by axe-core as WCAG 2.2 AA asks, in every look that a device may ask for.

A page that is new gets a row in PAGES, and no more.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.axe import AS_USUAL, AXE, LOOKS, Looks, find_all_faults, find_faults
from tests.browser.conftest import ROOT, House, run_house

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("axe")]

PRACTICE = "/practices/stepping-back"
WORKSHEET = "/worksheets/friend-and-self"
SCRIPT = "/author/obstacles/stepping-back.md"
VIEWPORT: ViewportSize = {"width": 390, "height": 844}


def as_it_is(page: Page) -> None:
    """Nothing has to be done to see it."""


def unfold(page: Page) -> None:
    """Open everything that is folded away."""
    page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")


def refused(page: Page) -> None:
    """Order what the server refuses: what is wrong stands beside its field."""
    page.route(
        "**/api/renders",
        lambda route: route.fulfill(
            status=422,
            content_type="application/problem+json",
            json={"status": 422, "errors": [{"field": "words.obstacle", "message": "Too long."}]},
        ),
    )
    page.click("#begin")
    expect(page.locator("[aria-invalid]")).to_be_visible()


def waiting(page: Page) -> None:
    """Order what nobody answers."""
    page.route("**/api/renders", lambda route: None)
    page.click("#begin")
    expect(page.locator("#wait")).to_be_visible()


def listening(page: Page) -> None:
    """Listen to all of it, with the words and the stages beside."""
    page.check("[name=minutes][value='5']")
    page.click("#begin")
    expect(page.locator("#save")).not_to_have_attribute("hidden", "", timeout=120_000)
    expect(page.locator("#chapters button")).to_have_count(7)
    unfold(page)


def coming_back(page: Page) -> None:
    """Come back to one that was left in the middle."""
    listening(page)
    page.locator("#audio").evaluate("audio => { audio.currentTime = 70; }")
    expect(page.locator("#time-now")).to_have_text(re.compile(r"^1:1"))
    page.click("#play")
    page.reload()
    page.check("[name=minutes][value='5']")
    page.click("#begin")
    expect(page.locator("#resume")).to_be_visible(timeout=30_000)


def troubled(page: Page) -> None:
    """Listen to sound that stops coming."""
    listening(page)
    page.locator("#audio").evaluate("audio => audio.dispatchEvent(new Event('error'))")
    expect(page.locator("#listen-problem")).not_to_be_empty()


def closing(page: Page) -> None:
    """Stop after a while, with words of one's own to remove."""
    page.fill("#word-obstacle", "I am too tired for kindness")
    listening(page)
    expect(page.locator("#time-now")).not_to_have_text("0:00", timeout=30_000)
    page.click("#stop")
    expect(page.locator("#own-words")).to_be_visible()


def practised(page: Page) -> None:
    """See in the log what was done, and what still waits on the device."""
    listening(page)
    expect(page.locator("#time-now")).not_to_have_text("0:00", timeout=30_000)
    page.route("**/api/session-entries", lambda route: route.abort())
    page.click("#stop")
    page.goto(page.url.replace(PRACTICE, "/my-practice"))
    expect(page.locator(".entry")).to_have_count(1)


def writing(page: Page) -> None:
    """Write a mistake into a script: it is marked, and told; nothing is saved."""
    page.wait_for_selector(".time-part")
    page.locator("#editor .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("Stay a little. [silnce 4s]")
    expect(page.locator(".remark").first).to_be_visible()
    unfold(page)


def comparing(page: Page) -> None:
    """See what changed between what is written and what was kept."""
    writing(page)
    page.click("#version-compare")
    expect(page.locator("#comparison")).to_be_visible()


def sitting(page: Page) -> None:
    """Sit live, with words of one's own."""
    page.fill("#word-obstacle", "I am too tired for kindness")
    page.check("[name=minutes][value='5']")
    page.click("#begin")
    begun = page.locator("#sitting[data-held], #live-line:not(:empty)")
    expect(begun.first).to_be_attached(timeout=120_000)
    if page.locator("#sitting[data-held]").count():  # it took so long that a press is wanted
        page.click("#hold-sound")
    expect(page.locator("#live-line")).not_to_be_empty(timeout=30_000)


def paused(page: Page) -> None:
    """Hold the sound."""
    page.click("#hold-sound")
    expect(page.locator(".live-held")).to_be_visible()


def saying(page: Page) -> None:
    """Say what is here, with a step back."""
    page.click("#hold-sound")
    page.click("#say-here")
    page.get_by_role("button", name="I hate this").click()


def on_the_ground(page: Page) -> None:
    """It is too much."""
    page.click("#too-much")
    expect(page.get_by_role("button", name="Stay with the ground")).to_be_visible()


def ringing(page: Page) -> None:
    """See whom to ring."""
    page.click("#ring")
    expect(page.get_by_role("link", name="116 123")).to_be_visible()


def after_sitting(page: Page) -> None:
    """Stop on the ground: there is a ladder, and it can be said how it is now."""
    page.click("#crisis-back")
    page.click("#stop-here")
    expect(page.locator("#ladder")).to_contain_text("too tired")
    unfold(page)


def laddered(page: Page) -> None:
    """Read again what was kept of a sitting."""
    page.click("#ladder-keep")
    page.click("#done")
    expect(page.locator("#ladders summary")).to_be_visible()
    unfold(page)


def in_danger(page: Page) -> None:
    """Begin with words that speak of danger."""
    page.fill("#word-obstacle", "I want to end it all")
    page.click("#begin")
    expect(page.get_by_role("link", name="116 123")).to_be_visible()


def kept_offline(page: Page) -> None:
    """See what is kept for a time without a network."""
    page.check("[name=minutes][value='5']")
    page.click("#keep-now")
    expect(page.locator("#keep-said")).to_contain_text("plays without a network", timeout=120_000)
    page.goto(page.url.replace(PRACTICE, "/offline"))
    expect(page.locator("#kept-list li").first).to_be_visible()
    unfold(page)


def missing_an_answer(page: Page) -> None:
    """Go on without an answer: what is missing stands beside its field."""
    page.click("#begin")
    page.click("#next")
    expect(page.locator(".problem:visible")).not_to_be_empty()


def answering(page: Page, second: str = "Pull yourself together.") -> None:
    """Write what one would say to a friend, and to oneself."""
    page.clock.install()
    page.click("#begin")
    for words in ("It rained.", "Come here, sit with me, and stay a while.", second):
        page.locator("textarea:visible").fill(words)
        page.click("#next")


def answered_alike(page: Page) -> None:
    """Write the same to both."""
    answering(page, "Come here, sit with me, and stay a while.")
    expect(page.locator("#alike")).to_be_visible()


def rating(page: Page) -> None:
    """Say how kind it is, with the words beside."""
    answering(page)
    page.locator(".pill:visible").nth(7).click()


def reading(page: Page) -> None:
    """Read both, to the end of the quiet."""
    rating(page)
    page.click("#next")
    page.locator(".pill:visible").nth(3).click()
    page.click("#next")
    expect(page.locator("#reading")).to_be_visible()
    page.clock.fast_forward(20_000)
    expect(page.locator("#done")).to_be_visible()


def wrote(page: Page) -> None:
    """Read again what was written, twice."""
    address = page.url
    for _ in range(2):
        page.goto(address.partition("#")[0])
        reading(page)
        page.click("#done")
    page.goto(address.replace("friend-and-self", "mine"))
    expect(page.locator(".ws-row")).to_have_count(2)
    unfold(page)


def looking_out(page: Page) -> None:
    """Wait for an app to fetch the feed."""
    unfold(page)
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_role("button", name="Stop looking")).to_be_visible()


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "the library": ("/", as_it_is),
    "about": ("/about", as_it_is),
    "the map": ("/map", as_it_is),
    "a question of the map": ("/map/2", as_it_is),
    "a course": ("/courses/four-stages", as_it_is),
    "subscribing": ("/subscribe", unfold),
    "subscribing to a track": ("/subscribe/tracks/obstacles", as_it_is),
    "subscribing to a course": ("/subscribe/courses/four-stages", unfold),
    "subscribing, looking out": ("/subscribe", looking_out),
    "a practice": (PRACTICE, as_it_is),
    "a practice, after the map": ("/practices/too-much?map=1", unfold),
    "a practice, unfolded": (PRACTICE, unfold),
    "a practice, refused": (PRACTICE, refused),
    "a practice, waited for": (PRACTICE, waiting),
    "a practice, listened to": (PRACTICE, listening),
    "a practice, come back to": (PRACTICE, coming_back),
    "a practice, without sound": (PRACTICE, troubled),
    "a practice, closed": (PRACTICE, closing),
    "a loudspeaker": ("/listen", as_it_is),
    "a live sitting, before it": (f"{PRACTICE}/live", unfold),
    "a live sitting, words of danger": (f"{PRACTICE}/live", in_danger),
    "nothing kept for offline": ("/offline", as_it_is),
    "kept for offline": (PRACTICE, kept_offline),
    "a script to print": (f"{PRACTICE}/script", as_it_is),
    "a telling to print": (f"{PRACTICE}/script?minutes=10&eyes=open", as_it_is),
    "my practice, empty": ("/my-practice", as_it_is),
    "my practice": (PRACTICE, practised),
    "the author's scripts": ("/author", as_it_is),
    "the author's lexicon": ("/author/lexicon.yaml", as_it_is),
    "the author's page": (SCRIPT, writing),
    "the author's comparison": (SCRIPT, comparing),
    "the worksheets": ("/worksheets", as_it_is),
    "a worksheet": (WORKSHEET, as_it_is),
    "a worksheet, an answer missing": (WORKSHEET, missing_an_answer),
    "a worksheet, ready answers": ("/worksheets/obstacle-diary", missing_an_answer),
    "a worksheet, much alike": (WORKSHEET, answered_alike),
    "a worksheet, rated": (WORKSHEET, rating),
    "a worksheet, read": (WORKSHEET, reading),
    "what I wrote, nothing": ("/worksheets/mine", as_it_is),
    "what I wrote": (WORKSHEET, wrote),
    "nothing here": ("/nothing-here", as_it_is),
    "a page that cannot do that": ("/language", as_it_is),
}
"""Each page: where it is, and what is done there before it is looked at."""

LONG_TO_REACH = (coming_back, troubled, closing, practised, kept_offline, comparing, wrote)
"""What is done before pages at which `make long` looks; all others are looked at by ./test."""

SITTING = (sitting, paused, saying, on_the_ground, ringing, after_sitting, laddered)
"""A live sitting, from its beginning to My practice: each leads on from the one before."""


@pytest.fixture(scope="module")
def silent_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The whole library, without a voice; its scripts are copies that may be written on."""
    folder = tmp_path_factory.mktemp("axe")
    scripts = shutil.copytree(ROOT / "scripts", folder / "scripts")
    changes = {"STEPBACK_VOICE": "silent", "STEPBACK_RENDER_AHEAD": "no"}
    with run_house(folder, STEPBACK_SCRIPTS=str(scripts), **changes) as running:
        yield running


@contextmanager
def calm_page(chromium: Browser) -> Iterator[Page]:
    """A page in which nothing moves, so that no colour is seen on its way to another."""
    context = chromium.new_context(viewport=VIEWPORT, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """One of a device of its own, which may remember what is done."""
    with calm_page(chromium) as page:
        yield page


@pytest.fixture(scope="module")
def shared_page(chromium: Browser) -> Iterator[Page]:
    """One for all that is only looked at: a device of its own takes a processor a second."""
    with calm_page(chromium) as page:
        yield page


@pytest.fixture
def seen_page(shared_page: Page) -> Page:
    """The shared one, empty and as usual."""
    shared_page.goto("about:blank")
    shared_page.set_viewport_size(VIEWPORT)
    shared_page.emulate_media(**AS_USUAL)
    return shared_page


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if reach in LONG_TO_REACH else ())
        for name, (_, reach) in PAGES.items()
    ],
)
def test_a_page_can_be_used_by_everybody(
    request: pytest.FixtureRequest, silent_house: House, name: str, looks: Looks
):
    """In light and dark, narrow and wide, with more contrast, and in the device's own colours."""
    path, reach = PAGES[name]
    page = request.getfixturevalue("seen_page" if reach in (as_it_is, unfold) else "page")
    page.goto(f"{silent_house.url}{path}")
    reach(page)
    assert find_all_faults(page, looks) == []


@pytest.mark.parametrize("path", ["/", PRACTICE])
def test_it_can_be_used_in_every_look(seen_page: Page, silent_house: House, path: str):
    """Two pages, which have all colours, also where the others are looked at in the usual look."""
    seen_page.goto(f"{silent_house.url}{path}")
    assert find_all_faults(seen_page, LOOKS) == []


@pytest.mark.long
def test_a_live_sitting_can_be_used_by_everybody(page: Page, silent_house: House, looks: Looks):
    """In all of its states, one after another, and what is kept of it in My practice."""
    page.goto(f"{silent_house.url}{PRACTICE}/live")
    faults = {}
    for reach in SITTING:
        reach(page)
        faults[reach.__name__] = find_all_faults(page, looks)
    assert faults == {reach.__name__: [] for reach in SITTING}


@pytest.mark.parametrize(
    ("fault", "html"),
    [
        ("color-contrast", "<p style='color: #999; background: #fff'>Faint.</p>"),
        ("button-name", "<button></button>"),
        ("label", "<input>"),
        ("target-size", "<a href='/'>a</a><a href='/about'>b</a>"),
        ("region", "<p>Outside of every landmark.</p>"),
    ],
)
def test_a_planted_fault_is_found(seen_page: Page, fault: str, html: str):
    """In the look of a phone by day, as in every other."""
    seen_page.set_content(f"<html lang='en'><title>Here</title><main><h1>Here</h1></main>{html}")
    assert any(f.startswith(f"{fault}: ") for f in find_faults(seen_page, LOOKS["light, phone"]))


def test_words_that_the_device_would_hide_are_found(seen_page: Page):
    """Axe does not see the plate that a browser puts behind words; we do."""
    style = "background: Highlight; color: Canvas"
    lost, seen = (
        f"<p style='{style}'>Lost.</p>",
        f"<p style='{style}; forced-color-adjust: none'>Seen.",
    )
    seen_page.set_content(f"<html lang='en'><title>Here</title><main><h1>Here</h1>{lost}{seen}")
    found = find_faults(seen_page, LOOKS["forced colours"])
    assert [fault for fault in found if fault.startswith("plated")] == ["plated: P Lost."]


@pytest.mark.parametrize("name", LOOKS)
def test_each_look_is_one(seen_page: Page, silent_house: House, name: str):
    """The page does not only keep still: what the device asks for arrives in its style sheets."""
    seen_page.goto(f"{silent_house.url}/about")
    look = LOOKS[name]
    find_faults(seen_page, look)
    asked = {
        "color_scheme": "(prefers-color-scheme: dark)",
        "contrast": "(prefers-contrast: more)",
        "forced_colors": "(forced-colors: active)",
    }
    for kind, query in asked.items():
        matches = seen_page.evaluate("query => matchMedia(query).matches", query)
        assert matches == (kind in look.media)
    assert seen_page.evaluate("innerWidth") == look.width


@pytest.mark.parametrize(("theme", "paper"), [("light", "255, 255, 255"), ("dark", "0, 0, 0")])
def test_more_contrast_keeps_to_the_chosen_colours(
    page: Page, silent_house: House, theme: str, paper: str
):
    """Light or dark as chosen on the page, whatever the device is."""
    page.emulate_media(contrast="more", color_scheme="light" if theme == "dark" else "dark")
    page.goto(f"{silent_house.url}/about")
    page.select_option("#theme", theme)
    expect(page.locator("body")).to_have_css("background-color", f"rgb({paper})")
    page.emulate_media(contrast="no-preference")
    expect(page.locator("body")).not_to_have_css("background-color", f"rgb({paper})")


def test_axe_is_the_published_one():
    """Its bytes are those that the Makefile names, in the version that it fetches."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = dict(re.findall(r"^(AXE|AXE_SHA256) := (\S+)$", makefile, re.MULTILINE))
    source = AXE.read_bytes()
    assert hashlib.sha256(source).hexdigest() == named["AXE_SHA256"]
    assert source.startswith(f"/*! axe v{named['AXE']}\n".encode())
    licence = Path(AXE).with_name("axe.LICENSE").read_text(encoding="utf-8")
    assert "Mozilla Public License" in licence
