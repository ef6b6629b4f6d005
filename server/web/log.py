"""My practice: what this device's owner has practised, kindly told."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from server.store import SessionEntryRow, hash_device, list_entries
from server.web.device import find_device
from server.web.rooms import get_rooms

log = Blueprint("log", __name__)


@log.get("/my-practice")
def index() -> str:
    """Show this device's entries, newest first."""
    device = find_device(request)
    if device is None:
        return render_template("log/index.html", entries=[])
    with get_rooms().database.reading() as db:
        entries = [_entry(row) for row in list_entries(db, hash_device(device))]
    return render_template("log/index.html", entries=entries)


def practised_text(practised_ms: int) -> str:
    """Say how long somebody practised; whatever it was, it counts."""
    minutes = round(practised_ms / 60_000)
    if not minutes:
        return "less than a minute"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _entry(row: SessionEntryRow) -> dict[str, object]:
    return {
        "id": row.id,
        "slug": row.slug,
        "title": row.title,
        "started_at": row.started_at,
        "practised_ms": row.practised_ms,
        "practised_text": practised_text(row.practised_ms),
        "outcome": row.outcome,
    }
