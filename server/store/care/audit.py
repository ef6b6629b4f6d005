"""The audit: who read or did what with whose words. Each row holds the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.store.care.case_tables import AuditRow
from server.store.models import KEY_LENGTH

BEFORE_ALL = "0" * KEY_LENGTH
"""What the first row says of the row before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that was done."""

    actor: str
    """`therapist:ID`, `client:ID` or `operator`."""
    action: str
    """Such as `read-worksheet` or `erase`."""
    room_id: str | None = None
    client_id: str | None = None
    subject: str = ""
    """The id of what was read or done; empty for a whole page."""


def add_deed(db: Session, deed: Deed, now_at: datetime) -> AuditRow:
    """Note what was done, in the transaction in which it is done: neither is without the other."""
    last = db.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).first()
    row = AuditRow(
        number=last.number + 1 if last else 1,
        at=now_at,
        room_id=deed.room_id,
        actor=deed.actor,
        action=deed.action,
        client_id=deed.client_id,
        subject=deed.subject,
        previous=last.hash if last else BEFORE_ALL,
        hash="",
    )
    row.hash = hash_row(row)
    db.add(row)
    db.flush()
    return row


def hash_row(row: AuditRow) -> str:
    """SHA-256 over the canonical JSON of all that a row says, and of the hash before it."""
    content = [
        row.number,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        *(row.room_id, row.actor, row.action, row.client_id, row.subject, row.previous),
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
