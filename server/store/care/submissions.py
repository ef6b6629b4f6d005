"""Queries for worksheets that came back: each is kept once and sealed, and nothing is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import CaseNotFound, SubmissionConflict
from server.store.care.case_tables import SubmissionConflictRow, SubmissionRow
from server.store.care.people_tables import ClientRow
from server.store.care.sealing import Seal
from server.store.columns import JsonObject
from server.store.deleted import note_deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """A worksheet as a phone sends it."""

    id: str
    """32 lower-case hexadecimal digits, made on the phone."""
    client_id: str
    template: str
    """The name of the worksheet."""
    assignment_id: str | None
    answers: JsonObject
    """As they came."""
    answered_at: datetime
    """Aware."""

    @property
    def body(self) -> JsonObject:
        """The content as JSON, without the id."""
        return {
            "template": self.template,
            "assignment": self.assignment_id,
            "answers": self.answers,
            "answered_at": self.answered_at.astimezone(UTC).isoformat(timespec="microseconds"),
        }

    def digest(self, seal: Seal) -> str:
        """What tells equal submissions of one client; of its words nobody can guess anything."""
        return seal.mark(json.dumps(self.body, sort_keys=True, ensure_ascii=False))


def find_same_submission(
    db: Session, seal: Seal, new: NewSubmission, now_at: datetime
) -> SubmissionRow | None:
    """The row of exactly this submission, if it has come before.

    Raises SubmissionConflict when the id belongs to a different one; what came is then kept beside
    the first, committed before the error is raised.
    """
    row = db.get(SubmissionRow, new.id)
    if row is None:
        return None
    if row.client_id == new.client_id and row.digest == new.digest(seal):
        return row
    _keep_conflict(db, seal, new, now_at)
    db.commit()
    raise SubmissionConflict


def add_submission(
    db: Session,
    seal: Seal,
    new: NewSubmission,
    content: dict[str, JsonObject],
    *,
    is_marked: bool,
    now_at: datetime,
) -> SubmissionRow:
    """Keep one that has not come before: `worksheet` as it is now, and the `answers` by field."""
    row = SubmissionRow(
        id=new.id,
        client_id=new.client_id,
        assignment_id=new.assignment_id,
        template=new.template,
        sealed_answers=seal.close(json.dumps(content), _place(new.id)),
        is_marked=is_marked,
        digest=new.digest(seal),
        answered_at=new.answered_at,
        received_at=now_at,
    )
    db.add(row)
    db.flush()
    return row


def open_submission(row: SubmissionRow, seal: Seal) -> dict[str, JsonObject]:
    """The `content` that was kept of a submission. Raises SealBroken."""
    return cast(dict[str, JsonObject], json.loads(seal.open(row.sealed_answers, _place(row.id))))


def find_submission(
    db: Session, seal: Seal, client_id: str, submission_id: str
) -> dict[str, JsonObject] | None:
    """The content of a client's own submission."""
    row = db.get(SubmissionRow, submission_id)
    if row is None or row.client_id != client_id:
        return None
    return open_submission(row, seal)


def take_back(db: Session, client: ClientRow, submission_id: str) -> None:
    """Delete what a client sent, with all that came of it; its id is remembered.

    Raises CaseNotFound.
    """
    row = db.get(SubmissionRow, submission_id)
    if row is None or row.client_id != client.id:
        raise CaseNotFound
    db.delete(row)
    note_deleted(db, submission_id)


def list_submission_conflicts(db: Session, submission_id: str) -> tuple[SubmissionConflictRow, ...]:
    """The different ones that came with an id already used, in the order they came."""
    return tuple(
        db.scalars(
            select(SubmissionConflictRow)
            .where(SubmissionConflictRow.submission_id == submission_id)
            .order_by(SubmissionConflictRow.id)
        )
    )


def _place(submission_id: str) -> str:
    return f"submissions:{submission_id}"


def _keep_conflict(db: Session, seal: Seal, new: NewSubmission, now_at: datetime) -> None:
    digest = new.digest(seal)
    if digest in {row.digest for row in list_submission_conflicts(db, new.id)}:
        return
    row = SubmissionConflictRow(
        submission_id=new.id,
        client_id=new.client_id,
        digest=digest,
        sealed_body=b"",
        received_at=now_at,
    )
    db.add(row)
    db.flush()  # its number is part of the place that it is sealed for
    row.sealed_body = seal.close(json.dumps(new.body), f"submission_conflicts:{row.id}")
