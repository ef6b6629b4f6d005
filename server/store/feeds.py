"""Queries for the feeds that were handed out."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.store.models import FeedRow


def add_feed(db: Session, *, name: str, guid: str, first_url: str) -> FeedRow:
    """Remember a feed the first time; afterwards give back what was remembered then."""
    row = find_feed(db, name)
    if row is None:
        row = FeedRow(name=name, guid=guid, first_url=first_url)
        db.add(row)
        db.flush()
    return row


def find_feed(db: Session, name: str) -> FeedRow | None:
    """Look a feed up by its name in the house."""
    return db.get(FeedRow, name)
