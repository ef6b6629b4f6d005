"""The sound that begins with a therapist's message: of a practice, a worksheet or a course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext

from server.care import Worksheet
from server.errors import InvalidOptions, TooShort
from server.render import find_guided, get_worksheet
from server.script import Script
from server.timeline import Greeting, Options
from server.web.givable import Givable
from server.web.guide_book import find_course
from server.web.retelling import retold
from server.web.rooms import get_rooms

ASKED = {
    "practice": lazy_gettext("Say it at the beginning of the practice, in its voice"),
    "worksheet": lazy_gettext("Say it at the beginning of “Listen and write”, in its voice"),
    "course": lazy_gettext("Say it at the beginning of the first practice, in its voice"),
}
"""How it is offered, by what is given."""

HINTS = {
    "practice": lazy_gettext(
        "Up to 600 characters then. The voice is synthetic, and the practice stays as long as it "
        "was chosen."
    ),
    "worksheet": lazy_gettext(
        "Up to 600 characters then. The voice is synthetic, and the time to write stays as it is."
    ),
    "course": lazy_gettext(
        "Up to 600 characters then. The voice is synthetic, and the practice stays as long as the "
        "course takes it. It is not said again before the others."
    ),
}
"""What is good to know of it."""

SAID = {
    "practice": lazy_gettext("The message is also said at the beginning."),
    "worksheet": lazy_gettext("The message is also said at the beginning of “Listen and write”."),
    "course": lazy_gettext("The message is also said at the beginning of the first practice."),
}
"""How it is told where it was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What a message can be said at the beginning of."""

    script: Script
    minutes: int
    """How long it is without a message."""
    worksheet: Worksheet | None = None
    """Whose guided audio it is: it becomes longer by what is said before it."""


def find_sound(given: Givable) -> Sound | None:
    """The sound of what is given; None for a worksheet that no voice here can ask."""
    rooms = get_rooms()
    if given.kind == "worksheet":
        worksheet = get_worksheet(rooms.settings.scripts_path, given.subject)
        guided = find_guided(rooms.settings, worksheet)
        if guided is None:
            return None
        usual = guided.script.default_minutes
        return Sound(script=guided.script, minutes=usual, worksheet=worksheet)
    course = find_course(given.subject) if given.kind == "course" else None
    if course is not None:
        first = course.sittings[0]
        return Sound(script=rooms.catalogue.get(first.practice).script, minutes=first.minutes)
    script = rooms.catalogue.get(given.subject).script
    return Sound(script=script, minutes=script.default_minutes)


def find_trouble(sound: Sound, greeting: Greeting) -> Iterator[tuple[str, str]]:
    """Why a message cannot be said before a worksheet or a course, as field and text."""
    rooms, script, minutes = get_rooms(), sound.script, sound.minutes
    too_long = gettext(
        "There is no room for that much before it. Please shorten the message, or have it read "
        "instead of spoken."
    )
    try:
        if sound.worksheet is not None:
            guided = find_guided(rooms.settings, sound.worksheet, greeting)
            if guided is None:
                yield "message", too_long
                return
            script, minutes = guided.script, guided.script.default_minutes
        rooms.workshop.preview(script, Options(minutes=minutes, greeting=greeting))
    except InvalidOptions as error:
        yield error.field, retold(str(error))
    except TooShort:
        yield "message", too_long
