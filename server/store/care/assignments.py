"""Assignments: what a therapist gave a client, as long as it stands, and what they wrote to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import CaseNotFound
from server.store.care.case_tables import AssignmentRow
from server.store.care.people import make_id
from server.store.care.people_tables import ClientRow
from server.store.care.sealing import Seal

RHYTHMS = ("whenever", "once-a-week", "twice-a-week", "most-days", "daily")
"""What may be suggested, from the least to the most; none of them is a deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDetails:
    """What is kept sealed of an assignment."""

    message: str = ""
    """The therapist's own words to it; empty where there are none."""
    choices: Mapping[str, str | int] = field(default_factory=dict)
    """How a practice is to be: minutes, anchor, eyes, pace, bed, bed_level, voice; what is
    missing is as usual."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Words for a practice, by the names that it asks for them with."""
    is_spoken: bool = False
    """True where the message is said at the beginning of the practice's sound."""
    is_in_app_only: bool = False
    """True where it stands on the client's page here, and never in a podcast feed of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """What is to be given."""

    kind: str
    """practice, worksheet or course."""
    subject: str
    """The slug of a practice or course, the name of a worksheet."""
    rhythm: str
    """One of RHYTHMS."""
    details: AssignmentDetails
    id: str = field(default_factory=make_id)
    """Made before it is given, so that the same may come twice."""


def find_same_assignment(
    db: Session, client: ClientRow, seal: Seal, new: NewAssignment
) -> AssignmentRow | None:
    """What was given under this id before, where it is the same and stands: a second press."""
    row = find_assignment(db, client, new.id)
    if row is None or (row.kind, row.subject, row.rhythm) != (new.kind, new.subject, new.rhythm):
        return None
    return row if read_details(row, seal) == new.details else None


def add_assignment(
    db: Session, client: ClientRow, seal: Seal, new: NewAssignment, now_at: datetime
) -> AssignmentRow:
    """Give a client something, on behalf of their therapist."""
    # An id that is taken, by whomever, is answered like any other: with an assignment.
    is_taken = db.get(AssignmentRow, new.id) is not None
    assignment_id = make_id() if is_taken else new.id
    row = AssignmentRow(
        id=assignment_id,
        client_id=client.id,
        therapist_id=client.therapist_id,
        kind=new.kind,
        subject=new.subject,
        sealed_details=seal.close(json.dumps(asdict(new.details)), _place(assignment_id)),
        rhythm=new.rhythm,
        given_at=now_at,
        withdrawn_at=None,
    )
    db.add(row)
    db.flush()
    return row


def read_details(row: AssignmentRow, seal: Seal) -> AssignmentDetails:
    """Open what is kept sealed of an assignment. Raises SealBroken."""
    return AssignmentDetails(**json.loads(seal.open(row.sealed_details, _place(row.id))))


def list_assignments(
    db: Session, client: ClientRow, *, with_withdrawn: bool = False
) -> tuple[AssignmentRow, ...]:
    """What was given to a client, the newest first; what was taken back is left out."""
    wanted = select(AssignmentRow).where(AssignmentRow.client_id == client.id)
    if not with_withdrawn:
        wanted = wanted.where(AssignmentRow.withdrawn_at.is_(None))
    newest_first = wanted.order_by(AssignmentRow.given_at.desc(), AssignmentRow.id)
    return tuple(db.scalars(newest_first))


def find_assignment(db: Session, client: ClientRow, assignment_id: str) -> AssignmentRow | None:
    """What stands under this id of what was given to this very client."""
    row = _find(db, client, assignment_id)
    return row if row is not None and row.withdrawn_at is None else None


def withdraw_assignment(
    db: Session, client: ClientRow, assignment_id: str, now_at: datetime
) -> AssignmentRow:
    """Take something back: it is not shown to the client any more. Raises CaseNotFound."""
    row = _get(db, client, assignment_id)
    row.withdrawn_at = row.withdrawn_at or now_at
    return row


def restore_assignment(db: Session, client: ClientRow, assignment_id: str) -> AssignmentRow:
    """Let something that was taken back stand again, as it was. Raises CaseNotFound."""
    row = _get(db, client, assignment_id)
    row.withdrawn_at = None
    return row


def _get(db: Session, client: ClientRow, assignment_id: str) -> AssignmentRow:
    row = _find(db, client, assignment_id)
    if row is None:
        raise CaseNotFound
    return row


def _find(db: Session, client: ClientRow, assignment_id: str) -> AssignmentRow | None:
    return db.scalars(
        select(AssignmentRow).where(
            AssignmentRow.id == assignment_id, AssignmentRow.client_id == client.id
        )
    ).first()


def _place(assignment_id: str) -> str:
    return f"assignments:{assignment_id}"
