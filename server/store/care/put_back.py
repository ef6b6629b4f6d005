"""What a database needs that is put back: its clients' keys, and doors that are shut."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.errors import BackupRefused, KeyGone, SealBroken, SettingsError
from server.store.care.case_tables import AuditRow
from server.store.care.client_names import open_name
from server.store.care.erasing import ERASE, ERASED
from server.store.care.people_tables import ClientRow, InvitationRow, SignInRow
from server.store.care.sealing import KeyRing


def list_client_ids(db: Session) -> frozenset[str]:
    """The ids of all clients."""
    return frozenset(db.scalars(select(ClientRow.id)))


def list_erased_ids(db: Session) -> frozenset[str]:
    """The ids of all of whom the audit says that they were erased, or were about to be."""
    query = select(AuditRow.client_id).where(AuditRow.action.in_((ERASE, ERASED)))
    return frozenset(client_id for client_id in db.scalars(query) if client_id)


def find_keyless(db: Session, keys: KeyRing) -> frozenset[str]:
    """The clients who have no key there; all others' opens what was sealed with it.

    Raises BackupRefused for a key that does not.
    """
    keyless = set()
    for client in db.scalars(select(ClientRow)):
        try:
            open_name(client, keys.get(client.id))
        except KeyGone:
            keyless.add(client.id)
        except (SealBroken, SettingsError) as error:
            raise BackupRefused(
                f"The key of client {client.id} is not the one that their words are sealed with."
            ) from error
    return frozenset(keyless)


def shut_doors(db: Session, now_at: datetime) -> None:
    """End all sign-ins and take back all links: which of them were used since nobody knows."""
    db.execute(update(SignInRow).where(SignInRow.ended_at.is_(None)).values(ended_at=now_at))
    db.execute(delete(InvitationRow).where(InvitationRow.used_at.is_(None)))
