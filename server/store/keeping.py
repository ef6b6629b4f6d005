"""Queries for clearing up: what must stay on the shelf, and what nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.store.care.feed_renders import list_feed_keys
from server.store.models import RenderRow, RenderState
from server.store.renders import list_published

IN_THE_FEED = "in the feed"
IN_A_PRIVATE_FEED = "in a private feed"


def list_protected_keys(db: Session) -> dict[str, str]:
    """The keys of finished renders that must not be pruned, each with the reason for people.

    Whatever hands out a render's address for long has its line here.
    """
    return {
        **dict.fromkeys(list_feed_keys(db), IN_A_PRIVATE_FEED),
        **{each.render.key: IN_THE_FEED for each in list_published(db)},
    }


def list_renders(db: Session) -> tuple[RenderRow, ...]:
    """Every render there is a row of, by practice, length and key."""
    return tuple(
        db.scalars(select(RenderRow).order_by(RenderRow.title, RenderRow.minutes, RenderRow.key))
    )


def list_left_over(db: Session, keys: Iterable[str], ended_before_at: datetime) -> tuple[str, ...]:
    """Those of these keys whose render has failed or was cancelled before a moment, or has no
    row: what lies in its folder is nobody's.
    """
    has_ended = RenderRow.state.in_((RenderState.FAILED, RenderState.CANCELLED))
    kept = set(
        db.scalars(
            select(RenderRow.key).where(or_(~has_ended, RenderRow.finished_at >= ended_before_at))
        )
    )
    return tuple(key for key in keys if key not in kept)
