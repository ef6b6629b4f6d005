"""Queries for who asks and whose case it is. Each starts from who asks, and finds nothing else."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import CaseNotFound
from server.store.care.people_tables import ClientDeviceRow, ClientRow, SignInRow, TherapistRow
from server.store.recently import is_recent, recently

IDLE = timedelta(minutes=15)
"""After so long without a request a therapist is signed out: others may sit at the machine."""

SIGN_IN_LASTS = timedelta(hours=12)
"""After so long a sign-in is over, however much it is used (OWASP ASVS 7.3.2)."""

SEEN_EVERY = timedelta(seconds=30)
"""How exactly it is known when somebody was last seen: not every request is a write."""


def make_id() -> str:
    """128 random bits, as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def hash_token(token: str) -> str:
    """What the database may hold of a token: SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_therapist(
    db: Session, sign_in: str, now_at: datetime, *, idle: timedelta = IDLE
) -> TherapistRow | None:
    """Who signed in with this token, unless it was ended, is old, was idle, or they have left.

    One that lies ahead is over, too: a clock that was set back must not give it a longer life.
    """
    return db.scalars(
        select(TherapistRow)
        .join(SignInRow, SignInRow.therapist_id == TherapistRow.id)
        .where(
            SignInRow.token_hash == hash_token(sign_in),
            SignInRow.ended_at.is_(None),
            recently(SignInRow.made_at, now_at, SIGN_IN_LASTS),
            recently(SignInRow.seen_at, now_at, idle),
            TherapistRow.active,
            TherapistRow.left_at.is_(None),
        )
    ).first()


def is_seen_long_ago(db: Session, sign_in: str, now_at: datetime) -> bool:
    """True when it is time to note that this sign-in is in use."""
    row = db.get(SignInRow, hash_token(sign_in))
    return row is not None and not is_recent(row.seen_at, now_at, SEEN_EVERY)


def note_seen(db: Session, sign_in: str, now_at: datetime) -> None:
    """Note that a sign-in is in use."""
    row = db.get(SignInRow, hash_token(sign_in))
    if row is not None and row.ended_at is None:
        row.seen_at = now_at


def add_sign_in(db: Session, therapist_id: str, browser: str, now_at: datetime) -> str:
    """Sign a therapist's browser in; gives the token that its cookie holds."""
    token = secrets.token_urlsafe(32)
    db.add(
        SignInRow(
            token_hash=hash_token(token),
            therapist_id=therapist_id,
            browser=browser,
            made_at=now_at,
            seen_at=now_at,
        )
    )
    db.flush()
    return token


def find_client(db: Session, device_hash: str) -> ClientRow | None:
    """Whose device this is, unless it was removed or they have left."""
    return db.scalars(
        select(ClientRow)
        .join(ClientDeviceRow, ClientDeviceRow.client_id == ClientRow.id)
        .where(
            ClientDeviceRow.device_hash == device_hash,
            ClientDeviceRow.removed_at.is_(None),
            ClientRow.left_at.is_(None),
        )
    ).first()


def get_case(db: Session, therapist: TherapistRow, client_id: str) -> ClientRow:
    """A client of this very therapist. Raises CaseNotFound for everybody else's, and for nobody's.

    One who has left stays until they are erased: what they wrote is not shown, see the consent.
    """
    row = db.scalars(
        select(ClientRow).where(
            ClientRow.id == client_id,
            ClientRow.therapist_id == therapist.id,
            ClientRow.room_id == therapist.room_id,
        )
    ).first()
    if row is None:
        raise CaseNotFound
    return row


def get_any_client(db: Session, client_id: str) -> ClientRow:
    """A client, whosever they are: whoever asks was let in before. Raises CaseNotFound."""
    row = db.get(ClientRow, client_id)
    if row is None:
        raise CaseNotFound
    return row


def list_cases(db: Session, therapist: TherapistRow) -> tuple[ClientRow, ...]:
    """All clients of a therapist, in the order in which they were invited."""
    return tuple(
        db.scalars(
            select(ClientRow)
            .where(ClientRow.therapist_id == therapist.id, ClientRow.room_id == therapist.room_id)
            .order_by(ClientRow.made_at, ClientRow.id)
        )
    )


def has_clients(db: Session) -> bool:
    """True where anybody's key is needed."""
    return db.scalar(select(ClientRow.id).limit(1)) is not None
