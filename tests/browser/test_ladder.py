"""Ladders and sliders in a real browser: kept here, read and deleted by keyboard, sent nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import render_template_string
from playwright.sync_api import Browser, Page, Route, expect

from server.app import create_app
from tests.browser.preview import Preview
from tests.web.conftest import house_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

ID = "a" * 32
MARK = "xylophone-marrow"
RUNGS = [
    {"words": f"the thought of {MARK}", "outcome": "stepped-back"},
    {"words": None, "outcome": "stepped-back"},
    {"words": "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", "outcome": "met"},
]
KEEP = """async ([id, rungs]) => {
  const { keepLadder } = await import('/static/js/ladder-book.js');
  const what = { practice: 'soft-ground', title: 'Soft ground', language: 'en' };
  return keepLadder({ id, ...what, began_at: '2026-11-27T07:14:00Z', rungs });
}"""
DRAW = """async ([rungs, width]) => {
  const { showLadder } = await import('/static/js/ladder.js');
  const place = document.createElement('div');
  place.id = 'drawn';
  place.style.width = `${width}px`;
  document.querySelector('main').append(place);
  showLadder(place, rungs);
}"""
STICKING_OUT = """() => {
  const box = document.querySelector('#drawn').getBoundingClientRect();
  const texts = [...document.querySelectorAll('#drawn text')];
  const out = (r) => r.left < box.left - 1 || r.right > box.right + 1;
  return texts.filter((text) => out(text.getBoundingClientRect())).map((text) => text.textContent);
}"""
PRACTISE = """async () => {
  const { EntryDraft } = await import('/static/js/entry-draft.js');
  const what = { practice: 'soft-ground', render: null, minutes: 2, title: 'Soft ground' };
  window.draft = new EntryDraft({ ...what, isLive: true });
  draft.note({ before: { kindness: 3, willingness: null } });
  draft.begin();
  draft.add(120000);
  draft.end('completed');
  draft.note({ after: { kindness: 3, willingness: 6 } });
}"""
SLIDERS_PAGE = """{% extends "base.html" %}{% from "live/sliders.html" import sliders %}
{% block head %}<link rel="stylesheet" href="/static/ladder.css">{% endblock %}
{% block main %}<h1>Here</h1>{{ sliders("before", "Before") }}{% endblock %}"""
MAKE_SLIDERS = """async () => {
  const { Sliders } = await import('/static/js/sliders.js');
  window.told = [];
  window.sliders = new Sliders(document.getElementById('before-sliders'), (f) => told.push(f));
}"""


@pytest.fixture
def page(chromium: Browser, preview: Preview) -> Iterator[Page]:
    """A phone's page of My practice that keeps its errors and all that it sends."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    page = context.new_page()
    page.errors, page.sent = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("request", lambda r: page.sent.append(f"{r.method} {r.url} {r.post_data or ''}"))
    page.goto(f"{preview.url}/my-practice")
    yield page
    assert page.errors == []
    context.close()


def keep(page: Page) -> None:
    """Keep one ladder, and look at the page again."""
    assert page.evaluate(KEEP, [ID, RUNGS]) is True
    page.reload()


def deletions(page: Page) -> list[str]:
    """What the server was asked to delete."""
    return [sent for sent in page.sent if sent.startswith("DELETE")]


def kept_here(page: Page) -> str:
    """All that this device remembers."""
    return json.dumps(page.evaluate("({...localStorage})"))


def press_until(page: Page, selector: str) -> None:
    """Go on by Tab until something is focused."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def test_a_ladder_is_read_and_deleted_by_keyboard(page: Page):
    """It is found, opened, and deleted; the page says what is gone, and nothing of it is left."""
    expect(page.locator("#ladders")).to_be_hidden()
    page.route("**/api/sittings/*", lambda route: route.fulfill(status=204))
    keep(page)
    press_until(page, "#ladders summary")
    page.keyboard.press("Enter")
    picture = page.locator("#ladders .ladder-picture")
    expect(picture).to_have_attribute("aria-hidden", "true")
    expect(picture.locator(".ladder-note")).to_have_text(
        ["one step back", "one step back", "met with some kindness"]
    )
    expect(page.locator("#ladders ol li")).to_have_text(
        [
            f"the thought of {MARK}, one step back",
            "what was here then, one step back",
            f"{RUNGS[2]['words']}, met with some kindness",
        ]
    )
    press_until(page, "#ladders button")
    page.keyboard.press("Enter")
    status = page.locator("#ladder-status")
    expect(status).to_contain_text("Deleted: the ladder of 27 November 2026")
    expect(status).to_contain_text("with its 3 steps and your words")
    expect(status).to_contain_text("The server has nothing of the sitting any more")
    expect(status).to_be_focused()
    expect(page.locator("#ladders")).to_be_hidden()
    assert [re.sub(r"^\w+ .*?(/api)", r"\1", sent) for sent in deletions(page)] == [
        f"/api/sittings/{ID} "
    ]
    assert MARK not in kept_here(page)
    assert ID not in kept_here(page)


def test_words_of_a_ladder_never_leave_the_device(page: Page):
    """Keeping, reading and deleting send an id and no word."""
    keep(page)
    page.click("#ladders summary")
    expect(page.locator(".ladder-picture")).to_be_visible()
    page.click("#ladders button")
    expect(page.locator("#ladder-status")).to_contain_text("The server has nothing")
    assert len(deletions(page)) == 1
    assert [sent for sent in page.sent if "xylophone" in sent] == []


def test_deleting_without_a_network_is_told_later(page: Page):
    """The words are gone from the device at once; the server hears of it when it answers again."""

    def no_answer(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/api/sittings/*", no_answer)
    keep(page)
    page.click("#ladders summary")
    page.click("#ladders button")
    expect(page.locator("#ladder-status")).to_contain_text("The server does not answer just now.")
    assert MARK not in kept_here(page)
    assert f"stepback.forget.{ID}" in kept_here(page)
    page.unroute("**/api/sittings/*", no_answer)
    page.route("**/api/sittings/*", lambda route: route.fulfill(status=204))
    with page.expect_response("**/api/sittings/*"):
        page.reload()
    expect(page.locator("#log-empty")).to_be_visible()
    page.reload()
    expect(page.locator("#log-empty")).to_be_visible()
    assert ID not in kept_here(page)
    assert len(deletions(page)) == 2


@pytest.mark.parametrize("width", [140, 342, 544])
def test_the_picture_holds_all_words(page: Page, width: int):
    """Whatever the width and the number of steps, no word leaves the picture, and none is lost."""
    rungs = [RUNGS[number % 3] for number in range(12)]
    page.evaluate(DRAW, [rungs, width])
    expect(page.locator("#drawn svg")).to_have_attribute("width", str(width))
    assert page.evaluate(STICKING_OUT) == []
    drawn = "".join(page.locator("#drawn .ladder-words").all_text_contents())
    whole = "".join(rung["words"] or "what was here then" for rung in rungs)
    assert re.sub(r"\s", "", drawn) == re.sub(r"\s", "", whole)


def test_the_picture_is_drawn_anew_for_another_width(page: Page):
    """A phone that is turned shows as much as fits; the list for screen readers stays."""
    page.evaluate(DRAW, [RUNGS, 300])
    expect(page.locator("#drawn svg")).to_have_attribute("width", "300")
    page.evaluate("document.querySelector('#drawn').style.width = '200px'")
    expect(page.locator("#drawn svg")).to_have_attribute("width", "200")
    expect(page.locator("#drawn ol li")).to_have_count(3)


def test_an_entry_of_a_live_sitting_arrives_once_when_it_can(page: Page, preview: Preview):
    """Made without a network, it waits with both its lines; later it is in the log, once."""
    page.context.set_offline(True)
    page.evaluate(PRACTISE)
    page.evaluate("draft.close('completed')")
    assert "stepback.outbox." in kept_here(page)
    with page.expect_response("**/api/session-entries"):
        page.context.set_offline(False)
    page.reload()
    (entry,) = page.request.get(f"{preview.url}/api/session-entries").json()["entries"]
    assert (entry["is_live"], entry["outcome"], entry["render"]) == (True, "completed", None)
    assert entry["before"] == {"kindness": 3, "willingness": None}
    assert entry["after"] == {"kindness": 3, "willingness": 6}
    expect(page.locator(".entry .row-felt")).to_have_text(
        ["Before: kindness 3 of 10", "After: kindness 3 of 10, willingness 6 of 10"]
    )


def test_what_waits_on_the_device_is_told_alike(page: Page):
    """An entry that is only here so far shows the same two lines."""
    page.route("**/api/session-entries", lambda route: route.abort("internetdisconnected"))
    page.evaluate(PRACTISE)
    page.evaluate("draft.close('completed')")
    page.reload()
    expect(page.locator(".entry.kept .row-felt")).to_have_text(
        ["Before: kindness 3 of 10", "After: kindness 3 of 10, willingness 6 of 10"]
    )
    expect(page.locator(".entry.kept .row-live")).to_have_text("live")


def test_a_sitting_whose_page_was_killed_keeps_how_it_ended(page: Page):
    """Over and not yet closed: what was said until then becomes an entry at the next visit."""
    page.route("**/api/session-entries", lambda route: route.abort("internetdisconnected"))
    page.evaluate(PRACTISE)
    page.evaluate(
        """() => {
            const key = Object.keys(localStorage).find((k) => k.startsWith('stepback.draft.'));
            const draft = JSON.parse(localStorage.getItem(key));
            localStorage.setItem(key, JSON.stringify({ ...draft, beat: 0 }));
            document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    assert "stepback.draft." in kept_here(page), "the page that asks still has it"
    page.reload()
    expect(page.locator(".entry.kept .row-felt")).to_have_count(2)
    (letter,) = page.evaluate(
        """Object.entries(localStorage).filter(([k]) => k.startsWith('stepback.outbox.'))
            .map(([, text]) => JSON.parse(JSON.parse(text).body))"""
    )
    assert letter["outcome"] == "completed"
    assert letter["after"] == {"kindness": 3, "willingness": 6}


@pytest.fixture
def asked(page: Page, preview: Preview, tmp_path: Path) -> Page:
    """A page that asks the two questions."""
    folder = tmp_path / "asking"
    folder.mkdir()
    house = house_in(folder)
    app = create_app(house.settings)
    with app.test_request_context("/"):
        html = render_template_string(SLIDERS_PAGE)
    app.extensions["stepback"].database.close()
    house.database.close()
    page.route("**/asked", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{preview.url}/asked")
    page.evaluate(MAKE_SLIDERS)
    return page


def test_nothing_is_set_until_it_is_touched(asked: Page):
    """Going past the sliders by Tab sets nothing, and a screen reader hears that."""
    for name in ("kindness", "willingness"):
        press_until(asked, f"#before-{name}")
        expect(asked.locator(f"#before-{name}")).to_have_attribute("aria-valuetext", "not set")
    assert asked.evaluate("sliders.felt") is None
    assert asked.evaluate("told") == []


def test_the_sliders_by_keyboard(asked: Page):
    """Arrows, Home and End set a number; Space takes the middle; Delete leaves it open again."""
    kindness = asked.get_by_role("slider", name="How much kindness is there for what is here?")
    kindness.focus()
    asked.keyboard.press("Space")
    assert asked.evaluate("sliders.felt") == {"kindness": 5, "willingness": None}
    expect(kindness).to_have_attribute("aria-valuetext", "5 of 10")
    asked.keyboard.press("Home")
    assert asked.evaluate("sliders.felt.kindness") == 0
    press_until(asked, "#before-willingness")
    asked.keyboard.press("ArrowRight")
    assert asked.evaluate("sliders.felt") == {"kindness": 0, "willingness": 6}
    asked.keyboard.press("Delete")
    assert asked.evaluate("sliders.felt") == {"kindness": 0, "willingness": None}
    asked.locator("[data-name=kindness]").get_by_role("button", name="Leave it open").press("Enter")
    assert asked.evaluate("sliders.felt") is None
    assert asked.evaluate("told.at(-1)") is None
    expect(kindness).to_be_focused()


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.01, 0), (0.99, 10), (0.32, 3)])
def test_a_finger_sets_any_number(asked: Page, share: float, value: int):
    """Also the middle, where the thumb waits already."""
    box = asked.locator("#before-kindness").bounding_box()
    asked.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    assert asked.evaluate("sliders.felt") == {"kindness": value, "willingness": None}
    assert box["height"] >= 48
