"""Queries for renders as listeners and the feed see them: ordered, looked up, forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from server.errors import RenderNotFound
from server.store.columns import JsonObject
from server.store.engines import insert_once
from server.store.models import ON_THEIR_WAY, RenderRow, RenderState

SILENT_VOICE = "silent"
"""The voice of drafts and tests: what it speaks is never announced in the feed."""

EXCERPT_SLUG = "_excerpt"
"""What an author hears while writing has this slug, which no practice can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRender:
    """A render to be made."""

    key: str
    slug: str
    title: str
    minutes: int
    voice: str
    is_default: bool
    """At the practice's default length, with no words of a listener's: for the feed."""
    is_private: bool
    device_hash: str | None
    """Whose it is, when private."""
    order: JsonObject
    """source, path, minutes and words: all that is needed to make it."""
    is_plain: bool = False
    """At any length, with nothing else chosen: for the feeds of courses."""


def add_render(
    db: Session, new: NewRender, now_at: datetime, *, again: bool = False, is_ahead: bool = False
) -> tuple[RenderRow, bool]:
    """Queue a render; True when a worker has to be asked for it, False when it is made or on its
    way.

    However many ask for one key at once, one of them gets True. A failed or cancelled render is
    queued once more; with `again` a finished one too, for when its files are gone. With
    `is_ahead` nobody waits for it, and what failed or was cancelled is left alone; whoever asks
    for such a render later is then the one who waits. What was for a feed once stays so, since
    its old address goes on answering.
    """
    wanted_at = None if is_ahead else now_at
    values = {
        **_columns(new),
        **_fresh(),
        "created_at": now_at,
        "queued_at": now_at,
        "wanted_at": wanted_at,
    }
    inserted = db.execute(
        insert_once(db, RenderRow).values(values).on_conflict_do_nothing().returning(RenderRow.key)
    ).first()
    row = get_render(db, new.key)
    row.is_default = values["is_default"] = row.is_default or new.is_default
    row.is_plain = values["is_plain"] = row.is_plain or new.is_plain
    given_up = () if is_ahead else (RenderState.FAILED, RenderState.CANCELLED)
    over = (*given_up, *((RenderState.DONE,) if again else ()))
    is_queued = bool(inserted)
    if not inserted and row.state in over:
        for name, value in values.items():
            setattr(row, name, value)
        row.renditions = []
        is_queued = True
    elif not inserted and wanted_at and is_made_ahead(row):
        row.wanted_at = wanted_at
        is_queued = row.state == RenderState.QUEUED
    db.flush()
    return row, is_queued


def is_made_ahead(row: RenderRow) -> bool:
    """True while a render is on its way and nobody waits for it."""
    return row.state in ON_THEIR_WAY and row.wanted_at is None


def _columns(new: NewRender) -> dict[str, object]:
    return {name: getattr(new, name) for name in NewRender.__slots__}


def _fresh() -> dict[str, object]:
    """What every column of a render is before anyone has worked on it."""
    return {
        "state": RenderState.QUEUED.value,
        "owner": None,
        "heartbeat_at": None,
        "attempts": 0,
        "phase": "",
        "stage": "",
        "done_ms": 0,
        "total_ms": 0,
        "reason": "",
        "report": None,
        "duration_ms": None,
        "clip_keys": [],
        "finished_at": None,
        "announced_at": None,
    }


def find_render(db: Session, key: str) -> RenderRow | None:
    """Look a render up by its key."""
    return db.get(RenderRow, key)


def announced_at() -> ColumnElement[datetime]:
    """Since when a recording is what there is: finished then, or wanted again later."""
    return func.coalesce(RenderRow.announced_at, RenderRow.finished_at)


def find_default_render(db: Session, slug: str) -> RenderRow | None:
    """Look up the newest finished render of a practice at its usual length, by any voice."""
    return db.scalars(
        select(RenderRow)
        .where(
            RenderRow.slug == slug,
            RenderRow.is_default,
            RenderRow.state == RenderState.DONE.value,
        )
        .order_by(announced_at().desc(), RenderRow.key)
        .limit(1)
    ).first()


def get_render(db: Session, key: str) -> RenderRow:
    """Look a render up by its key; raises RenderNotFound."""
    row = find_render(db, key)
    if row is None:
        raise RenderNotFound
    return row


def cancel_render(db: Session, key: str, now_at: datetime) -> bool:
    """Stop a render that is on its way; False when there is none to stop.

    Its worker finds out with its next sign of life, and stops.
    """
    row = find_render(db, key)
    if row is None or row.state not in ON_THEIR_WAY:
        return False
    row.state = RenderState.CANCELLED.value
    close_render(row, now_at)
    db.flush()
    return True


def close_render(row: RenderRow, now_at: datetime) -> None:
    """Mark the end of a render's making; the listener's words are needed no more, so they go."""
    row.finished_at = now_at
    if row.is_private:
        kept = {name: value for name, value in row.order.items() if name != "sealed"}
        row.order = {**kept, "words": {}}


def forget_render(db: Session, key: str, device_hash: str, now_at: datetime) -> RenderRow:
    """Take a private render away from everyone: cancelled, nobody's, its words gone.

    Its row stays for whoever deletes the files, and for a worker to find out that it is to stop:
    `row.owner` says whether one has it. Raises RenderNotFound unless it is this device's.
    """
    row = get_render(db, key)
    if not row.is_private or row.device_hash != device_hash:
        raise RenderNotFound
    row.state = RenderState.CANCELLED.value
    row.device_hash = None
    close_render(row, now_at)
    db.flush()
    return row


def delete_render(db: Session, key: str) -> None:
    """Delete a render's row and its renditions; its files are the shelf's."""
    row = find_render(db, key)
    if row is not None:
        db.delete(row)
        db.flush()


def count_waiting(db: Session) -> int:
    """How many renders that a listener wants wait for a worker."""
    waiting = (RenderRow.state == RenderState.QUEUED.value, RenderRow.wanted_at.is_not(None))
    return db.scalar(select(func.count()).select_from(RenderRow).where(*waiting)) or 0


def list_expired_private(db: Session, before_at: datetime) -> tuple[RenderRow, ...]:
    """Private renders that were ordered before this moment and are not being made just now."""
    return tuple(
        db.scalars(
            select(RenderRow).where(
                RenderRow.is_private,
                RenderRow.created_at < before_at,
                RenderRow.state != RenderState.RUNNING.value,
            )
        )
    )


def list_expired_excerpts(db: Session, before_at: datetime) -> tuple[RenderRow, ...]:
    """What authors ordered to be heard before this moment, and is not being made just now."""
    return tuple(
        db.scalars(
            select(RenderRow).where(
                RenderRow.slug == EXCERPT_SLUG,
                RenderRow.queued_at < before_at,
                RenderRow.state != RenderState.RUNNING.value,
            )
        )
    )


def list_given_up_private(db: Session, quiet_since_at: datetime) -> tuple[RenderRow, ...]:
    """Cancelled private renders that nobody has worked on since this moment.

    Nothing of them is needed any more; whoever was making one has stopped by now.
    """
    return tuple(
        db.scalars(
            select(RenderRow).where(
                RenderRow.is_private,
                RenderRow.state == RenderState.CANCELLED.value,
                func.coalesce(RenderRow.heartbeat_at, RenderRow.created_at) < quiet_since_at,
                RenderRow.finished_at < quiet_since_at,
            )
        )
    )
