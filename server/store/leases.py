"""Queries for whoever makes renders: claim one, show life, finish, fail, hand back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from server.store.columns import JsonObject
from server.store.models import RenderRow, RenderState, RenditionRow
from server.store.practices import find_practice
from server.store.renders import SILENT_VOICE, close_render, find_render

MOST_ATTEMPTS = 3
"""A render in whose middle so many workers have stopped is given up."""

GIVEN_UP = "The worker stopped three times in the middle of this recording."
REASON_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRendition:
    """One published file of a render."""

    kind: str
    """`mp3`, `vtt`, `srt`, `json` or `report`."""
    file_name: str
    content_type: str
    sha256: str
    size_bytes: int


def claim_render(db: Session, key: str, owner: str, now_at: datetime) -> RenderRow | None:
    """Take a queued render; None when it is not queued any more.

    `owner` is host:pid:nonce with a nonce of this claim's own, so that a worker that lost a
    render and later claims it again is not taken for its former self.
    """
    taken = _change(
        db,
        update(RenderRow)
        .where(RenderRow.key == key, RenderRow.state == RenderState.QUEUED.value)
        .values(state=RenderState.RUNNING.value, owner=owner, heartbeat_at=now_at, reason=""),
    )
    return db.get(RenderRow, key, populate_existing=True) if taken else None


def note_private_clips(db: Session, key: str, owner: str, clip_keys: Sequence[str]) -> bool:
    """Write down which private clips are about to be made, so that none is ever left behind."""
    row = _owned(db, key, owner)
    if row is None:
        return False
    row.clip_keys = list(clip_keys)
    db.flush()
    return True


def beat_render(
    db: Session,
    key: str,
    owner: str,
    now_at: datetime,
    *,
    phase: str,
    stage: str,
    done_ms: int,
    total_ms: int,
) -> bool:
    """Show life and progress; False when the render is not this owner's any more."""
    return _change(
        db,
        update(RenderRow)
        .where(
            RenderRow.key == key,
            RenderRow.owner == owner,
            RenderRow.state == RenderState.RUNNING.value,
        )
        .values(heartbeat_at=now_at, phase=phase, stage=stage, done_ms=done_ms, total_ms=total_ms),
    )


def finish_render(
    db: Session,
    key: str,
    owner: str,
    *,
    renditions: Sequence[NewRendition],
    report: JsonObject,
    duration_ms: int,
    clip_keys: Sequence[str],
    now_at: datetime,
) -> bool:
    """Publish what was made; False, with nothing changed, when it is not this owner's any more."""
    row = _owned(db, key, owner)
    if row is None:
        return False
    row.state = RenderState.DONE.value
    row.owner = None
    row.report, row.duration_ms, row.clip_keys = report, duration_ms, list(clip_keys)
    row.done_ms = row.total_ms = duration_ms
    row.renditions = []
    db.flush()
    row.renditions = [
        RenditionRow(**{name: getattr(new, name) for name in NewRendition.__slots__})
        for new in renditions
    ]
    close_render(row, now_at)
    practice = find_practice(db, row.slug)
    if practice and practice.published_at is None and row.is_default and row.voice != SILENT_VOICE:
        practice.published_at = now_at
    db.flush()
    return True


def fail_render(db: Session, key: str, owner: str, *, reason: str, now_at: datetime) -> bool:
    """Give a render up, with a reason for people; False when it is not this owner's any more."""
    row = _owned(db, key, owner)
    if row is None:
        return False
    _fail(row, reason, now_at)
    db.flush()
    return True


def release_render(db: Session, key: str, owner: str, now_at: datetime) -> bool:
    """Put a render back in the queue, without counting an attempt: its worker is stopping."""
    row = _owned(db, key, owner)
    if row is None:
        return False
    _queue(row, now_at)
    db.flush()
    return True


def requeue_render(db: Session, key: str, owner: str, now_at: datetime) -> RenderState | None:
    """Take a render from a worker that has gone: queued once more, or failed after
    MOST_ATTEMPTS. None when it is not this owner's any more.
    """
    row = _owned(db, key, owner)
    if row is None:
        return None
    row.attempts += 1
    if row.attempts >= MOST_ATTEMPTS:
        _fail(row, GIVEN_UP, now_at)
    else:
        _queue(row, now_at)
    db.flush()
    return RenderState(row.state)


def list_running_renders(db: Session) -> tuple[RenderRow, ...]:
    """All renders that somebody says to be making."""
    return tuple(db.scalars(select(RenderRow).where(RenderRow.state == RenderState.RUNNING.value)))


def list_stale_renders(db: Session, older_than_at: datetime) -> tuple[RenderRow, ...]:
    """Running renders whose owner has not shown life since this moment."""
    return tuple(
        db.scalars(
            select(RenderRow).where(
                RenderRow.state == RenderState.RUNNING.value,
                RenderRow.heartbeat_at < older_than_at,
            )
        )
    )


def list_unclaimed_renders(db: Session, older_than_at: datetime) -> tuple[RenderRow, ...]:
    """Queued renders that have waited since before this moment, the longest first."""
    return tuple(
        db.scalars(
            select(RenderRow)
            .where(RenderRow.state == RenderState.QUEUED.value, RenderRow.queued_at < older_than_at)
            .order_by(RenderRow.queued_at)
        )
    )


def _owned(db: Session, key: str, owner: str) -> RenderRow | None:
    row = find_render(db, key)
    is_owned = row is not None and row.state == RenderState.RUNNING and row.owner == owner
    return row if is_owned else None


def _queue(row: RenderRow, now_at: datetime) -> None:
    row.state = RenderState.QUEUED.value
    row.owner = row.heartbeat_at = None
    row.phase = row.stage = ""
    row.done_ms = row.total_ms = 0
    row.queued_at = now_at


def _fail(row: RenderRow, reason: str, now_at: datetime) -> None:
    row.state = RenderState.FAILED.value
    row.owner = None
    row.reason = reason[:REASON_LENGTH]
    close_render(row, now_at)


def _change(db: Session, statement: Update) -> bool:
    result = db.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount == 1
