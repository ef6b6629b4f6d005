"""How often somebody was wrong: counted for all processes, and across their restarts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, true
from sqlalchemy.orm import Session

from server.store.care.people_tables import SignInFailureRow
from server.store.recently import SKEW

KEPT = timedelta(hours=1)
"""The longest time that anybody counts over; what is older is forgotten."""


def count_failures(db: Session, key_hash: str, since_at: datetime) -> tuple[int, datetime | None]:
    """How many there were, and when the first of them was; None where there was none."""
    count, first_at = db.execute(
        select(func.count(), func.min(SignInFailureRow.failed_at)).where(
            SignInFailureRow.key_hash == key_hash, SignInFailureRow.failed_at > since_at
        )
    ).one()
    return count, first_at


def add_failure(
    db: Session, key_hash: str, now_at: datetime, *, most: int, since_at: datetime
) -> bool:
    """Count one more; False, with nothing counted, where there were `most` of them already."""
    # What lies ahead was counted by a clock that was wrong: it would shut somebody out till then.
    failed_at = SignInFailureRow.failed_at
    db.execute(
        delete(SignInFailureRow).where(or_(failed_at <= now_at - KEPT, failed_at > now_at + SKEW))
    )
    count, _ = count_failures(db, key_hash, since_at)
    if count < most:
        db.add(SignInFailureRow(key_hash=key_hash, failed_at=now_at))
        db.flush()
    return count < most


def take_off_failure(db: Session, key_hash: str) -> None:
    """Take the newest off again, where there is one: a try that was counted ahead was right."""
    newest = (
        select(SignInFailureRow.id)
        .where(SignInFailureRow.key_hash == key_hash)
        .order_by(SignInFailureRow.failed_at.desc(), SignInFailureRow.id.desc())
        .limit(1)
    )
    db.execute(delete(SignInFailureRow).where(SignInFailureRow.id.in_(newest)))


def forget_failures(db: Session, key_hash: str | None = None) -> int:
    """Begin to count anew, of one or of all; gives how many there were."""
    counted = SignInFailureRow.key_hash == key_hash if key_hash else true()
    count = db.scalar(select(func.count()).select_from(SignInFailureRow).where(counted)) or 0
    db.execute(delete(SignInFailureRow).where(counted))
    return count
