"""Deleting an entry of My practice in a real browser: what the server has, and what waits here."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from server.store import SessionEntryRow
from tests.browser.axe import Looks, find_all_faults
from tests.browser.preview import Preview
from tests.browser.test_ladder import deletions, kept_here
from tests.browser.waiting import until, until_held

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

KEEP = """async () => {
  const { EntryDraft } = await import('/static/js/entry-draft.js');
  const what = { practice: 'soft-ground', render: null, minutes: 2, title: 'Soft ground' };
  const draft = new EntryDraft(what);
  draft.begin();
  draft.add(120000);
  return draft.close('completed').id;
}"""
ENTRIES = "**/api/session-entries"
LOST = "internetdisconnected"
FIRST = {
    "id": "a" * 32,
    "practice": "soft-ground",
    "minutes": 2,
    "started_at": "2026-03-01T07:30:00+01:00",
    "practised_ms": 60_000,
    "outcome": "completed",
}


@pytest.fixture
def phone(chromium: Browser, preview: Preview) -> Iterator[BrowserContext]:
    """A phone that has its cookie."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", base_url=preview.url
    )
    assert context.request.post("/api/session-entries", data=FIRST).status == 201
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    """My practice, with one entry that the server has; it keeps its errors and all it sends."""
    page = phone.new_page()
    page.errors, page.sent = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("request", lambda r: page.sent.append(f"{r.method} {r.url} {r.post_data or ''}"))
    page.goto("/my-practice")
    yield page
    assert page.errors == []


def saved(preview: Preview) -> list[str]:
    """The ids of all entries that the server has."""
    with preview.database.reading() as db:
        return [row.id for row in db.query(SessionEntryRow)]


def keep_waiting(page: Page) -> str:
    """Practise once more, while the server cannot be reached; gives the entry's id."""
    page.route(ENTRIES, lambda route: route.abort(LOST))
    entry_id = page.evaluate(KEEP)
    page.reload()
    expect(page.locator(".entry.kept .row-state")).to_have_text("waiting to be saved")
    return entry_id


@pytest.mark.parametrize("has_script", [True, False])
def test_by_keyboard_and_without_javascript(phone: BrowserContext, preview, has_script: bool):
    """It is found by Tab, says what it deletes, leads to a page of its own, and back again."""
    context = phone.browser.new_context(
        java_script_enabled=has_script, base_url=preview.url, locale="en-GB"
    )
    context.add_cookies(phone.cookies())
    page = context.new_page()
    page.goto("/my-practice")
    delete = page.get_by_role("button", name="Delete: Soft ground,")
    expect(delete).to_have_accessible_name(
        "Delete: Soft ground, Sunday, 1 March 2026, 06:30"
        if has_script
        else "Delete: Soft ground, 1 March 2026"
    )
    page.get_by_role("main").get_by_role("link", name="Soft ground").focus()
    page.keyboard.press("Tab")
    expect(delete).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The entry was deleted")
    assert saved(preview) == []
    page.get_by_role("button", name="Put it back").press("Enter")
    expect(page).to_have_url(f"{preview.url}/my-practice#entry-{'a' * 32}")
    expect(delete).to_be_visible()
    assert saved(preview) == ["a" * 32]
    context.close()


def test_what_waits_here_is_deleted_here_and_put_back(page: Page, preview: Preview):
    """Nothing of it stays on the device; put back, it arrives once, as another one."""
    entry_id = keep_waiting(page)
    delete = page.locator(".entry.kept").get_by_role("button", name="Delete: Soft ground")
    with page.expect_request(f"**/api/session-entries/{entry_id}") as told:
        delete.press("Enter")
    assert told.value.method == "DELETE"
    back = page.get_by_role("button", name="Put it back")
    expect(back).to_be_focused()
    expect(back).to_have_accessible_description("It is deleted from this device.")
    until(page, "!Object.keys(localStorage).some((key) => key.startsWith('stepback.outbox'))")
    assert "practised_ms" not in kept_here(page)
    page.unroute(ENTRIES)
    with page.expect_response(ENTRIES):
        page.keyboard.press("Enter")
    expect(page.locator(".entry .row-state")).to_have_text("saved")
    expect(page.locator(".row-title").first).to_be_focused()
    (arrived,) = set(saved(preview)) - {"a" * 32}
    assert arrived != entry_id
    page.reload()
    expect(page.locator(".entry")).to_have_count(2)


def lose_the_answer(route: Route) -> None:
    """What was sent arrives, and nobody hears of it."""
    route.fetch()
    route.abort(LOST)


def test_without_a_network_the_server_is_told_later(page: Page, preview: Preview):
    """It had come, and its answer was lost: it is gone there as soon as the server answers."""
    entry_id = keep_waiting(page)
    page.unroute(ENTRIES)
    page.route(ENTRIES, lose_the_answer)

    def is_lost(request: Request) -> bool:
        return request.method == "POST" and entry_id in saved(preview)

    with page.expect_event("requestfailed", is_lost):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.route("**/api/session-entries/*", lambda route: route.abort(LOST))
    page.locator(".entry.kept").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Should it have this one already")).to_be_visible()
    assert entry_id in saved(preview)
    page.unroute_all()
    showing: list[Route] = []
    page.route("**/log.js", lambda route: showing.append(route))
    with page.expect_response("**/api/session-entries/*"):
        page.reload(wait_until="commit")
    assert saved(preview) == ["a" * 32]
    assert page.locator(".entry").count() == 2  # the page is older than the server's answer
    until_held(page, showing).continue_()
    expect(page.locator(".entry")).to_have_count(1)


def test_an_older_answer_does_not_bring_it_back(page: Page, preview: Preview):
    """The list was asked for before the server was told, and comes after that was answered."""
    request = page.context.request
    gone, other = "b" * 32, "c" * 32
    assert request.post("/api/session-entries", data=FIRST | {"id": gone}).status == 201
    key = f"stepback.entry-delete.{gone}"
    page.evaluate("(key) => localStorage.setItem(key, JSON.stringify({ at: 0 }))", key)
    asking: list[Route] = []
    telling: list[Route] = []
    page.route(ENTRIES, lambda route: asking.append(route))
    page.route("**/api/session-entries/*", lambda route: telling.append(route))
    page.reload()
    asked = until_held(page, asking)
    assert request.post("/api/session-entries", data=FIRST | {"id": other}).status == 201
    answer = asked.fetch()
    with page.expect_response("**/api/session-entries/*"):
        until_held(page, telling).continue_()
    until(page, f"localStorage.getItem('{key}') === null")
    asked.fulfill(response=answer)
    expect(page.locator(f'.entry[data-id="{other}"]')).to_be_visible()
    expect(page.locator(".entry")).to_have_count(2)
    assert sorted(saved(preview)) == ["a" * 32, other]


def test_what_lies_here_as_well_is_not_sent_again(page: Page, preview: Preview):
    """The server's row is deleted; the letter that never got its answer goes with it."""

    page.route(ENTRIES, lose_the_answer)
    entry_id = page.evaluate(KEEP)
    page.evaluate("import('/static/js/outbox.js').then(({ sendSoon }) => sendSoon())")
    page.unroute(ENTRIES)
    page.route(ENTRIES, lambda route: route.abort(LOST))
    page.goto("/my-practice")
    assert "stepback.outbox." in kept_here(page)
    page.locator(f"#entry-{entry_id}").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The entry was deleted")
    assert "stepback.outbox." not in kept_here(page)
    page.unroute(ENTRIES)
    page.goto("/my-practice")
    expect(page.locator(".entry")).to_have_count(1)
    assert saved(preview) == ["a" * 32]


def test_what_was_deleted_elsewhere_is_not_kept_again(page: Page, preview: Preview):
    """A letter that comes after its entry was deleted goes, and its row with it."""
    entry_id = keep_waiting(page)
    letter = json.loads(page.evaluate("(id) => localStorage[`stepback.outbox.${id}`]", entry_id))
    request = page.context.request
    sent = json.loads(letter["body"])
    assert request.post("/api/session-entries", data=sent).status == 201
    assert request.delete(f"/api/session-entries/{entry_id}").status == 204
    page.unroute(ENTRIES)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".entry")).to_have_count(1, timeout=30_000)
    assert "stepback.outbox." not in kept_here(page)
    assert saved(preview) == ["a" * 32]


def test_what_another_page_had_just_sent_is_deleted_by_a_later_visit(page: Page, preview: Preview):
    """It overtook nothing: the server is told once more when whatever was on its way has come."""
    entry_id = keep_waiting(page)
    held: list[Route] = []
    other = page.context.new_page()
    other.route(ENTRIES, lambda route: held.append(route))
    other.goto("/about")
    until(other, "true")
    with page.expect_response("**/api/session-entries/*") as told:
        page.locator(".entry.kept").get_by_role("button", name="Delete").click()
    assert told.value.status == 404
    (sending,) = [route for route in held if route.request.method == "POST"]
    with other.expect_response(ENTRIES):
        sending.continue_()
    assert entry_id in saved(preview)
    key = f"stepback.entry-delete.{entry_id}"
    page.evaluate("(key) => localStorage.setItem(key, JSON.stringify({ at: 0 }))", key)
    with page.expect_response("**/api/session-entries/*"):
        page.reload()
    assert saved(preview) == ["a" * 32]
    until(page, f"localStorage.getItem('{key}') === null")


def test_what_the_server_did_not_take_is_here_alone(page: Page, preview: Preview):
    """Deleting it tells the server nothing; put back, it is sent anew."""
    page.route(ENTRIES, lambda route: route.fulfill(status=409, json={}))
    entry_id = page.evaluate(KEEP)
    page.evaluate("import('/static/js/outbox.js').then(({ sendSoon }) => sendSoon())")
    page.reload()
    page.locator(".entry.kept").get_by_role("button", name="Delete").click()
    until(page, "!Object.keys(localStorage).some((key) => key.startsWith('stepback.outbox'))")
    page.unroute(ENTRIES)
    with page.expect_response(ENTRIES):
        page.get_by_role("button", name="Put it back").click()
    assert deletions(page) == []
    assert len(saved(preview)) == 2
    assert entry_id not in saved(preview)


def test_it_can_be_used_by_everybody(page: Page, looks: Looks):
    """The page of a deleted entry, and a row that was deleted here."""
    keep_waiting(page)
    page.locator(".entry.kept").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Put it back")).to_be_focused()
    assert find_all_faults(page, looks) == []
    page.get_by_role("button", name="Delete: Soft ground").click()
    page.get_by_role("button", name="Put it back").wait_for()
    assert find_all_faults(page, looks) == []
