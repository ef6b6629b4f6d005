"""Queries for what a client writes for themselves: notes beside entries, and ladders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import CaseNotFound
from server.store.care.case_tables import EntryNoteRow, KeptLadderRow
from server.store.care.sealing import Seal
from server.store.deleted import note_deleted

MOST_AT_ONCE = 500
"""Ids in one query."""


def read_entry_notes(
    db: Session, seal: Seal, client_id: str, entry_ids: Iterable[str]
) -> dict[str, str]:
    """What the client wrote beside these entries, by the entry's id."""
    ids = list(entry_ids)
    texts: dict[str, str] = {}
    for first in range(0, len(ids), MOST_AT_ONCE):
        rows = db.scalars(
            select(EntryNoteRow).where(
                EntryNoteRow.client_id == client_id,
                EntryNoteRow.entry_id.in_(ids[first : first + MOST_AT_ONCE]),
            )
        )
        for row in rows:
            texts[row.entry_id] = seal.open(row.sealed_text, _note_place(row.entry_id))
    return texts


def find_entry_note(db: Session, seal: Seal, client_id: str, entry_id: str) -> str | None:
    """What the client wrote beside an entry."""
    row = db.get(EntryNoteRow, entry_id)
    if row is None or row.client_id != client_id:
        return None
    return seal.open(row.sealed_text, _note_place(entry_id))


def put_entry_note(
    db: Session, seal: Seal, client_id: str, entry_id: str, text: str, now_at: datetime
) -> None:
    """Write a note beside an entry; one of before is written over. Raises CaseNotFound."""
    row = db.get(EntryNoteRow, entry_id) or EntryNoteRow(entry_id=entry_id, client_id=client_id)
    if row.client_id != client_id:
        raise CaseNotFound  # who had this device before wrote one
    row.sealed_text, row.changed_at = seal.close(text, _note_place(entry_id)), now_at
    db.add(row)
    db.flush()


def delete_entry_note(db: Session, client_id: str, entry_id: str) -> bool:
    """Delete a note of the client's; False where there is none."""
    row = db.get(EntryNoteRow, entry_id)
    if row is None or row.client_id != client_id:
        return False
    db.delete(row)
    return True


def keep_ladder(
    db: Session,
    seal: Seal,
    client_id: str,
    ladder_id: str,
    text: str,
    *,
    sat_at: datetime,
    now_at: datetime,
) -> bool:
    """Keep a ladder, as JSON, in the log; of one sitting there is one, and a later one counts.

    True where it is new. Raises CaseNotFound for an id that is somebody else's.
    """
    row = db.get(KeptLadderRow, ladder_id)
    is_new = row is None
    if row is None:
        row = KeptLadderRow(id=ladder_id, client_id=client_id, sat_at=sat_at, kept_at=now_at)
    if row.client_id != client_id:
        raise CaseNotFound
    row.sealed_ladder = seal.close(text, _ladder_place(ladder_id))
    db.add(row)
    db.flush()
    return is_new


def open_ladder(row: KeptLadderRow, seal: Seal) -> str:
    """What is kept sealed of a ladder. Raises SealBroken."""
    return seal.open(row.sealed_ladder, _ladder_place(row.id))


def delete_ladder(db: Session, client_id: str, ladder_id: str) -> None:
    """Delete a ladder from the client's log; its id is remembered. Raises CaseNotFound."""
    row = db.get(KeptLadderRow, ladder_id)
    if row is None or row.client_id != client_id:
        raise CaseNotFound
    db.delete(row)
    note_deleted(db, ladder_id)


def _note_place(entry_id: str) -> str:
    return f"entry_notes:{entry_id}"


def _ladder_place(ladder_id: str) -> str:
    return f"kept_ladders:{ladder_id}"
