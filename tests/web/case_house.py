"""What a client did and decided, for tests of what their therapist is shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from server.care import SHARED, Shared
from server.store import SessionEntryRow, hash_device
from server.store.care import (
    AuditRow,
    EntryNoteRow,
    KeptLadderRow,
    SubmissionRow,
    add_decisions,
    make_id,
)
from tests.web.people_house import People

LATER = datetime.now(UTC) + timedelta(hours=1)
"""When everybody has joined."""

WORKSHEET = {
    "name": "friend-and-self",
    "title": "A friend, and you",
    "language": "en",
    "summary": "Two answers.",
    "message": "Only look.",
    "closing": "",
    "credits": "",
    "fields": [
        {
            "kind": "text",
            "name": "situation",
            "ask": "What happened?",
            "hint": "",
            "longest": 2000,
            "is_optional": False,
        },
        {
            "kind": "pair",
            "name": "answers",
            "longest": 2000,
            "first": {"title": "To a friend", "ask": "To them?", "hint": "", "rate": "How kind?"},
            "second": {"title": "To myself", "ask": "To you?", "hint": "", "rate": "How kind?"},
        },
        {
            "kind": "scale",
            "name": "tired",
            "ask": "How tired are you?",
            "hint": "",
            "least": 0,
            "most": 5,
            "least_means": "",
            "most_means": "",
            "is_optional": True,
        },
    ],
}

SITUATION = "I <i>forgot</i> her birthday."
TO_A_FRIEND = "Anybody would have, after such a week."
TO_MYSELF = "You always do this."


def allow(people: People, client_id: str, kinds: Iterable[Shared] = SHARED) -> None:
    """A client decides that these may be seen, and nothing else."""
    given = set(kinds)
    with people.database.writing() as db:
        add_decisions(db, client_id, ((kind, kind in given) for kind in SHARED), LATER)


def practise(people: People, client_id: str, *, at: datetime = LATER, note: str = "") -> None:
    """A client practises for 12 minutes, and may write a note beside it."""
    entry_id = make_id()
    with people.database.writing() as db:
        db.add(
            SessionEntryRow(
                id=entry_id,
                device_hash=hash_device(people.devices[client_id]),
                slug="soft-ground",
                title="Soft ground",
                minutes=15,
                render_key=None,
                started_at=at,
                practised_ms=720_000,
                outcome="stopped",
                is_live=True,
                kindness_before=3,
                willingness_before=None,
                kindness_after=4,
                willingness_after=9,
                digest=entry_id * 2,
                received_at=at,
            )
        )
        db.flush()
        if note:
            seal = people.keys.get(client_id)
            db.add(
                EntryNoteRow(
                    entry_id=entry_id,
                    client_id=client_id,
                    sealed_text=seal.close(note, f"entry_notes:{entry_id}"),
                    changed_at=at,
                )
            )


def submit(
    people: People,
    client_id: str,
    *,
    at: datetime = LATER,
    ratings: tuple[int, int] = (8, 1),
    is_marked: bool = False,
    worksheet: dict[str, object] | None = None,
    answers: dict[str, object] | None = None,
) -> str:
    """A worksheet comes back; gives its id."""
    submission_id, seal = make_id(), people.keys.get(client_id)
    pair = {
        "first": {"text": TO_A_FRIEND, "rating": ratings[0]},
        "second": {"text": TO_MYSELF, "rating": ratings[1]},
    }
    answered = answers or {"situation": SITUATION, "answers": pair, "tired": 4}
    text = json.dumps({"worksheet": worksheet or WORKSHEET, "answers": answered})
    with people.database.writing() as db:
        db.add(
            SubmissionRow(
                id=submission_id,
                client_id=client_id,
                template=str((worksheet or WORKSHEET)["name"]),
                sealed_answers=seal.close(text, f"submissions:{submission_id}"),
                is_marked=is_marked,
                digest=seal.mark(text),
                answered_at=at,
                received_at=at,
            )
        )
    return submission_id


def keep_ladder(people: People, client_id: str) -> str:
    """A ladder is kept; gives its id."""
    ladder_id, seal = make_id(), people.keys.get(client_id)
    ladder = {
        "title": "Stepping back",
        "language": "en",
        "rungs": [
            {"words": "it is <u>useless</u>", "outcome": "stepped-back"},
            {"words": None, "outcome": "met"},
        ],
    }
    with people.database.writing() as db:
        db.add(
            KeptLadderRow(
                id=ladder_id,
                client_id=client_id,
                sealed_ladder=seal.close(json.dumps(ladder), f"kept_ladders:{ladder_id}"),
                sat_at=LATER,
                kept_at=LATER,
            )
        )
    return ladder_id


def deeds(people: People) -> list[tuple[str, str, str | None, str]]:
    """All that the audit holds: who, what, whose, which."""
    with people.database.reading() as db:
        rows = db.scalars(select(AuditRow).order_by(AuditRow.number))
        return [(row.actor, row.action, row.client_id, row.subject) for row in rows]
