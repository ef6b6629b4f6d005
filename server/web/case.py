"""The case file of one client: what they let their therapist see, and what was given to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from server.care import Shared, Submitted, read_submitted
from server.render import SubmissionView
from server.store.care import (
    AssignmentRow,
    list_assignments,
    list_reviewed,
    rename_client,
)
from server.store.care.private_feeds import (
    is_unusual,
    list_private_feeds,
)
from server.web.case_reading import PREFIX, note_read, own_name, own_seal, read_case
from server.web.case_words import consent_text, given_title
from server.web.clients import NameIn
from server.web.forms import Form, read_form
from server.web.givable import Givable, find_givable, list_givables
from server.web.people import get_own_case, get_therapist
from server.web.rooms import get_rooms
from server.web.weeks_picture import Week, draw_weeks, week_text, weeks_of
from server.web.wording import date_text, practised_text

case = Blueprint("case", __name__, url_prefix=PREFIX)


@case.get("")
def index(client_id: str) -> str:
    """Show what there is of a client, as far as they let it be seen."""
    return _show()


@case.post("/name")
def rename(client_id: str) -> Response | tuple[str, int]:
    """Call a client by another name."""
    form = read_form(NameIn)
    if form.value is None:
        return _show(form), 422
    with get_rooms().database.writing() as db:
        rename_client(db, own_seal(), get_therapist(), client_id, form.value.name)
    return redirect(url_for("case.index", client_id=client_id))


def _show(form: Form[NameIn] | None = None) -> str:
    client, name = get_own_case(), own_name()
    with get_rooms().database.writing() as db:
        view = read_case(db)
        given = list_assignments(db, client, with_withdrawn=True)
        reviewed = list_reviewed(db, client.id)
        feeds = list_private_feeds(db, client)
        if view.entries:
            note_read(db, "read-log")
    givables = list_givables()
    came_back = [(each, read_submitted(each.content)) for each in view.submissions]
    weeks = weeks_of((each.day, each.practised_ms) for each in view.entries)
    return render_template(
        "case/index.html",
        client_id=client.id,
        name=name,
        consent_text=consent_text(client, name, view.consent),
        has_joined=client.joined_at is not None,
        given=[_given(each, givables) for each in given],
        submissions=[_submission(*each, reviewed) for each in came_back],
        has_pairs=any(submitted.pair for _, submitted in came_back),
        ladders=[
            {"id": each.id, "title": each.content.get("title"), "day": date_text(each.sat_at)}
            for each in view.ladders
        ],
        picture=draw_weeks(weeks) if weeks else "",
        has_feeds=bool(feeds),
        is_unusual=any(is_unusual(each, "therapist") for each in feeds),
        weeks=[_week(each) for each in weeks if each.lengths_ms],
        may_see_log=view.consent.may_see(Shared.PRACTISED),
        typed_name=form.typed.get("name", "") if form else name,
        name_problem=gettext("Please write a name of 1 to 120 characters.") if form else "",
    )


def _week(week: Week) -> dict[str, str]:
    lengths_ms = [length for length in week.lengths_ms if length is not None]
    return {
        "text": week_text(week),
        "times": ngettext("%(num)s time", "%(num)s times", len(week.lengths_ms)),
        "practised_text": practised_text(sum(lengths_ms)) if lengths_ms else "",
    }


def _given(given: AssignmentRow, givables: Iterable[Givable]) -> dict[str, object]:
    found = find_givable(given.kind, given.subject, givables)
    return {
        "title": given_title(given, found),
        "language": found.language if found else "en",
        "at": given.given_at,
        "day": date_text(given.given_at),
        "is_withdrawn": given.withdrawn_at is not None,
    }


def _submission(
    submission: SubmissionView, submitted: Submitted, reviewed: Collection[str]
) -> dict[str, object]:
    """Say of a submission that it is there; its words are on its own page."""
    return {
        "id": submission.id,
        "title": submitted.title,
        "language": submitted.language,
        "at": submission.answered_at,
        "day": date_text(submission.answered_at),
        "is_reviewed": submission.id in reviewed,
    }
