"""What a client writes for themselves: the log of all devices, notes beside it, and ladders."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from server.store import hash_device
from server.store.care import ClientDeviceRow, EntryNoteRow, KeptLadderRow
from server.web.device import make_device
from tests.web.case_house import deeds
from tests.web.conftest import House
from tests.web.live_house import SLUG, write_live_scripts
from tests.web.people_house import People
from tests.web.test_case_view import LATER, add_an_entry

WORDS = "it was <b>quiet</b>, and then it was not"
LADDER = {
    "id": "1" * 32,
    "practice": "soft-ground",
    "title": "Soft ground",
    "language": "en",
    "began_at": "2026-03-01T07:30:00+01:00",
    "rungs": [{"words": WORDS, "outcome": "stepped-back"}, {"words": None, "outcome": "met"}],
}


def test_the_log_of_a_client_has_the_entries_of_all_their_devices(people: People):
    """And those of this very device from before it was joined, which nobody else sees."""
    tablet = make_device()
    with people.database.writing() as db:
        db.add(
            ClientDeviceRow(
                device_hash=hash_device(tablet),
                client_id=people.ines,
                browser="Safari, iPad",
                joined_at=LATER,
                seen_at=LATER,
            )
        )
    early = LATER.replace(year=2020)
    mine = people.devices[people.ines]
    wanted = {
        add_an_entry(people, mine),
        add_an_entry(people, tablet),
        add_an_entry(people, mine, started_at=early, received_at=early),
    }
    others = {
        add_an_entry(people, tablet, started_at=early, received_at=early),
        add_an_entry(people, people.devices[people.kim]),
    }
    page = people.phone_of(people.ines).get("/my-practice").text
    assert {entry for entry in wanted | others if f'data-id="{entry}"' in page} == wanted
    assert 'href="/with-therapist"' in page
    assert 'href="/with-therapist"' not in people.stranger().get("/my-practice").text


def test_a_note_is_written_changed_and_deleted(people: People):
    """It is kept sealed, shown as it was written, and gone when it is deleted or emptied."""
    entry_id, ines = add_an_entry(people, people.devices[people.ines]), people.phone_of(people.ines)
    path = f"/my-practice/entries/{entry_id}/note"
    assert "does not see it" in ines.get(path).text
    answer = ines.post(path, data={"text": f"  {WORDS}\r\nmore "})
    assert (answer.status_code, answer.location) == (303, f"/my-practice#entry-{entry_id}")
    with people.database.reading() as db:
        row = db.get(EntryNoteRow, entry_id)
        assert row is not None
        sealed = row.sealed_text
    assert b"quiet" not in sealed
    shown = "it was &lt;b&gt;quiet&lt;/b&gt;, and then it was not\nmore"
    assert shown in ines.get(path).text
    assert shown in ines.get("/my-practice").text
    ines.post(path, data={"text": "shorter"})
    assert "shorter" in ines.get("/my-practice").text
    for last in (("", {"text": " "}), ("/delete", {})):
        ines.post(path, data={"text": "again"})
        assert ines.post(path + last[0], data=last[1]).status_code == 303
        with people.database.reading() as db:
            assert db.get(EntryNoteRow, entry_id) is None
    ines.post(f"{path}/delete")  # there is nothing to take back
    assert deeds(people) == [
        (f"client:{people.ines}", "take-back-note", people.ines, entry_id) for _ in range(2)
    ]


def test_a_note_that_is_too_long_loses_nothing(people: People):
    """What is too much is told at its field, and all of it still stands there."""
    entry_id, ines = add_an_entry(people, people.devices[people.ines]), people.phone_of(people.ines)
    text = "word " * 900
    page = ines.post(f"/my-practice/entries/{entry_id}/note", data={"text": text})
    assert page.status_code == 422
    assert "shorten it by 499 characters" in page.text
    assert text.strip() in page.text


@pytest.mark.parametrize("way", ["", "/delete"])
def test_nobody_writes_beside_anothers_entry(people: People, way: str):
    """A stranger's entry is like one that is not there."""
    theirs = add_an_entry(people, people.devices[people.kim])
    people.phone_of(people.kim).post(f"/my-practice/entries/{theirs}/note", data={"text": WORDS})
    for browser in (people.phone_of(people.ines), people.stranger()):
        for entry_id in (theirs, "0" * 32):
            path = f"/my-practice/entries/{entry_id}/note"
            assert browser.get(path).status_code == 404
            assert browser.post(path + way, data={"text": "x"}).status_code == 404
    with people.database.reading() as db:
        assert db.get(EntryNoteRow, theirs) is not None


def keep(browser: FlaskClient, **changes: object) -> int:
    return browser.post("/api/ladders", json={**LADDER, **changes}).status_code


def test_a_ladder_is_kept_once_read_and_deleted(people: People):
    """However often the phone sends it; sealed, and gone when it is deleted."""
    ines = people.phone_of(people.ines)
    assert [keep(ines) for _ in range(3)] == [201, 200, 200]
    (told,) = ines.get("/api/ladders").get_json()["ladders"]
    assert told["rungs"] == LADDER["rungs"]
    assert told["began_at"].startswith("2026-03-01T06:30:00")
    with people.database.reading() as db:
        (row,) = db.query(KeptLadderRow)
        assert b"quiet" not in row.sealed_ladder
    assert ines.delete(f"/api/ladders/{LADDER['id']}").status_code == 204
    assert ines.delete(f"/api/ladders/{LADDER['id']}").status_code == 404
    assert keep(ines) == 204, "some other phone of theirs sends it late"
    assert ines.get("/api/ladders").get_json() == {"ladders": []}
    who = f"client:{people.ines}"
    assert deeds(people) == [(who, "take-back-ladder", people.ines, LADDER["id"])]


def test_a_ladder_is_its_clients(people: People):
    """Nobody else reads, replaces or deletes it; who has not joined has no log to keep it in."""
    ines, kim = people.phone_of(people.ines), people.phone_of(people.kim)
    assert keep(ines) == 201
    assert keep(kim, title="mine now") == 404
    assert kim.delete(f"/api/ladders/{LADDER['id']}").status_code == 404
    assert kim.get("/api/ladders").get_json() == {"ladders": []}
    stranger = people.stranger()
    assert keep(stranger) == 404
    assert stranger.get("/api/ladders").status_code == 404
    assert ines.get("/api/ladders").get_json()["ladders"][0]["title"] == "Soft ground"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "x"},
        {"rungs": []},
        {"rungs": [{"words": "w" * 501}]},
        {"rungs": [{"outcome": "won"}]},
        {"began_at": "yesterday"},
        {"more": 1},
    ],
)
def test_a_ladder_that_cannot_be_is_refused(people: People, changes: dict[str, object]):
    """With what is wrong."""
    assert keep(people.phone_of(people.ines), **changes) == 422


def test_only_who_has_joined_is_offered_the_log_for_a_ladder(house: House, people: People):
    """After a live sitting; everybody can keep it on the device."""
    write_live_scripts(house.settings)
    path = f"/practices/{SLUG}/live"
    for browser, is_offered in ((people.phone_of(people.ines), True), (people.stranger(), False)):
        page = browser.get(path).text
        assert 'id="ladder-keep"' in page
        assert ('id="ladder-log"' in page) is is_offered
