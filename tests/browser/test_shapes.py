"""The pages without JavaScript and by keyboard alone; and that what does not fit is found.

That every page fits a tablet and 320 pixels, and is mirrored, is looked at where axe-core looks at
it: `find_all_faults()` asks `find_misfits()` first.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Locator, Page, expect

from server.store import RenderRow
from tests.browser.peopled_house import Peopled, run_peopled
from tests.browser.shapes import find_misfits
from tests.browser.watched import ROOT
from tests.web.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("axe-people")]

PRACTICE = "/practices/soft-ground"
CASE = "/room/clients/{ines}"
NEEDS = "JavaScript"

ANYBODYS = (
    *("/", "/about", "/map", "/map/2", "/courses/four-stages", "/subscribe", "/my-practice"),
    *(PRACTICE, f"{PRACTICE}/script", "/practices/stepping-back", "/worksheets", "/with-therapist"),
    *("/sign-in", "/sign-in/forgotten", "/nothing-here"),
)
A_CLIENTS = (
    *("/with-therapist", "/with-therapist/seen", "/with-therapist/podcast", "/from-my-therapist"),
    *("/from-my-therapist/reminders?at=18:30&day=MO", "/my-practice/entries/{entry}/note"),
    *(f"{PRACTICE}?given={{practice}}", "/worksheets/mine/{submission}/spoken"),
)
A_THERAPISTS = (
    *("/room", "/room/invite", "/room/people", "/account", CASE, f"{CASE}/log", f"{CASE}/notes"),
    *(f"{CASE}/submissions/{{submission}}", f"{CASE}/over-time", f"{CASE}/given", f"{CASE}/give"),
    *(f"{CASE}/give/practice/soft-ground", f"{CASE}/hand-over", f"{CASE}/erase"),
)
SAYING_SO = (
    *("/practices/stepping-back/live", "/offline", "/listen", "/author"),
    *("/worksheets/friend-and-self", "/worksheets/mine", "/author/ground/three-breaths.md"),
)
"""What only works with JavaScript, and has to say so."""
SAYING_SO_TO_THERAPISTS = ("/room/play/soft-ground", "/room/play/stepping-back/live")

FIND_DEAD = """
() => [...document.querySelectorAll('button, input, select, textarea, a:not([href]), audio')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .filter((each) => each.disabled || !(each.form || each.src || each.readOnly)
    || (each.matches('button') && each.type !== 'submit'))
  .map((each) => `${each.tagName} ${each.id} ${each.textContent}`)
"""
"""What can be seen and would do nothing: no form sends it, and nothing is heard of it."""

STOPS = """
() => {
  const groups = new Set();
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled)
    .filter((each) => each.type !== 'radio' || !groups.has(each.name) && groups.add(each.name))
    .length;
}
"""
"""How often Tab stops: once in a group of radio buttons."""

FOCUSED = """
() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const seen = at.matches('.pill input') ? at.nextElementSibling : at;
  const { outlineStyle, outlineWidth } = getComputedStyle(seen);
  const { top, bottom, left, right } = seen.getBoundingClientRect();
  const isIn = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const isSeen = isIn && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  return { isSeen, name: `${at.tagName} ${at.id} ${at.textContent.trim().slice(0, 40)}` };
}
"""


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peopled]:
    """The whole library with its people; one practice has been recorded."""
    with run_peopled(tmp_path_factory.mktemp("shapes")) as running:
        app = running.people.app
        rooms = app.extensions["stepback"]
        shutil.copytree(ROOT / "scripts", rooms.settings.scripts_path, dirs_exist_ok=True)
        order = {"practice": "soft-ground", "minutes": 2, "words": {}}
        key = app.test_client().post("/api/renders", json=order).get_json()["key"]
        House(settings=rooms.settings, database=rooms.database, shelf=rooms.shelf).publish(key)
        with rooms.database.writing() as db:
            db.get_one(RenderRow, key).voice = "joe"  # silence is offered to nobody
        yield running


def open_without(chromium: Browser, peopled: Peopled, who: FlaskClient) -> Iterator[Page]:
    """Open a browser without JavaScript, in which somebody is known."""
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    for cookie in who._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": peopled.url}])
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def plain(chromium: Browser, peopled: Peopled) -> Iterator[Page]:
    """Nobody's browser, without JavaScript."""
    yield from open_without(chromium, peopled, peopled.people.stranger())


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """Nobody's browser; a device of its own for each test would cost a second each."""
    context = chromium.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def dead_of(page: Page, peopled: Peopled, paths: tuple[str, ...]) -> dict[str, list[str]]:
    """Open each page; gives by page what stands there and would do nothing."""
    found = {}
    for path in paths:
        page.goto(peopled.address(path))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found[path] = page.evaluate(FIND_DEAD)
    return {path: dead for path, dead in found.items() if dead}


def assert_said(page: Page, peopled: Peopled, paths: tuple[str, ...]) -> None:
    """Each of these pages says what it needs, and shows nothing else that would do nothing."""
    for path in paths:
        assert dead_of(page, peopled, (path,)) == {}
        expect(page.get_by_role("main")).to_contain_text(NEEDS)


def test_without_javascript_nothing_stands_there_in_vain(plain: Page, peopled: Peopled):
    """The library and all around it can be read, and forms that are there are sent."""
    assert dead_of(plain, peopled, ANYBODYS) == {}


def test_what_needs_javascript_says_so(plain: Page, peopled: Peopled):
    """In the page itself, and shows no press that would do nothing."""
    assert_said(plain, peopled, SAYING_SO)


def test_without_javascript_a_practice_is_heard(plain: Page, peopled: Peopled):
    """What has been recorded plays in the browser's own player; the rest says what it needs."""
    plain.goto(peopled.address(PRACTICE))
    expect(plain.locator("audio[controls]:visible")).to_have_count(1)
    answer = plain.request.get(
        peopled.url + str(plain.locator("audio[controls]:visible").get_attribute("src"))
    )
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/mpeg")
    expect(plain.get_by_role("main")).not_to_contain_text(NEEDS)
    plain.goto(peopled.address("/practices/stepping-back"))
    expect(plain.get_by_role("main")).to_contain_text(NEEDS)


def test_clients_and_therapists_need_no_javascript(chromium: Browser, peopled: Peopled):
    """Neither for what a client decides, nor for a case and what is given."""
    people = peopled.people
    for phone in open_without(chromium, peopled, people.phone_of(people.ines)):
        assert dead_of(phone, peopled, A_CLIENTS) == {}
    for desk in open_without(chromium, peopled, people.signed_in(people.ada)):
        assert dead_of(desk, peopled, A_THERAPISTS) == {}
        assert_said(desk, peopled, SAYING_SO_TO_THERAPISTS)


def is_in_order(text: Locator) -> bool:
    """True where the first sign of a text stands left of its last one."""
    first, last = text.evaluate(
        """each => [0, each.firstChild.length - 1].map((at) => {
          const sign = document.createRange();
          sign.setStart(each.firstChild, at);
          sign.setEnd(each.firstChild, at + 1);
          return sign.getBoundingClientRect().left;
        })"""
    )
    return bool(first < last)


def test_a_number_to_ring_keeps_its_order(page: Page, peopled: Peopled):
    """Also where pages are read from right to left: another order is another number."""
    mirror = "document.documentElement.dir = 'rtl'"
    page.goto(peopled.address("/about"))
    page.evaluate(mirror)
    call = page.locator("a[href='tel:116123']")
    call.evaluate("each => { each.previousSibling.data = 'עזרה: '; }")
    assert is_in_order(call)
    page.goto(peopled.address("/practices/stepping-back/live"))
    page.evaluate(mirror)
    page.evaluate(
        """async () => {
          const { fillCard } = await import("/static/js/live/crisis.js");
          const card = document.getElementById("crisis");
          const number = { who: "ער״ן", call: "0800 111 0 111", dial: "08001110111", when: "" };
          card.hidden = false;
          fillCard(card, { language: "he", title: "עזרה", text: "כאן", numbers: [number] });
        }"""
    )
    assert is_in_order(page.locator(".live-ring strong"))


def stops_of(page: Page) -> list[str]:
    """Press Tab to the end of the page; gives where it stopped, and fails where nobody sees it."""
    stops: list[str] = []
    while True:
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None:
            return stops
        assert at["isSeen"], at["name"]
        stops.append(at["name"])


@pytest.mark.parametrize("path", ["/", PRACTICE, "/practices/stepping-back/live", "/worksheets"])
def test_the_keyboard_reaches_everything(page: Page, peopled: Peopled, path: str):
    """Each stop is seen, all that can be pressed is one, and the first leads past the head."""
    page.set_viewport_size({"width": 820, "height": 640})
    page.goto(peopled.address(path), wait_until="networkidle")
    page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    stops = stops_of(page)
    assert len(stops) == page.evaluate(STOPS), stops
    assert stops[0].endswith("Skip to the page")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize(
    ("fault", "html"),
    [
        ("pushed sideways", "<main style='min-width: 340px'>Wide.</main>"),
        ("beside the page", "<p style='position: absolute; left: -9px'>Beside.</p>"),
        ("sticks out", "<p style='width: 40px'>Unhyphenated</p>"),
        ("cut off", "<p style='width: 40px; overflow: hidden'>Unhyphenated</p>"),
        ("small", "<button style='width: 90px; height: 40px'>Press</button>"),
        ("not mirrored", "<p style='margin-left: 60px'>Left.</p>"),
    ],
)
def test_a_misfit_is_found(page: Page, fault: str, html: str):
    """At 320 pixels at least; and the page is left as it was."""
    page.goto("about:blank")  # where no policy of ours holds
    page.set_content(f"<html dir='ltr'><style>body {{ margin: 0; }}</style>{html}")
    assert any(
        found.startswith(f"{fault}: ") and found.endswith("[320]") for found in find_misfits(page)
    )
    assert page.evaluate("document.documentElement.dir") == "ltr"


def test_what_fits_is_no_misfit(page: Page):
    """A link in a sentence, one that scrolls, and words that are kept in their lines."""
    page.goto("about:blank")  # where no policy of ours holds
    page.set_content(
        "<html dir='ltr'><style>body { margin: 0; }</style><p>See <a href='/'>there</a>.</p>"
        "<div style='overflow-x: auto'><p style='width: 900px'>Scrolled.</p></div>"
        "<p style='white-space: pre-wrap; width: 60px'>Kept      </p>"
    )
    assert find_misfits(page) == []
