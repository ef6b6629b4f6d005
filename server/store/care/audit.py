"""The audit: who read or did what with whose words. Each row holds the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from server.store.care.audit_head import BEFORE_ALL, Link, find_head
from server.store.care.case_tables import AuditRow


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
    (row,) = add_deeds(db, [deed], now_at)
    return row


def add_deeds(db: Session, deeds: Iterable[Deed], now_at: datetime) -> list[AuditRow]:
    """The same for several at one moment, in their order, written all at once."""
    before = last = find_last(db)
    rows = []
    for deed in deeds:
        row = AuditRow(
            number=last.number + 1,
            at=now_at,
            room_id=deed.room_id,
            actor=deed.actor,
            action=deed.action,
            client_id=deed.client_id,
            subject=deed.subject,
            previous=last.hash,
            hash="",
        )
        row.hash = hash_row(row)
        last = Link(row.number, row.hash)
        rows.append(row)
    db.add_all(rows)
    db.flush()
    head = find_head(db)
    if head is not None and rows:
        head.follow(db, before, last)
    return rows


def list_deeds(
    db: Session,
    *,
    client_id: str | None = None,
    since_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Iterator[AuditRow]:
    """What was done, in the order in which it was: with one client's, from a moment on, until
    before another. One at a time, however many there are.
    """
    query = select(AuditRow).order_by(AuditRow.number)
    if client_id is not None:
        query = query.where(AuditRow.client_id == client_id)
    if since_at is not None:
        query = query.where(AuditRow.at >= since_at)
    if until_at is not None:
        query = query.where(AuditRow.at < until_at)
    with db.execute(query.execution_options(yield_per=500)) as rows:  # also for who stops early
        yield from rows.scalars()


def find_last(db: Session) -> Link:
    """The end of the chain, as the database knows it."""
    query = select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)
    last = db.execute(query).one_or_none()
    return Link(last.number, last.hash) if last else Link(0, BEFORE_ALL)


def hash_row(row: AuditRow | Row[Any]) -> str:
    """SHA-256 over the canonical JSON of all that a row says, and of the hash before it."""
    content = [
        row.number,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        *(row.room_id, row.actor, row.action, row.client_id, row.subject, row.previous),
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
