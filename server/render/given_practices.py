"""A practice as a therapist gave it: from what is kept of it to what is ordered."""

from __future__ import annotations

from server.config import Settings
from server.render.model import Giving
from server.render.voices import voices_for
from server.script import ANY, Lead, Script
from server.store.care import AssignmentDetails
from server.timeline import AS_WRITTEN, Greeting, Options, pace_named

_FROM = {"de": "Von {name}"}
"""How the first chapter names who says it, by the language of the practice."""


def from_in(language: str, therapist: str) -> str:
    """Say whom a message is from, in the language of a practice."""
    said = _FROM.get(language.partition("-")[0].casefold(), "From {name}")
    return said.format(name=therapist)


def greeting_of(details: AssignmentDetails, title: str) -> Greeting | None:
    """What is said at the beginning of the sound, under this title; None where nothing is."""
    return Greeting(title=title, text=details.message) if details.is_spoken else None


def sitting_details(details: AssignmentDetails, lead: Lead, *, is_first: bool) -> AssignmentDetails:
    """What a course that was given says of one of its sittings: a message is for the first."""
    return AssignmentDetails(
        message=details.message if is_first else "",
        is_spoken=details.is_spoken and is_first,
        choices={"minutes": lead.minutes},
    )


def giving_of(
    settings: Settings, script: Script, client_id: str, details: AssignmentDetails
) -> Giving:
    """What it adds to an order of its practice; a voice that is gone is not asked for."""
    voices = {voice.name for voice in voices_for(settings, script)}
    chosen = str(details.choices.get("voice", ""))
    return Giving(client_id=client_id, voice=chosen if chosen in voices else "")


def options_of(script: Script, details: AssignmentDetails, greeting: Greeting | None) -> Options:
    """How it was to be. The script may have changed since: the nearest length counts, and a word
    that it does not ask for any more is not said. Raises InvalidOptions.
    """
    choices, names = details.choices, {word.name for word in script.words}
    return Options(
        minutes=minutes_of(script, int(choices.get("minutes", 0))),
        words={name: text for name, text in details.words.items() if name in names},
        pace=pace_named(str(choices.get("pace", AS_WRITTEN))),
        bed=str(choices.get("bed", AS_WRITTEN)),
        bed_level=str(choices.get("bed_level", AS_WRITTEN)),
        anchor=str(choices.get("anchor", ANY)),
        eyes=str(choices.get("eyes", ANY)),
        greeting=greeting,
    )


def minutes_of(script: Script, wanted: int) -> int:
    """The length of a script that is nearest to what was wanted; the usual one for 0."""
    if not wanted:
        return script.default_minutes
    return min(script.minutes, key=lambda minutes: (abs(minutes - wanted), minutes))
