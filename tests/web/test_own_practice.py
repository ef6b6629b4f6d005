"""A therapist's own practice: the log of their browser, and on nobody else's page."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from server.care import SHARED
from server.store import SessionEntryRow, hash_device
from server.store.care import ClientRow, make_id
from server.web.device import COOKIE, make_device
from tests.web.case_house import allow, practise
from tests.web.people_house import People

MINE = "A quiet hour of Ada's own"


def practise_as_ada(people: People) -> str:
    """Ada practises in her browser; gives its device token."""
    device, entry_id, now_at = make_device(), make_id(), datetime.now(UTC)
    with people.database.writing() as db:
        db.add(
            SessionEntryRow(
                id=entry_id,
                device_hash=hash_device(device),
                slug="soft-ground",
                title=MINE,
                minutes=15,
                render_key=None,
                started_at=now_at,
                practised_ms=720_000,
                outcome="completed",
                is_live=False,
                kindness_before=None,
                willingness_before=None,
                kindness_after=None,
                willingness_after=None,
                digest=entry_id * 2,
                received_at=now_at,
            )
        )
    return device


def test_a_therapists_own_practice_is_on_no_page_but_theirs(people: People):
    """Neither a colleague's, nor a client's, nor an operator's; not even on Ada's own of a case."""
    device = practise_as_ada(people)
    practise(people, people.ines)
    allow(people, people.ines, SHARED)
    ada = people.signed_in(people.ada)
    ada.set_cookie(COOKIE, device, domain="localhost")
    assert MINE.replace("'", "&#39;") in ada.get("/my-practice").text
    with people.database.writing() as db:  # a colleague to whom all of it could have come
        db.get_one(ClientRow, people.jo).therapist_id = people.bo
    rooms = ("/room", "/room/people", "/account", "/room/play", "/my-practice")
    asked = [
        *((people.signed_in(who), path) for who in (people.bo, people.cy) for path in rooms),
        *((people.phone_of(who), "/my-practice") for who in (people.ines, people.jo)),
        *((people.phone_of(people.ines), f"/with-therapist{path}") for path in ("", "/seen")),
        *((people.stranger(), path) for path in ("/", "/my-practice", "/author")),
    ]
    for who, client_id in ((people.bo, people.jo), (people.ada, people.ines)):
        case = f"/room/clients/{client_id}"
        asked += [(people.signed_in(who), f"{case}{rest}") for rest in ("", "/log", "/notes")]
    for browser, path in asked:
        assert "A quiet hour of Ada" not in browser.get(path).text, path
    copy = people.signed_in(people.ada).post(f"/room/clients/{people.ines}/export")
    with zipfile.ZipFile(io.BytesIO(copy.data)) as zipped:
        assert b"Soft ground" in zipped.read("client.json")
        assert not any(b"A quiet hour of Ada" in zipped.read(name) for name in zipped.namelist())
    for browser in (people.signed_in(people.bo), people.phone_of(people.ines)):
        listed = browser.get("/api/session-entries").get_json()["entries"]
        assert MINE not in [each.get("title") for each in listed]
