"""A worksheet on a phone: begun, left, gone on with, without a network, read, and sent once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from bench.storm import join_clients
from server.care import Worksheet
from server.store.care import KeyRing, SubmissionRow
from server.web.device import COOKIE
from tests.browser.preview import Preview
from tests.browser.test_offline import note, until
from tests.web.filled_worksheets import bring_worksheets, fill, find_pair

pytestmark = [pytest.mark.browser]

BREATHS_MS = 15_000


@dataclass(kw_only=True)
class Phone:
    """A phone with a worksheet on it; every page of it keeps the errors of all."""

    preview: Preview
    worksheet: Worksheet
    context: BrowserContext
    device: str
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/worksheets/{self.worksheet.name}"

    @property
    def pair(self) -> str:
        pair = find_pair(self.worksheet)
        assert pair is not None
        return pair.name

    def join(self) -> None:
        """Make it a client's."""
        cookie = {"name": COOKIE, "value": self.device, "url": self.preview.url}
        self.context.add_cookies([cookie])

    def page(self, path: str) -> Page:
        """Open a page in a tab of its own."""
        page = self.context.new_page()
        page.clock.install()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: note(self.errors, m.text) if m.type == "error" else None)
        page.on("request", lambda asked: self.asked.append(f"{asked.method} {asked.url}"))
        page.goto(self.preview.url + path)
        return page

    def rows(self) -> list[SubmissionRow]:
        with self.preview.database.reading() as db:
            return list(db.query(SubmissionRow))


@pytest.fixture
def phone(preview: Preview, chromium: Browser) -> Iterator[Phone]:
    """Nobody's yet."""
    worksheet = bring_worksheets(preview.scripts_path)
    device, *_ = join_clients(preview.database, KeyRing(preview.scripts_path.parent / "keys"))
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    yield Phone(preview=preview, worksheet=worksheet, context=context, device=device)
    context.close()


def question(phone: Phone, part: str) -> str:
    return f"#q-{phone.pair}-{part}"


def go_on(page: Page) -> None:
    page.click("#next")


def write_situation(page: Page) -> None:
    """Answer what comes before the pair, with a keyboard."""
    page.locator("#begin").press("Enter")
    expect(page.locator(".ws-progress:visible")).to_have_text("Question 1 of 5")
    page.keyboard.press("Tab")
    page.keyboard.type("It rained all day.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def write_pair(page: Page, phone: Phone, first: str, second: str) -> None:
    page.fill(f"{question(phone, 'first')} textarea", first)
    go_on(page)
    page.fill(f"{question(phone, 'second')} textarea", second)
    go_on(page)


def rate(page: Page, phone: Phone) -> None:
    for part, value in (("first", "9"), ("second", "2")):
        page.check(f"{question(phone, f'{part}-rating')} input[value='{value}']")
        go_on(page)


def read_to_the_end(page: Page) -> None:
    """Nothing but the words is there at first; then Done."""
    expect(page.locator("#reading .ws-side")).to_have_count(2)
    for nothing in ("#done", ".top", ".foot", "#next"):
        expect(page.locator(nothing)).to_be_hidden()
    page.clock.fast_forward(BREATHS_MS)
    page.click("#done")


def kept_in(page: Page) -> str:
    """All that this site keeps in the device's storage."""
    return str(page.evaluate("JSON.stringify({...localStorage})"))


def texts(phone: Phone) -> tuple[str, str]:
    answers = fill(phone.worksheet)[phone.pair]
    return answers["first"]["text"], answers["second"]["text"]


def test_a_whole_worksheet_with_the_tab_closed_and_the_network_gone(phone: Phone):
    """Nothing that was typed is lost, it is one row in the end, and it can be taken back."""
    first, second = texts(phone)
    phone.join()
    page = phone.page(phone.path)
    write_situation(page)
    page.fill(f"{question(phone, 'first')} textarea", "Come h")
    for path in (phone.path, "/worksheets/mine"):
        until(page, f"caches.match('{path}').then(Boolean)")
    page.close()  # in the middle of a word

    phone.context.set_offline(True)
    with phone.preview.gone():
        page = phone.page(phone.path)  # from a cold start, in airplane mode
        page.get_by_role("button", name="Go on where you were").click()
        expect(page.locator(f"{question(phone, 'first')} textarea")).to_have_value("Come h")
        page.go_back()
        page.click("#begin")
        page.click("#back")
        expect(page.locator("textarea:visible")).to_have_value("It rained all day.")
        go_on(page)
        write_pair(page, phone, first, second)
        rate(page, phone)
        read_to_the_end(page)
        expect(page.locator("#closing-kept")).to_contain_text("as soon as the server answers")
        page.goto(f"{phone.preview.url}/worksheets/mine")
        expect(page.locator(".ws-row")).to_contain_text("on its way")
        assert phone.rows() == []
        page.close()

    phone.context.set_offline(False)
    page = phone.page("/worksheets/mine")
    until(page, "!Object.keys(localStorage).some((key) => key.startsWith('stepback.submission'))")
    page.reload()
    expect(page.locator(".ws-row")).to_have_count(1)
    (row,) = phone.rows()
    assert not row.is_marked
    assert "rain" not in kept_in(page)
    page.locator(".ws-row summary").click()
    expect(page.locator(".ws-side")).to_contain_text([first, second])
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#mine-status")).to_contain_text("nothing of it any more")
    expect(page.locator("#mine-none")).to_be_visible()
    assert phone.rows() == []
    assert phone.errors == []


def test_nearly_the_same_is_told_kindly_and_marked_when_it_is_kept(phone: Phone):
    """Once, with a friend to think of; what is kept as it is is not asked again."""
    first, _ = texts(phone)
    phone.join()
    page = phone.page(phone.path)
    write_situation(page)
    write_pair(page, phone, first, first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Both answers sound much alike")
    page.fill("#friend-name", "Mira")
    page.click("#write-again")
    expect(page.locator("[data-friend]:visible")).to_have_text("You are thinking of Mira.")
    expect(page.locator("textarea:visible")).to_have_value(first)
    go_on(page)
    go_on(page)
    page.click("#as-it-is")
    rate(page, phone)
    with page.expect_response("**/api/submissions") as answered:
        read_to_the_end(page)
    assert answered.value.json()["is_marked"]
    assert "Mira" not in (answered.value.request.post_data or "")
    (row,) = phone.rows()
    assert row.is_marked
    expect(page.locator("#closing-kept")).to_contain_text("It has arrived")
    assert phone.errors == []


def test_a_wait_for_the_comparison_is_told_and_can_be_stopped(phone: Phone):
    """By keyboard: it goes on as without an answer; going back instead leads nowhere else later."""
    first, _ = texts(phone)
    held: list[Route] = []
    page = phone.page(phone.path)
    page.route("**/check", lambda route: held.append(route))
    write_situation(page)
    write_pair(page, phone, first, first)
    expect(page.locator("#ws-status")).to_have_text("One moment")
    expect(page.locator("#next")).to_be_disabled()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Stop waiting")).to_be_focused()
    with page.expect_event("requestfailed"):
        page.keyboard.press("Enter")
    expect(page.locator(f"{question(phone, 'first-rating')} h1")).to_be_focused()
    expect(page.locator("#ws-status")).to_be_empty()
    page.click("#back")
    go_on(page)
    expect(page.get_by_role("button", name="Stop waiting")).to_be_visible()
    with page.expect_event("requestfailed"):
        page.click("#back")
    expect(page.locator(f"{question(phone, 'first')} textarea")).to_have_value(first)
    expect(page.locator("#next")).to_be_enabled()
    expect(page.locator("#waiting")).to_be_hidden()
    assert len(held) == 2
    assert phone.errors == []


def test_a_device_without_a_therapist_keeps_its_own(phone: Phone):
    """It is sent nowhere, drawn as two lines from two occasions on, and deleted at once."""
    first, second = texts(phone)
    page = phone.page(phone.path)
    expect(page.locator("#intro")).to_contain_text("stays on this device")
    for _ in range(2):
        write_situation(page)
        write_pair(page, phone, first, second)
        rate(page, phone)
        read_to_the_end(page)
        expect(page.locator("#closing-kept")).to_contain_text("on this device, and nowhere else")
        page.goto(phone.preview.url + phone.path)
    page.goto(f"{phone.preview.url}/worksheets/mine")
    expect(page.locator(".ws-row")).to_have_count(2)
    picture = page.get_by_role("img")
    expect(picture).to_have_accessible_name(re.compile("To a friend, and To myself"))
    page.get_by_text("As a table").click()
    expect(page.locator(".ws-table tbody tr")).to_have_count(2)
    for left in (1, 0):
        page.locator(".ws-row summary").first.click()
        page.get_by_role("button", name="Delete").first.click()
        expect(page.locator(".ws-row")).to_have_count(left)
    assert "rain" not in kept_in(page)
    assert not [asked for asked in phone.asked if "/api/submissions" in asked]
    assert phone.errors == []


def test_what_is_missing_is_said_at_its_place_and_a_draft_can_be_thrown_away(phone: Phone):
    """Gone from the device; and back again, for whoever did not mean it."""
    page = phone.page(phone.path)
    page.click("#begin")
    go_on(page)
    expect(page.locator(".problem:visible")).to_contain_text("A word or two")
    expect(page.locator("textarea:visible")).to_be_focused()
    expect(page.locator("textarea:visible")).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("Quittenmus")
    page.reload()  # the phone needed the room
    expect(page.locator("textarea:visible")).to_have_value("Quittenmus")
    page.click("#back")
    page.click("#throw-away")
    assert "Quittenmus" not in kept_in(page)
    page.click("#bring-back")
    page.click("#begin")
    expect(page.locator("textarea:visible")).to_have_value("Quittenmus")
    assert phone.errors == []


def test_a_device_that_belongs_to_nobody_any_more_keeps_what_it_wrote(phone: Phone):
    """The client left while the page was open: it is sent, refused, and stays here."""
    phone.join()
    page = phone.page(phone.path)
    write_situation(page)
    write_pair(page, phone, *texts(phone))
    phone.context.clear_cookies()
    rate(page, phone)
    read_to_the_end(page)
    expect(page.locator("#closing-kept")).to_contain_text("on this device, and nowhere else")
    page.goto(f"{phone.preview.url}/worksheets/mine")
    expect(page.locator(".ws-row")).to_contain_text("On this device only.")
    assert phone.rows() == []


@pytest.fixture
def without_script(chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """A browser without JavaScript."""
    context = chromium.new_context(java_script_enabled=False)

    def open_page(url: str) -> Page:
        page = context.new_page()
        page.goto(url)
        return page

    yield open_page
    context.close()


def test_without_a_script_the_page_says_what_it_needs(
    phone: Phone, without_script: Callable[[str], Page]
):
    """In one sentence, and no question stands there that could not be answered."""
    page = without_script(phone.preview.url + phone.path)
    expect(page.get_by_role("main")).to_contain_text("This page needs JavaScript")
    for nothing in ("textarea", "#begin"):
        expect(page.locator(nothing).first).to_be_hidden()
