"""Reviews: what came of reading a submission together, sealed, one for each submission."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.store.care.case_tables import ReviewRow
from server.store.care.sealing import Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewText:
    """What is written of a review; any of it may be empty."""

    question: str
    """What the therapist asked, gently."""
    answer: str
    """What the client said to it, in their words."""
    rule: str
    """The rule that shows in the answer, and that the client lives by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review, opened."""

    submission_id: str
    text: ReviewText
    made_at: datetime
    changed_at: datetime


def find_review(db: Session, seal: Seal, client_id: str, submission_id: str) -> Review | None:
    """The review of a client's submission, if there is one."""
    row = _find_row(db, client_id, submission_id)
    return None if row is None else _opened(row, seal)


def list_reviews(db: Session, seal: Seal, client_id: str) -> tuple[Review, ...]:
    """All reviews of a client's submissions, in the order in which they were first written."""
    rows = db.scalars(
        select(ReviewRow)
        .where(ReviewRow.client_id == client_id)
        .order_by(ReviewRow.made_at, ReviewRow.submission_id)
    )
    return tuple(_opened(row, seal) for row in rows)


def list_reviewed(db: Session, client_id: str) -> frozenset[str]:
    """Which submissions of a client have a review; nothing is opened for it."""
    return frozenset(
        db.scalars(select(ReviewRow.submission_id).where(ReviewRow.client_id == client_id))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReview:
    """A review as it is to be kept: of which submission, whose, by whom."""

    submission_id: str
    client_id: str
    therapist_id: str
    text: ReviewText


def keep_review(db: Session, seal: Seal, new: NewReview, now_at: datetime) -> None:
    """Keep a review; one that is there is changed, and keeps the moment it was first written."""
    sealed = seal.close(json.dumps(asdict(new.text)), _place(new.submission_id))
    row = _find_row(db, new.client_id, new.submission_id)
    if row is None:
        row = ReviewRow(submission_id=new.submission_id, client_id=new.client_id, made_at=now_at)
        db.add(row)
    row.therapist_id, row.sealed_text, row.changed_at = new.therapist_id, sealed, now_at
    db.flush()


def _find_row(db: Session, client_id: str, submission_id: str) -> ReviewRow | None:
    return db.scalars(
        select(ReviewRow).where(
            ReviewRow.submission_id == submission_id, ReviewRow.client_id == client_id
        )
    ).first()


def _opened(row: ReviewRow, seal: Seal) -> Review:
    return Review(
        submission_id=row.submission_id,
        text=ReviewText(**json.loads(seal.open(row.sealed_text, _place(row.submission_id)))),
        made_at=row.made_at,
        changed_at=row.changed_at,
    )


def _place(submission_id: str) -> str:
    return f"reviews:{submission_id}"
