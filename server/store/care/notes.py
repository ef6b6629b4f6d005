"""A therapist's private notes: only who wrote them reads them, and what was deleted is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import CaseNotFound, SealBroken
from server.store.care.case_tables import NoteRow
from server.store.care.people import make_id
from server.store.care.sealing import Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Who writes on whom, and the client's key."""

    therapist_id: str
    client_id: str
    seal: Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note, opened."""

    id: str
    text: str
    made_at: datetime
    changed_at: datetime


def list_notes(db: Session, whose: Whose) -> tuple[Note, ...]:
    """This therapist's own notes on a client, the latest first."""
    rows = db.scalars(
        select(NoteRow)
        .where(NoteRow.therapist_id == whose.therapist_id, NoteRow.client_id == whose.client_id)
        .order_by(NoteRow.made_at.desc(), NoteRow.id)
    )
    return tuple(_opened(row, whose.seal) for row in rows)


def get_note(db: Session, whose: Whose, note_id: str) -> Note:
    """One note. Raises CaseNotFound for anybody else's, and for none."""
    return _opened(_get_row(db, whose, note_id), whose.seal)


def add_note(db: Session, whose: Whose, text: str, now_at: datetime) -> Note:
    """Write a note."""
    note = Note(id=make_id(), text=text, made_at=now_at, changed_at=now_at)
    db.add(_row(note, whose))
    db.flush()
    return note


def change_note(db: Session, whose: Whose, note_id: str, text: str, now_at: datetime) -> None:
    """Write a note anew; what it said before is gone. Raises CaseNotFound."""
    row = _get_row(db, whose, note_id)
    row.sealed_text = whose.seal.close(text, _place(note_id))
    row.changed_at = now_at


def remove_note(db: Session, whose: Whose, note_id: str) -> str:
    """Delete a note, and give it away sealed: whoever has that may put it back.

    So nothing of it stays here in the meantime. Raises CaseNotFound.
    """
    row = _get_row(db, whose, note_id)
    note = _opened(row, whose.seal)
    db.delete(row)
    content = {
        "therapist": whose.therapist_id,
        "text": note.text,
        "made_at": note.made_at.isoformat(),
        "changed_at": note.changed_at.isoformat(),
    }
    return whose.seal.hand_out(content, _place_removed(note_id))


def put_note_back(db: Session, whose: Whose, note_id: str, removed: str) -> None:
    """Put a deleted note back as it was; one that is there already stays as it is.

    Raises CaseNotFound for what `remove_note()` did not give to this very therapist.
    """
    try:
        content = whose.seal.take_in(removed, _place_removed(note_id))
    except SealBroken as error:
        raise CaseNotFound from error
    if content["therapist"] != whose.therapist_id:
        raise CaseNotFound
    if db.get(NoteRow, note_id) is None:
        note = Note(
            id=note_id,
            text=content["text"],
            made_at=datetime.fromisoformat(content["made_at"]),
            changed_at=datetime.fromisoformat(content["changed_at"]),
        )
        db.add(_row(note, whose))
        db.flush()


def _get_row(db: Session, whose: Whose, note_id: str) -> NoteRow:
    row = db.scalars(
        select(NoteRow).where(
            NoteRow.id == note_id,
            NoteRow.therapist_id == whose.therapist_id,
            NoteRow.client_id == whose.client_id,
        )
    ).first()
    if row is None:
        raise CaseNotFound
    return row


def _row(note: Note, whose: Whose) -> NoteRow:
    return NoteRow(
        id=note.id,
        client_id=whose.client_id,
        therapist_id=whose.therapist_id,
        sealed_text=whose.seal.close(note.text, _place(note.id)),
        made_at=note.made_at,
        changed_at=note.changed_at,
    )


def _opened(row: NoteRow, seal: Seal) -> Note:
    return Note(
        id=row.id,
        text=seal.open(row.sealed_text, _place(row.id)),
        made_at=row.made_at,
        changed_at=row.changed_at,
    )


def _place(note_id: str) -> str:
    return f"notes:{note_id}"


def _place_removed(note_id: str) -> str:
    return f"notes:{note_id}:removed"
