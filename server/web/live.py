"""The page of a live sitting: how it is begun, and then the sitting itself."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from flask import Blueprint, Response, render_template, url_for

from server.errors import InvalidOptions, NotLive
from server.render import find_crisis
from server.render.recent import Recent
from server.script import Script
from server.sitting import Choices, Extras, Program, compile_sitting
from server.timeline import Additions
from server.web.covers import small_cover_address
from server.web.people import find_asking_client
from server.web.rooms import get_rooms
from server.web.sittings_api import tell_crisis
from server.web.suiting import link_titles, say_voice_trouble

MOST_KNOWN = 256
"""Of how many practices a process remembers whether they ask something."""

live = Blueprint("live", __name__, url_prefix="/practices")

_known: Recent[str, tuple[Script, Additions, bool]] = Recent(MOST_KNOWN)
"""By slug: what was looked at, and the answer. A script that is read again is another object."""


@live.get("/<slug:slug>/live")
def show(slug: str) -> Response:
    """Show the page of a practice that can be sat with live."""
    rooms = get_rooms()
    script = rooms.catalogue.get(slug).script
    programs = live_programs(script, rooms.catalogue.additions(slug))
    if not programs:
        raise NotLive
    page = render_template(
        "live/show.html",
        practice=script,
        not_when=link_titles(script.not_when, script),
        voice_trouble=say_voice_trouble(rooms.settings, script),
        data=live_data(script, programs),
        is_client=find_asking_client() is not None,
    )
    # A client's page offers more than everybody else's.
    return Response(page, headers={"Cache-Control": "no-store"})


def live_programs(script: Script, additions: Additions) -> dict[int, Program]:
    """What a live sitting is at each length of a practice at which it asks something."""
    found = ((minutes, _program(script, minutes, additions)) for minutes in script.minutes)
    return {minutes: program for minutes, program in found if program}


def is_live(script: Script, additions: Additions) -> bool:
    """True where a practice asks something at one of its lengths.

    Lists ask this of every practice, so it is worked out once, and again when the script was read
    anew or the house adds something else to it.
    """
    known = _known.get(script.slug)
    if known is None or known[0] is not script or known[1] != additions:
        asks = any(_program(script, minutes, additions) for minutes in script.minutes)
        known = _known.put(script.slug, (script, additions, asks))
    return known[2]


def _program(script: Script, minutes: int, additions: Additions) -> Program | None:
    with suppress(NotLive, InvalidOptions):
        return compile_sitting(script, Choices(minutes=minutes), Extras(), additions)
    return None


def live_data(script: Script, programs: Mapping[int, Program]) -> dict[str, object]:
    """What the page and its script know of the practice."""
    usual = script.default_minutes if script.default_minutes in programs else min(programs)
    crisis = tell_crisis(find_crisis(get_rooms().settings.scripts_path))
    return {
        "slug": script.slug,
        "title": script.title,
        "minutes": list(programs),
        "chosen": usual,
        "words": [{"name": word.name} for word in script.words],
        "practice": url_for("practice.show", slug=script.slug),
        "cover": small_cover_address(script),
        "crisis": crisis.model_dump(),
    }
