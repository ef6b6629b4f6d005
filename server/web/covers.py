"""Cover pictures of the house and of each practice, answered conditionally by their content."""

from __future__ import annotations

from flask import Blueprint, Response, request

from server.errors import PracticeNotFound
from server.render import HOUSE_TRACK, cover_key, get_cover
from server.store import find_practice
from server.web.conditions import answer_conditionally
from server.web.rooms import get_rooms

covers = Blueprint("covers", __name__)


@covers.get("/cover.jpg")
def house_cover() -> Response:
    """Answer the house's own cover."""
    rooms = get_rooms()
    return _picture(get_cover(rooms.shelf, rooms.settings.title, HOUSE_TRACK))


@covers.get("/covers/<slug:slug>.jpg")
def cover(slug: str) -> Response:
    """Answer the cover of a practice, also of one whose script is no longer there."""
    rooms = get_rooms()
    try:
        script = rooms.catalogue.get(slug).script
    except PracticeNotFound:
        with rooms.database.reading() as db:
            row = find_practice(db, slug)
        if row is None:
            raise
        return _picture(get_cover(rooms.shelf, row.title, row.track))
    return _picture(get_cover(rooms.shelf, script.title, script.track))


def cover_version(title: str, track: str) -> str:
    """What is added to a cover's address, so that a new picture has a new address."""
    return cover_key(title, track)[:12]


def _picture(jpeg: bytes) -> Response:
    """Answer a picture; only an address that names its version may be kept for ever."""
    response = Response(jpeg, content_type="image/jpeg")
    is_named = "v" in request.args
    return answer_conditionally(
        response,
        cache_control="public, max-age=31536000, immutable" if is_named else "public, max-age=3600",
    )
