"""Queries for the session log: an entry is kept once, and nothing that came is lost."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import EntryConflict
from server.store.columns import JsonObject
from server.store.models import EntryConflictRow, SessionEntryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """What somebody said of a moment by their own measure, from 0 to 10. It is never judged."""

    kindness: int | None = None
    """How much kindness there is for what is here; None where it was left out."""
    willingness: int | None = None
    """How willing they are to be with it; None where it was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """One occasion of practising, as a phone tells it."""

    id: str
    """32 lower-case hexadecimal digits, made on the phone."""
    device_hash: str
    slug: str
    title: str
    """The practice's title now. Not part of the digest: a retry may come after a new title."""
    minutes: int
    render_key: str | None
    started_at: datetime
    """Aware."""
    practised_ms: int
    outcome: str
    """`completed` or `stopped`."""
    is_live: bool = False
    """True for a live sitting."""
    before: Felt = Felt()
    after: Felt = Felt()

    @property
    def body(self) -> JsonObject:
        """The content as JSON, without the id and the title.

        What was not said is not in it: an entry from before there were sittings keeps its digest.
        """
        felt = {"before": self.before, "after": self.after}
        return {
            "slug": self.slug,
            "minutes": self.minutes,
            "render_key": self.render_key,
            "started_at": self.started_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "practised_ms": self.practised_ms,
            "outcome": self.outcome,
            **({"is_live": True} if self.is_live else {}),
            **{name: asdict(said) for name, said in felt.items() if said != Felt()},
        }

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of whose it is and what it says."""
        content = {"device_hash": self.device_hash, **self.body}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def add_entry(db: Session, new: NewEntry, now_at: datetime) -> tuple[SessionEntryRow, bool]:
    """Keep an entry; True when it is new, False when exactly this one was there already.

    Raises EntryConflict when the id belongs to a different entry, of this device or of another;
    what came is then kept beside the first, committed before the error is raised.
    """
    row = db.get(SessionEntryRow, new.id)
    if row is None:
        row = _row(new, now_at)
        db.add(row)
        db.flush()
        return row, True
    if row.digest == new.digest:
        return row, False
    _keep_conflict(db, new, now_at)
    db.commit()
    raise EntryConflict


def list_entries(db: Session, device_hash: str) -> tuple[SessionEntryRow, ...]:
    """All entries of one device, the latest first."""
    return tuple(
        db.scalars(
            select(SessionEntryRow)
            .where(SessionEntryRow.device_hash == device_hash)
            .order_by(SessionEntryRow.started_at.desc(), SessionEntryRow.id)
        )
    )


def list_conflicts(db: Session, entry_id: str) -> tuple[EntryConflictRow, ...]:
    """The different entries that came with an id already used, in the order they came."""
    return tuple(
        db.scalars(
            select(EntryConflictRow)
            .where(EntryConflictRow.entry_id == entry_id)
            .order_by(EntryConflictRow.id)
        )
    )


def _row(new: NewEntry, now_at: datetime) -> SessionEntryRow:
    return SessionEntryRow(
        id=new.id,
        device_hash=new.device_hash,
        slug=new.slug,
        title=new.title,
        minutes=new.minutes,
        render_key=new.render_key,
        started_at=new.started_at,
        practised_ms=new.practised_ms,
        outcome=new.outcome,
        is_live=new.is_live,
        kindness_before=new.before.kindness,
        willingness_before=new.before.willingness,
        kindness_after=new.after.kindness,
        willingness_after=new.after.willingness,
        digest=new.digest,
        received_at=now_at,
    )


def _keep_conflict(db: Session, new: NewEntry, now_at: datetime) -> None:
    known = {row.digest for row in list_conflicts(db, new.id)}
    if new.digest not in known:
        db.add(
            EntryConflictRow(
                entry_id=new.id,
                digest=new.digest,
                body=new.body,
                device_hash=new.device_hash,
                received_at=now_at,
            )
        )
