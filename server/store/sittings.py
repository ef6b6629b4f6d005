"""Queries for live sittings: begun, moved in, looked up, and taken away whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session, defer

from server.errors import SittingNotFound
from server.store.columns import JsonObject
from server.store.sitting_tables import SittingEventRow, SittingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSitting:
    """A sitting that begins."""

    id: str
    """32 lower-case hexadecimal digits, made on the phone."""
    device_hash: str
    slug: str
    title: str
    voice: str
    choices: JsonObject
    order: JsonObject
    lengths: JsonObject
    expires_at: datetime
    """Aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something that is recorded."""

    kind: str
    at_ms: int
    event_id: str | None = None
    """Made on the phone; None for what the house records itself."""
    words: int = 0
    lengths: Mapping[int, int] | None = None
    """For lines that can be heard from now on: the length of each, by its place."""


def add_sitting(db: Session, new: NewSitting, now_at: datetime) -> SittingRow:
    """Let a sitting begin now. Its id must not be there yet, see find_sitting()."""
    values = {name: getattr(new, name) for name in NewSitting.__slots__}
    row = SittingRow(**values, began_at=now_at, ended_at=None)
    db.add(row)
    db.flush()
    return row


def find_sitting(db: Session, sitting_id: str, *, is_whole: bool = True) -> SittingRow | None:
    """Look a sitting up; without `is_whole` its order and lengths are not read."""
    query = select(SittingRow).where(SittingRow.id == sitting_id)
    if not is_whole:
        query = query.options(defer(SittingRow.order), defer(SittingRow.lengths))
    return db.scalars(query).one_or_none()


def get_sitting(
    db: Session, sitting_id: str, device_hash: str, *, is_whole: bool = True
) -> SittingRow:
    """Look up a device's own sitting; raises SittingNotFound for every other."""
    row = find_sitting(db, sitting_id, is_whole=is_whole)
    if row is None or row.device_hash != device_hash:
        raise SittingNotFound
    return row


def count_open_sittings(db: Session, began_after_at: datetime) -> int:
    """How many sittings began after a moment and are not known to be over, of all devices."""
    query = select(func.count()).select_from(SittingRow)
    is_open = (SittingRow.ended_at.is_(None), SittingRow.began_at > began_after_at)
    return db.scalar(query.where(*is_open)) or 0


def list_open_sittings(db: Session, device_hash: str | None = None) -> tuple[SittingRow, ...]:
    """All sittings that are not known to be over, or a device's, the newest first.

    Their orders and lengths are not read.
    """
    query = select(SittingRow).where(SittingRow.ended_at.is_(None))
    if device_hash is not None:
        query = query.where(SittingRow.device_hash == device_hash)
    query = query.options(defer(SittingRow.order), defer(SittingRow.lengths))
    return tuple(db.scalars(query.order_by(SittingRow.began_at.desc(), SittingRow.id)))


def note_over(db: Session, sitting_id: str, now_at: datetime) -> None:
    """Write down that a sitting is over; what was written down before stays."""
    row = find_sitting(db, sitting_id, is_whole=False)
    if row is not None and row.ended_at is None:
        row.ended_at = now_at
        db.flush()


def add_event(db: Session, sitting_id: str, new: NewEvent) -> SittingEventRow:
    """Record something behind all that was recorded before; never before it in time.

    An event of the phone's is recorded once: the same id again gives the first one, unchanged.
    """
    events = list_events(db, sitting_id)
    for known in events:
        if new.event_id is not None and known.event_id == new.event_id:
            return known
    last_ms = events[-1].at_ms if events else 0
    lengths = new.lengths
    row = SittingEventRow(
        sitting_id=sitting_id,
        number=len(events),
        event_id=new.event_id,
        kind=new.kind,
        at_ms=max(new.at_ms, last_ms),
        words=new.words,
        lengths=None if lengths is None else {str(n): ms for n, ms in lengths.items()},
    )
    db.add(row)
    db.flush()
    return row


def find_event(db: Session, sitting_id: str, event_id: str) -> SittingEventRow | None:
    """Look up what a phone has told before under this id."""
    return db.scalars(
        select(SittingEventRow).where(
            SittingEventRow.sitting_id == sitting_id, SittingEventRow.event_id == event_id
        )
    ).one_or_none()


def list_events(db: Session, sitting_id: str) -> tuple[SittingEventRow, ...]:
    """All that was recorded in a sitting, in the order of recording."""
    return tuple(
        db.scalars(
            select(SittingEventRow)
            .where(SittingEventRow.sitting_id == sitting_id)
            .order_by(SittingEventRow.number)
        )
    )


def delete_sitting(db: Session, sitting_id: str) -> None:
    """Delete a sitting with its events and words; its own lines are the shelf's."""
    # By the database's own cascade: nothing of it has to be read for that.
    db.execute(
        delete(SittingRow)
        .where(SittingRow.id == sitting_id)
        .execution_options(synchronize_session=False)
    )


def list_expired_sittings(
    db: Session, *, over_before_at: datetime, now_at: datetime, ahead_at: datetime
) -> tuple[SittingRow, ...]:
    """Sittings that were over before a moment, those whose time has run out, and those that
    began after a moment that lies ahead.
    """
    is_gone = or_(
        SittingRow.ended_at < over_before_at,
        SittingRow.expires_at <= now_at,
        SittingRow.began_at > ahead_at,
    )
    query = select(SittingRow).where(is_gone)
    return tuple(db.scalars(query.options(defer(SittingRow.order), defer(SittingRow.lengths))))


def list_sittings(db: Session) -> tuple[SittingRow, ...]:
    """Every sitting that there is, with the lengths of its lines but without its order."""
    return tuple(db.scalars(select(SittingRow).options(defer(SittingRow.order))))
