"""Queries for clearing up: what must stay on the shelf, and what nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnExpressionArgument, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.store.care.feed_renders import list_feed_keys
from server.store.feeds import may_be_announced
from server.store.models import RenderRow, RenderState
from server.store.renders import announced_at

IN_THE_FEED = "in the feed"
IN_A_PRIVATE_FEED = "in a private feed"
LATELY_IN_THE_FEED = "in the feed until lately"

OLD_NAMES_FOR = timedelta(days=30)
"""So long a recording stays after a newer one took its place: apps may hold its old address."""

CourseLengths = frozenset[tuple[str, int]]
"""The sittings of the courses: the slug of a practice, and minutes that it is taken at."""


def list_protected_keys(
    db: Session, now_at: datetime, course_lengths: CourseLengths = frozenset()
) -> dict[str, str]:
    """The keys of finished renders that must not be pruned, each with the reason for people.

    Those that a feed announces, at their usual length or at one of a course's, and those that
    one announced less than OLD_NAMES_FOR ago; and what private feeds hand out.
    """
    of_courses = tuple_(RenderRow.slug, RenderRow.minutes).in_(course_lengths)
    return {
        **dict.fromkeys(list_feed_keys(db), IN_A_PRIVATE_FEED),
        **_standing_and_late(db, now_at, RenderRow.slug, RenderRow.minutes, where=of_courses),
        **_standing_and_late(db, now_at, RenderRow.slug, where=RenderRow.is_default),
    }


def _standing_and_late(
    db: Session,
    now_at: datetime,
    *group: InstrumentedAttribute[str] | InstrumentedAttribute[int],
    where: ColumnExpressionArgument[bool],
) -> dict[str, str]:
    """Of each group the newest render, and those whose successor is younger than OLD_NAMES_FOR."""
    replaced_at = func.lag(announced_at()).over(
        partition_by=group, order_by=(announced_at().desc(), RenderRow.key)
    )
    followed = (
        select(RenderRow.key, replaced_at.label("replaced_at"))
        .where(may_be_announced(), where)
        .subquery()
    )
    is_standing = followed.c.replaced_at.is_(None)
    is_late = followed.c.replaced_at > now_at - OLD_NAMES_FOR
    rows = db.execute(
        select(followed.c.key, followed.c.replaced_at).where(or_(is_standing, is_late))
    )
    return {key: LATELY_IN_THE_FEED if at else IN_THE_FEED for key, at in rows}


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
