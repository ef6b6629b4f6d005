"""The ways into the library: the map, which asks how it is right now, and the courses."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from server.errors import NotFound
from server.script import Lead, MapQuestion
from server.store import hash_device, list_entries
from server.web.assigned import find_assigned, kept_by_none
from server.web.device import find_device
from server.web.guide_book import find_course, find_guides
from server.web.rooms import get_rooms

guides = Blueprint("guides", __name__)


def find_reason(place: str | None, slug: str) -> tuple[str, str] | None:
    """Give the answer at a place of the map and its reason, where it leads to this practice.

    A place is `2`, or `2.1` for an answer to a second question; nothing else is known of whoever
    gave it, and nothing is kept.
    """
    question: MapQuestion | Lead | None = find_guides().map if place else None
    said = ""
    for number in (place or "").split("."):
        index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        if not isinstance(question, MapQuestion) or not 0 < index <= len(question.answers):
            return None
        said, question = question.answers[index - 1].text, question.answers[index - 1].then
    return (
        (said, question.why) if isinstance(question, Lead) and question.practice == slug else None
    )


@guides.get("/map")
def show_map() -> str:
    """Ask how it is right now."""
    question = find_guides().map
    if question is None:
        raise NotFound
    return render_template("guides/map.html", question=question, place="", said="")


@guides.get("/map/<int:number>")
def ask_further(number: int) -> str:
    """Ask once more, after an answer that leads to several practices."""
    question = find_guides().map
    answers = question.answers if question else ()
    if not 0 < number <= len(answers) or not isinstance(answers[number - 1].then, MapQuestion):
        raise NotFound
    answer = answers[number - 1]
    return render_template(
        "guides/map.html", question=answer.then, place=f"{number}.", said=answer.text
    )


@guides.get("/courses/<slug:slug>")
def show_course(slug: str) -> Response:
    """Show a course, as it was given, and quietly which of it was practised on this device."""
    course = find_course(slug)
    if course is None:
        raise NotFound
    given = find_assigned(request.args.get("given"), "course", slug)
    page = render_template(
        "guides/course.html",
        course=course,
        given=given,
        titles={script.slug: script.title for script in get_rooms().catalogue.scripts()},
        practised=_practised(),
    )
    return kept_by_none(Response(page), given)


def _practised() -> frozenset[str]:
    device = find_device(request)
    if device is None:
        return frozenset()
    with get_rooms().database.reading() as db:
        return frozenset(row.slug for row in list_entries(db, hash_device(device)))
