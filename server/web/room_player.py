"""In the room: a therapist chooses a practice, and plays it for two on one screen."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from server.errors import NotLive
from server.render import find_voice_trouble
from server.script import TRACKS
from server.web.library import HEADINGS
from server.web.live import is_live, live_data, live_programs
from server.web.rooms import get_rooms
from server.web.suiting import link_titles, say_voice_trouble

room_player = Blueprint("room_player", __name__, url_prefix="/room/play")


@room_player.get("")
def choose() -> str:
    """Show every practice that can be played."""
    catalogue, settings = get_rooms().catalogue, get_rooms().settings
    scripts = [each for each in catalogue.scripts() if not find_voice_trouble(settings, each)]
    shelves = [
        (HEADINGS[track], [script for script in scripts if script.track == track])
        for track in TRACKS
    ]
    return render_template(
        "room_player/choose.html", shelves=[(name, held) for name, held in shelves if held]
    )


@room_player.get("/<slug:slug>")
def show(slug: str) -> str:
    """Show the player of a practice."""
    rooms = get_rooms()
    script = rooms.catalogue.get(slug).script
    return render_template(
        "room_player/show.html",
        practice=script,
        minutes=script.default_minutes,
        not_when=link_titles(script.not_when, script),
        voice_trouble=say_voice_trouble(rooms.settings, script),
        is_live=is_live(script, rooms.catalogue.additions(slug)),
        data={
            "slug": script.slug,
            "words": [{"name": word.name, "default": word.default} for word in script.words],
            "loudspeakers": url_for("room_player_api.add"),
        },
    )


@room_player.get("/<slug:slug>/live")
def show_live(slug: str) -> str:
    """Show a live sitting with large moves, made on the client's behalf."""
    rooms = get_rooms()
    script = rooms.catalogue.get(slug).script
    programs = live_programs(script, rooms.catalogue.additions(slug))
    if not programs:
        raise NotLive
    return render_template(
        "room_player/live.html",
        practice=script,
        voice_trouble=say_voice_trouble(rooms.settings, script),
        data=live_data(script, programs),
    )
