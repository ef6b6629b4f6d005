"""A therapist's private notes on a client: written, changed, deleted, and put back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext
from pydantic import StringConstraints
from werkzeug.wrappers import Response

from server.errors import CaseNotFound
from server.store.care import (
    Note,
    Whose,
    add_note,
    change_note,
    get_note,
    list_notes,
    put_note_back,
    remove_note,
)
from server.web.case_reading import PREFIX, own_name, own_seal
from server.web.forms import Form, read_form
from server.web.people import get_therapist, hold_own_case
from server.web.rooms import get_rooms
from server.web.schemas import Incoming
from server.web.wording import date_text

LONGEST_NOTE = 4_000

case_notes = Blueprint("case_notes", __name__, url_prefix=f"{PREFIX}/notes")


class NoteIn(Incoming):
    """A note."""

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NOTE)
    ]


class RemovedIn(Incoming):
    """What is needed to put a note back."""

    removed: str


@case_notes.get("")
def index(client_id: str) -> str:
    """Show the asking therapist's own notes, and room for another."""
    return _show(client_id)


@case_notes.post("")
def add(client_id: str) -> Response | tuple[str, int]:
    """Write a note."""
    form = read_form(NoteIn)
    if form.value is None:
        return _show(client_id, form), 422
    with get_rooms().database.writing() as db:
        hold_own_case(db)
        add_note(db, _whose(client_id), form.value.text, datetime.now(UTC))
    return redirect(url_for("case_notes.index", client_id=client_id))


@case_notes.get("/<note_id>")
def edit(client_id: str, note_id: str) -> str:
    """Show one note to be changed."""
    with get_rooms().database.reading() as db:
        note = get_note(db, _whose(client_id), note_id)
    return _show_one(client_id, note)


@case_notes.post("/<note_id>")
def change(client_id: str, note_id: str) -> Response | tuple[str, int]:
    """Write a note anew."""
    form = read_form(NoteIn)
    whose = _whose(client_id)
    if form.value is None:
        with get_rooms().database.reading() as db:
            note = get_note(db, whose, note_id)
        return _show_one(client_id, note, form), 422
    with get_rooms().database.writing() as db:
        hold_own_case(db)
        change_note(db, whose, note_id, form.value.text, datetime.now(UTC))
    return redirect(url_for("case_notes.index", client_id=client_id))


@case_notes.post("/<note_id>/delete")
def delete(client_id: str, note_id: str) -> Response | str:
    """Delete a note. The page that says so holds it, sealed, and nothing else does."""
    try:
        with get_rooms().database.writing() as db:
            hold_own_case(db)
            removed = remove_note(db, _whose(client_id), note_id)
    except CaseNotFound:
        # Pressed twice, or the page was loaded again: it is deleted, as was wished.
        return redirect(url_for("case_notes.index", client_id=client_id))
    return render_template(
        "case/note_deleted.html",
        client_id=client_id,
        name=own_name(),
        note_id=note_id,
        removed=removed,
    )


@case_notes.post("/<note_id>/undo")
def undo(client_id: str, note_id: str) -> Response:
    """Put a deleted note back."""
    form = read_form(RemovedIn)
    if form.value is None:
        raise CaseNotFound
    with get_rooms().database.writing() as db:
        hold_own_case(db)
        put_note_back(db, _whose(client_id), note_id, form.value.removed)
    return redirect(url_for("case_notes.index", client_id=client_id))


def _whose(client_id: str) -> Whose:
    return Whose(therapist_id=get_therapist().id, client_id=client_id, seal=own_seal())


def _show(client_id: str, form: Form[NoteIn] | None = None) -> str:
    with get_rooms().database.reading() as db:
        notes = list_notes(db, _whose(client_id))
    return render_template(
        "case/notes.html",
        client_id=client_id,
        name=own_name(),
        notes=[_told(note) for note in notes],
        typed=form.typed.get("text", "") if form else "",
        problem=_problem(form),
        longest=LONGEST_NOTE,
    )


def _show_one(client_id: str, note: Note, form: Form[NoteIn] | None = None) -> str:
    return render_template(
        "case/note.html",
        client_id=client_id,
        name=own_name(),
        note=_told(note),
        typed=form.typed.get("text", "") if form else note.text,
        problem=_problem(form),
        longest=LONGEST_NOTE,
    )


def _problem(form: Form[NoteIn] | None) -> str:
    if form is None:
        return ""
    return gettext("Please write at least one word, and at most 4,000 characters.")


def _told(note: Note) -> dict[str, object]:
    return {
        "id": note.id,
        "text": note.text,
        "at": note.made_at,
        "day": date_text(note.made_at),
        "is_changed": note.changed_at != note.made_at,
    }
