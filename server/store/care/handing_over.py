"""Handing a client over: a therapist offers it, and nothing changes before the client says yes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from server.care import SHARED, Shared
from server.errors import CaseNotFound
from server.store.care.accounts import find_colleague, list_colleagues
from server.store.care.consents import add_decisions
from server.store.care.joining import withdraw_invitation
from server.store.care.people_tables import ClientRow, HandoverRow, TherapistRow


def list_successors(db: Session, therapist: TherapistRow) -> tuple[TherapistRow, ...]:
    """Those of a therapist's own room who could see to their clients."""
    return tuple(
        each
        for each in list_colleagues(db, therapist.room_id)
        if each.id != therapist.id and _can_see_to(each)
    )


def offer_handover(
    db: Session, client: ClientRow, therapist: TherapistRow, to_id: str, now_at: datetime
) -> TherapistRow:
    """Offer a client to a colleague; an offer of before is replaced.

    Raises CaseNotFound for who is no colleague, and for a client who is not there to be asked.
    """
    to = find_colleague(db, therapist, to_id)
    is_client_here = client.joined_at is not None and client.left_at is None
    if to is None or to.id == therapist.id or not _can_see_to(to) or not is_client_here:
        raise CaseNotFound
    withdraw_handover(db, client.id)
    db.add(HandoverRow(client_id=client.id, by_id=therapist.id, to_id=to.id, offered_at=now_at))
    db.flush()
    return to


def withdraw_handover(db: Session, client_id: str) -> None:
    """Take an offer back."""
    db.execute(delete(HandoverRow).where(HandoverRow.client_id == client_id))


def find_handover(db: Session, client: ClientRow) -> tuple[HandoverRow, TherapistRow] | None:
    """What was offered last of a client, answered with no or not at all, and to whom.

    None where the colleague has left meanwhile, or is the client's therapist by now.
    """
    row = db.get(HandoverRow, client.id)
    to = db.get(TherapistRow, row.to_id) if row else None
    if row is None or to is None or not _can_see_to(to):
        return None
    is_current = row.by_id == client.therapist_id and to.room_id == client.room_id
    return (row, to) if is_current else None


def find_open_handover(db: Session, client: ClientRow) -> TherapistRow | None:
    """To whom a client is offered, where they have still to answer."""
    found = find_handover(db, client)
    return found[1] if found and found[0].declined_at is None else None


def accept_handover(
    db: Session, client: ClientRow, seen: Iterable[Shared], now_at: datetime
) -> None:
    """Let the colleague see to the client; they see what was chosen for them and nothing else.

    Raises CaseNotFound where nothing is offered.
    """
    to = find_open_handover(db, client)
    if to is None:
        raise CaseNotFound
    chosen = frozenset(seen)
    # In the same transaction: what the one was let see, the other is not for a moment.
    add_decisions(db, client.id, [(what, what in chosen) for what in SHARED], now_at)
    client.therapist_id = to.id
    withdraw_handover(db, client.id)
    withdraw_invitation(db, client.id, "client")
    db.flush()


def decline_handover(db: Session, client: ClientRow, now_at: datetime) -> None:
    """Leave everything as it is. Raises CaseNotFound where nothing is offered."""
    found = find_handover(db, client)
    if found is None or found[0].declined_at is not None:
        raise CaseNotFound
    found[0].declined_at = now_at
    db.flush()


def _can_see_to(therapist: TherapistRow) -> bool:
    return therapist.active and therapist.left_at is None
