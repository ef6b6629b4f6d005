"""Whatever somebody writes is shown as it was written: nothing of it becomes a part of a page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from server.app import create_app
from server.config import Settings
from server.render.exporting import quote_cell
from server.store.care import (
    AssignmentDetails,
    ClientRow,
    KeptLadderRow,
    NewAssignment,
    NewReview,
    PracticeRoomRow,
    ReviewText,
    TherapistRow,
    Whose,
    add_assignment,
    add_note,
    keep_review,
    make_id,
)
from server.store.care.private_feeds import (
    make_private_feed,
)
from server.web.device import COOKIE
from tests.browser.preview import Preview
from tests.web.case_house import LATER, WORKSHEET, allow, keep_ladder, practise, submit
from tests.web.people_house import People, settle_people

pytestmark = [pytest.mark.browser]

LINES = (Path(__file__).parent / "payloads.txt").read_text(encoding="ascii").splitlines()
PAYLOADS = tuple(line.encode("ascii").decode("unicode_escape") for line in LINES)
PLAIN = tuple(f"plain {number}" for number in range(len(PAYLOADS)))

SHOWN = """() => {
  const fields = [...document.querySelectorAll("textarea, input")].map((each) => each.value);
  return [document.body.textContent, ...fields].join("").replace(/\\s/g, "");
}"""
PARTS = """() => [document.querySelectorAll("*").length, document.querySelectorAll("script").length,
  document.querySelectorAll("[onerror], [onload], [srcdoc], [autofocus]").length]"""
"""How many elements and scripts a page is made of."""


@pytest.fixture
def people(preview: Preview) -> People:
    """Two rooms; what Ines' therapist knows of her is all payloads, of Kim all is plain."""
    folder = preview.scripts_path.parent
    environ = {
        "STEPBACK_DATA": str(folder / "data"),
        "STEPBACK_KEYS": str(folder / "keys"),
        "STEPBACK_CACHE": str(folder / "cache"),
        "STEPBACK_SCRIPTS": str(folder / "scripts"),
        "STEPBACK_VOICE": "silent",
    }
    return settle_people(create_app(Settings.from_environment(environ)))


def write(people: People, client_id: str, texts: tuple[str, ...]) -> list[str]:
    """Put texts wherever somebody can write; gives the pages that show them to the therapist."""
    seal, now_at = people.keys.get(client_id), datetime.now(UTC)
    allow(people, client_id)
    field = {"kind": "text", "hint": "", "longest": 2000, "is_optional": True}
    fields = [{**field, "name": f"f{n}", "ask": text} for n, text in enumerate(texts)]
    worksheet = {**WORKSHEET, "fields": [*fields, *WORKSHEET["fields"]]}  # type: ignore[misc]
    whole = "\n".join(texts)
    pair = {side: {"text": whole, "rating": 3} for side in ("first", "second")}
    answers = {**{f"f{n}": text for n, text in enumerate(texts)}, "situation": whole}
    submission_id = submit(
        people, client_id, worksheet=worksheet, answers={**answers, "answers": pair, "tired": 1}
    )
    ladder_id = keep_ladder(people, client_id)
    rungs = [{"words": text, "outcome": "met"} for text in texts]
    for text in texts:
        practise(people, client_id, at=LATER, note=text)
    with people.database.writing() as db:
        client = db.get_one(ClientRow, client_id)
        therapist = db.get_one(TherapistRow, client.therapist_id)
        whose = Whose(therapist_id=therapist.id, client_id=client_id, seal=seal)
        head = {"practice": "soft-ground", "title": whole, "language": "en"}
        ladder = json.dumps({**head, "rungs": rungs})
        row = db.get_one(KeptLadderRow, ladder_id)
        row.sealed_ladder = seal.close(ladder, f"kept_ladders:{ladder_id}")
        for text in texts:
            add_note(db, whose, text, now_at)
            details = AssignmentDetails(message=text)
            new = NewAssignment(
                kind="practice", subject="soft-ground", rhythm="whenever", details=details
            )
            add_assignment(db, client, seal, new, now_at)
        review = NewReview(
            submission_id=submission_id,
            client_id=client_id,
            therapist_id=therapist.id,
            text=ReviewText(question=whole, answer=whole, rule=whole),
        )
        keep_review(db, seal, review, now_at)
        make_private_feed(db, client, seal, name=whole, is_neutral=False, now_at=now_at)
        client.sealed_name = seal.close(whole, f"clients:{client_id}")
        therapist.name = whole
        db.get_one(PracticeRoomRow, client.room_id).name = whole
        for text in texts:
            other = make_id()
            name = people.keys.make(other).close(text, f"clients:{other}")
            times = {"made_at": now_at, "joined_at": now_at}
            db.add(
                ClientRow(
                    id=other,
                    room_id=client.room_id,
                    therapist_id=therapist.id,
                    sealed_name=name,
                    **times,
                )
            )
    case = f"/room/clients/{client_id}"
    sheet = f"{case}/submissions/{submission_id}"
    return [
        *("/room", "/account", "/room/people", case, f"{case}/log", f"{case}/notes"),
        *(f"{case}/given", f"{case}/over-time", f"{case}/ladders/{ladder_id}", sheet),
        f"{case}/podcast",
        *(f"{sheet}/together", f"{sheet}/together/question", f"{case}/erase", f"{case}/export"),
    ]


CLIENTS_PAGES = ("/with-therapist", "/with-therapist/seen", "/from-my-therapist", "/my-practice")
CLIENTS_PAGES += ("/worksheets/mine", "/with-therapist/leave", "/with-therapist/podcast")


def look(page: Page, url: str) -> tuple[list[int], str]:
    """What a page is made of, and all text of it."""
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 200, url
    page.wait_for_load_state("networkidle")
    return page.evaluate(PARTS), page.evaluate(SHOWN)


def squeezed(text: str) -> str:
    """A text as the page's is compared: without white space, as JavaScript knows it."""
    return "".join(each for each in text if not each.isspace() and each != "\ufeff")


def test_nothing_that_was_written_becomes_a_part_of_a_page(
    preview: Preview, people: People, chromium: Browser
):
    """As many elements as with plain words, no script, no dialog, and each text is there whole."""
    with people.database.writing() as db:  # as many clients and colleagues on both sides
        db.get_one(ClientRow, people.jo).therapist_id = people.bo
        colleague = {
            "active": True,
            "is_head": False,
            "added_at": LATER,
            "fs_uniquifier": make_id(),
        }
        db.add(
            TherapistRow(
                id=make_id(),
                room_id=people.rooms[1],
                email="d@sit.example",
                name="Dee",
                **colleague,
            )
        )
    pages = zip(write(people, people.ines, PAYLOADS), write(people, people.kim, PLAIN), strict=True)
    errors: list[str] = []
    wrong: list[object] = []
    for is_client in (False, True):
        looking = []
        for client_id, therapist in ((people.ines, people.ada), (people.kim, people.cy)):
            context = chromium.new_context(service_workers="block")
            cookie = people.signed_in(therapist).get_cookie("stepback_session")
            assert cookie is not None
            name, value = "stepback_session", cookie.value
            if is_client:
                name, value = COOKIE, people.devices[client_id]
            context.add_cookies([{"name": name, "value": value, "url": preview.url}])
            page = context.new_page()
            page.on("dialog", lambda dialog: (errors.append(dialog.message), dialog.dismiss()))
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on(
                "response",
                lambda r: errors.append(f"{r.status} {r.url}") if r.status >= 500 else None,
            )
            page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
            looking.append(page)
        paths = [(each, each) for each in CLIENTS_PAGES] if is_client else pages
        for path, plain_path in paths:
            parts, shown = look(looking[0], preview.url + path)
            plain_parts, plain = look(looking[1], preview.url + plain_path)
            missing = [
                text
                for text, same in zip(PAYLOADS, PLAIN, strict=True)
                if squeezed(same) in plain and squeezed(text) not in shown
            ]
            if parts != plain_parts or missing:
                wrong.append((path, parts, plain_parts, missing[:3]))
        for page in looking:
            page.context.close()
    assert (wrong, errors) == ([], [])


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_cell_of_a_copy_is_a_formula(text: str):
    """Whatever a spreadsheet would reckon with is quoted."""
    assert not str(quote_cell(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
