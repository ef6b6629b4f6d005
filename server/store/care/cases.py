"""Queries for a case file: by which name a client is called, and what they sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.store.care.case_tables import SubmissionRow
from server.store.care.people import get_case
from server.store.care.people_tables import ClientRow, TherapistRow
from server.store.care.sealing import Seal


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
