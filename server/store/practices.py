"""Queries for the practices that were ordered at least once."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.store.models import PracticeRow


def add_practice(
    db: Session, *, slug: str, title: str, language: str, track: str, now_at: datetime
) -> PracticeRow:
    """Remember a practice, or bring what is known of it up to date; its guid never changes."""
    row = find_practice(db, slug)
    if row is None:
        row = PracticeRow(slug=slug, guid=str(uuid.uuid4()), added_at=now_at)
        db.add(row)
    row.title, row.language, row.track = title, language, track
    db.flush()
    return row


def find_practice(db: Session, slug: str) -> PracticeRow | None:
    """Look a practice up by its slug."""
    return db.get(PracticeRow, slug)


def list_practices(db: Session) -> tuple[PracticeRow, ...]:
    """All practices that were ever ordered, by slug."""
    return tuple(db.scalars(select(PracticeRow).order_by(PracticeRow.slug)))
