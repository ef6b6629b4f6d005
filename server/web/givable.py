"""What this house has to give: practices, worksheets and courses, as a therapist chooses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext

from server.errors import NotFound
from server.render import find_crisis, list_worksheets
from server.render.voices import voices_for
from server.script import Script
from server.store.care import RHYTHMS
from server.voice import Voice
from server.web.guide_book import find_guides
from server.web.rooms import get_rooms
from server.web.wording import lengths_text

KIND_NAMES = {
    "practice": lazy_gettext("A practice"),
    "worksheet": lazy_gettext("A worksheet"),
    "course": lazy_gettext("A course"),
}
"""What each kind is called."""

RHYTHM_NAMES = {
    "whenever": lazy_gettext("Whenever you like"),
    "once-a-week": lazy_gettext("Perhaps once a week"),
    "twice-a-week": lazy_gettext("Perhaps twice a week"),
    "most-days": lazy_gettext("Perhaps on most days"),
    "daily": lazy_gettext("Perhaps once a day"),
}
"""How each rhythm is said to a client: as something that may be otherwise."""

RHYTHM_CHOICES = {
    "whenever": lazy_gettext("Whenever they like"),
    "once-a-week": lazy_gettext("Once a week"),
    "twice-a-week": lazy_gettext("Twice a week"),
    "most-days": lazy_gettext("Most days"),
    "daily": lazy_gettext("Once a day"),
}
"""How each rhythm is offered to a therapist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Givable:
    """One thing that can be given."""

    kind: str
    subject: str
    title: str
    summary: str
    language: str
    track: str = ""
    """Of a practice."""
    note: str = ""
    """Such as how long it may take."""
    message: str = ""
    """What a message to it may begin with."""

    def has(self, typed: str) -> bool:
        """True where every word that was typed stands in what is read of it."""
        text = f"{self.title} {self.summary}".casefold()
        return all(word in text for word in typed.casefold().split())


def list_givables() -> tuple[Givable, ...]:
    """All of it: practices by track, then worksheets, then courses."""
    rooms = get_rooms()
    practices = map(_of_practice, rooms.catalogue.scripts())
    worksheets = (
        Givable(
            kind="worksheet",
            subject=each.name,
            title=each.title,
            summary=each.summary,
            language=each.language,
            message=each.message.strip(),
        )
        for each in list_worksheets(rooms.settings.scripts_path)
    )
    courses = (
        Givable(
            kind="course",
            subject=each.slug,
            title=each.title,
            summary=each.summary,
            language="en",
        )
        for each in find_guides().courses
    )
    return (*practices, *worksheets, *courses)


def find_givable(kind: str, subject: str, among: Iterable[Givable] | None = None) -> Givable | None:
    """What has this name, unless the house has it no more."""
    listed = list_givables() if among is None else among
    return next((each for each in listed if (each.kind, each.subject) == (kind, subject)), None)


def get_givable(kind: str, subject: str) -> Givable:
    """What has this name. Raises NotFound."""
    found = find_givable(kind, subject)
    if found is None:
        raise NotFound
    return found


def list_voices_for(script: Script) -> tuple[Voice, ...]:
    """The voices that could speak a practice; empty where there is no choice."""
    return voices_for(get_rooms().settings, script)


def speaks_of_danger(text: str) -> bool:
    """True where words may speak of immediate danger: no voice says them."""
    return find_crisis(get_rooms().settings.scripts_path).speaks_of_danger(text)


def rhythm_text(rhythm: str) -> str:
    """Say a suggested rhythm to a client; one that a later Stepback knows is no rhythm."""
    return str(RHYTHM_NAMES.get(rhythm, RHYTHM_NAMES[RHYTHMS[0]]))


def from_text(therapist: str) -> str:
    """Say whom a message is from."""
    said: str = gettext("From %(name)s", name=therapist)
    return said


def _of_practice(script: Script) -> Givable:
    return Givable(
        kind="practice",
        subject=script.slug,
        title=script.title,
        summary=script.summary,
        language=script.language,
        track=script.track,
        note=lengths_text(script.minutes),
    )
