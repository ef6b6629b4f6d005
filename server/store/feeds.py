"""Queries for the public feeds: what was handed out, what they can announce, how they changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ColumnExpressionArgument, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from server.store.models import FeedRow, RenderRow, RenderState
from server.store.renders import SILENT_VOICE, NewRender, announced_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Announceable:
    """The newest finished recording of a practice at one length, as far as a feed asks."""

    key: str
    slug: str
    minutes: int
    is_default: bool
    """True where it is, or was, the practice at its usual length."""
    finished_at: datetime


def add_feed(
    db: Session, *, name: str, guid: str, first_url: str, now_at: datetime | None = None
) -> FeedRow:
    """Remember a feed the first time; afterwards give back what was remembered then."""
    row = find_feed(db, name)
    if row is None:
        row = FeedRow(name=name, guid=guid, first_url=first_url, made_at=now_at)
        db.add(row)
        db.flush()
    return row


def find_feed(db: Session, name: str) -> FeedRow | None:
    """Look a feed up by its name in the house."""
    return db.get(FeedRow, name)


def list_feeds(db: Session) -> tuple[FeedRow, ...]:
    """Every public feed that was ever asked for, by name."""
    return tuple(db.scalars(select(FeedRow).order_by(FeedRow.name)))


def note_feed_change(db: Session, name: str, digest: str, now_at: datetime) -> datetime:
    """Remember what a feed's bytes are now; gives since when, to the whole second.

    Two changes never share a second: who asks whether it was changed since is told the truth.
    """
    row = db.get_one(FeedRow, name)
    if row.digest != digest or row.changed_at is None:
        whole_at = now_at.replace(microsecond=0)
        last_at = row.changed_at
        row.changed_at = max(whole_at, last_at + timedelta(seconds=1)) if last_at else whole_at
        row.digest = digest
        db.flush()
    return row.changed_at


def may_be_announced() -> ColumnElement[bool]:
    """Whether it is a finished recording that a public feed may have announced, as a condition."""
    return (
        or_(RenderRow.is_default, RenderRow.is_plain)
        & ~RenderRow.is_private
        & (RenderRow.state == RenderState.DONE.value)
        & (RenderRow.voice != SILENT_VOICE)
    )


def find_for_feeds(db: Session, key: str) -> RenderRow | None:
    """Look up a finished recording that a public feed may have announced."""
    return db.scalars(select(RenderRow).where(RenderRow.key == key, may_be_announced())).first()


def list_announceable(db: Session) -> tuple[Announceable, ...]:
    """Of each practice and length the newest recording that a feed may announce, newest first."""
    rank = func.row_number().over(
        partition_by=(RenderRow.slug, RenderRow.minutes, RenderRow.is_default),
        order_by=(announced_at().desc(), RenderRow.key),
    )
    ranked = (
        select(
            RenderRow.key,
            RenderRow.slug,
            RenderRow.minutes,
            RenderRow.is_default,
            RenderRow.finished_at,
            announced_at().label("announced_at"),
            rank.label("rank"),
        )
        .where(may_be_announced())
        .subquery()
    )
    columns = (ranked.c[name] for name in Announceable.__slots__)
    newest = select(*columns).where(ranked.c.rank == 1)
    rows = db.execute(newest.order_by(ranked.c.announced_at.desc(), ranked.c.key))
    return tuple(Announceable(**row._mapping) for row in rows)


def is_passed_over(db: Session, wanted: NewRender) -> bool:
    """True for a recording that was made, and which the feeds do not announce as what it is now.

    It was nothing for them when it was made, or another one was made after it.
    """
    row = db.get(RenderRow, wanted.key)
    if row is None or not (wanted.is_plain or wanted.is_default) or row.voice == SILENT_VOICE:
        return False
    if (wanted.is_default and not row.is_default) or (wanted.is_plain and not row.is_plain):
        return True
    at_its_length = _find_standing(db, row.slug, RenderRow.minutes == row.minutes)
    standing = (at_its_length, find_announced(db, row.slug) if wanted.is_default else row)
    return row.state == RenderState.DONE and any(each is not row for each in standing)


def announce_again(db: Session, wanted: NewRender, now_at: datetime) -> None:
    """Have the feeds announce a recording that is_passed_over(), from now on."""
    if not is_passed_over(db, wanted):
        return
    row = db.get_one(RenderRow, wanted.key)
    usual = find_announced(db, row.slug)
    row.is_default = row.is_default or wanted.is_default
    row.is_plain = row.is_plain or wanted.is_plain
    if row.state == RenderState.DONE:
        row.announced_at = now_at
    if row.is_default and not wanted.is_default and usual is not None and usual is not row:
        # It was the usual length once, and must not take the place of what is so now.
        usual.announced_at = now_at + timedelta(microseconds=1)
    db.flush()


def find_announced(db: Session, slug: str) -> RenderRow | None:
    """The recording of a practice at its usual length that the feeds announce, if there is one."""
    return _find_standing(db, slug, RenderRow.is_default)


def _find_standing(
    db: Session, slug: str, where: ColumnExpressionArgument[bool]
) -> RenderRow | None:
    """The recording of a practice that is announced, of those for which something holds."""
    asked = select(RenderRow).where(RenderRow.slug == slug, where, may_be_announced())
    return db.scalars(asked.order_by(announced_at().desc(), RenderRow.key).limit(1)).first()


def list_renders_of(db: Session, keys: Iterable[str]) -> dict[str, RenderRow]:
    """The renders of these keys with their files, by key; without their orders."""
    asked = select(RenderRow).where(RenderRow.key.in_(tuple(keys)))
    with_files = asked.options(defer(RenderRow.order), joinedload(RenderRow.renditions))
    return {row.key: row for row in db.scalars(with_files).unique()}
