"""My practice: what this device's owner has practised, kindly told, and deleted as they like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.errors import CaseNotFound
from server.render import removed_key, server_secret
from server.store import Session, SessionEntryRow, hash_device, list_entries
from server.store.care import (
    ClientRow,
    Seal,
    add_deed,
    get_own_entry,
    is_in_case,
    list_own_entries,
    put_entry_back,
    read_entry_notes,
    remove_entry,
)
from server.web.device import find_device
from server.web.felt import felt_texts
from server.web.forms import read_form
from server.web.people import deed_of_client, find_asking_client
from server.web.rooms import get_rooms
from server.web.schemas import Incoming
from server.web.wording import practised_text

log = Blueprint("log", __name__, url_prefix="/my-practice")


class RemovedIn(Incoming):
    """What is needed to put an entry back."""

    removed: str


@log.get("")
def index() -> str:
    """Show this device's entries, newest first; for a client those of all their devices."""
    device, client = find_device(request), find_asking_client()
    if device is None:
        return render_template("log/index.html", entries=[], client=None)
    languages = {script.slug: script.language for script in get_rooms().catalogue.scripts()}
    notes: dict[str, str] = {}
    with get_rooms().database.reading() as db:
        if client is None:
            rows = list_entries(db, hash_device(device))
        else:
            rows = list_own_entries(db, client.id, hash_device(device))
            seal = get_rooms().keys.get(client.id)
            notes = read_entry_notes(db, seal, client.id, (row.id for row in rows))
        entries = [{**_entry(row, languages), "note": notes.get(row.id)} for row in rows]
    return render_template("log/index.html", entries=entries, client=client)


@log.post("/entries/<entry:entry_id>/delete")
def delete(entry_id: str) -> ResponseReturnValue:
    """Delete an entry. The page that says so holds it, sealed, and nothing else does."""
    try:
        removed = remove_own_entry(entry_id, find_device(request) or "")
    except CaseNotFound:
        # Pressed twice, or the page was loaded again: it is deleted, as was wished.
        return redirect(url_for("log.index"), 303)
    return render_template("log/entry_deleted.html", entry_id=entry_id, removed=removed)


@log.post("/entries/<entry:entry_id>/undo")
def undo(entry_id: str) -> ResponseReturnValue:
    """Put a deleted entry back."""
    sent = read_form(RemovedIn).value
    if sent is None:
        raise CaseNotFound
    client, device_hash = find_asking_client(), hash_device(find_device(request) or "")
    with get_rooms().database.writing() as db:
        put_entry_back(db, _seal(), entry_id, sent.removed, device_hash)
        _note_deed(db, client, "put-back-entry", entry_id)
    return redirect(url_for("log.index", _anchor=f"entry-{entry_id}"), 303)


def remove_own_entry(entry_id: str, device: str) -> str:
    """Delete an entry of a device's own log, or its client's; gives it sealed, for its page.

    Raises CaseNotFound.
    """
    client, device_hash = find_asking_client(), hash_device(device)
    with get_rooms().database.writing() as db:
        row = get_own_entry(db, client.id if client else "", device_hash, entry_id)
        _note_deed(db, client, "take-back-entry", entry_id)
        return remove_entry(db, _seal(), row, device_hash)


def _note_deed(db: Session, client: ClientRow | None, action: str, entry_id: str) -> None:
    """Note what is done with an entry of a case; a device's own is nobody else's business."""
    if client is not None and is_in_case(db, client.id, entry_id):
        add_deed(db, deed_of_client(client, action, subject=entry_id), datetime.now(UTC))


def _seal() -> Seal:
    return Seal.of(removed_key(server_secret(get_rooms().settings.secret_path)))


def _entry(row: SessionEntryRow, languages: Mapping[str, str]) -> dict[str, object]:
    return {
        "id": row.id,
        "slug": row.slug,
        "title": row.title,
        "language": languages.get(row.slug),
        "started_at": row.started_at,
        "practised_text": practised_text(row.practised_ms),
        "is_live": row.is_live,
        "felt_texts": felt_texts(row),
    }
