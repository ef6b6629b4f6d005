"""Ids of what was deleted: what comes with one of them once more is not kept again."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from server.store.models import DeletedRow


def note_deleted(db: Session, sent_id: str) -> None:
    """Remember for good that what a phone sent with this id was deleted."""
    db.merge(DeletedRow(id=sent_id))


def was_deleted(db: Session, sent_id: str) -> bool:
    """True for an id of something that was deleted."""
    return db.get(DeletedRow, sent_id) is not None


def forget_deleted(db: Session, sent_id: str) -> None:
    """It is there again."""
    db.execute(delete(DeletedRow).where(DeletedRow.id == sent_id))
