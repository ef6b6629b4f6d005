"""The whole story of a therapist and a client, on two screens, from the first link to the end."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accounts import PASSWORD, TOTP, give_code, give_password
from tests.browser.watched import ROOT, STEPBACK, Watched
from tests.browser.whole_house import LISTENS, free_port
from tests.covers import lay_covers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("story")]

MARK = "quittenmus"
NAME = f"Ines {MARK}"
WISH = f"For the evenings, {MARK}."
SAID = {
    "situation": f"I forgot the {MARK} on the stove.",
    "first": f"Oh, {MARK} burns for everybody once. Sit down with me.",
    "second": f"How stupid of me, {MARK} again.",
}
RULE = f"I have to earn it first, {MARK}."
NOTE = f"Ask about the {MARK}."
BREATHS_MS = 15_000
MAKES = {"STEPBACK_VOICE": "silent", "STEPBACK_RENDER_AHEAD": "no", "STEPBACK_WEB_WORKERS": "2"}


@dataclass(kw_only=True)
class Story:
    """A house with nobody in it yet, and the two who meet there."""

    folder: Path
    environment: dict[str, str]
    url: str
    first_link: str
    web: Watched
    worker: Watched
    desk: Page
    phone: Page
    case: str = ""
    """The path of the case file."""

    def places_of_mark(self) -> list[str]:
        """Every file of the house in whose bytes something that was written is, and every line."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        found = [path.name for path in files if MARK.encode() in path.read_bytes()]
        said = [line for each in (self.web, self.worker) for line in each.all_lines()]
        return found + [line for line in said if MARK in line]

    def stepback(self, *words: str) -> str:
        """Say something to the house on the command line; gives what it answers."""
        done = subprocess.run(
            [STEPBACK, *words], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout


@pytest.fixture
def story(tmp_path: Path, chromium: Browser) -> Iterator[Story]:
    """Web with two processes and a worker with the silent voice; a desk and a phone."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    environment = {
        "STEPBACK_DATA": str(tmp_path / "data"),
        "STEPBACK_KEYS": str(tmp_path / "keys"),
        "STEPBACK_CACHE": str(tmp_path / "cache"),
        "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
        "STEPBACK_HOST": "127.0.0.1",
        "STEPBACK_PORT": str(port),
        "STEPBACK_PUBLIC_URL": url,
        "STEPBACK_LEAST_FREE_MB": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),  # the code beside this test, wherever else there is one
        **MAKES,
    }
    subprocess.run([STEPBACK, "migrate"], env=environment, check=True)
    lay_covers(environment)
    worker, web = Watched("worker", environment), Watched("serve", environment)
    desk = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    phone = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    try:
        first_link = web.wait_for(r"(http://127\S+/welcome/\S+)")[1]
        web.wait_for(LISTENS)
        worker.wait_for("worker ready", seconds=120)
        yield Story(
            folder=tmp_path,
            environment=environment,
            url=url,
            first_link=first_link,
            web=web,
            worker=worker,
            desk=desk.new_page(),
            phone=phone.new_page(),
        )
    finally:
        for context in (desk, phone):
            context.close()
        web.stop()
        worker.stop()


def sign_in(story: Story) -> None:
    """The first therapist comes by the link that the house prints, with both factors."""
    desk = story.desk
    desk.goto(story.first_link)
    desk.get_by_label("Your e-mail address").fill("dora@sit.example")
    desk.get_by_label("A name for the practice room").fill("Old Mill")
    desk.get_by_label("Your name, as your clients read it").fill("Dora")
    desk.get_by_label("A password").fill(PASSWORD)
    desk.get_by_label("The password again").fill(PASSWORD)
    desk.get_by_role("button", name="Go on").click()
    expect(desk.get_by_role("status")).to_contain_text("Now sign in with it")
    give_password(desk)
    desk.get_by_role("button", name="Show the picture for my app").click()
    desk.get_by_text("I cannot read a picture with it").click()
    key = desk.locator(".account-key").inner_text().replace(" ", "").replace("-", "")
    give_code(desk, TOTP(key), 0, "That is it")
    expect(desk.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert desk.request.get(story.first_link).status == 404  # it works once


def invite_and_join(story: Story) -> None:
    """A link leads the client in, who shows days, minutes and worksheets."""
    desk, phone = story.desk, story.phone
    desk.goto(f"{story.url}/room/invite")
    desk.fill("#name", NAME)
    desk.get_by_role("button", name="Make the invitation").click()
    link = desk.locator("#link")
    expect(link).to_be_visible()
    phone.goto(link.input_value())
    for kind in ("practised", "minutes", "worksheets"):
        phone.locator(f"input[value='{kind}'], input[name='{kind}']").first.check()
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("With Dora")
    stranger = desk.context.browser.new_context()
    refused = stranger.request.get(link.input_value())
    assert refused.status == 404
    assert "Dora" not in refused.text()
    stranger.close()
    desk.goto(f"{story.url}/room")
    desk.get_by_role("link", name=NAME).first.click()
    desk.wait_for_url(re.compile(r"/room/clients/[0-9a-f]{32}$"))
    story.case = desk.url


def give(story: Story, what: str) -> None:
    """The therapist gives something, with a few words."""
    story.desk.goto(f"{story.case}/give/{what}")
    story.desk.fill("#message", WISH)
    story.desk.locator("button[value=give]").click()
    expect(story.desk.get_by_text(WISH).first).to_be_visible()


def practise(story: Story) -> None:
    """The client begins what was given, and stops after a while."""
    phone = story.phone
    phone.goto(f"{story.url}/from-my-therapist")
    expect(phone.get_by_text(WISH).first).to_be_visible()
    phone.get_by_role("link", name="Three breaths").first.click()
    phone.wait_for_url("**/practices/**")
    expect(phone.get_by_text(WISH).first).to_be_visible()
    phone.click("#begin")
    expect(phone.locator("#time-now")).not_to_have_text("0:00", timeout=60_000)
    phone.click("#stop")
    expect(phone.locator("#closing-kept")).to_contain_text("It is in My practice")


def write_worksheet(story: Story, ratings: tuple[int, int], *, is_alike_first: bool) -> None:
    """Question after question; where both answers are alike, one is written again."""
    phone = story.phone
    phone.goto(f"{story.url}/from-my-therapist")
    phone.get_by_role("link", name="A friend, and you").first.click()
    phone.wait_for_url("**/worksheets/**")
    phone.click("#begin")
    phone.fill("textarea:visible", SAID["situation"])
    phone.click("#next")
    phone.fill("textarea:visible", SAID["second"] if is_alike_first else SAID["first"])
    phone.click("#next")
    phone.fill("textarea:visible", SAID["second"])
    phone.click("#next")
    if is_alike_first:
        expect(phone.get_by_role("heading", level=1)).to_have_text("Both answers sound much alike")
        phone.fill("#friend-name", "Mira")
        phone.click("#write-again")
        phone.fill("textarea:visible", SAID["first"])
        phone.click("#next")
        phone.click("#next")
    for rating in ratings:
        phone.locator(f"input[value='{rating}']:visible").check()
        phone.click("#next")
    phone.clock.fast_forward(BREATHS_MS)
    with phone.expect_response("**/api/submissions") as sent:
        phone.click("#done")
    assert sent.value.status == 201
    assert not sent.value.json()["is_marked"]


def review(story: Story) -> None:
    """The therapist sees what came back, and what is to be seen of it over time."""
    desk = story.desk
    desk.goto(story.case)
    expect(desk.get_by_role("link", name="A friend, and you").first).to_be_visible()
    desk.get_by_role("link", name="A friend, and you").first.click()
    expect(desk.get_by_text(SAID["first"])).to_be_visible()
    expect(desk.get_by_text(SAID["second"])).to_be_visible()
    desk.fill("#answer", f"They did nothing wrong, {MARK}.")
    desk.fill("#rule", RULE)
    desk.get_by_role("button", name="Keep this").click()
    expect(desk.get_by_text("Last written on")).to_be_visible()
    desk.get_by_role("link", name="Read together").click()
    expect(desk.get_by_text(SAID["second"])).to_be_visible()
    assert NAME not in desk.content()
    desk.goto(f"{story.case}/over-time")
    expect(desk.get_by_text(RULE)).to_be_visible()
    expect(desk.locator("table tbody").first).to_contain_text("8")
    for which in ("first", "second"):
        expect(desk.locator(f".trend-mark.trend-{which}")).to_have_count(2)
    titles = desk.locator(".trend-mark.trend-second title").all_text_contents()
    told = [title.rpartition(": ")[2] for title in titles]
    assert told == ["To myself, 2 of 10", "To myself, 4 of 10"]
    desk.goto(f"{story.case}/notes")
    desk.locator("textarea").first.fill(NOTE)
    desk.get_by_role("button", name="Keep this note").click()
    expect(desk.get_by_text(NOTE).first).to_be_visible()


def withdraw_and_give_again(story: Story) -> None:
    """What the client withdraws is gone with the therapist's next page."""
    desk, phone = story.desk, story.phone
    desk.goto(story.case)
    links = desk.get_by_role("link", name="A friend, and you").all()
    sheets = {story.url + str(link.get_attribute("href")) for link in links}
    sheets = {each for each in sheets if "/submissions/" in each}
    assert len(sheets) == 2
    phone.goto(f"{story.url}/with-therapist/seen")
    expect(phone.get_by_text(SAID["first"]).first).to_be_visible()
    assert NOTE not in phone.content()
    phone.goto(f"{story.url}/with-therapist")
    phone.locator("#see-worksheets button").click()
    expect(phone.locator("#see-worksheets button")).to_have_text("Show")
    desk.goto(story.case)
    expect(desk.get_by_role("heading", name="Yours alone")).to_be_visible()
    hidden = [f"{each}{rest}" for each in sheets for rest in ("", "/together")]
    for address in (f"{story.case}/over-time", *hidden):
        assert desk.request.get(address).status == 404, address
    assert SAID["first"] not in desk.content()
    phone.locator("#see-worksheets button").click()
    expect(phone.locator("#see-worksheets button")).to_have_text("Stop showing")
    for address in (f"{story.case}/over-time", *hidden):
        assert desk.request.get(address).status == 200, address


def end(story: Story) -> None:
    """A copy, and then nothing of it is left anywhere."""
    desk, phone = story.desk, story.phone
    desk.goto(f"{story.case}/export")
    with desk.expect_download() as begun:
        desk.get_by_role("button", name="Make the copy").click()
    with zipfile.ZipFile(io.BytesIO(begun.value.path().read_bytes())) as copied:
        told = json.loads(copied.read("client.json"))
    assert len(told["submissions"]) == 2
    assert [note["text"] for note in told["notes"]] == [NOTE]
    desk.goto(f"{story.case}/erase")
    desk.fill("#name", "Somebody else")
    desk.get_by_role("button", name="Erase for good").click()
    expect(desk.get_by_role("alert")).to_contain_text("Nothing was erased")
    assert SAID["first"] in phone.request.get(f"{story.url}/with-therapist/seen").text()
    desk.fill("#name", NAME)
    desk.get_by_role("button", name="Erase for good").click()
    desk.wait_for_url("**/room/erased")
    assert phone.request.get(f"{story.url}/with-therapist/seen").status == 404
    assert "as it was written" in story.stepback("audit", "verify")
    assert story.places_of_mark() == []


def test_the_whole_story(story: Story):
    """Invite, join, give, practise, write twice, review, chart, withdraw, copy, erase.

    At no time is anything that was written in a file in clear or in a line of the log.
    """
    story.phone.clock.install()
    sign_in(story)
    invite_and_join(story)
    give(story, "practice/three-breaths")
    give(story, "worksheet/friend-and-self")
    practise(story)
    write_worksheet(story, (8, 2), is_alike_first=True)
    write_worksheet(story, (8, 4), is_alike_first=False)
    review(story)
    assert story.places_of_mark() == []
    withdraw_and_give_again(story)
    end(story)
