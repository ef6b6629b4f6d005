"""The page of one practice: what it is, how long, the listener's words, and its score."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import format_date, gettext, lazy_gettext
from markupsafe import Markup

from server.render import draw_report
from server.script import Script
from server.store import find_announced, find_default_render
from server.timeline import TELLINGS, Options
from server.web.assigned import Assigned, find_assigned_practice, kept_by_none
from server.web.author import is_author, may_write
from server.web.covers import small_cover_address
from server.web.guides import find_reason
from server.web.live import is_live
from server.web.people import find_visiting_therapist
from server.web.rooms import get_rooms
from server.web.score import draw_score
from server.web.suiting import link_titles, say_voice_trouble
from server.web.telling import read_options, tell
from server.web.wording import sentence_case

BED_NAMES = {
    "rain": (lazy_gettext("Rain"), lazy_gettext("rain")),
    "stream": (lazy_gettext("A stream"), lazy_gettext("a stream")),
    "wind": (lazy_gettext("Wind"), lazy_gettext("wind")),
    "drone": (lazy_gettext("A low tone"), lazy_gettext("a low tone")),
    "brown": (lazy_gettext("Brown noise"), lazy_gettext("brown noise")),
}
"""The beds of our own making, as a listener reads them: alone, and inside of a line."""

practice = Blueprint("practice", __name__, url_prefix="/practices")


@practice.get("/<slug:slug>")
def show(slug: str) -> Response:
    """Show a practice at the length asked for, as it was given, or at its default length."""
    rooms = get_rooms()
    loaded = rooms.catalogue.get(slug)
    script, file_path = loaded.script, loaded.path.partition("/")[2]
    given = find_assigned_practice(request.args.get("given"), slug)
    minutes = _minutes(script, given)
    greeting = given.greeting if given else None
    is_edited = may_write(request, find_visiting_therapist())
    page = render_template(
        "practice/show.html",
        practice=script,
        given=given,
        minutes=minutes,
        telling=tell(script, Options(minutes=minutes, greeting=greeting)),
        reason=find_reason(request.args.get("map"), slug),
        for_whom=link_titles(script.for_whom, script),
        not_when=link_titles(script.not_when, script),
        voice_trouble=say_voice_trouble(rooms.settings, script),
        is_live=is_live(script, rooms.catalogue.additions(slug)),
        beds=list_beds(slug),
        data=_data(script, given),
        report=_report(slug) if is_author(request) else None,
        edit_url=url_for("author.edit", path=file_path) if is_edited else None,
    )
    return kept_by_none(Response(page), given)


@practice.get("/<slug:slug>/score.svg")
def score(slug: str) -> Response:
    """Draw the score of one telling."""
    script = get_rooms().catalogue.get(slug).script
    drawing = draw_score(get_rooms().workshop.preview(script, read_options(script)))
    return Response(str(drawing), content_type="image/svg+xml; charset=utf-8")


@practice.get("/<slug:slug>/telling")
def telling(slug: str) -> Response:
    """Give the picture and the words of one telling, for the page to put in their places."""
    script = get_rooms().catalogue.get(slug).script
    given = find_assigned_practice(request.args.get("given"), slug)
    options = replace(read_options(script), greeting=given.greeting if given else None)
    page = render_template("practice/telling.html", practice=script, telling=tell(script, options))
    return kept_by_none(Response(page), given)


def _minutes(script: Script, given: Assigned | None) -> int:
    """What the address asks for; else what it was given with, where it still has this length."""
    chosen = given.choices.get("minutes") if given else None
    if "minutes" in request.args or chosen not in script.minutes:
        return read_options(script).minutes
    return int(chosen)


def _ready_url(slug: str) -> str | None:
    """Where the practice can be heard already, for browsers without JavaScript."""
    with get_rooms().database.reading() as db:
        row = find_announced(db, slug)
    return url_for("audio.show", key=row.key, kind="mp3") if row else None


def list_beds(slug: str) -> list[tuple[str, str, str]]:
    """The beds to choose from, the house's own after ours: value, text, and how it is said."""
    own = get_rooms().catalogue.additions(slug).sounds
    plain = {name: name.replace("-", " ") for name in own}
    return [
        ("as-written", gettext("As written"), ""),
        ("none", gettext("Nothing"), gettext("nothing under the voice")),
        *((name, str(text), str(said)) for name, (text, said) in BED_NAMES.items()),
        *((name, sentence_case(text), text) for name, text in plain.items()),
    ]


def _report(slug: str) -> dict[str, object] | None:
    """How the newest recording at the usual length measures, for its author."""
    with get_rooms().database.reading() as db:
        row = find_default_render(db, slug)
    if row is None or row.report is None or row.finished_at is None:
        return None
    report = cast(dict[str, Any], row.report)
    if "course" not in report:
        return None  # it was made before reports had pictures
    return {
        "picture": Markup(draw_report(report)),  # noqa: S704 - it escapes what it did not make
        "findings": report["findings"],
        "missed": sum(not finding["is_met"] for finding in report["findings"]),
        "finished": format_date(row.finished_at, "long"),
    }


def _data(script: Script, given: Assigned | None) -> dict[str, object]:
    """What the page and its script know of the practice, and of how it was given."""
    return {
        "given": {"id": given.id, "choices": dict(given.choices)} if given else None,
        "ready": _ready_url(script.slug),
        "slug": script.slug,
        "title": script.title,
        "language": script.language,
        "words": [{"name": word.name, "default": word.default} for word in script.words],
        "tellings": TELLINGS,
        "cover": small_cover_address(script),
    }
