"""Queries for the worker processes and their signs of life."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.store.models import WorkerBeatRow
from server.store.recently import SKEW

FORGOTTEN_AFTER = timedelta(days=1)
"""A worker that has been still for so long is not remembered any more."""


def beat_worker(
    db: Session, owner: str, *, started_at: datetime, voice_ok: bool, now_at: datetime
) -> None:
    """Write down that a worker is alive, and whether its voice can speak."""
    row = db.get(WorkerBeatRow, owner)
    if row is None:
        db.execute(delete(WorkerBeatRow).where(WorkerBeatRow.beat_at < now_at - FORGOTTEN_AFTER))
        row = WorkerBeatRow(owner=owner, started_at=started_at)
        db.add(row)
    row.beat_at, row.voice_ok = now_at, voice_ok
    db.flush()


def remove_worker(db: Session, owner: str) -> None:
    """Forget a worker that has stopped in good order."""
    db.execute(delete(WorkerBeatRow).where(WorkerBeatRow.owner == owner))


def latest_worker_beat(db: Session, now_at: datetime) -> WorkerBeatRow | None:
    """The worker that showed life last, or None where none ever did.

    One whose sign lies ahead stopped while the clock was wrong, and hides nobody who is there.
    """
    there = select(WorkerBeatRow).where(WorkerBeatRow.beat_at <= now_at + SKEW)
    return db.scalar(there.order_by(WorkerBeatRow.beat_at.desc()).limit(1))
