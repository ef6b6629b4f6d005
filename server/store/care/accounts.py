"""What a therapist signs in with, and where they are signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from server.errors import InvalidOptions
from server.store.care.people import IDLE, SIGN_IN_LASTS, hash_token
from server.store.care.people_tables import (
    LONGEST_EMAIL,
    InvitationRow,
    PasskeyRow,
    PracticeRoomRow,
    SignInRow,
    TherapistRow,
)
from server.store.recently import recently

CODES_AHEAD = 3
"""Half minutes: an app's clock may differ by two of them from ours; see take_code()."""

FINDABLE = ("id", "email", "fs_uniquifier", "fs_webauthn_user_handle")
"""By what a therapist can be looked up: each is nobody else's."""


def normalise_email(email: str) -> str:
    """An address as it is kept: nobody remembers how they wrote it the first time."""
    return email.strip().lower()


def read_email(text: str) -> str:
    """An address that somebody typed, as it is kept. Raises InvalidOptions. Asks no name server."""
    try:
        read = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        message = f"'{text.strip()}' is no e-mail address."
        raise InvalidOptions("email", message) from error
    if len(read.normalized) > LONGEST_EMAIL:
        raise InvalidOptions("email", "The address is too long.")
    return normalise_email(read.normalized)


def find_account(db: Session, field: str, value: str) -> TherapistRow | None:
    """The therapist of whom a field of FINDABLE has this value, also one who has left."""
    if field not in FINDABLE:
        raise LookupError(field)
    wanted = normalise_email(value) if field == "email" else value
    return db.scalars(select(TherapistRow).where(getattr(TherapistRow, field) == wanted)).first()


def is_anybody_here(db: Session) -> bool:
    """True as soon as there is a therapist, whether they have a password yet or not."""
    return db.scalars(select(TherapistRow.id).limit(1)).first() is not None


def change_account(db: Session, therapist_id: str, changes: Mapping[str, object]) -> None:
    """Write the fields of a therapist that have changed, and no others."""
    row = db.get_one(TherapistRow, therapist_id)
    for field, value in changes.items():
        setattr(row, field, value)


def take_recovery_code(db: Session, therapist_id: str, code_hash: str) -> bool:
    """Use a recovery code up; False where there is none, or somebody was faster."""
    row = db.get_one(TherapistRow, therapist_id)
    if code_hash not in row.mf_recovery_codes:
        return False
    row.mf_recovery_codes = [each for each in row.mf_recovery_codes if each != code_hash]
    return True


def take_code(db: Session, therapist_id: str, number: int) -> bool:
    """Use up the authenticator's code of this number; False for one that is not newer.

    A number is a half minute, and one of the next few at most is taken. So a last one that lies
    further ahead was used while the clock was wrong, and does not count.
    """
    done = db.execute(
        update(TherapistRow)
        .where(
            TherapistRow.id == therapist_id,
            or_(
                func.coalesce(TherapistRow.tf_last_code, -1) < number,
                TherapistRow.tf_last_code > number + CODES_AHEAD,
            ),
        )
        .values(tf_last_code=number)
        .returning(TherapistRow.id)
    )
    return done.first() is not None


# ── passkeys ─────────────────────────────────────────────────────────────────────────────────


def list_passkeys(db: Session, therapist_id: str) -> tuple[PasskeyRow, ...]:
    """A therapist's passkeys, in the order in which they were registered."""
    return tuple(
        db.scalars(
            select(PasskeyRow)
            .where(PasskeyRow.therapist_id == therapist_id)
            .order_by(PasskeyRow.made_at, PasskeyRow.name)
        )
    )


def find_passkey(db: Session, credential_id: bytes) -> PasskeyRow | None:
    """The passkey of this id, whosever it is."""
    return db.get(PasskeyRow, credential_id)


def change_passkey(db: Session, credential_id: bytes, changes: Mapping[str, object]) -> None:
    """Write what a passkey told when it was used; nothing where it was removed meanwhile."""
    row = db.get(PasskeyRow, credential_id)
    if row is not None:
        for field, value in changes.items():
            setattr(row, field, value)


def remove_passkey(db: Session, credential_id: bytes) -> None:
    """Forget a passkey."""
    row = db.get(PasskeyRow, credential_id)
    if row is not None:
        db.delete(row)


# ── sign-ins ─────────────────────────────────────────────────────────────────────────────────


def list_sign_ins(db: Session, therapist_id: str, now_at: datetime) -> tuple[SignInRow, ...]:
    """Where a therapist is signed in now, the latest first."""
    return tuple(
        db.scalars(
            select(SignInRow)
            .where(
                SignInRow.therapist_id == therapist_id,
                SignInRow.ended_at.is_(None),
                recently(SignInRow.made_at, now_at, SIGN_IN_LASTS),
                recently(SignInRow.seen_at, now_at, IDLE),
            )
            .order_by(SignInRow.made_at.desc(), SignInRow.token_hash)
        )
    )


def is_idle(db: Session, sign_in: str, now_at: datetime) -> bool:
    """True when a sign-in is over because nothing was asked for so long, and for nothing else."""
    row = db.get(SignInRow, hash_token(sign_in))
    if row is None or row.ended_at is not None or is_long(db, sign_in, now_at):
        return False
    return row.seen_at <= now_at - IDLE


def is_long(db: Session, sign_in: str, now_at: datetime) -> bool:
    """True when a sign-in is over because it began so long ago, and nobody ended it."""
    row = db.get(SignInRow, hash_token(sign_in))
    return row is not None and row.ended_at is None and row.made_at <= now_at - SIGN_IN_LASTS


def end_sign_in(db: Session, therapist_id: str, token_hash: str, now_at: datetime) -> bool:
    """End one of a therapist's own sign-ins; False where there is none to end."""
    row = db.get(SignInRow, token_hash)
    if row is None or row.therapist_id != therapist_id or row.ended_at is not None:
        return False
    row.ended_at = now_at
    return True


def end_sign_ins(
    db: Session, therapist_id: str, now_at: datetime, *, but_hash: str | None = None
) -> int:
    """End all sign-ins of a therapist but one, or all; gives how many."""
    rows = db.scalars(
        select(SignInRow).where(
            SignInRow.therapist_id == therapist_id, SignInRow.ended_at.is_(None)
        )
    )
    ending = [row for row in rows if row.token_hash != but_hash]
    for row in ending:
        row.ended_at = now_at
    return len(ending)


# ── who works here ───────────────────────────────────────────────────────────────────────────


def list_colleagues(db: Session, room_id: str) -> tuple[TherapistRow, ...]:
    """The therapists of a room who have not left, by name."""
    return tuple(
        db.scalars(
            select(TherapistRow)
            .where(TherapistRow.room_id == room_id, TherapistRow.left_at.is_(None))
            .order_by(TherapistRow.name, TherapistRow.id)
        )
    )


def find_colleague(db: Session, therapist: TherapistRow, colleague_id: str) -> TherapistRow | None:
    """Somebody of this therapist's own room who has not left."""
    return db.scalars(
        select(TherapistRow).where(
            TherapistRow.id == colleague_id,
            TherapistRow.room_id == therapist.room_id,
            TherapistRow.left_at.is_(None),
        )
    ).first()


def list_therapists(db: Session) -> tuple[tuple[TherapistRow, PracticeRoomRow], ...]:
    """Everybody of the house with their room, also those who have left: for its operator."""
    rows = db.execute(
        select(TherapistRow, PracticeRoomRow)
        .join(PracticeRoomRow, PracticeRoomRow.id == TherapistRow.room_id)
        .order_by(PracticeRoomRow.name, TherapistRow.name, TherapistRow.id)
    )
    return tuple((row[0], row[1]) for row in rows)


def let_go(db: Session, therapist_id: str, now_at: datetime) -> None:
    """Somebody has left: they are signed out everywhere and can never sign in again."""
    row = db.get_one(TherapistRow, therapist_id)
    row.active, row.left_at = False, row.left_at or now_at
    row.password, row.tf_totp_secret, row.tf_primary_method = None, None, None
    row.mf_recovery_codes = []
    for passkey in list_passkeys(db, therapist_id):
        db.delete(passkey)
    for link in db.scalars(select(InvitationRow).where(InvitationRow.therapist_id == therapist_id)):
        link.used_at = link.used_at or now_at
    end_sign_ins(db, therapist_id, now_at)


def reset_second_factor(db: Session, therapist_id: str, now_at: datetime) -> None:
    """Forget authenticator, recovery codes and passkeys; the next sign-in sets them up anew."""
    row = db.get_one(TherapistRow, therapist_id)
    row.tf_totp_secret, row.tf_primary_method, row.mf_recovery_codes = None, None, []
    row.tf_last_code = None  # of the former app; the new one's codes have numbers of their own
    for passkey in list_passkeys(db, therapist_id):
        db.delete(passkey)
    end_sign_ins(db, therapist_id, now_at)
