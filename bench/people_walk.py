"""The ways through a therapist's and a client's pages, on which their pictures are taken."""

from __future__ import annotations

from playwright.sync_api import Page

from bench.account_walk import stranger_beside
from bench.take_picture import take
from server.render.sample import SITUATIONS, TO_MYSELF
from tests.web.people_house import People

MADE_MS = 240_000
"""How long the silent voice may need for a practice."""


def therapist_pages(page: Page, people: People, name: str) -> None:
    """From the list of clients to the end of a case."""
    case = f"/room/clients/{people.ines}"
    shoot(page, name, clients="/room", **{"invite-whom": "/room/invite"})
    page.fill("#name", "Mara")
    page.get_by_role("button", name="Make the invitation").click()
    page.locator("#link").wait_for()
    link = page.locator("#link").input_value()
    take(page, f"people-invite-{name}")
    stranger = stranger_beside(page)
    shoot(stranger, name, join=link)
    stranger.context.close()
    shoot(page, name, case=case)
    sheet = str(page.locator("a[href*='/submissions/']").first.get_attribute("href"))
    ladder = str(page.locator("a[href*='/ladders/']").first.get_attribute("href"))
    shoot(page, name, review=sheet, together=f"{sheet}/together", ladder=ladder)
    shoot(page, name, question=f"{sheet}/together/question", log=f"{case}/log")
    shoot(page, name, notes=f"{case}/notes")
    page.get_by_role("link", name="Change").first.click()
    page.get_by_role("button", name="Keep this note").wait_for()
    take(page, f"people-note-{name}")
    shoot(
        page,
        name,
        **{
            "over-time": f"{case}/over-time",
            "give-what": f"{case}/give",
            "give": f"{case}/give/practice/stepping-back",
            "given-so-far": f"{case}/given",
            "case-podcast": f"{case}/podcast",
            "hand-over": f"{case}/hand-over",
            "export": f"{case}/export",
            "erase": f"{case}/erase",
            "erased": "/room/erased",
        },
    )


def room_pages(page: Page, name: str) -> None:
    """In the room: the player, its second loudspeaker, and a live sitting."""
    shoot(page, name, **{"room-choose": "/room/play"})
    page.goto("/room/play/three-breaths")
    page.get_by_role("button", name="Prepare").click()
    page.get_by_role("button", name="Hold").wait_for(timeout=MADE_MS)
    take(page, f"people-room-{name}")
    page.click("#loudspeaker-part summary")
    page.click("#join-begin")
    page.locator("#join-part").wait_for()
    page.wait_for_function("document.querySelector('#join-qr').complete")
    take(page, f"people-room-code-{name}")
    code = str(page.locator("#join-code").text_content())
    other = stranger_beside(page)
    other.goto("/listen")
    other.fill("#code", code)
    take(other, f"people-loudspeaker-{name}")
    other.context.close()
    page.goto("/room/play/stepping-back/live")
    page.fill("#word-obstacle", "this is a waste of time")
    page.click("#begin")
    page.wait_for_selector("#live-line:not(:empty), #sitting[data-held]", timeout=MADE_MS)
    if page.locator("#sitting[data-held]").count():
        page.click("#hold-sound")
    page.wait_for_selector("#live-line:not(:empty)", timeout=MADE_MS)
    take(page, f"people-room-live-{name}")


def client_pages(page: Page, submissions: list[str], name: str) -> None:
    """What the client sees of it, and writes."""
    spoken = f"/worksheets/mine/{submissions[0]}/spoken"
    shoot(
        page,
        name,
        **{
            "decide": "/with-therapist",
            "seen": "/with-therapist/seen",
            "asked": "/with-therapist/hand-over",
            "leave": "/with-therapist/leave",
            "given": "/from-my-therapist",
            "reminders": "/from-my-therapist/reminders?at=18:30&day=mo&day=th",
            "worksheets": "/worksheets",
            "spoken-choose": spoken,
            "subscribe": "/subscribe",
        },
    )
    page.goto("/with-therapist")
    page.get_by_role("button", name="Add another device").click()
    page.locator("#link").wait_for()
    take(page, f"people-add-device-{name}")
    page.goto("/my-practice")
    entry = page.locator("[data-id]").nth(3).get_attribute("data-id")
    shoot(page, name, beside=f"/my-practice/entries/{entry}/note")
    write(page, name)
    page.goto("/worksheets/mine")
    page.locator("#mine > *").first.wait_for()
    take(page, f"people-mine-{name}")
    page.goto(spoken)
    speak(page, name)
    page.goto("/with-therapist/podcast")
    page.fill("#name", "My phone")
    page.get_by_role("button", name="Make the address").click()
    page.locator("input[value*='/feed/private/']").first.wait_for()
    take(page, f"people-podcast-{name}")


def write(page: Page, name: str) -> None:
    """Listen to a worksheet and write it; the first try is nearly alike."""
    shoot(page, name, worksheet="/worksheets/friend-and-self")
    page.click("#voice-begin")
    page.locator("#voice-again").wait_for(timeout=MADE_MS)
    page.fill("textarea:visible", SITUATIONS[0][0])
    take(page, f"people-listen-{name}")
    page.click("#voice-end")
    for text in (TO_MYSELF[0], TO_MYSELF[0]):
        page.click("#next")
        page.fill("textarea:visible", text)
    page.click("#next")
    page.locator("#alike").wait_for()
    page.fill("#friend-name", "Mira")
    take(page, f"people-alike-{name}")
    page.click("#write-again")
    page.fill("textarea:visible", SITUATIONS[0][1])
    page.click("#next")
    for rating in (8, 1):
        page.click("#next")
        page.locator(f"input[value='{rating}']:visible").check()
    page.click("#next")
    page.locator("#reading .ws-side").first.wait_for()
    take(page, f"people-both-answers-{name}")


def speak(page: Page, name: str) -> None:
    """The friend's answer is turned to oneself, and heard."""
    for group in page.locator("fieldset").all():
        group.locator("input[type=radio]").last.check()
    page.get_by_role("button").first.click()
    page.locator("textarea").wait_for()
    page.locator("form button[type=submit]").first.click()
    page.locator("audio").wait_for(timeout=MADE_MS)
    take(page, f"people-spoken-{name}")


def shoot(page: Page, size: str, **paths: str) -> None:
    """Open pages and take them."""
    for name, path in paths.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        take(page, f"people-{name}-{size}")
