"""What a therapist gave, as their client sees it; and reminders of the client's own."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Blueprint, Response, render_template, request, url_for

from server.care import write_calendar
from server.errors import CaseNotFound
from server.store import hash_device
from server.store.care import (
    AssignmentRow,
    ClientRow,
    TherapistRow,
    find_client,
    list_assignments,
    read_details,
)
from server.web.device import find_device
from server.web.givable import KIND_NAMES, Givable, from_text, list_givables, rhythm_text
from server.web.people import get_client
from server.web.reminders import (
    DAY_NAMES,
    USUAL_AT,
    calendar_token,
    check_token,
    client_of_token,
    make_reminder,
    read_wishes,
    reminder_title,
    suggested_days,
)
from server.web.rooms import get_rooms
from server.web.schemas import GivenOut

given = Blueprint("given", __name__, url_prefix="/from-my-therapist")
given_api = APIBlueprint("given_api", __name__, url_prefix="/api/given")


@given.get("")
def index() -> str:
    """Show what stands given, the newest first."""
    client, seal = get_client(), get_rooms().keys.get(get_client().id)
    with get_rooms().database.reading() as db:
        rows = list_assignments(db, client)
        therapist = db.get(TherapistRow, client.therapist_id)
    known = {(each.kind, each.subject): each for each in list_givables()}
    shown = [
        _shown(row, read_details(row, seal).message, known[row.kind, row.subject])
        for row in rows
        if (row.kind, row.subject) in known
    ]
    said = from_text(therapist.name) if therapist else ""
    return render_template("given/index.html", shown=shown, from_text=said)


@given.get("/reminders")
def reminders() -> str:
    """Let somebody choose days and an hour, and show the address of the calendar that has them."""
    client, is_asked = get_client(), "at" in request.args
    wishes, problems = read_wishes(request.args)
    with get_rooms().database.reading() as db:
        rows = list_assignments(db, client)
    address = None
    if is_asked and not problems:
        token = calendar_token(get_rooms().keys, client)
        address = get_rooms().settings.public_url + url_for(
            "given.calendar", token=token, **wishes.in_address()
        )
    return render_template(
        "given/reminders.html",
        day_names=DAY_NAMES,
        days=request.args.getlist("day") if is_asked else suggested_days(rows),
        at=request.args.get("at", USUAL_AT),
        is_named=bool(request.args.get("named")),
        problems=problems if is_asked else {},
        address=address,
        webcal=address and "webcal:" + address.partition(":")[2],
    )


@given.get("/calendar/<token>.ics")
def calendar(token: str) -> Response:
    """Give a client's calendar to whoever has its address, such as their phone's calendar app.

    It holds no message and, unless its owner wanted that, no title of what was given. The address
    dies with the client's key.
    """
    rooms = get_rooms()
    with rooms.database.reading() as db:
        client = check_token(rooms.keys, db.get(ClientRow, client_of_token(token)), token)
        rows = list_assignments(db, client)
    wishes, problems = read_wishes(request.args)
    if problems:
        raise CaseNotFound  # nobody's form has made this address
    title = reminder_title(_titles(rows) if wishes.is_named else ())
    reminder = make_reminder(rooms, client, wishes, title)
    written = write_calendar(reminder, name=rooms.settings.title)
    response = Response(written, content_type="text/calendar; method=PUBLISH; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="reminders.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@given_api.get("/count")
@given_api.output(GivenOut)
@given_api.doc(
    summary="Whether something was given to this device's owner", operation_id="countGiven"
)
def count() -> GivenOut:
    """Tell a device whether its owner has joined, and how much stands given."""
    device = find_device(request)
    if device is None:
        return GivenOut(is_joined=False, count=0)
    with get_rooms().database.reading() as db:
        client = find_client(db, hash_device(device))
        rows = list_assignments(db, client) if client else ()
    return GivenOut(is_joined=client is not None, count=len(rows))


def _shown(row: AssignmentRow, message: str, givable: Givable) -> dict[str, object]:
    return {
        "title": givable.title,
        "language": givable.language,
        "kind_name": KIND_NAMES[row.kind],
        "message": message,
        "rhythm": rhythm_text(row.rhythm),
        "address": _address(row),
        "is_worksheet": row.kind == "worksheet",
    }


def _address(row: AssignmentRow) -> str:
    if row.kind == "practice":
        return url_for("practice.show", slug=row.subject, given=row.id)
    if row.kind == "course":
        return url_for("guides.show_course", slug=row.subject, given=row.id)
    return url_for("worksheets.show", name=row.subject, given=row.id)


def _titles(rows: tuple[AssignmentRow, ...]) -> tuple[str, ...]:
    known = {(each.kind, each.subject): each.title for each in list_givables()}
    titles = (known.get((row.kind, row.subject), "") for row in rows)
    return tuple(dict.fromkeys(filter(None, titles)))
