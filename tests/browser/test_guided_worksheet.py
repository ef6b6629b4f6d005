"""Listen and write: a voice asks the questions of a worksheet while somebody answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import House, run_house
from tests.browser.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.long]

WORKSHEET = """title: Two small things
language: en
summary: Two questions.
message: To look.
fields:
  - {kind: text, name: first, ask: "What happened?", longest: 200}
  - {kind: scale, name: second, ask: "How heavy is it?", least: 0, most: 10}
closing: That is all.
"""


@pytest.fixture(scope="module")
def drafting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Web and worker, with the voice that says nothing."""
    folder = tmp_path_factory.mktemp("drafting")
    (folder / "scripts" / "worksheets").mkdir(parents=True)
    (folder / "scripts" / "worksheets" / "two.yaml").write_text(WORKSHEET)
    changes = {"STEPBACK_VOICE": "silent", "STEPBACK_SCRIPTS": str(folder / "scripts")}
    with run_house(folder, **changes) as running:
        yield running


@pytest.fixture
def page(drafting: House, chromium: Browser) -> Iterator[Page]:
    """A phone on the worksheet's page."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{drafting.url}/worksheets/two")
    yield page
    assert errors == []
    context.close()


def make_whole(page: Page) -> str:
    """Have all of it made; gives its key."""
    key = page.evaluate("fetch('/api/worksheets/two/renders', {method: 'POST', body: '{}',"
                        " headers: {'Content-Type': 'application/json'}})"
                        ".then((answer) => answer.json()).then(({ key }) => key)")  # fmt: skip
    done = "fetch('/api/renders/{}').then((answer) => answer.json()).then(r => r.state === 'done')"
    until(page, done.format(key), seconds=120)
    return key


def open_whole(page: Page) -> str:
    """Press it when all of it is there; gives its key."""
    key = make_whole(page)
    page.click("#voice-begin")
    expect(page.locator("#voice-now")).to_contain_text("Arriving")
    return key


def seek(page: Page, key: str, stage: int) -> None:
    """Let the voice come to a stage, as it does by itself some minutes later."""
    page.evaluate(
        """async ([key, stage]) => {
            const { chapters } = await (await fetch(`/audio/${key}.json`)).json();
            document.querySelector('#voice-sound').currentTime = chapters[stage].startTime + 1;
        }""",
        [key, stage],
    )


def test_a_voice_asks_while_the_question_stays_in_front_of_the_writer(page: Page):
    """It begins by itself, can be paused and asked again, and leads nowhere unasked."""
    expect(page.locator("#intro")).to_contain_text("leaves time to write")
    page.click("#voice-begin")
    expect(page.locator("#voice")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("What happened?")
    page.fill("textarea:visible", "It rained.")  # while it is still being prepared
    expect(page.locator("#voice-now")).to_contain_text("Arriving", timeout=90_000)
    until(page, "document.querySelector('#voice-sound').currentTime > 0.2")
    page.click("#voice-play")
    expect(page.locator("#voice-play")).to_have_text("Play")
    expect(page.locator("#voice-there")).to_be_hidden()
    page.click("#voice-end")
    expect(page.locator("#voice")).to_be_hidden()
    expect(page.locator("textarea:visible")).to_have_value("It rained.")


def test_with_a_message_before_it_the_voice_leads_to_the_same_questions(page: Page):
    """While a therapist's words are said there is nowhere to go; then all is as without them."""
    key = make_whole(page)
    told = page.evaluate(f"fetch('/api/renders/{key}').then((answer) => answer.json())")
    chapters = page.evaluate(f"fetch('/audio/{key}.json').then((answer) => answer.json())")
    later = {"title": "Arriving", "startTime": 3}
    first, *rest = chapters["chapters"]
    chapters["chapters"] = [{**first, "title": "From Ada"}, later, *rest]
    page.route(f"**/audio/{key}.json", lambda route: route.fulfill(json=chapters))
    page.route("**/api/worksheets/two/renders", lambda route: route.fulfill(
        json={**told, "is_private": True}))  # fmt: skip
    page.click("#voice-begin")
    expect(page.locator("#voice-now")).to_contain_text("From Ada")
    page.fill("textarea:visible", "It rained.")
    expect(page.locator("#voice-there")).to_be_hidden()
    seek(page, key, 3)
    expect(page.locator("#voice-now")).to_contain_text("Question 2")
    page.click("#voice-there")
    expect(page.get_by_role("heading", level=1)).to_have_text("How heavy is it?")
    page.click("#voice-again")
    expect(page.locator("#voice-now")).to_contain_text(re.compile(r"Question 2 · \d"))


def test_where_the_voice_is_further_on_one_may_go_there(page: Page):
    """To what may be asked by now, and by a press of one's own alone."""
    seek(page, open_whole(page), 2)
    expect(page.locator("#voice-now")).to_contain_text("Question 2")
    expect(page.get_by_role("heading", level=1)).to_have_text("What happened?")
    expect(page.locator("#voice-there")).to_be_hidden()  # the first answer is still open
    page.fill("textarea:visible", "It rained.")
    expect(page.locator("#voice-there")).to_be_visible()
    page.click("#voice-there")
    expect(page.get_by_role("heading", level=1)).to_have_text("How heavy is it?")
    page.click("#voice-again")
    expect(page.locator("#voice-now")).to_contain_text(re.compile(r"Question 2 · \d"))
    page.check("input[value='3']")
    page.click("#next")
    expect(page.locator("#reading")).to_be_visible()
    expect(page.locator("#voice")).to_be_visible()
    page.go_back()
    page.click("#back")
    page.click("#back")
    expect(page.locator("#voice")).to_be_hidden()  # who goes to the beginning has left it
    assert page.evaluate("document.querySelector('#voice-sound').paused")
