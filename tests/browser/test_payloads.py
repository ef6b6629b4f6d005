"""Whatever somebody writes is shown as it was written: nothing of it becomes a part of a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from server.app import create_app
from server.config import Settings
from server.render.exporting import quote_cell
from server.store.care import ClientRow, TherapistRow, make_id
from tests.browser.payload_case import WIDE, Texts, Written, write
from tests.browser.payloads import (
    PARTS,
    PAYLOADS,
    PLAIN,
    REFUSED,
    SHOWN,
    squeezed,
    watched,
)
from tests.browser.preview import Preview
from tests.web.filled_worksheets import bring_worksheets
from tests.web.people_house import People, settle_people

pytestmark = [pytest.mark.browser]

WIDTHS = tuple(WIDE if text in REFUSED else max(len(text), 9) for text in PAYLOADS)


@pytest.fixture
def people(preview: Preview) -> People:
    """Two rooms; what Ines' therapist knows of her is all payloads, of Kim all is plain."""
    folder = preview.scripts_path.parent
    bring_worksheets(preview.scripts_path)
    environ = {
        "STEPBACK_DATA": str(folder / "data"),
        "STEPBACK_KEYS": str(folder / "keys"),
        "STEPBACK_CACHE": str(folder / "cache"),
        "STEPBACK_SCRIPTS": str(folder / "scripts"),
        "STEPBACK_VOICE": "silent",
    }
    app = create_app(Settings.from_environment(environ))
    # What is sent here is more than anybody may; that there are limits is tested elsewhere.
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    return settle_people(app)


@dataclass(kw_only=True)
class Pair:
    """Two pages that are to be made of the same parts: one of payloads, one of plain words."""

    pages: tuple[Page, Page]
    written: tuple[Written, Written]
    wrong: list[object]

    def compare(self, name: str) -> None:
        """Note what differs, and which text is not shown although its plain one is."""
        parts, shown = zip(*(seen(page) for page in self.pages), strict=True)
        shown = tuple(unicodedata.normalize("NFC", each) for each in shown)
        missing = [
            text
            for text, same in zip(PAYLOADS, PLAIN, strict=True)
            if squeezed(same) in shown[1] and squeezed(text) not in shown[0]
        ]
        if parts[0] != parts[1] or missing or "plain" not in shown[1]:
            self.wrong.append((name, parts, missing[:3]))

    def open(self, paths: tuple[list[str], list[str]], url: str) -> None:
        """Open the pages of both, and compare them."""
        for both in zip(*paths, strict=True):
            for page, path in zip(self.pages, both, strict=True):
                answer = page.goto(url + path)
                assert answer is not None
                assert answer.status == 200, path
            self.compare(both[0])

    def act(self, deed: Callable[[Page, Written], None]) -> None:
        """Let both do something in a page, and compare what has come of it."""
        for page, written in zip(self.pages, self.written, strict=True):
            deed(page, written)
        self.compare(deed.__name__)


def seen(page: Page) -> tuple[list[int], str]:
    """What a page is made of, and all text of it."""
    page.wait_for_load_state("networkidle")
    return page.evaluate(PARTS), page.evaluate(SHOWN)


def base_of(page: Page) -> str:
    """The address of the house that a page is of."""
    return str(page.evaluate("location.origin"))


def delete_note(page: Page, written: Written) -> None:
    """A note is deleted; the page that says so holds it."""
    page.goto(base_of(page) + f"{written.case}/notes")
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_role("button", name="Put it back").wait_for()


def put_note_back(page: Page, _written: Written) -> None:
    """And is put back."""
    page.get_by_role("button", name="Put it back").click()
    page.wait_for_url("**/notes")


def look_before_giving(page: Page, written: Written) -> None:
    """What is to be given is shown as the client will see it."""
    page.goto(base_of(page) + f"{written.case}/give/practice/soft-ground")
    page.fill("#message", written.texts.some(2_000))
    page.fill("[name=word-place]", written.texts.line(20))
    page.locator("button[value=preview]").click()
    page.wait_for_load_state()


def prepare_in_the_room(page: Page, written: Written) -> None:
    """Words for the player of the room; no worker is here to speak them."""
    page.goto(base_of(page) + "/room/play/soft-ground")
    page.fill("#word-place", written.texts.line(20))
    page.click("#begin")
    page.locator("#wait").wait_for()


def write_draft(page: Page, written: Written) -> None:
    """A worksheet is written on the device alone, with the friend's name, and come back to."""
    page.goto(base_of(page) + "/worksheets/friend-and-self")
    page.click("#begin")
    alike = written.texts.some(2_000)
    for text in (written.texts.some(2_000), alike, alike):
        page.fill("textarea:visible", text)
        page.click("#next")
    page.fill("#friend-name", written.texts.line(80))
    page.click("#write-again")
    page.locator("textarea:visible").wait_for()


def come_back_to_draft(page: Page, _written: Written) -> None:
    """It is there again."""
    page.reload()
    page.locator("textarea:visible").wait_for()


def read_what_was_written(page: Page, _written: Written) -> None:
    """What came back is unfolded by its writer, in a page that a script makes."""
    page.goto(base_of(page) + "/worksheets/mine")
    page.locator("#mine details").first.wait_for()
    page.evaluate("""async () => {
      for (const each of document.querySelectorAll("#mine details")) each.open = true;
      await new Promise((after) => setTimeout(after, 0));
    }""")


def choose_words(page: Page, written: Written) -> None:
    """Whom each word means is asked beside the words."""
    base = base_of(page)
    page.goto(f"{base}/worksheets/mine/{written.ids['sent']}/spoken")
    expect(page.locator("fieldset")).to_have_count(1)


def read_chosen_words(page: Page, _written: Written) -> None:
    """What was chosen is read as a whole."""
    page.locator("input[type=radio]").first.check(force=True)
    page.locator("main form button").click()
    page.locator("fieldset").wait_for(state="detached")


THERAPISTS_DEEDS = (delete_note, put_note_back, look_before_giving, prepare_in_the_room)
CLIENTS_DEEDS = (
    write_draft,
    come_back_to_draft,
    read_what_was_written,
    choose_words,
    read_chosen_words,
)


def freshly_signed_in(people: People, therapist_id: str) -> FlaskClient:
    """A browser that may also change how it signs in."""
    browser = people.signed_in(therapist_id)
    with people.database.reading() as db:
        uniquifier = db.get_one(TherapistRow, therapist_id).fs_uniquifier
    with browser.session_transaction() as session:
        session.update(_user_id=uniquifier, _fresh=True, fs_cc="set")
        session["fs_paa"] = datetime.now(UTC).timestamp()
    return browser


@pytest.mark.long
def test_nothing_that_was_written_becomes_a_part_of_a_page(
    preview: Preview, people: People, chromium: Browser
):
    """As many elements as with plain words, no script, no dialog, and each text is there whole."""
    _even_out(people)
    sides = ((people.ines, people.ada, PAYLOADS), (people.kim, people.cy, PLAIN))
    written = tuple(
        write(people, client_id, therapist_id, Texts(all=texts, widths=WIDTHS))
        for client_id, therapist_id, texts in sides
    )
    errors: list[str] = []
    wrong: list[object] = []
    groups = (
        ([freshly_signed_in(people, each[1]) for each in sides], "therapists", THERAPISTS_DEEDS),
        ([people.phone_of(each[0]) for each in sides], "clients", CLIENTS_DEEDS),
        ([people.stranger(), people.stranger()], "strangers", ()),
    )
    for browsers, whose, deeds in groups:
        with (
            watched(chromium, preview.url, browsers[0], errors) as first,
            watched(chromium, preview.url, browsers[1], errors) as second,
        ):
            pair = Pair(pages=(first, second), written=written, wrong=wrong)
            pair.open(tuple(getattr(each, f"{whose}_pages")() for each in written), preview.url)
            for deed in deeds:
                pair.act(deed)
    assert (wrong, errors) == ([], [])


def test_what_cannot_be_typed_is_refused(people: People):
    """By forms and by JSON."""
    assert len(REFUSED) == 2
    for text in REFUSED:
        form = people.phone_of(people.ines).post("/with-therapist/podcast", data={"name": text})
        rung = {"rungs": [{"words": text}]}
        json = people.phone_of(people.ines).post("/api/ladders", json=rung)
        assert (form.status_code, json.status_code) == (400, 400)


def _even_out(people: People) -> None:
    """As many clients and colleagues on both sides."""
    with people.database.writing() as db:
        db.get_one(ClientRow, people.jo).therapist_id = people.bo
        told = {"active": True, "is_head": False, "added_at": datetime.now(UTC)}
        told |= {"room_id": people.rooms[1], "email": "d@sit.example", "name": "Dee"}
        db.add(TherapistRow(id=make_id(), fs_uniquifier=make_id(), **told))


def test_a_refusal_of_the_policy_is_seen(preview: Preview, people: People, chromium: Browser):
    """By the browser's own event, so that silence means that nothing was refused."""
    errors: list[str] = []
    with watched(chromium, preview.url, people.stranger(), errors) as page:
        page.goto(preview.url)
        page.evaluate("() => { document.body.innerHTML += '<img src=x onerror=alert(1)>'; }")
        page.wait_for_load_state("networkidle")
    assert [each for each in errors if each.startswith("script-src-attr refused")] != []


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_cell_of_a_copy_is_a_formula(text: str):
    """Whatever a spreadsheet would reckon with is quoted."""
    assert not str(quote_cell(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
