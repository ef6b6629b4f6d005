"""The library page: every practice, on the shelf of its track; and what this house is."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_babel import lazy_gettext

from server.render import find_crisis, find_voice_trouble, usable_voices
from server.script import TRACKS, Script
from server.voice import SILENT
from server.web.guide_book import find_guides
from server.web.language import get_phrasebook
from server.web.people import find_visiting_therapist
from server.web.rooms import get_rooms

HEADINGS = {
    "kindness-outward": lazy_gettext("Kindness outward"),
    "present-pain": lazy_gettext("When something hurts now"),
    "past-pain": lazy_gettext("When it hurts from long ago"),
    "obstacles": lazy_gettext("When something says no"),
    "for-the-helper": lazy_gettext("For those who help"),
    "ground": lazy_gettext("Ground to stand on"),
}
"""How each track is named on its shelf."""

library = Blueprint("library", __name__)


@library.get("/")
def index() -> str:
    """Show the ways in, and the shelves that hold something, in the order of the tracks."""
    settings, scripts = get_rooms().settings, get_rooms().catalogue.scripts()
    shelves = [_shelf(track, scripts) for track in TRACKS]
    filled = [shelf for shelf in shelves if shelf["practices"]]
    guides = find_guides()
    troubles = {script.slug: find_voice_trouble(settings, script) for script in scripts}
    return render_template(
        "library/index.html",
        shelves=filled,
        map=guides.map,
        courses=guides.courses,
        troubles=troubles,
        silent=[slug for slug, trouble in troubles.items() if trouble],
        is_therapist=find_visiting_therapist() is not None,
    )


@library.get("/about")
def about() -> str:
    """Say what this is, what it is not, and whose voices it has."""
    settings = get_rooms().settings
    voices, is_draft = usable_voices(settings), settings.voice == SILENT.name
    crisis = find_crisis(settings.scripts_path).card(get_phrasebook().language)
    return render_template(
        "library/about.html",
        voices=voices,
        is_draft=is_draft,
        crisis=crisis,
        is_therapist=find_visiting_therapist() is not None,
    )


@library.get("/colours.css")
def colours() -> Response:
    """The operator's own colours; they are read when the house starts."""
    return Response(get_rooms().settings.colours, content_type="text/css; charset=utf-8")


def _shelf(track: str, scripts: tuple[Script, ...]) -> dict[str, object]:
    practices = [script for script in scripts if script.track == track]
    return {"track": track, "heading": HEADINGS[track], "practices": practices}
