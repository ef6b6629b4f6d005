"""An entry of the log is deleted with the note beside it, and put back while its page is open.

What came to be kept beside it under its id (see EntryConflict) goes for good: no page shows it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.errors import CaseNotFound, SealBroken
from server.store.care.case_tables import EntryNoteRow
from server.store.care.people_tables import ClientRow
from server.store.care.sealing import Seal
from server.store.columns import Base
from server.store.deleted import forget_deleted, note_deleted
from server.store.models import SessionEntryRow


def remove_entry(db: Session, seal: Seal, row: SessionEntryRow, device_hash: str) -> str:
    """Delete an entry, and give it away sealed: the device that has deleted it may put it back.

    Nothing of it stays here in the meantime but its id, so that no phone's late sending brings it
    back. The note is in it as it was kept: sealed with its client's own key, too.
    """
    note = db.get(EntryNoteRow, row.id)
    content = {"entry": _told(row), "note": _told(note) if note else None}
    if note is not None:
        db.delete(note)
    db.delete(row)
    note_deleted(db, row.id)
    db.flush()
    return seal.hand_out(content, _place(row.id, device_hash))


def put_entry_back(db: Session, seal: Seal, entry_id: str, removed: str, device_hash: str) -> None:
    """Put a deleted entry back as it was; one that is there already stays as it is.

    A note whose client was erased meanwhile does not come with it. Raises CaseNotFound for what
    `remove_entry()` did not give to this very device.
    """
    try:
        content = seal.take_in(removed, _place(entry_id, device_hash))
    except SealBroken as error:
        raise CaseNotFound from error
    if db.get(SessionEntryRow, entry_id) is not None:
        return
    db.add(SessionEntryRow(**_read(content["entry"])))
    forget_deleted(db, entry_id)
    db.flush()
    note = content["note"]
    if note is not None and db.get(ClientRow, note["client_id"]) is not None:
        db.add(EntryNoteRow(**_read(note)))


def _told(row: Base) -> dict[str, object]:
    """A row as JSON can hold it: moments as ISO 8601, what is sealed as base64."""
    told = {}
    for column in row.__table__.columns:
        value = getattr(row, column.name)
        if isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        told[column.name] = value
    return told


def _read(told: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what `_told()` has said: their names say what each is."""
    return {name: _value(name, value) for name, value in told.items()}


def _value(name: str, told: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if name.endswith("_at"):
        return datetime.fromisoformat(told)
    return base64.b64decode(told) if name.startswith("sealed_") else told


def _place(entry_id: str, device_hash: str) -> str:
    return f"session_entries:{entry_id}:removed:{device_hash}"
