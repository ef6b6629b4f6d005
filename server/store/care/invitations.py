"""Links that work once: into the house, into a practice room, to a new password."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import EmailTaken
from server.store.care.accounts import find_account, is_anybody_here, normalise_email
from server.store.care.people import hash_token, make_id
from server.store.care.people_tables import InvitationRow, PracticeRoomRow, TherapistRow
from server.store.recently import FORGIVEN

Kind = Literal["therapist", "first", "password"]

VALID: dict[Kind, timedelta] = {
    "first": timedelta(days=7),
    "therapist": timedelta(days=7),
    "password": timedelta(days=1),
}
"""How long a link of each kind works."""


def add_link(
    db: Session,
    kind: Kind,
    now_at: datetime,
    *,
    therapist: TherapistRow | None = None,
) -> str:
    """Make a link; gives its token, which is kept nowhere. Earlier ones of the person end."""
    links = select(InvitationRow).where(
        InvitationRow.kind.in_(VALID),
        InvitationRow.therapist_id == (therapist.id if therapist else None),
        InvitationRow.used_at.is_(None),
    )
    for earlier in db.scalars(links):
        earlier.used_at = now_at
    token = secrets.token_urlsafe(32)
    db.add(
        InvitationRow(
            token_hash=hash_token(token),
            kind=kind,
            room_id=therapist.room_id if therapist else None,
            therapist_id=therapist.id if therapist else None,
            made_at=now_at,
            expires_at=now_at + VALID[kind],
        )
    )
    db.flush()
    return token


def find_link(db: Session, token: str, now_at: datetime) -> InvitationRow | None:
    """A therapist's link that can still be used; the first one ends when somebody is here."""
    row = db.get(InvitationRow, hash_token(token))
    if row is None or row.kind not in VALID or row.used_at:
        return None
    if not now_at < row.expires_at <= now_at + VALID[row.kind] + FORGIVEN:
        return None
    if row.kind == "first":
        return None if is_anybody_here(db) else row
    therapist = db.get(TherapistRow, row.therapist_id)
    return row if therapist is not None and therapist.active else None


def find_room(db: Session, name: str) -> PracticeRoomRow | None:
    """The practice room of this name."""
    return db.scalars(select(PracticeRoomRow).where(PracticeRoomRow.name == name)).first()


def add_room(db: Session, name: str, now_at: datetime) -> PracticeRoomRow:
    """Make a practice room."""
    row = PracticeRoomRow(id=make_id(), name=name, made_at=now_at)
    db.add(row)
    db.flush()
    return row


def add_therapist(
    db: Session,
    *,
    room_id: str,
    email: str,
    name: str,
    is_head: bool,
    now_at: datetime,
) -> TherapistRow:
    """Add somebody who has no password yet. Raises EmailTaken."""
    if find_account(db, "email", email) is not None:
        raise EmailTaken
    row = TherapistRow(
        id=make_id(),
        room_id=room_id,
        email=normalise_email(email),
        name=name,
        active=True,
        fs_uniquifier=make_id(),
        is_head=is_head,
        added_at=now_at,
    )
    db.add(row)
    db.flush()
    return row
