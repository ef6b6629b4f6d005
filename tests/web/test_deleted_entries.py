"""An entry of the log is deleted by whose it is: gone everywhere; its page alone puts it back."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from server.store import EntryConflictRow, SessionEntryRow, list_conflicts
from server.store.care import ClientRow, EntryNoteRow
from tests.web.case_house import allow, deeds
from tests.web.people_house import People
from tests.web.test_api import ENTRY
from tests.web.test_case_view import LATER, add_an_entry

NOTE = "it was quiet, and then it was not"
ENTRIES = "/api/session-entries"


def rows_of(people: People, entry_id: str) -> list[dict[str, object]]:
    """All that the database has of an entry, and of the note beside it."""
    with people.database.reading() as db:
        found = (db.get(SessionEntryRow, entry_id), db.get(EntryNoteRow, entry_id))
        return [
            {column.name: getattr(row, column.name) for column in row.__table__.columns}
            for row in found
            if row is not None
        ]


def written(people: People) -> tuple[FlaskClient, str]:
    """Ines' phone, and an entry of hers with a note."""
    phone, entry_id = (
        people.phone_of(people.ines),
        add_an_entry(people, people.devices[people.ines]),
    )
    phone.post(f"/my-practice/entries/{entry_id}/note", data={"text": NOTE})
    return phone, entry_id


def delete(phone: FlaskClient, entry_id: str) -> str:
    """Press Delete; gives what the page holds for putting it back."""
    page = phone.post(f"/my-practice/entries/{entry_id}/delete")
    assert page.status_code == 200
    (removed,) = re.findall(r'name="removed" value="([\w=-]+)"', page.text)
    return removed


def undo(phone: FlaskClient, entry_id: str, removed: str) -> int:
    """Press Put it back."""
    path = f"/my-practice/entries/{entry_id}/undo"
    return phone.post(path, data={"removed": removed}).status_code


def test_a_client_deletes_an_entry_and_puts_it_back(people: People):
    """It is gone from the database, from their log and from all that their therapist sees."""
    phone, entry_id = written(people)
    before = rows_of(people, entry_id)
    allow(people, people.ines)
    ada, case = people.signed_in(people.ada), f"/room/clients/{people.ines}"

    def is_seen() -> set[bool]:
        told = [ada.get(f"{case}{page}").text for page in ("", "/log")]
        return {"21 minutes" in page for page in told} | {NOTE in told[1]}

    assert f'action="/my-practice/entries/{entry_id}/delete"' in phone.get("/my-practice").text
    assert is_seen() == {True}
    removed = delete(phone, entry_id)
    assert rows_of(people, entry_id) == []
    assert entry_id not in phone.get("/my-practice").text
    assert is_seen() == {False}
    assert undo(phone, entry_id, removed) == 303
    assert rows_of(people, entry_id) == before
    assert NOTE in phone.get("/my-practice").text
    done = [deed for deed in deeds(people) if deed[0] == f"client:{people.ines}"]
    kinds = ("take-back-entry", "put-back-entry")
    assert done[-2:] == [(f"client:{people.ines}", kind, people.ines, entry_id) for kind in kinds]


def test_a_device_alone_deletes_its_own(people: People):
    """As a client does; the audit has nothing of it."""
    phone = people.stranger()
    phone.post(ENTRIES, json=ENTRY)
    before = rows_of(people, ENTRY["id"])
    removed = delete(phone, ENTRY["id"])
    assert rows_of(people, ENTRY["id"]) == []
    assert phone.get(ENTRIES).get_json() == {"entries": []}
    assert undo(phone, ENTRY["id"], removed) == 303
    assert rows_of(people, ENTRY["id"]) == before
    assert deeds(people) == []


def test_what_a_device_did_before_it_joined_is_no_deed(people: People):
    """It was never in the case, so that its end is told to nobody."""
    early = LATER.replace(year=2020)
    device = people.devices[people.ines]
    entry_id = add_an_entry(people, device, started_at=early, received_at=early)
    delete(people.phone_of(people.ines), entry_id)
    assert rows_of(people, entry_id) == []
    assert deeds(people) == []


def test_whatever_came_with_its_id_goes_with_it(people: People):
    """What was kept beside it is deleted as well."""
    phone = people.stranger()
    phone.post(ENTRIES, json=ENTRY)
    assert phone.post(ENTRIES, json=ENTRY | {"practised_ms": 1}).status_code == 409
    delete(phone, ENTRY["id"])
    with people.database.reading() as db:
        assert db.query(EntryConflictRow).all() == []


def test_a_phones_late_sending_brings_nothing_back(people: People):
    """Neither the same nor anything else with its id; once put back, it is there as before."""
    phone = people.stranger()
    phone.post(ENTRIES, json=ENTRY)
    removed = delete(phone, ENTRY["id"])
    for late in (ENTRY, ENTRY | {"practised_ms": 1}):
        for sender in (phone, people.stranger()):
            answer = sender.post(ENTRIES, json=late)
            assert (answer.status_code, answer.data) == (204, b"")
    assert rows_of(people, ENTRY["id"]) == []
    with people.database.reading() as db:
        assert list_conflicts(db, ENTRY["id"]) == ()
    undo(phone, ENTRY["id"], removed)
    assert phone.post(ENTRIES, json=ENTRY).status_code == 200


def test_nobody_else_deletes_it_or_puts_it_back(people: People):
    """Neither another device, nor the same one with what is of another entry, or was changed."""
    phone, entry_id = written(people)
    other_id = add_an_entry(people, people.devices[people.ines])
    for browser in (people.phone_of(people.jo), people.stranger(), people.signed_in(people.ada)):
        answer = browser.post(f"/my-practice/entries/{entry_id}/delete")
        assert (answer.status_code, answer.location) == (303, "/my-practice")
        assert browser.delete(f"{ENTRIES}/{entry_id}").status_code == 404
    assert len(rows_of(people, entry_id)) == 2
    removed, of_other = delete(phone, entry_id), delete(phone, other_id)
    for browser in (people.phone_of(people.jo), people.stranger(), people.signed_in(people.ada)):
        assert undo(browser, entry_id, removed) == 404
    for wrong in (of_other, f"{removed[:-8]}AAAAAAAA", "", "no base64"):
        assert undo(phone, entry_id, wrong) == 404
    assert rows_of(people, entry_id) == []


def test_pressed_twice(people: People):
    """Deleted twice leads to the log; put back twice leaves what was changed in between."""
    phone, entry_id = written(people)
    removed = delete(phone, entry_id)
    again = phone.post(f"/my-practice/entries/{entry_id}/delete")
    assert (again.status_code, again.location) == (303, "/my-practice")
    assert undo(phone, entry_id, removed) == 303
    phone.post(f"/my-practice/entries/{entry_id}/note", data={"text": "another note"})
    assert undo(phone, entry_id, removed) == 303
    assert "another note" in phone.get("/my-practice").text


def test_a_note_of_somebody_who_was_erased_does_not_come_back(people: People):
    """The entry is the device's own by now."""
    phone, entry_id = written(people)
    removed = delete(phone, entry_id)
    with people.database.writing() as db:
        db.delete(db.get_one(ClientRow, people.ines))
    assert undo(phone, entry_id, removed) == 303
    (entry,) = rows_of(people, entry_id)
    assert entry["id"] == entry_id


@pytest.mark.parametrize("has_cookie", [True, False])
def test_a_program_deletes_an_entry(people: People, has_cookie: bool):
    """A phone that never got the answer to its first entry, and so has no cookie, may, too."""
    phone = people.stranger()
    phone.post(ENTRIES, json=ENTRY)
    asking = phone if has_cookie else people.stranger()
    assert asking.delete(f"{ENTRIES}/{ENTRY['id']}").status_code == 204
    assert asking.delete(f"{ENTRIES}/{ENTRY['id']}").status_code == 404
    assert rows_of(people, ENTRY["id"]) == []
