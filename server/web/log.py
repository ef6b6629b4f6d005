"""My practice: what this device's owner has practised, kindly told."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request

from server.store import SessionEntryRow, hash_device, list_entries
from server.store.care import list_own_entries, read_entry_notes
from server.web.device import find_device
from server.web.felt import felt_texts
from server.web.people import find_asking_client
from server.web.rooms import get_rooms
from server.web.wording import practised_text

log = Blueprint("log", __name__)


@log.get("/my-practice")
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
