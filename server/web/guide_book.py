"""The map and the courses of the current house, for every page that leads by them."""

from __future__ import annotations

from server.render import Guides, read_guides
from server.script import Course
from server.web.rooms import get_rooms


def find_guides() -> Guides:
    """The map and the courses of this house, with what leads to a practice."""
    rooms = get_rooms()
    return read_guides(rooms.settings.scripts_path, rooms.catalogue.scripts())


def find_course(slug: str) -> Course | None:
    """The course of this name that leads somewhere."""
    return next((each for each in find_guides().courses if each.slug == slug), None)
