"""The friend's answer, spoken back: its writer chooses whom each word means, and hears it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict
from werkzeug.wrappers import Response

from server.care import (
    Piece,
    Submitted,
    join_pieces,
    list_turns,
    read_submitted,
    split_lines,
    turn_to_self,
)
from server.errors import (
    CaseNotFound,
    InvalidOptions,
    PracticeNotFound,
    RenderNotFound,
    TooShort,
)
from server.render import find_voice_trouble
from server.script import Script
from server.store import RenderRow, RenderState, get_render
from server.store.care import find_submission
from server.timeline import Options
from server.web.device import find_device, is_from_device
from server.web.forms import Form, read_form
from server.web.people import get_client
from server.web.rooms import get_rooms
from server.web.schemas import Incoming
from server.web.sittings_api import find_danger

LONGEST_SPOKEN = 1_500
MOST_LINES, LONGEST_LINE = 16, 200
"""As the script has them."""

SCRIPTS = {"en": "spoken-back"}
"""What it is spoken in, by its language."""

spoken = Blueprint("spoken", __name__, url_prefix="/worksheets/mine/<sitting:submission_id>/spoken")


class PicksIn(BaseModel):
    """What was picked at each place: turn-0, turn-1 and so on."""

    model_config = ConfigDict(extra="allow")


class TextIn(Incoming):
    """The words as they are to be spoken."""

    text: str


@spoken.get("")
def choose(submission_id: str) -> str:
    """Show the friend's answer with a choice at each pronoun; nothing is chosen beforehand."""
    submitted, pieces = _get_pieces(submission_id)
    if not list_turns(pieces):
        return _show_text(submission_id, submitted, join_pieces(pieces, ()))
    return _show_choices(submission_id, pieces)


@spoken.post("")
def turn(submission_id: str) -> str | tuple[str, int]:
    """Show what was chosen as a text, which can still be changed."""
    submitted, pieces = _get_pieces(submission_id)
    form = read_form(PicksIn)
    picks = []
    for number, each in enumerate(list_turns(pieces)):
        picked = form.typed.get(f"turn-{number}", "")
        if picked not in map(str, range(len(each.offers))):
            return _show_choices(submission_id, pieces, form), 422
        picks.append(int(picked))
    return _show_text(submission_id, submitted, join_pieces(pieces, picks))


@spoken.post("/text")
def order(submission_id: str) -> Response | str | tuple[str, int]:
    """Have the words spoken, for this device alone. Words of danger are not: the card is shown."""
    submitted = _get_submitted(submission_id)
    form = read_form(TextIn)
    text = form.typed.get("text", "").strip()
    if danger := find_danger({"text": text}):
        return render_template("spoken/danger.html", danger=danger)
    try:
        row = _order(submitted, text)
    except InvalidOptions:
        problem = gettext("Please write at least one word, and at most 1,500 characters.")
        return _show_text(submission_id, submitted, text, problem), 422
    return redirect(url_for("spoken.show", submission_id=submission_id, key=row.key))


@spoken.get("/<key:key>")
def show(submission_id: str, key: str) -> str:
    """Play it, or say that it is being made."""
    _get_submitted(submission_id)  # theirs, or there is nothing here
    row = _get_render(key)
    return render_template(
        "spoken/show.html",
        submission_id=submission_id,
        key=key,
        is_done=row.state == RenderState.DONE,
        is_failed=row.state in (RenderState.FAILED, RenderState.CANCELLED),
    )


@spoken.post("/<key:key>/forget")
def forget(submission_id: str, key: str) -> Response:
    """Delete what was spoken, words and sound."""
    _get_submitted(submission_id)
    _get_render(key)
    get_rooms().workshop.forget(key, find_device(request))
    return redirect(url_for("spoken.choose", submission_id=submission_id))


def _get_submitted(submission_id: str) -> Submitted:
    """The asking client's own submission, where it has two answers. Raises CaseNotFound."""
    rooms, client = get_rooms(), get_client()
    with rooms.database.reading() as db:
        found = find_submission(db, rooms.keys.get(client.id), client.id, submission_id)
    submitted = read_submitted(found) if found else None
    if submitted is None or submitted.pair is None:
        raise CaseNotFound
    return submitted


def _get_pieces(submission_id: str) -> tuple[Submitted, tuple[Piece, ...]]:
    submitted = _get_submitted(submission_id)
    if submitted.pair is None:
        raise CaseNotFound
    return submitted, turn_to_self(submitted.pair.first.text, submitted.language)


def _get_render(key: str) -> RenderRow:
    """What this device has ordered. Raises RenderNotFound."""
    with get_rooms().database.reading() as db:
        row = get_render(db, key)
    if not row.is_private or not is_from_device(request, row.device_hash):
        raise RenderNotFound
    return row


def _order(submitted: Submitted, text: str) -> RenderRow:
    """Order the shortest practice that holds all of the words. Raises InvalidOptions."""
    lines = split_lines(text, most=MOST_LINES, longest=LONGEST_LINE)
    script, device = _find_script(submitted), find_device(request)
    is_too_long = len(text) > LONGEST_SPOKEN or len(lines) > MOST_LINES
    if not lines or is_too_long or not script or not device:
        raise InvalidOptions("text", "This cannot be spoken.")
    workshop = get_rooms().workshop
    words = {f"line-{number}": line for number, line in enumerate(lines, 1)}
    for minutes in script.minutes:
        try:
            return workshop.order_unlisted(
                script.slug, Options(minutes=minutes, words=words), device
            )
        except TooShort:
            continue
    raise InvalidOptions("text", "This is too long to be spoken.")


def _find_script(submitted: Submitted) -> Script | None:
    """What it is spoken in; None where this house has no such script in its language."""
    slug = SCRIPTS.get(submitted.language.partition("-")[0])
    if slug is None:
        return None
    try:
        return get_rooms().catalogue.get_unlisted(slug).script
    except PracticeNotFound:
        return None


def _may_be_spoken(submitted: Submitted) -> bool:
    """True where there is a script, and a voice for it."""
    script = _find_script(submitted)
    return script is not None and find_voice_trouble(get_rooms().settings, script) is None


def _show_choices(
    submission_id: str,
    pieces: tuple[Piece, ...],
    form: Form[PicksIn] | None = None,
) -> str:
    return render_template(
        "spoken/choose.html",
        submission_id=submission_id,
        pieces=pieces,
        picked=form.typed if form else {},
        is_incomplete=form is not None,
    )


def _show_text(submission_id: str, submitted: Submitted, text: str, problem: str = "") -> str:
    return render_template(
        "spoken/text.html",
        submission_id=submission_id,
        text=text,
        problem=problem,
        longest=LONGEST_SPOKEN,
        may_be_spoken=_may_be_spoken(submitted),
    )
