"""What a client practised, in their log and on their ladders, as far as they let it be seen."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from flask import Blueprint, render_template
from flask_babel import gettext, lazy_gettext

from server.care import Shared
from server.errors import CaseNotFound
from server.render import EntryView
from server.web.case_reading import PREFIX, get_ladder, note_read, own_name, read_case
from server.web.felt import felt_lines
from server.web.rooms import get_rooms
from server.web.wording import date_text, day_text, practised_text

OUTCOMES: Mapping[str, object] = {
    "stepped-back": lazy_gettext("one step back"),
    "met": lazy_gettext("met with some kindness"),
    "grounded": lazy_gettext("back to the ground"),
    "rested": lazy_gettext("left to rest as it was"),
}
"""What became of a rung, in the words of the client's own page."""

OF_THE_LOG = (Shared.PRACTISED, Shared.MINUTES, Shared.FELT, Shared.NOTES)

case_log = Blueprint("case_log", __name__, url_prefix=PREFIX)


@case_log.get("/log")
def index(client_id: str) -> str:
    """Show the entries of the log, the latest first, with what stands beside them."""
    with get_rooms().database.writing() as db:
        view = read_case(db, *OF_THE_LOG)
        if not view.consent.may_see(Shared.PRACTISED):
            raise CaseNotFound
        if view.entries:
            note_read(db, "read-log")
        if any(each.note for each in view.entries):
            note_read(db, "read-note")
    days = [
        {"day": day_text(day), "entries": [_entry(each) for each in own]}
        for day, own in groupby(view.entries, lambda each: each.day)
    ]
    return render_template("case/log.html", client_id=client_id, name=own_name(), days=days)


@case_log.get("/ladders/<ladder_id>")
def ladder(client_id: str, ladder_id: str) -> str:
    """Show one ladder: what arose, step by step."""
    with get_rooms().database.writing() as db:
        found = get_ladder(read_case(db, Shared.LADDERS), ladder_id)
        note_read(db, "read-ladder", ladder_id)
    return render_template(
        "case/ladder.html",
        client_id=client_id,
        name=own_name(),
        title=found.content.get("title") or gettext("A live sitting"),
        language=found.content.get("language") or None,
        day=date_text(found.sat_at),
        at=found.sat_at,
        rungs=rungs_of(found.content),
    )


def _entry(entry: EntryView) -> dict[str, object]:
    return {
        "title": entry.title,
        "practised_text": practised_text(entry.practised_ms)
        if entry.practised_ms is not None
        else "",
        "is_live": entry.is_live,
        "felt_texts": felt_lines(entry.before, entry.after),
        "note": entry.note,
    }


def rungs_of(content: Mapping[str, object]) -> list[dict[str, str]]:
    """Each rung of a ladder with its words, and what became of it."""
    rungs = content.get("rungs")
    return [
        {
            "words": str(rung.get("words") or ""),
            "outcome": str(OUTCOMES.get(str(rung.get("outcome")), "")),
        }
        for rung in (rungs if isinstance(rungs, list) else [])
    ]
