"""Two browsers: a therapist invites, a client joins, shows something, and takes it back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from server.app import create_app
from tests.browser.axe import AS_USUAL, LOOKS, find_faults
from tests.browser.preview import serve_app
from tests.browser.waiting import until, until_held
from tests.web.conftest import house_in
from tests.web.people_house import People, settle_people

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("preview")]

NAME = "Zoë from Tuesday"
KEEP_IN_LOG = """async ([words, id]) => {
  const { keepInLog } = await import('/static/js/ladder-log.js');
  const what = { practice: 'soft-ground', title: 'Soft ground', language: 'en' };
  const rungs = [{ words, outcome: 'stepped-back' }, { words: null, outcome: 'met' }];
  return keepInLog({ id, ...what, began_at: '2026-11-27T07:14:00Z', rungs });
}"""
PRACTISE = """async () => {
  const { EntryDraft } = await import('/static/js/entry-draft.js');
  const { sendSoon } = await import('/static/js/outbox.js');
  const what = { practice: 'soft-ground', render: null, minutes: 2, title: 'Soft ground' };
  const draft = new EntryDraft(what);
  draft.begin();
  draft.add(120000);
  draft.close('completed');
  await sendSoon();
}"""


@dataclass(frozen=True, kw_only=True)
class Joined:
    """A house with its people, served."""

    url: str
    people: People


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Joined]:
    """Two rooms with their people."""
    house = house_in(tmp_path)
    app = create_app(house.settings)
    people = settle_people(app)
    with serve_app(app) as (url, _):
        yield Joined(url=url, people=people)
    app.extensions["stepback"].database.close()
    house.database.close()


@pytest.fixture
def desk(chromium: Browser, served: Joined) -> Iterator[Page]:
    """Ada's browser, in which she has signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    session = served.people.signed_in(served.people.ada).get_cookie("stepback_session")
    assert session is not None
    context.add_cookies([{"name": session.key, "value": session.value, "url": served.url}])
    yield from open_page(context)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone that has never been here."""
    yield from open_page(
        chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    )


def open_page(context: BrowserContext) -> Iterator[Page]:
    """A page in which nothing may go wrong, by the browser's own word."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Security Policy" in m.text else None)
    yield page
    assert errors == []
    context.close()


def look(page: Page, name: str) -> None:
    """Nothing is wrong that a program can find; STEPBACK_PICTURES names a folder for pictures."""
    usual = page.viewport_size
    for seen in ("light, phone", "dark, phone", "forced colours"):
        assert find_faults(page, LOOKS[seen]) == [], (name, seen)
    if folder := os.environ.get("STEPBACK_PICTURES"):
        for seen in ("light, phone", "dark, phone", "light, desk"):
            page.set_viewport_size({"width": LOOKS[seen].width, "height": 844})
            page.emulate_media(**{**AS_USUAL, **LOOKS[seen].media})
            page.screenshot(path=f"{folder}/{name}-{seen}.png", full_page=True)
    page.set_viewport_size(usual or {"width": 390, "height": 844})
    page.emulate_media(**AS_USUAL)


def invite(served: Joined, desk: Page) -> str:
    """Invite somebody; gives the address of the link in this house."""
    desk.goto(f"{served.url}/room")
    look(desk, "room")
    desk.click("text=Invite a client")
    expect(desk.locator("#name")).to_be_visible()
    look(desk, "invite")
    desk.click("text=Make the invitation")
    expect(desk.locator("#name-problem")).to_be_visible()
    desk.fill("#name", NAME)
    desk.click("text=Make the invitation")
    expect(desk.locator(".code svg")).to_be_visible()
    look(desk, "link")
    link = desk.input_value("#link")
    assert re.fullmatch(r"http://sit\.example/join/[\w-]{43}", link)
    assert link in desk.input_value("#message")
    return link.replace("http://sit.example", served.url)


def test_invite_join_withdraw_leave(served: Joined, desk: Page, phone: Page):
    """The whole way, on two screens."""
    first = invite(served, desk)
    desk.reload()  # looking again makes the link anew, and nobody twice
    link = desk.input_value("#link").replace("http://sit.example", served.url)
    assert link != first
    desk.goto(f"{served.url}/room")
    expect(desk.get_by_text(NAME)).to_have_count(2)  # the name, and beside the link to its link
    phone.goto(first)
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link is closed")
    look(phone, "gone")

    phone.goto(link)
    expect(phone.locator("input:checked")).to_have_count(0)
    look(phone, "join")
    phone.get_by_label("Which practices, and on which days").check()
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("With Ada")
    look(phone, "with-therapist")
    desk.goto(f"{served.url}/room")
    expect(desk.locator("li", has_text=NAME)).to_contain_text("joined on")

    phone.evaluate(PRACTISE)
    phone.goto(f"{served.url}/with-therapist/seen")
    expect(phone.locator(".shown")).to_have_count(1)
    expect(phone.locator(".shown")).not_to_contain_text("minutes")
    phone.goto(f"{served.url}/with-therapist")
    phone.locator("#see-minutes button").click()
    expect(phone).to_have_url(re.compile("#see-minutes$"))
    phone.click("text=What my therapist can see")
    expect(phone.locator(".shown")).to_contain_text("2 minutes")
    look(phone, "seen")
    phone.go_back()
    phone.locator("#see-practised button").click()
    expect(phone.locator("#see-minutes")).to_contain_text("seen once the practices are")
    phone.goto(f"{served.url}/with-therapist/seen")
    expect(phone.locator(".shown")).to_have_count(0)

    phone.goto(f"{served.url}/with-therapist")
    phone.click("text=Add another device")
    expect(phone.locator(".code svg")).to_be_visible()
    look(phone, "add-device")
    phone.click("text=Done")
    phone.click("text=What leaving means")
    expect(phone.get_by_role("button", name="Leave")).to_be_visible()
    look(phone, "leave")
    phone.get_by_role("button", name="Leave").click()
    expect(phone.get_by_text("Undo leaving")).to_be_visible()
    look(phone, "left")
    desk.reload()
    expect(desk.locator("li", has_text=NAME)).to_contain_text("left on")
    phone.click("text=Undo leaving")
    expect(phone.get_by_role("heading", level=1)).to_have_text("With Ada")


def test_a_ladder_is_kept_in_the_log_without_a_network_too(served: Joined, chromium: Browser):
    """It waits on the device, goes to the log, is read in My practice, and deleted for good."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    people = served.people
    token = people.devices[people.ines]
    context.add_cookies([{"name": "stepback_device", "value": token, "url": served.url}])
    context.route("**/api/sittings/*", lambda route: route.fulfill(status=204))
    page = context.new_page()
    page.goto(f"{served.url}/my-practice")
    context.route("**/api/ladders", lambda route: route.abort())
    assert page.evaluate(KEEP_IN_LOG, ["the thought of quince-marrow", "b" * 32]) is True
    page.reload()
    expect(page.locator(".ladder-row")).to_contain_text("on its way to your log")
    context.unroute("**/api/ladders")
    page.reload()
    expect(page.locator(".ladder-row")).to_contain_text("in your log")
    assert "quince" not in page.evaluate("JSON.stringify(localStorage)")
    page.reload()
    page.locator(".ladder-row summary").click()
    expect(page.locator(".ladder-row")).to_contain_text("quince-marrow")
    look(page, "my-practice")
    page.get_by_role("button", name="Delete this ladder").click()
    expect(page.locator("#ladder-status")).to_contain_text("nothing of the sitting any more")
    page.reload()
    expect(page.locator("#ladders")).to_be_hidden()
    assert people.phone_of(people.ines).get("/api/ladders").get_json() == {"ladders": []}
    context.close()


def test_a_ladder_that_is_being_deleted_is_not_shown_again(served: Joined, chromium: Browser):
    """The log was asked for before the server was told, and its answer comes after."""
    context = chromium.new_context(locale="en-GB", base_url=served.url)
    people = served.people
    token = people.devices[people.ines]
    context.add_cookies([{"name": "stepback_device", "value": token, "url": served.url}])
    page = context.new_page()
    page.goto("/my-practice")
    for words, name in (("the thought of plum", "b"), ("the thought of quince", "c")):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            assert page.evaluate(KEEP_IN_LOG, [words, name * 32]) is True
    key = f"stepback.ladder-delete.{'b' * 32}"
    page.evaluate("(key) => localStorage.setItem(key, JSON.stringify({ at: 0 }))", key)
    asking: list[Route] = []
    telling: list[Route] = []
    page.route("**/api/ladders", lambda route: asking.append(route))
    page.route("**/api/ladders/*", lambda route: telling.append(route))
    page.reload()
    asked = until_held(page, asking)
    answer = asked.fetch()
    assert "plum" in answer.text()
    until_held(page, telling).continue_()
    until(page, f"localStorage.getItem('{key}') === null")
    asked.fulfill(response=answer)
    expect(page.locator(".ladder-row")).to_have_attribute("data-id", "c" * 32)
    context.close()
