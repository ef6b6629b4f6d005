"""Queries for the test "has your app fetched it?": ten minutes of looking out, and nothing kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from server.store.feed_tables import FeedWatchRow
from server.store.recently import is_recent, recently

WATCH_LASTS = timedelta(minutes=10)
"""So long a page looks out for an app."""

MOST_WATCHES = 20
"""So many may one network have at once; with the next the oldest is forgotten."""


def add_feed_watch(
    db: Session, feed_name: str, network_hash: str, now_at: datetime
) -> FeedWatchRow:
    """Look out for a fetch of a feed from a network; what is over is forgotten meanwhile."""
    forget_feed_watches(db, now_at)
    open_ids = db.scalars(
        select(FeedWatchRow.id)
        .where(FeedWatchRow.network_hash == network_hash)
        .order_by(FeedWatchRow.until_at.desc(), FeedWatchRow.id)
    ).all()
    db.execute(delete(FeedWatchRow).where(FeedWatchRow.id.in_(open_ids[MOST_WATCHES - 1 :])))
    row = FeedWatchRow(
        id=secrets.token_hex(16),
        feed_name=feed_name,
        network_hash=network_hash,
        until_at=now_at + WATCH_LASTS,
        fetched_at=None,
    )
    db.add(row)
    db.flush()
    return row


def find_feed_watch(db: Session, watch_id: str, now_at: datetime) -> FeedWatchRow | None:
    """Look a watch up; None when it is over, or never was."""
    row = db.get(FeedWatchRow, watch_id)
    if row is None or not is_recent(row.until_at, now_at + WATCH_LASTS, WATCH_LASTS):
        return None
    return row


def move_feed_watch(db: Session, watch_id: str, network_hash: str) -> None:
    """Look out under another hash: at midnight the same network gets a new one."""
    db.execute(
        update(FeedWatchRow)
        .where(FeedWatchRow.id == watch_id, FeedWatchRow.fetched_at.is_(None))
        .values(network_hash=network_hash)
    )


def is_feed_watched(db: Session, feed_name: str, now_at: datetime) -> bool:
    """True when anybody looks out for a fetch of this feed and has not seen it yet."""
    open_ones = select(FeedWatchRow.id).where(*_waiting(feed_name, now_at)).limit(1)
    return db.scalar(open_ones) is not None


def note_feed_fetch(db: Session, feed_name: str, network_hash: str, now_at: datetime) -> None:
    """Tell those who look out for it that a feed was fetched from their network just now."""
    db.execute(
        update(FeedWatchRow)
        .where(*_waiting(feed_name, now_at), FeedWatchRow.network_hash == network_hash)
        .values(fetched_at=now_at)
    )


def forget_feed_watches(db: Session, now_at: datetime) -> None:
    """Delete every watch that is over."""
    db.execute(delete(FeedWatchRow).where(_is_over(now_at)))


def has_old_feed_watches(db: Session, now_at: datetime) -> bool:
    """True when there is a watch that is over."""
    old = select(FeedWatchRow.id).where(_is_over(now_at)).limit(1)
    return db.scalar(old) is not None


def _is_over(now_at: datetime) -> ColumnElement[bool]:
    return ~recently(FeedWatchRow.until_at, now_at + WATCH_LASTS, WATCH_LASTS)


def _waiting(feed_name: str, now_at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        FeedWatchRow.feed_name == feed_name,
        ~_is_over(now_at),
        FeedWatchRow.fetched_at.is_(None),
    )
