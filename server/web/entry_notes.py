"""A note beside an entry of the log: written, changed and deleted by the client whose log it is."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.care import Shared
from server.errors import InputRefused
from server.store import Session, SessionEntryRow, hash_device
from server.store.care import (
    ClientRow,
    add_deed,
    consent_of,
    delete_entry_note,
    find_entry_note,
    get_own_entry,
    put_entry_note,
    who_sees_to,
)
from server.web.device import find_device
from server.web.forms import read_form
from server.web.people import deed_of_client, get_client
from server.web.rooms import get_rooms
from server.web.schemas import Incoming

LONGEST_NOTE = 4_000

entry_notes = Blueprint("entry_notes", __name__, url_prefix="/my-practice/entries")


class NoteIn(Incoming):
    """What was written."""

    text: str


@entry_notes.get("/<entry:entry_id>/note")
def write(entry_id: str) -> str:
    """Show the note beside an entry, or room for one."""
    rooms, client = get_rooms(), get_client()
    with rooms.database.reading() as db:
        entry = get_own_entry(db, client.id, _device(), entry_id)
        text = find_entry_note(db, rooms.keys.get(client.id), client.id, entry_id)
    return _page(entry, text or "", has_note=text is not None)


@entry_notes.post("/<entry:entry_id>/note")
def keep(entry_id: str) -> ResponseReturnValue:
    """Keep a note; an empty one is none."""
    rooms, client, now_at = get_rooms(), get_client(), datetime.now(UTC)
    sent = read_form(NoteIn).value
    if sent is None:
        raise InputRefused("The form cannot be read.", field="text")
    text = sent.text.strip()
    if over := max(0, len(text) - LONGEST_NOTE):
        with rooms.database.reading() as db:
            entry = get_own_entry(db, client.id, _device(), entry_id)
        error = gettext("Please shorten it by %(over)s characters.", over=over)
        return _page(entry, text, error=error), 422
    with rooms.database.writing() as db:
        get_own_entry(db, client.id, _device(), entry_id)
        if text:
            put_entry_note(db, rooms.keys.get(client.id), client.id, entry_id, text, now_at)
        else:
            _take_back(db, client, entry_id)
    return redirect(url_for("log.index", _anchor=f"entry-{entry_id}"), 303)


@entry_notes.post("/<entry:entry_id>/note/delete")
def delete(entry_id: str) -> ResponseReturnValue:
    """Delete a note; the entry stays."""
    client = get_client()
    with get_rooms().database.writing() as db:
        get_own_entry(db, client.id, _device(), entry_id)
        _take_back(db, client, entry_id)
    return redirect(url_for("log.index", _anchor=f"entry-{entry_id}"), 303)


def _take_back(db: Session, client: ClientRow, entry_id: str) -> None:
    if delete_entry_note(db, client.id, entry_id):
        deed = deed_of_client(client, "take-back-note", subject=entry_id)
        add_deed(db, deed, datetime.now(UTC))


def _page(entry: SessionEntryRow, text: str, *, has_note: bool = False, error: str = "") -> str:
    client = get_client()
    with get_rooms().database.reading() as db:
        therapist, _ = who_sees_to(db, client)
        is_seen = consent_of(db, client.id).may_see(Shared.NOTES)
    return render_template(
        "log/note.html",
        entry=entry,
        text=text,
        has_note=has_note,
        error=error,
        therapist=therapist.name,
        is_seen=is_seen,
    )


def _device() -> str:
    return hash_device(find_device(request) or "")
