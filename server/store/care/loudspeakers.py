"""Queries for loudspeakers: asked for, joined once by a code, told what to play, and ended."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from server.errors import LoudspeakerNotFound
from server.store.care.loudspeaker_tables import LoudspeakerRow
from server.store.care.people import hash_token, make_id
from server.store.care.people_tables import TherapistRow
from server.store.columns import JsonObject
from server.store.recently import is_recent, recently

CODE_LETTERS = "23456789ACDEFGHJKMNPQRTVWXY"
"""Without those that are taken for another one when somebody reads them aloud or copies them."""

CODE_LENGTH = 6
CODE_LASTS = timedelta(minutes=10)

MOST_MISSES = 50_000
"""With so many wrong codes, of thousands of networks, somebody is guessing; there are 387 million.

Each network has a limit of its own at the door, so nobody closes everybody's codes by theirs.
"""

LASTS = timedelta(hours=6)
"""After this a loudspeaker is over, whatever became of the page that controlled it."""

LEFT_AFTER = timedelta(seconds=30)
"""A page that is silent for so long is gone, and what plays for it pauses."""

SEEN_EVERY = timedelta(seconds=5)
"""How exactly it is known whether the page is there: not every request is a write."""


def add_loudspeaker(db: Session, therapist_id: str, now_at: datetime) -> tuple[str, str]:
    """Ask for a loudspeaker; gives its id and the code. What is over of this therapist's goes."""
    db.execute(
        delete(LoudspeakerRow).where(
            LoudspeakerRow.therapist_id == therapist_id,
            or_(
                ~recently(LoudspeakerRow.made_at, now_at, LASTS),
                LoudspeakerRow.token_hash.is_(None) & (LoudspeakerRow.expires_at <= now_at),
            ),
        )
    )
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    row = LoudspeakerRow(
        id=make_id(),
        therapist_id=therapist_id,
        code_hash=hash_token(code),
        expires_at=now_at + CODE_LASTS,
        misses=0,
        made_at=now_at,
        seen_at=now_at,
        version=0,
    )
    db.add(row)
    db.flush()
    return row.id, code


def get_loudspeaker(
    db: Session, therapist: TherapistRow, loudspeaker_id: str, now_at: datetime
) -> LoudspeakerRow:
    """A loudspeaker of this very therapist. Raises LoudspeakerNotFound."""
    row = db.scalars(
        select(LoudspeakerRow).where(
            LoudspeakerRow.id == loudspeaker_id,
            LoudspeakerRow.therapist_id == therapist.id,
            recently(LoudspeakerRow.made_at, now_at, LASTS),
        )
    ).first()
    if row is None:
        raise LoudspeakerNotFound
    return row


def tell_loudspeaker(
    row: LoudspeakerRow, version: int, render_key: str | None, plan: JsonObject | None
) -> None:
    """Say what it is to play. What was said before something newer came is let go."""
    if version > row.version:
        row.version, row.render_key, row.plan = version, render_key, plan


def end_loudspeaker(db: Session, therapist: TherapistRow, loudspeaker_id: str) -> None:
    """Take everything away from a loudspeaker; one that is not there has nothing."""
    db.execute(
        delete(LoudspeakerRow).where(
            LoudspeakerRow.id == loudspeaker_id, LoudspeakerRow.therapist_id == therapist.id
        )
    )


def note_controlled(row: LoudspeakerRow, now_at: datetime) -> None:
    """Note that the therapist's page is there."""
    row.seen_at = now_at


def is_control_due(row: LoudspeakerRow, now_at: datetime) -> bool:
    """True when it is time to note that the therapist's page is there."""
    return not is_recent(row.seen_at, now_at, SEEN_EVERY)


def is_out_of_control(row: LoudspeakerRow, now_at: datetime) -> bool:
    """True when the therapist's page has not been heard of for a while."""
    return not is_recent(row.seen_at, now_at, LEFT_AFTER)


def join_loudspeaker(db: Session, code: str, now_at: datetime) -> str | None:
    """Join with a code, which opens nothing from then on; gives the loudspeaker's own token.

    None for a code that opens nothing: the miss is noted, so it must be committed.
    """
    row = db.scalars(
        select(LoudspeakerRow).where(
            LoudspeakerRow.code_hash == hash_token(code),
            LoudspeakerRow.expires_at > now_at,
            recently(LoudspeakerRow.made_at, now_at, CODE_LASTS),
            LoudspeakerRow.misses < MOST_MISSES,
        )
    ).first()
    if row is None:
        db.execute(
            update(LoudspeakerRow)
            .where(LoudspeakerRow.code_hash.is_not(None), LoudspeakerRow.expires_at > now_at)
            .values(misses=LoudspeakerRow.misses + 1)
        )
        return None
    token = secrets.token_urlsafe(32)
    row.code_hash, row.token_hash = None, hash_token(token)
    db.flush()
    return token


def find_joined(db: Session, token: str, now_at: datetime) -> LoudspeakerRow | None:
    """The loudspeaker that joined and was given this token, unless it is over."""
    return db.scalars(
        select(LoudspeakerRow).where(
            LoudspeakerRow.token_hash == hash_token(token),
            recently(LoudspeakerRow.made_at, now_at, LASTS),
        )
    ).first()


def note_ready(db: Session, token: str, render_key: str) -> None:
    """Note that the loudspeaker has fetched a render; one that is over has nothing to note."""
    db.execute(
        update(LoudspeakerRow)
        .where(LoudspeakerRow.token_hash == hash_token(token))
        .values(ready_key=render_key)
    )


def leave_loudspeaker(db: Session, token: str) -> None:
    """The loudspeaker itself goes."""
    db.execute(delete(LoudspeakerRow).where(LoudspeakerRow.token_hash == hash_token(token)))
