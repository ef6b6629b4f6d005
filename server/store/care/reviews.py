"""Reviews: what came of reading a submission together, sealed; what was written stays."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from server.store.care.case_tables import ReviewRow
from server.store.care.people import make_id
from server.store.care.people_tables import TherapistRow
from server.store.care.sealing import Seal

_AFTER = timedelta(microseconds=1)


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
    """A review as it was written once, opened."""

    submission_id: str
    therapist: str
    """The name of who wrote it."""
    text: ReviewText
    made_at: datetime
    earlier: int = 0
    """How many of the same submission were written before it."""


def find_review(db: Session, seal: Seal, client_id: str, submission_id: str) -> Review | None:
    """The latest review of a client's submission, if there is one."""
    written = list_written(db, seal, client_id, submission_id)
    return written[0] if written else None


def list_written(db: Session, seal: Seal, client_id: str, submission_id: str) -> tuple[Review, ...]:
    """All that was ever written of a client's submission, the latest first."""
    found = _in_order(db, client_id, ReviewRow.submission_id == submission_id)
    opened = [_opened(row, name, seal, number) for number, (row, name) in enumerate(found)]
    return tuple(reversed(opened))


def list_reviews(db: Session, seal: Seal, client_id: str) -> tuple[Review, ...]:
    """The latest review of each of a client's submissions; what counts no more is not opened."""
    latest: dict[str, tuple[ReviewRow, str]] = {}
    counts: Counter[str] = Counter()
    for row, name in _in_order(db, client_id):
        latest[row.submission_id] = row, name
        counts[row.submission_id] += 1
    return tuple(
        _opened(row, name, seal, counts[row.submission_id] - 1) for row, name in latest.values()
    )


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
    """Keep a review beside those before it; one that says the same as the latest is that one."""
    written = list_written(db, seal, new.client_id, new.submission_id)
    if written and written[0].text == new.text:
        return
    # Whatever the clock says, what is written later comes later.
    made_at = max(now_at, written[0].made_at + _AFTER) if written else now_at
    review_id = make_id()
    row = ReviewRow(
        id=review_id,
        submission_id=new.submission_id,
        client_id=new.client_id,
        therapist_id=new.therapist_id,
        sealed_text=seal.close(json.dumps(asdict(new.text)), _place(review_id)),
        made_at=made_at,
    )
    db.add(row)
    db.flush()


def _in_order(
    db: Session, client_id: str, *which: ColumnElement[bool]
) -> Sequence[tuple[ReviewRow, str]]:
    """Reviews of a client, each with the name of who wrote it, the first one first."""
    query = (
        select(ReviewRow, TherapistRow.name)
        .join(TherapistRow, TherapistRow.id == ReviewRow.therapist_id)
        .where(ReviewRow.client_id == client_id, *which)
        .order_by(ReviewRow.made_at, ReviewRow.id)
    )
    return [(row, name) for row, name in db.execute(query)]


def _opened(row: ReviewRow, therapist: str, seal: Seal, earlier: int) -> Review:
    return Review(
        submission_id=row.submission_id,
        therapist=therapist,
        text=ReviewText(**json.loads(seal.open(row.sealed_text, _place(row.id)))),
        made_at=row.made_at,
        earlier=earlier,
    )


def _place(review_id: str) -> str:
    return f"reviews:{review_id}"
