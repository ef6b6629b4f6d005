"""My practice: what this device's owner has practised, kindly told."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request

from server.store import SessionEntryRow, hash_device, list_entries
from server.web.device import find_device
from server.web.felt import felt_texts
from server.web.rooms import get_rooms
from server.web.wording import practised_text

log = Blueprint("log", __name__)


@log.get("/my-practice")
def index() -> str:
    """Show this device's entries, newest first."""
    device = find_device(request)
    if device is None:
        return render_template("log/index.html", entries=[])
    languages = {script.slug: script.language for script in get_rooms().catalogue.scripts()}
    with get_rooms().database.reading() as db:
        entries = [_entry(row, languages) for row in list_entries(db, hash_device(device))]
    return render_template("log/index.html", entries=entries)


def _entry(row: SessionEntryRow, languages: Mapping[str, str]) -> dict[str, object]:
    return {
        "id": row.id,
        "slug": row.slug,
        "title": row.title,
        "language": languages.get(row.slug),
        "started_at": row.started_at,
        "practised_ms": row.practised_ms,
        "practised_text": practised_text(row.practised_ms),
        "outcome": row.outcome,
        "is_live": row.is_live,
        "felt_texts": felt_texts(row),
    }
