"""What a therapist may see of a client: what is not allowed is not even in the object."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from server.care import SHARED, Shared
from server.render import CaseView, visible_case
from server.store import SessionEntryRow, hash_device
from server.store.care import (
    ClientDeviceRow,
    ClientRow,
    EntryNoteRow,
    KeptLadderRow,
    SubmissionRow,
    add_decisions,
    consent_of,
    make_id,
)
from server.web.device import make_device
from tests.web.people_house import People

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)
MARKS = {
    Shared.PRACTISED: "Soft ground of Ines",
    Shared.MINUTES: "1234567",
    Shared.FELT: "kindness",
    Shared.WORKSHEETS: "a word in a worksheet",
    Shared.LADDERS: "a word on a ladder",
    Shared.NOTES: "a word beside an entry",
}
"""What stands in a client's case that only this kind may show."""


def add_an_entry(people: People, device: str, **changes: object) -> str:
    """An entry of a device, an hour after everybody has joined."""
    entry_id = make_id()
    values: dict[str, object] = {
        "slug": "soft-ground",
        "title": MARKS[Shared.PRACTISED],
        "minutes": 5,
        "render_key": None,
        "started_at": LATER,
        "practised_ms": 1234567,
        "outcome": "completed",
        "is_live": False,
        "kindness_before": 3,
        "willingness_before": None,
        "kindness_after": 7,
        "willingness_after": 8,
        "digest": entry_id * 2,
        "received_at": LATER,
        **changes,
    }
    with people.database.writing() as db:
        db.add(SessionEntryRow(id=entry_id, device_hash=hash_device(device), **values))
    return entry_id


def fill_case(people: People, client_id: str) -> None:
    """Something of every kind."""
    entry_id = add_an_entry(people, people.devices[client_id])
    seal, submission_id, ladder_id = people.keys.get(client_id), make_id(), make_id()
    worksheet = {
        "title": "Two answers",
        "language": "en",
        "fields": [{"kind": "text", "name": "situation", "ask": "What happened?"}],
    }
    answers = json.dumps(
        {"worksheet": worksheet, "answers": {"situation": MARKS[Shared.WORKSHEETS]}}
    )
    ladder = json.dumps(
        {"title": "Soft ground", "rungs": [{"words": MARKS[Shared.LADDERS], "outcome": "met"}]}
    )
    with people.database.writing() as db:
        db.add(
            EntryNoteRow(
                entry_id=entry_id,
                client_id=client_id,
                sealed_text=seal.close(MARKS[Shared.NOTES], f"entry_notes:{entry_id}"),
                changed_at=LATER,
            )
        )
        db.add(
            SubmissionRow(
                id=submission_id,
                client_id=client_id,
                template="two-answers",
                sealed_answers=seal.close(answers, f"submissions:{submission_id}"),
                is_marked=False,
                digest=seal.mark(answers),
                answered_at=LATER,
                received_at=LATER,
            )
        )
        db.add(
            KeptLadderRow(
                id=ladder_id,
                client_id=client_id,
                sealed_ladder=seal.close(ladder, f"kept_ladders:{ladder_id}"),
                sat_at=LATER,
                kept_at=LATER,
            )
        )


def allow(people: People, client_id: str, *given: Shared) -> None:
    """Decide all kinds anew."""
    with people.database.writing() as db:
        add_decisions(db, client_id, [(what, what in given) for what in SHARED], NOW)


def see(people: People, client_id: str) -> CaseView:
    with people.database.reading() as db:
        client = db.get(ClientRow, client_id)
        assert client is not None
        return visible_case(db, people.keys, client, consent_of(db, client_id))


def text_of(case: CaseView) -> str:
    """Whatever the object holds."""
    parts = [asdict(part) for part in (*case.entries, *case.submissions, *case.ladders)]
    return json.dumps([{k: v for k, v in part.items() if v is not None} for part in parts],
                      default=str)  # fmt: skip


def choices() -> Iterable[tuple[Shared, ...]]:
    return (given for size in range(len(SHARED) + 1) for given in combinations(SHARED, size))


def test_only_what_is_allowed_is_in_the_object(people: People):
    """Every one of the 64 ways to decide: each mark is there where its kind is seen, or nowhere."""
    fill_case(people, people.ines)
    for given in choices():
        allow(people, people.ines, *given)
        case = see(people, people.ines)
        held = {what for what, mark in MARKS.items() if mark in text_of(case)}
        assert held == {what for what in SHARED if case.consent.may_see(what)}, given


def test_nothing_is_shown_before_anything_was_said(people: People):
    """Nothing is preset."""
    fill_case(people, people.ines)
    case = see(people, people.ines)
    assert (case.entries, case.submissions, case.ladders) == ((), (), ())


def test_the_log_of_all_devices_from_when_each_was_joined(people: People):
    """What a device did before stays its own, and so does what comes after it was removed."""
    tablet = make_device()
    with people.database.writing() as db:
        db.add(
            ClientDeviceRow(
                device_hash=hash_device(tablet),
                client_id=people.ines,
                browser="Safari, iPad",
                joined_at=LATER,
                seen_at=LATER,
                removed_at=LATER + timedelta(hours=2),
            )
        )
    phone, minute = people.devices[people.ines], timedelta(minutes=1)
    allow(people, people.ines, *SHARED)
    shown = {
        add_an_entry(people, phone),
        add_an_entry(people, tablet, started_at=LATER + minute, received_at=LATER + minute),
    }
    early = LATER - timedelta(hours=3)
    add_an_entry(people, phone, started_at=early, received_at=early)
    add_an_entry(people, phone, started_at=early, received_at=LATER)  # sent later
    add_an_entry(people, phone, started_at=LATER, received_at=early)  # a clock that runs ahead
    add_an_entry(people, tablet, started_at=NOW + minute, received_at=NOW + minute)
    add_an_entry(people, tablet, started_at=LATER + minute, received_at=LATER + 180 * minute)
    add_an_entry(people, people.devices[people.jo])
    assert {entry.id for entry in see(people, people.ines).entries} == shown


@pytest.mark.parametrize("end", ["left_at", "joined_at"])
def test_nothing_is_shown_of_one_who_has_left_or_not_joined(people: People, end: str):
    """Whatever was allowed once."""
    fill_case(people, people.ines)
    allow(people, people.ines, *SHARED)
    assert see(people, people.ines).entries
    with people.database.writing() as db:
        client = db.get(ClientRow, people.ines)
        assert client is not None
        setattr(client, end, NOW if end == "left_at" else None)
    case = see(people, people.ines)
    assert (case.consent.given, case.entries, case.submissions, case.ladders) == (
        frozenset(), (), (), ()
    )  # fmt: skip


def test_a_day_is_no_time_of_day(people: People):
    """Practices and their days are allowed: the hour is not."""
    fill_case(people, people.ines)
    allow(people, people.ines, Shared.PRACTISED)
    (entry,) = see(people, people.ines).entries
    assert type(entry.day).__name__ == "date"
    assert (entry.practised_ms, entry.before, entry.after, entry.note) == (None,) * 4
