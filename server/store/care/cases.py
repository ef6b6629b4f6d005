"""Queries for a case file: what was given to a client, and by which name they are called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.store.care.case_tables import AssignmentRow, SubmissionRow
from server.store.care.people import get_case
from server.store.care.people_tables import ClientRow, TherapistRow
from server.store.care.sealing import Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was given, without its words."""

    id: str
    kind: str
    """practice, worksheet or course."""
    subject: str
    """The slug of the practice or course, the name of the worksheet."""
    given_at: datetime
    withdrawn_at: datetime | None


def list_given(db: Session, client_id: str) -> tuple[Given, ...]:
    """All that was ever given to a client, the latest first."""
    rows = db.scalars(
        select(AssignmentRow)
        .where(AssignmentRow.client_id == client_id)
        .order_by(AssignmentRow.given_at.desc(), AssignmentRow.id)
    )
    return tuple(
        Given(
            id=row.id,
            kind=row.kind,
            subject=row.subject,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    )


def rename_client(
    db: Session, seal: Seal, therapist: TherapistRow, client_id: str, name: str
) -> None:
    """Call a client by another name. Raises CaseNotFound."""
    row = get_case(db, therapist, client_id)
    row.sealed_name = seal.close(name, f"clients:{client_id}")


def open_name(row: ClientRow, seal: Seal) -> str:
    """The name by which the therapist calls a client."""
    return seal.open(row.sealed_name, f"clients:{row.id}")


def find_submission(
    db: Session, seal: Seal, client_id: str, submission_id: str
) -> Mapping[str, object] | None:
    """What was kept of a client's own submission: the worksheet as it was, and the answers."""
    row = db.scalars(
        select(SubmissionRow).where(
            SubmissionRow.id == submission_id, SubmissionRow.client_id == client_id
        )
    ).first()
    if row is None:
        return None
    text = seal.open(row.sealed_answers, f"submissions:{row.id}")
    return cast(Mapping[str, object], json.loads(text))
