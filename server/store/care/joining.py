"""Queries for how a client comes and goes: invitations, devices, leaving."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, select, update
from sqlalchemy.orm import Session

from server.errors import DeviceTaken, InvitationGone
from server.store.care.people import find_client, hash_token
from server.store.care.people_tables import (
    ClientDeviceRow,
    ClientRow,
    InvitationRow,
    PracticeRoomRow,
    TherapistRow,
)
from server.store.recently import FORGIVEN, is_recent

LASTS = {"client": timedelta(days=14), "device": timedelta(hours=1)}
"""How long an invitation opens something, by its kind."""

RETURN_WITHIN = timedelta(days=1)
"""How long a client who has left may think better of it."""

DEVICE_SEEN_EVERY = timedelta(hours=6)
"""How exactly it is known when a device was last used: a day is all that its owner reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """What an invitation leads to."""

    kind: str
    """`client` or `device`."""
    client: ClientRow
    therapist: TherapistRow
    room: PracticeRoomRow


def add_client(
    db: Session, therapist: TherapistRow, client_id: str, sealed_name: bytes, now_at: datetime
) -> ClientRow:
    """Add a client of a therapist, who has still to be invited."""
    row = ClientRow(
        id=client_id,
        room_id=therapist.room_id,
        therapist_id=therapist.id,
        sealed_name=sealed_name,
        made_at=now_at,
    )
    db.add(row)
    db.flush()
    return row


def add_invitation(db: Session, client: ClientRow, kind: str, now_at: datetime) -> str:
    """Make a link's token, known to whoever gets it alone; one of before opens nothing any more."""
    withdraw_invitation(db, client.id, kind)
    token = secrets.token_urlsafe(32)
    db.add(
        InvitationRow(
            token_hash=hash_token(token),
            kind=kind,
            room_id=client.room_id,
            therapist_id=client.therapist_id,
            client_id=client.id,
            made_at=now_at,
            expires_at=now_at + LASTS[kind],
        )
    )
    db.flush()
    return token


def withdraw_invitation(db: Session, client_id: str, kind: str) -> bool:
    """Take back what was not used; False where there was nothing."""
    return _changed(
        db,
        delete(InvitationRow).where(
            InvitationRow.client_id == client_id,
            InvitationRow.kind == kind,
            InvitationRow.used_at.is_(None),
        ),
    )


def list_open_invitations(
    db: Session, therapist: TherapistRow, now_at: datetime
) -> dict[str, datetime]:
    """Until when the links of a therapist's clients are good, by the client's id."""
    rows = db.scalars(
        select(InvitationRow).where(
            InvitationRow.therapist_id == therapist.id,
            InvitationRow.kind == "client",
            InvitationRow.used_at.is_(None),
            _stands(now_at),
        )
    )
    return {cast(str, row.client_id): row.expires_at for row in rows}


def get_invitation(db: Session, token: str, now_at: datetime) -> Invited:
    """What a link leads to. Raises InvitationGone for one that is used, old or of nobody's.

    A therapist's link leads to a client who has never joined, and to nobody else: what somebody
    wrote can be opened by links of their own alone.
    """
    found = db.execute(
        select(InvitationRow, ClientRow, TherapistRow, PracticeRoomRow)
        .join(ClientRow, ClientRow.id == InvitationRow.client_id)
        .join(TherapistRow, TherapistRow.id == ClientRow.therapist_id)
        .join(PracticeRoomRow, PracticeRoomRow.id == ClientRow.room_id)
        .where(
            InvitationRow.token_hash == hash_token(token),
            InvitationRow.kind.in_(LASTS),
            InvitationRow.used_at.is_(None),
            _stands(now_at),
            TherapistRow.active,
            TherapistRow.left_at.is_(None),
            ClientRow.left_at.is_(None),
        )
    ).first()
    if found is None or (found[0].kind == "client") != (found[1].joined_at is None):
        raise InvitationGone
    invitation, client, therapist, room = found
    return Invited(kind=invitation.kind, client=client, therapist=therapist, room=room)


def join(db: Session, token: str, device_hash: str, browser: str, now_at: datetime) -> Invited:
    """Make a device the invited client's. Of two that come at once, one joins.

    Raises InvitationGone, or DeviceTaken where the device is a client's already; the link is
    then still good.
    """
    invited = get_invitation(db, token, now_at)
    if find_client(db, device_hash) is not None:
        raise DeviceTaken
    is_mine = _changed(
        db,
        update(InvitationRow)
        .where(InvitationRow.token_hash == hash_token(token), InvitationRow.used_at.is_(None))
        .values(used_at=now_at),
    )
    if not is_mine:
        raise InvitationGone
    # A row of before is one of a client who has left, or who removed the device.
    device = db.get(ClientDeviceRow, device_hash) or ClientDeviceRow(device_hash=device_hash)
    device.client_id, device.browser = invited.client.id, browser
    device.joined_at = device.seen_at = now_at
    device.removed_at = None
    db.add(device)
    if invited.kind == "client":
        invited.client.joined_at = now_at
    db.flush()
    return invited


def has_joined_with(db: Session, token: str, device_hash: str) -> bool:
    """True when this link was used by the client whose device this is: perhaps a second press."""
    client = find_client(db, device_hash)
    row = db.get(InvitationRow, hash_token(token))
    return (
        client is not None
        and row is not None
        and row.client_id == client.id
        and row.used_at is not None
    )


def who_sees_to(db: Session, client: ClientRow) -> tuple[TherapistRow, PracticeRoomRow]:
    """A client's therapist, and the practice room they work in."""
    found = db.execute(
        select(TherapistRow, PracticeRoomRow)
        .join(PracticeRoomRow, PracticeRoomRow.id == TherapistRow.room_id)
        .where(TherapistRow.id == client.therapist_id)
    ).one()
    return found[0], found[1]


def list_devices(db: Session, client_id: str) -> tuple[ClientDeviceRow, ...]:
    """A client's devices, as they came."""
    return tuple(
        db.scalars(
            select(ClientDeviceRow)
            .where(ClientDeviceRow.client_id == client_id, ClientDeviceRow.removed_at.is_(None))
            .order_by(ClientDeviceRow.joined_at, ClientDeviceRow.device_hash)
        )
    )


def is_device_seen_long_ago(db: Session, device_hash: str, now_at: datetime) -> bool:
    """True when it is time to note that a client's device is in use."""
    row = db.get(ClientDeviceRow, device_hash)
    return row is not None and not is_recent(row.seen_at, now_at, DEVICE_SEEN_EVERY)


def note_device_seen(db: Session, device_hash: str, now_at: datetime) -> None:
    """Note that a client's device is in use, so that its owner can tell a lost one."""
    row = db.get(ClientDeviceRow, device_hash)
    if row is not None:
        row.seen_at = now_at


def remove_device(db: Session, client_id: str, device_hash: str, now_at: datetime) -> bool:
    """Let a device be the client's no longer; False where it was not."""
    return _changed(
        db,
        update(ClientDeviceRow)
        .where(
            ClientDeviceRow.device_hash == device_hash,
            ClientDeviceRow.client_id == client_id,
            ClientDeviceRow.removed_at.is_(None),
        )
        .values(removed_at=now_at),
    )


def come_back(db: Session, client_id: str, now_at: datetime) -> bool:
    """Let a client who left not long ago be one again, as before; False where it is too late."""
    return _changed(
        db,
        update(ClientRow)
        .where(ClientRow.id == client_id, ClientRow.left_at > now_at - RETURN_WITHIN)
        .values(left_at=None),
    )


def leave(db: Session, client_id: str, now_at: datetime) -> bool:
    """Let a client leave; False where they have left before. Their links open nothing now."""
    withdraw_invitation(db, client_id, "device")
    return _changed(
        db,
        update(ClientRow)
        .where(ClientRow.id == client_id, ClientRow.left_at.is_(None))
        .values(left_at=now_at),
    )


def find_left_client(db: Session, device_hash: str, now_at: datetime) -> ClientRow | None:
    """Who left not long ago, and asks with a device of theirs."""
    return db.scalars(
        select(ClientRow)
        .join(ClientDeviceRow, ClientDeviceRow.client_id == ClientRow.id)
        .where(
            ClientDeviceRow.device_hash == device_hash,
            ClientDeviceRow.removed_at.is_(None),
            ClientRow.left_at > now_at - RETURN_WITHIN,
        )
    ).first()


def _stands(now_at: datetime) -> ColumnElement[bool]:
    """That the time of an invitation is not over, nor further ahead than one can be made."""
    expires_at = InvitationRow.expires_at
    return and_(expires_at > now_at, expires_at <= now_at + max(LASTS.values()) + FORGIVEN)


def _changed(db: Session, statement: object) -> bool:
    """Carry out a change; True when a row was changed."""
    done = cast("CursorResult[object]", db.execute(statement))  # type: ignore[call-overload]
    return done.rowcount > 0
