"""By which name a therapist calls a client."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.store.care.people import get_case
from server.store.care.people_tables import ClientRow, TherapistRow
from server.store.care.sealing import Seal


def rename_client(
    db: Session, seal: Seal, therapist: TherapistRow, client_id: str, name: str
) -> None:
    """Call a client by another name. Raises CaseNotFound."""
    row = get_case(db, therapist, client_id)
    row.sealed_name = close_name(name, client_id, seal)


def close_name(name: str, client_id: str, seal: Seal) -> bytes:
    """What is kept of a client's name."""
    return seal.close(name, _place(client_id))


def open_name(row: ClientRow, seal: Seal) -> str:
    """The name by which the therapist calls a client."""
    return seal.open(row.sealed_name, _place(row.id))


def _place(client_id: str) -> str:
    return f"clients:{client_id}"
