"""Giving: a therapist chooses something for a client, writes to it, or takes it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Response, redirect, render_template, request, url_for

from server.script import TRACKS, Script
from server.store.care import (
    AssignmentDetails,
    AssignmentRow,
    add_assignment,
    add_deed,
    find_same_assignment,
    list_assignments,
    read_details,
    restore_assignment,
    withdraw_assignment,
)
from server.web.case_reading import PREFIX, own_name
from server.web.case_words import given_title
from server.web.givable import (
    KIND_NAMES,
    RHYTHM_CHOICES,
    Givable,
    find_givable,
    get_givable,
    list_givables,
    list_voices_for,
    rhythm_text,
)
from server.web.giving_form import GivingForm, new_assignment, new_form, read_giving
from server.web.giving_sound import ASKED, HINTS, SAID, find_sound
from server.web.library import HEADINGS
from server.web.people import deed_of_therapist, get_own_case, get_therapist, hold_own_case
from server.web.practice import list_beds
from server.web.private_items import order_items
from server.web.rooms import get_rooms

ALL = ""
"""No shelf was chosen."""

giving = Blueprint("giving", __name__, url_prefix=PREFIX)


@giving.get("/give")
def choose(client_id: str) -> str:
    """Offer everything that can be given, or what fits what was typed and chosen."""
    typed, shelf = request.args.get("q", ""), request.args.get("shelf", ALL)
    givables = list_givables()
    found = [each for each in givables if each.has(typed) and shelf in (ALL, _shelf_of(each))]
    return render_template(
        "giving/choose.html",
        client_id=client_id,
        client_name=own_name(),
        typed=typed,
        shelf=shelf,
        shelves=_shelves(givables),
        found=found,
        kind_names=KIND_NAMES,
    )


@giving.get("/give/<any(practice, worksheet, course):what>/<slug:subject>")
def compose(client_id: str, what: str, subject: str) -> str:
    """Show what is to be given, with its choices and room for a message."""
    given = get_givable(what, subject)
    return _compose_page(client_id, given, new_form(given, _script_of(given)))


@giving.post("/give/<any(practice, worksheet, course):what>/<slug:subject>")
def give(client_id: str, what: str, subject: str) -> Response:
    """Give it, or show it as the client will see it, or say what is wrong; all typed stays."""
    given, rooms, now_at = get_givable(what, subject), get_rooms(), datetime.now(UTC)
    form = read_giving(_script_of(given), find_sound(given), get_therapist().name)
    if form.errors or form.is_preview:
        return Response(_compose_page(client_id, given, form), 422 if form.errors else 200)
    client, seal = get_own_case(), rooms.keys.get(client_id)
    new = new_assignment(given, form)
    with rooms.database.writing() as db:
        hold_own_case(db)
        if find_same_assignment(db, client, seal, new) is None:
            row = add_assignment(db, client, seal, new, now_at)
            add_deed(db, deed_of_therapist("give", client_id=client_id, subject=row.id), now_at)
    order_items(client)
    return _to_list(client_id, done="given")


@giving.get("/given")
def list_given(client_id: str) -> str:
    """Show what was given, the newest first, and what was taken back."""
    seal, givables = get_rooms().keys.get(client_id), list_givables()
    with get_rooms().database.reading() as db:
        rows = list_assignments(db, hold_own_case(db), with_withdrawn=True)
    shown = [(row, _shown(row, read_details(row, seal), givables)) for row in rows]
    return render_template(
        "giving/given.html",
        client_id=client_id,
        client_name=own_name(),
        standing=[each for row, each in shown if row.withdrawn_at is None],
        taken_back=[each for row, each in shown if row.withdrawn_at is not None],
        done=request.args.get("done", ""),
    )


@giving.post("/given/<assignment_id>/take-back")
def take_back(client_id: str, assignment_id: str) -> Response:
    """Take something back; it can be given again."""
    now_at = datetime.now(UTC)
    with get_rooms().database.writing() as db:
        withdraw_assignment(db, hold_own_case(db), assignment_id, now_at)
        deed = deed_of_therapist("take-back", client_id=client_id, subject=assignment_id)
        add_deed(db, deed, now_at)
    order_items(get_own_case())
    return _to_list(client_id, done="taken-back")


@giving.post("/given/<assignment_id>/give-again")
def give_again(client_id: str, assignment_id: str) -> Response:
    """Let what was taken back stand again."""
    with get_rooms().database.writing() as db:
        restore_assignment(db, hold_own_case(db), assignment_id)
        deed = deed_of_therapist("give-again", client_id=client_id, subject=assignment_id)
        add_deed(db, deed, datetime.now(UTC))
    order_items(get_own_case())
    return _to_list(client_id, done="given")


def _compose_page(client_id: str, given: Givable, form: GivingForm) -> str:
    script, sound = _script_of(given), find_sound(given)
    has_voices = script or (sound and sound.worksheet)
    return render_template(
        "giving/compose.html",
        client_id=client_id,
        client_name=own_name(),
        therapist=get_therapist().name,
        given=given,
        practice=script,
        voices=list_voices_for(sound.script) if sound and has_voices else (),
        may_speak=sound is not None,
        speaking={"asked": ASKED[given.kind], "hint": HINTS[given.kind], "said": SAID[given.kind]},
        beds=list_beds(given.subject) if script else [],
        form=form,
        rhythms=RHYTHM_CHOICES,
        rhythm_text=rhythm_text(form.rhythm),
        kind_name=KIND_NAMES[given.kind],
    )


def _script_of(given: Givable) -> Script | None:
    return get_rooms().catalogue.get(given.subject).script if given.kind == "practice" else None


def _shelves(givables: Iterable[Givable]) -> list[tuple[str, str]]:
    """Those on which something is: their names in addresses and on the page."""
    tracks = [(track, str(HEADINGS[track])) for track in TRACKS]
    kinds = [(kind, str(KIND_NAMES[kind])) for kind in ("worksheet", "course")]
    full = {_shelf_of(each) for each in givables}
    return [(name, text) for name, text in (*tracks, *kinds) if name in full]


def _shelf_of(given: Givable) -> str:
    return given.track or given.kind


def _shown(
    row: AssignmentRow, details: AssignmentDetails, givables: Iterable[Givable]
) -> dict[str, object]:
    """What a list shows; of what the house has no more, its name in addresses is left."""
    found = find_givable(row.kind, row.subject, givables)
    return {
        "id": row.id,
        "title": given_title(row, found),
        "language": found.language if found else "en",
        "kind_name": KIND_NAMES[row.kind],
        "message": details.message,
        "is_in_app_only": details.is_in_app_only,
        "rhythm": RHYTHM_CHOICES.get(row.rhythm, ""),
        "given_at": row.given_at,
    }


def _to_list(client_id: str, *, done: str) -> Response:
    address = url_for("giving.list_given", client_id=client_id, done=done)
    return cast(Response, redirect(address, 303))
