"""Queries for whoever makes renders: claim one, show life, finish, fail, hand back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Update, or_, select, update
from sqlalchemy.orm import Session

from server.store.columns import JsonObject
from server.store.models import ON_THEIR_WAY, RenderRow, RenderState, RenditionRow
from server.store.practices import find_practice
from server.store.recently import SKEW
from server.store.renders import SILENT_VOICE, close_render, find_render

MOST_ATTEMPTS = 3
"""A render in whose middle so many workers have stopped is given up."""

GIVEN_UP = "The worker stopped three times in the middle of this recording."
REASON_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRendition:
    """One published file of a render."""

    kind: str
    """`mp3`, `opus`, `vtt`, `srt`, `json` (chapters) or `report`."""
    file_name: str
    """In the render's folder on the shelf; carries the hash of the content."""
    content_type: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a worker learns of a render that is still its own."""

    wanted_at: datetime | None
    """Since when a listener waits for it; None while it is only made ahead."""


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
) -> Held | None:
    """Show life and progress; None when the render is not this owner's any more."""
    found = db.execute(
        update(RenderRow)
        .where(
            RenderRow.key == key,
            RenderRow.owner == owner,
            RenderRow.state == RenderState.RUNNING.value,
        )
        .values(heartbeat_at=now_at, phase=phase, stage=stage, done_ms=done_ms, total_ms=total_ms)
        .returning(RenderRow.wanted_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if found is None else Held(wanted_at=found.wanted_at)


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


def release_render(db: Session, key: str, owner: str, now_at: datetime) -> RenderRow | None:
    """Put a render back, without counting an attempt: its worker stops, or others go first.

    None when it is not this owner's any more.
    """
    row = _owned(db, key, owner)
    if row is not None:
        _queue(row, now_at)
        db.flush()
    return row


def let_go_render(db: Session, key: str, owner: str) -> bool:
    """Note that a worker has stopped making a render that is not its own any more.

    True when it was cancelled or deleted: then nothing in its folder is anybody's, as long as
    this transaction lasts.
    """
    row = find_render(db, key)
    if row is None:
        return True
    is_ours = row.state == RenderState.CANCELLED and row.owner == owner
    if is_ours:
        row.owner = None
        db.flush()
    return is_ours


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


def is_owned(db: Session, key: str, owner: str) -> bool:
    """True where a render is being made by this owner."""
    return _owned(db, key, owner) is not None


def list_running_renders(db: Session) -> tuple[RenderRow, ...]:
    """All renders that somebody says to be making."""
    return tuple(db.scalars(select(RenderRow).where(RenderRow.state == RenderState.RUNNING.value)))


def list_unclaimed_renders(db: Session, older_than_at: datetime) -> tuple[RenderRow, ...]:
    """Queued renders for which listeners have waited since before this moment, the longest
    first, and those whose moment lies ahead, by a clock that was wrong. One that is made ahead is
    not in the queue: its worker finds it in the catalogue.
    """
    queued_at = RenderRow.queued_at
    return tuple(
        db.scalars(
            select(RenderRow)
            .where(
                RenderRow.state == RenderState.QUEUED.value,
                or_(queued_at < older_than_at, queued_at > older_than_at + SKEW),
                RenderRow.wanted_at.is_not(None),
            )
            .order_by(RenderRow.queued_at)
        )
    )


def list_on_their_way(db: Session) -> tuple[RenderRow, ...]:
    """All renders that are queued or being made, the longest on its way first."""
    return tuple(
        db.scalars(
            select(RenderRow).where(RenderRow.state.in_(ON_THEIR_WAY)).order_by(RenderRow.queued_at)
        )
    )


def has_wanted_renders(db: Session) -> bool:
    """True while listeners wait for renders, queued or being made."""
    return _has(db, RenderRow.state.in_(ON_THEIR_WAY), RenderRow.wanted_at.is_not(None))


def is_busy(db: Session) -> bool:
    """True while a listener waits for a render, or anyone is making one."""
    return has_wanted_renders(db) or _has(db, RenderRow.state == RenderState.RUNNING.value)


def _has(db: Session, *conditions: ColumnElement[bool]) -> bool:
    return db.scalar(select(RenderRow.key).where(*conditions).limit(1)) is not None


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
