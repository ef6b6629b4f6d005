"""Cover pictures of the house, its practices, tracks and courses, answered conditionally.

A picture that is not drawn yet is answered with 503: the worker draws it, never a web process,
which has other people to serve meanwhile.
"""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from server.errors import NotFound, PracticeNotFound
from server.render import (
    COURSE_TRACK,
    HOUSE_TRACK,
    cover_key,
    get_cover,
    track_title,
)
from server.script import TRACKS, Course, Script
from server.store import find_practice
from server.web.answers import answer_conditionally
from server.web.guide_book import find_guides
from server.web.rooms import get_rooms

covers = Blueprint("covers", __name__)


@covers.get("/cover.jpg")
def house_cover() -> Response:
    """Answer the house's own cover."""
    rooms = get_rooms()
    return _cover(rooms.settings.title, HOUSE_TRACK)


@covers.get("/covers/<slug:slug>.jpg")
def cover(slug: str) -> Response:
    """Answer the cover of a practice, also of one whose script is no longer there."""
    return _cover(*_titled(slug))


@covers.get("/covers/small/<slug:slug>.jpg")
def small_cover(slug: str) -> Response:
    """Answer the small cover of a practice, for pages and lock screens."""
    return _cover(*_titled(slug), is_small=True)


@covers.get("/covers/tracks/<slug:slug>.jpg")
def track_cover(slug: str) -> Response:
    """Answer the cover of a track."""
    if slug not in TRACKS:
        raise NotFound
    return _cover(track_title(slug, get_rooms().catalogue.scripts()), slug)


@covers.get("/covers/courses/<slug:slug>.jpg")
def course_cover(slug: str) -> Response:
    """Answer the cover of a course."""
    titles = {course.slug: course.title for course in find_guides().written}
    if slug not in titles:
        raise NotFound
    return _cover(titles[slug], COURSE_TRACK)


def cover_version(title: str, track: str) -> str:
    """What is added to a cover's address, so that a new picture has a new address."""
    return cover_key(title, track)[:12]


def house_cover_address() -> str:
    """The path of the house's cover, with its version; as all that follow."""
    version = cover_version(get_rooms().settings.title, HOUSE_TRACK)
    return url_for("covers.house_cover", v=version)


def small_cover_address(script: Script) -> str:
    """The path of a practice's small cover."""
    version = cover_version(script.title, script.track)
    return url_for("covers.small_cover", slug=script.slug, v=version)


def track_cover_address(track: str) -> str:
    """The path of a track's cover, for one of TRACKS."""
    title = track_title(track, get_rooms().catalogue.scripts())
    return url_for("covers.track_cover", slug=track, v=cover_version(title, track))


def course_cover_address(course: Course) -> str:
    """The path of a course's cover."""
    version = cover_version(course.title, COURSE_TRACK)
    return url_for("covers.course_cover", slug=course.slug, v=version)


def _titled(slug: str) -> tuple[str, str]:
    """Look up the title and the track of a practice. Raises PracticeNotFound."""
    rooms = get_rooms()
    try:
        script = rooms.catalogue.get(slug).script
    except PracticeNotFound:
        with rooms.database.reading() as db:
            row = find_practice(db, slug)
        if row is None:
            raise
        return row.title, row.track
    return script.title, script.track


def _cover(title: str, track: str, *, is_small: bool = False) -> Response:
    """Answer a cover; only an address that names its very version may be kept for ever.

    Another one, as an app may hold after a title was changed, leads to what there is just now.
    Raises CoverNotDrawn.
    """
    jpeg = get_cover(get_rooms().shelf, title, track, is_small=is_small)
    response = Response(jpeg, content_type="image/jpeg")
    is_named = request.args.get("v") == cover_version(title, track)
    return answer_conditionally(
        response,
        cache_control="public, max-age=31536000, immutable" if is_named else "public, max-age=3600",
    )
