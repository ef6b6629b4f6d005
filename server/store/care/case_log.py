"""Queries for what belongs to a client: the log of all their devices, and what lies beside it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from server.errors import CaseNotFound
from server.store.care.case_tables import KeptLadderRow, SubmissionRow
from server.store.care.people_tables import ClientDeviceRow
from server.store.models import SessionEntryRow


def list_client_entries(db: Session, client_id: str) -> tuple[SessionEntryRow, ...]:
    """What a client practised with any of their devices, the latest first.

    From the moment on at which each was joined: an entry of before stays that device's own, also
    when it reaches the server later, and so does whatever comes once a device was removed.
    """
    return tuple(
        db.scalars(_latest_first().where(SessionEntryRow.id.in_(ids_of_entries(client_id))))
    )


def list_own_entries(db: Session, client_id: str, device_hash: str) -> tuple[SessionEntryRow, ...]:
    """A client's own log: all that is theirs, and all of the very device that asks."""
    return tuple(db.scalars(_latest_first().where(_is_own(client_id, device_hash))))


def get_own_entry(db: Session, client_id: str, device_hash: str, entry_id: str) -> SessionEntryRow:
    """An entry of a client's own log; of the device's alone where `client_id` is empty.

    Raises CaseNotFound.
    """
    row = db.scalars(
        _latest_first().where(SessionEntryRow.id == entry_id, _is_own(client_id, device_hash))
    ).first()
    if row is None:
        raise CaseNotFound
    return row


def is_in_case(db: Session, client_id: str, entry_id: str) -> bool:
    """True for an entry that is a client's, and not only of a device's time before it joined."""
    query = ids_of_entries(client_id).where(SessionEntryRow.id == entry_id)
    return db.scalars(query).first() is not None


def _latest_first() -> Select[SessionEntryRow]:
    return select(SessionEntryRow).order_by(SessionEntryRow.started_at.desc(), SessionEntryRow.id)


def _is_own(client_id: str, device_hash: str) -> ColumnElement[bool]:
    return or_(
        SessionEntryRow.device_hash == device_hash,
        SessionEntryRow.id.in_(ids_of_entries(client_id)),
    )


def ids_of_entries(client_id: str) -> Select[str]:
    """Which entries are a client's: they began and came while the device was theirs."""
    began, came = SessionEntryRow.started_at, SessionEntryRow.received_at
    joined, removed = ClientDeviceRow.joined_at, ClientDeviceRow.removed_at
    return (
        select(SessionEntryRow.id)
        .join(ClientDeviceRow, ClientDeviceRow.device_hash == SessionEntryRow.device_hash)
        .where(
            ClientDeviceRow.client_id == client_id,
            began >= joined,
            came >= joined,
            or_(removed.is_(None), came < removed),
        )
    )


def list_submissions(db: Session, client_id: str) -> tuple[SubmissionRow, ...]:
    """The worksheets that came back from a client, the latest first."""
    return tuple(
        db.scalars(
            select(SubmissionRow)
            .where(SubmissionRow.client_id == client_id)
            .order_by(SubmissionRow.answered_at.desc(), SubmissionRow.id)
        )
    )


def list_kept_ladders(db: Session, client_id: str) -> tuple[KeptLadderRow, ...]:
    """The ladders that a client keeps in their log, the latest sitting first."""
    return tuple(
        db.scalars(
            select(KeptLadderRow)
            .where(KeptLadderRow.client_id == client_id)
            .order_by(KeptLadderRow.sat_at.desc(), KeptLadderRow.id)
        )
    )
