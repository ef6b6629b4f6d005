"""The library page: every practice, on the shelf of its track; and what this house is."""

from __future__ import annotations

from flask import Blueprint, render_template

from server.errors import VoiceUnavailable
from server.script import TRACKS, Script
from server.voice import SILENT, find_voice
from server.web.rooms import get_rooms

HEADINGS = {
    "kindness-outward": "Kindness outward",
    "present-pain": "When something hurts now",
    "past-pain": "When it hurts from long ago",
    "obstacles": "When something says no",
    "ground": "Ground to stand on",
}
"""How each track is named on its shelf."""

library = Blueprint("library", __name__)


@library.get("/")
def index() -> str:
    """Show the shelves that hold something, in the order of the tracks."""
    scripts = get_rooms().catalogue.scripts()
    shelves = [_shelf(track, scripts) for track in TRACKS]
    filled = [shelf for shelf in shelves if shelf["practices"]]
    return render_template("library/index.html", shelves=filled)


@library.get("/about")
def about() -> str:
    """Say what this is, what it is not, and whose voice it has."""
    try:
        voice = find_voice(_voice_name())
    except VoiceUnavailable:
        # The page says what to do when a practice does not feel right: it must always be there.
        voice = SILENT
    return render_template("library/about.html", voice=voice)


def _shelf(track: str, scripts: tuple[Script, ...]) -> dict[str, object]:
    practices = [script for script in scripts if script.track == track]
    return {"track": track, "heading": HEADINGS[track], "practices": practices}


def _voice_name() -> str:
    """Name the voice that most practices are spoken in."""
    rooms = get_rooms()
    names = [script.voice for script in rooms.catalogue.scripts()]
    return rooms.settings.voice or (max(names, key=names.count) if names else SILENT.name)
