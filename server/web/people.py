"""Who asks: a client by their device, a therapist by their sign-in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import g, request, session

from server.care import Shared
from server.errors import Busy, DatabaseUnavailable
from server.store import Session, hash_device
from server.store.care import (
    ClientRow,
    Deed,
    TherapistRow,
    add_deed,
    find_client,
    find_therapist,
    get_case,
    is_device_seen_long_ago,
    note_device_seen,
)
from server.web.device import find_device
from server.web.rooms import get_rooms

SIGN_IN = "sign_in"
"""Under this name the session's cookie holds the token of the sign-in."""

NOBODY = "nobody"
"""Who did it, in the audit, where somebody has not shown who they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, as the table of access has found out."""

    therapist: TherapistRow | None = None
    client: ClientRow | None = None
    """The client who asks."""
    case: ClientRow | None = None
    """The therapist's client whom the address names."""


def keep_asking(asking: Asking) -> None:
    """Remember who asks, as long as the request lasts."""
    g.asking = asking


def get_therapist() -> TherapistRow:
    """The therapist who asks; the table of access has let nobody else in."""
    return cast(TherapistRow, g.asking.therapist)


def get_client() -> ClientRow:
    """The client who asks; the table of access has let nobody else in."""
    return cast(ClientRow, g.asking.client)


def find_asking_therapist() -> TherapistRow | None:
    """The therapist who is signed in here, on a page that is for everybody."""
    token = session.get(SIGN_IN)
    if not isinstance(token, str):
        return None
    with get_rooms().database.reading() as db:
        return find_therapist(db, token, datetime.now(UTC))


def find_visiting_therapist() -> TherapistRow | None:
    """The therapist who asks, for a page that needs no database: without one it is nobody."""
    try:
        return find_asking_therapist()
    except (DatabaseUnavailable, Busy):
        return None


def is_asked_by_therapist() -> bool:
    """True on the pages that the table of access opens to therapists alone."""
    asking = g.get("asking")
    return asking is not None and asking.therapist is not None


def get_own_case() -> ClientRow:
    """The client whom the address names: the asking therapist's own."""
    return cast(ClientRow, g.asking.case)


def hold_own_case(db: Session) -> ClientRow:
    """The same client, asked for once more where something is written or words are read.

    Between a request's coming in and its transaction the client may have said yes to another
    therapist. Raises CaseNotFound.
    """
    return get_case(db, get_therapist(), get_own_case().id)


def deed_of_therapist(action: str, *, client_id: str | None = None, subject: str = "") -> Deed:
    """What the asking therapist does, for the audit."""
    therapist = get_therapist()
    return deed_by(therapist.id, therapist.room_id, action, client_id=client_id, subject=subject)


def deed_by(
    therapist_id: str,
    room_id: str,
    action: str,
    *,
    client_id: str | None = None,
    subject: str = "",
) -> Deed:
    """What a therapist does, for the audit, where the table of access has not let them in."""
    return Deed(
        actor=f"therapist:{therapist_id}",
        action=action,
        room_id=room_id,
        client_id=client_id,
        subject=subject,
    )


def deed_of_client(client: ClientRow, action: str, *, subject: str = "") -> Deed:
    """What a client does, for the audit."""
    return Deed(
        actor=f"client:{client.id}",
        action=action,
        room_id=client.room_id,
        client_id=client.id,
        subject=subject,
    )


def note_decisions(
    db: Session, client: ClientRow, decided: Iterable[tuple[Shared, bool]], now_at: datetime
) -> None:
    """Note what a client shows from now on, or does not show any more, kind by kind."""
    for what, is_given in decided:
        add_deed(db, deed_of_client(client, "show" if is_given else "hide", subject=what), now_at)


def find_asking_client() -> ClientRow | None:
    """The client whose device asks, on a page that is for everybody."""
    device = find_device(request)
    if device is None:
        return None
    return find_client_of(hash_device(device))


def find_client_of(device_hash: str) -> ClientRow | None:
    """The client whose device this is; notes now and then that it is in use."""
    database, now_at = get_rooms().database, datetime.now(UTC)
    with database.reading() as db:
        client = find_client(db, device_hash)
        is_due = client is not None and is_device_seen_long_ago(db, device_hash, now_at)
    if is_due:
        with database.writing() as db:
            note_device_seen(db, device_hash, now_at)
    return client
