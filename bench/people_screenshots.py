"""The pictures of a therapist's and a client's pages, from a house in which they have met."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from PIL import Image
from playwright.sync_api import Browser, Page

from bench.ranges import free_port
from bench.silent_house import ROOT, silent_house
from server.app import create_app
from server.care import write_worksheet
from server.config import Settings
from server.render import get_worksheet
from server.store import SessionEntryRow
from server.store.care import (
    AssignmentDetails,
    ClientDeviceRow,
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
)
from server.store.care.handing_over import offer_handover
from server.web.device import COOKIE
from tests.web.case_house import allow, keep_ladder, practise, submit
from tests.web.people_house import People, settle_people

PICTURES = ROOT / "docs/screenshots"
COLOURS = 96
"""Of a picture: pages have few, and a picture is a third as big by that."""

SITUATIONS = (
    (
        "I forgot my sister's birthday.",
        "Anybody can. You are still her sister.",
        8,
        1,
    ),
    ("I was late for the train.", "Then take the next one, and a tea.", 7, 2),
    ("The talk went badly.", "You stood there and said it. That was brave.", 8, 3),
    ("I shouted at my son.", "You are tired. You will say sorry, and he will hear it.", 7, 3),
    ("I did not answer the letter.", "It is one letter. Tomorrow is a day, too.", 8, 5),
    ("Nobody asked me along.", "I would have. Come and eat with us.", 8, 6),
)
TO_MYSELF = (
    "Of course you did. You always do.",
    "You cannot even manage a train.",
    "Everybody saw it.",
    "What kind of mother are you.",
    "Well. It lies there. Tomorrow, perhaps.",
    "It hurts, and that is allowed.",
)
RULES = {0: "Who forgets has not earned it.", 3: "First I make up for it, then I may be sad."}
PRACTISED = (
    ("stepping-back", "Stepping back", 12),
    ("three-breaths", "Three breaths", 3),
    ("as-i-am", "As I am", 9),
    ("someone-easy-to-like", "Someone easy to like", 8),
)


def walk_people(browser: Browser, sizes: Mapping[str, Mapping[str, int]]) -> None:
    """Take the pages of both, in each of these sizes."""
    with tempfile.TemporaryDirectory(prefix="stepback-people-") as folder:
        environ = {
            "STEPBACK_DATA": f"{folder}/data",
            "STEPBACK_KEYS": f"{folder}/keys",
            "STEPBACK_CACHE": f"{folder}/cache",
            "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
            "STEPBACK_VOICE": "silent",
            "STEPBACK_PORT": str(port := free_port()),
            "STEPBACK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
        with silent_house(**environ) as url:
            people = settle_people(create_app(Settings.from_environment(environ)))
            submissions = fill(people)
            for name, size in sizes.items():
                therapist_pages(_page(browser, url, people, people.ada, size), people, name)
                client_pages(_page(browser, url, people, people.ines, size), submissions, name)


def fill(people: People) -> list[str]:
    """Weeks of practice and writing; gives the ids of the worksheets that came back."""
    now_at, ines, seal = datetime.now(UTC), people.ines, people.keys.get(people.ines)
    began_at = now_at - timedelta(weeks=12)
    settings = people.app.extensions["stepback"].settings
    worksheet = write_worksheet(get_worksheet(settings.scripts_path, "friend-and-self"))
    with people.database.writing() as db:
        db.get_one(TherapistRow, people.ada).name = "Dr Ada Holm"
        db.get_one(TherapistRow, people.bo).name = "Bo Lindqvist"
        db.get_one(PracticeRoomRow, people.rooms[0]).name = "Practice in Linden Street"
        for row in db.query(ClientRow).filter_by(therapist_id=people.ada):
            row.made_at = row.joined_at = began_at
        for device in db.query(ClientDeviceRow).filter_by(client_id=ines):
            device.joined_at, device.browser = began_at, "Firefox, Android"
    allow(people, ines)
    submissions = []
    for number, (what, to_friend, first, second) in enumerate(SITUATIONS):
        answers = {
            "situation": what,
            "answers": {
                "first": {"text": to_friend, "rating": first},
                "second": {"text": TO_MYSELF[number], "rating": second},
            },
        }
        at = began_at + timedelta(days=3 + 13 * number)
        submissions.append(submit(people, ines, at=at, worksheet=worksheet, answers=answers))
    for number in range(17):
        at = began_at + timedelta(days=2 + 5 * number - (number % 3))
        practise(people, ines, at=at, note="It was quieter than I thought." if number == 3 else "")
    with people.database.writing() as db:
        for number, row in enumerate(
            db.query(SessionEntryRow).order_by(SessionEntryRow.started_at)
        ):
            row.slug, row.title, minutes = PRACTISED[number % len(PRACTISED)]
            row.practised_ms, row.is_live = minutes * 60_000, number % 4 == 0
            row.kindness_before, row.kindness_after = 3 + number // 5, 5 + number // 5
        client, bo = db.get_one(ClientRow, ines), people.bo
        for number, rule in RULES.items():
            text = ReviewText(question="What is different about the friend?", answer="", rule=rule)
            review = NewReview(submission_id=submissions[number], client_id=ines,
                               therapist_id=people.ada, text=text)  # fmt: skip
            keep_review(db, seal, review, now_at)
        for kind, subject, message in (
            (
                "practice",
                "stepping-back",
                "For the evenings. Three minutes are enough.",
            ),
            ("worksheet", "friend-and-self", "One hard moment, whenever there is one."),
        ):
            details = AssignmentDetails(message=message)
            new = NewAssignment(kind=kind, subject=subject, rhythm="twice-a-week", details=details)
            add_assignment(db, client, seal, new, now_at - timedelta(days=9))
        whose = Whose(therapist_id=people.ada, client_id=ines, seal=seal)
        add_note(db, whose, "Ask about the garden.", now_at)
        offer_handover(db, client, db.get_one(TherapistRow, people.ada), bo, now_at)
    ladder = keep_ladder(people, ines)
    rungs = [{"words": "this is a waste of time", "outcome": "stepped-back"},
             {"words": "I am so tired of it", "outcome": "met"}]  # fmt: skip
    told = {"title": "Stepping back", "language": "en", "practice": "stepping-back", "rungs": rungs}
    with people.database.writing() as db:
        row = db.get_one(KeptLadderRow, ladder)
        row.sealed_ladder = seal.close(json.dumps(told), f"kept_ladders:{ladder}")
        row.sat_at = row.kept_at = now_at - timedelta(days=5)
    return submissions


def therapist_pages(page: Page, people: People, name: str) -> None:
    """From the list of clients to the room."""
    case = f"/room/clients/{people.ines}"
    page.goto("/room")
    take(page, f"people-clients-{name}")
    page.goto("/room/invite")
    page.fill("#name", "Mara")
    page.get_by_role("button", name="Make the invitation").click()
    page.locator("#link").wait_for()
    link = page.locator("#link").input_value()
    take(page, f"people-invite-{name}")
    join(page, link, name)
    page.goto(case)
    take(page, f"people-case-{name}")
    sheet = page.locator("a[href*='/submissions/']").first.get_attribute("href")
    page.goto(str(sheet))
    take(page, f"people-review-{name}")
    page.goto(f"{sheet}/together")
    take(page, f"people-together-{name}")
    page.goto(f"{case}/over-time")
    take(page, f"people-over-time-{name}")
    page.goto(f"{case}/give/practice/stepping-back")
    take(page, f"people-give-{name}")
    page.goto(f"{case}/hand-over")
    take(page, f"people-hand-over-{name}")
    page.goto("/room/play/three-breaths")
    page.get_by_role("button", name="Prepare").click()
    page.get_by_role("button", name="Hold").wait_for(timeout=180_000)
    take(page, f"people-room-{name}")
    page.context.close()


def join(page: Page, link: str, name: str) -> None:
    """What an invited client reads first, in a browser that nobody knows yet."""
    browser = page.context.browser
    assert browser is not None
    size = page.viewport_size
    stranger = browser.new_page(viewport=size, locale="en-GB", device_scale_factor=_scale(size))
    stranger.goto(link)
    take(stranger, f"people-join-{name}")
    stranger.close()


def client_pages(page: Page, submissions: list[str], name: str) -> None:
    """What the client sees of it, and writes."""
    for path, picture in (
        ("/with-therapist", "decide"),
        ("/with-therapist/seen", "seen"),
        ("/with-therapist/hand-over", "asked"),
        ("/from-my-therapist", "given"),
        (f"/worksheets/mine/{submissions[0]}/spoken", "spoken-choose"),
    ):
        page.goto(path)
        take(page, f"people-{picture}-{name}")
    page.goto("/worksheets/friend-and-self")
    take(page, f"people-worksheet-{name}")
    page.click("#voice-begin")
    page.locator("#voice-again").wait_for(timeout=240_000)
    page.fill("textarea:visible", SITUATIONS[0][0])
    take(page, f"people-listen-{name}")
    for text in (SITUATIONS[0][1], TO_MYSELF[0]):
        page.click("#next")
        page.fill("textarea:visible", text)
    for rating in (8, 1):
        page.click("#next")
        page.locator(f"input[value='{rating}']:visible").check()
    page.click("#voice-end")
    page.click("#next")
    page.locator("#reading .ws-side").first.wait_for()
    take(page, f"people-both-answers-{name}")
    page.goto(f"/worksheets/mine/{submissions[0]}/spoken")
    speak(page, name)
    page.context.close()


def speak(page: Page, name: str) -> None:
    """The friend's answer is turned to oneself, and heard."""
    for group in page.locator("fieldset").all():
        group.locator("input[type=radio]").last.check()
    page.get_by_role("button").first.click()
    page.locator("textarea").wait_for()
    page.locator("form button[type=submit]").first.click()
    page.locator("audio").wait_for(timeout=240_000)
    take(page, f"people-spoken-{name}")


def take(page: Page, name: str) -> None:
    """Take one picture of what is in view, with few colours."""
    page.wait_for_load_state("networkidle")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(path)


def _page(browser: Browser, url: str, people: People, who: str, size: Mapping[str, int]) -> Page:
    context = browser.new_context(
        base_url=url,
        viewport=size,
        locale="en-GB",
        color_scheme="light",
        device_scale_factor=_scale(size),
        service_workers="block",
    )
    name, value = COOKIE, people.devices.get(who, "")
    if who == people.ada:
        cookie = people.signed_in(who).get_cookie("stepback_session")
        assert cookie is not None
        name, value = "stepback_session", cookie.value
    context.add_cookies([{"name": name, "value": value, "url": url}])
    return context.new_page()


def _scale(size: Mapping[str, int] | None) -> float:
    """A phone's picture is small; a desk's is read well enough as it is."""
    return 2 if size and size["width"] < 600 else 1
