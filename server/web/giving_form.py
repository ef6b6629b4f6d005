"""The form with which something is given: what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext
from pydantic import BaseModel, ConfigDict

from server.errors import InvalidOptions, TooShort
from server.script import ANY, Script
from server.store.care import RHYTHMS, AssignmentDetails, NewAssignment, make_id
from server.timeline import (
    AS_WRITTEN,
    LONGEST_GREETING,
    NO_BED,
    Greeting,
    Options,
    choose_words,
    pace_named,
)
from server.web.addresses import is_id
from server.web.forms import Form, read_form
from server.web.givable import Givable, from_text, list_voices_for, speaks_of_danger
from server.web.giving_sound import Sound, find_trouble
from server.web.retelling import retold
from server.web.rooms import get_rooms

LONGEST_MESSAGE = 2_000
"""Characters of a message that is read."""

WORD = "word-"
"""So the fields of a practice's words begin."""

USUAL = {
    "anchor": ANY,
    "eyes": ANY,
    "pace": AS_WRITTEN,
    "bed": AS_WRITTEN,
    "bed_level": AS_WRITTEN,
    "voice": "",
}
"""What each choice is where nothing was chosen; it is not kept then."""


class GivingIn(BaseModel):
    """What the form sends; the words of a practice come beside it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    action: str = "give"
    assignment: str = ""
    message: str = ""
    rhythm: str = RHYTHMS[0]
    is_spoken: str = ""
    is_in_app_only: str = ""
    minutes: str = ""
    anchor: str = ANY
    eyes: str = ANY
    pace: str = AS_WRITTEN
    bed: str = AS_WRITTEN
    bed_level: str = AS_WRITTEN
    voice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingForm:
    """What came of a form."""

    typed: Mapping[str, str]
    """All fields as they were sent, for the page to show again."""
    errors: Mapping[str, str]
    """What is wrong, by field."""
    details: AssignmentDetails
    """What would be given, as far as it can be."""
    rhythm: str
    assignment_id: str
    """What it will be known by: made with the page, so that a second press gives nothing twice."""
    is_preview: bool
    """True where somebody wants to see it before they give it."""


def new_form(given: Givable, script: Script | None) -> GivingForm:
    """A form in which nobody has typed anything yet."""
    typed = {"message": given.message, "rhythm": RHYTHMS[0]}
    if script is not None:
        typed |= {"minutes": str(script.default_minutes), **USUAL}
        typed |= {f"{WORD}{word.name}": word.default for word in script.words}
    return GivingForm(
        typed=typed,
        errors={},
        details=AssignmentDetails(),
        rhythm=RHYTHMS[0],
        assignment_id=make_id(),
        is_preview=False,
    )


def read_giving(script: Script | None, sound: Sound | None, therapist: str) -> GivingForm:
    """Read what was sent, for a practice or, without its script, for something else.

    `sound` is what a message can be said at the beginning of; without one it is only read.
    """
    form = read_form(GivingIn)
    sent = form.value or GivingIn()
    is_spoken = bool(sent.is_spoken) and sound is not None
    message = sent.message.strip()
    errors = dict(form.errors)
    longest = LONGEST_GREETING if is_spoken else LONGEST_MESSAGE
    if sent.rhythm not in RHYTHMS:
        errors["rhythm"] = gettext("Please choose one of these.")
    if is_spoken and not message:
        errors["message"] = gettext(
            "There is no message yet that could be spoken. Please write one, or take out the tick."
        )
    elif len(message) > longest:
        errors["message"] = retold(f"Please use at most {longest} characters.")
    elif is_spoken and speaks_of_danger(message):
        errors["message"] = gettext(
            "Some of these words sound like immediate danger, and no voice says them here. You "
            "might say it in other words, or have it read instead of spoken."
        )
    details = AssignmentDetails(
        message=message, is_spoken=is_spoken, is_in_app_only=bool(sent.is_in_app_only)
    )
    if script is not None:
        details = _details_of(script, sent, form, details)
        errors |= _wrong_with(script, details, therapist, errors)
    elif sound is not None:
        if sound.worksheet is not None and sent.voice:
            details = replace(details, choices={"voice": sent.voice})
            errors |= _wrong_voice(sound.script, sent.voice)
        if is_spoken and "message" not in errors:
            greeting = Greeting(title=from_text(therapist), text=message)
            errors |= find_trouble(sound, greeting)
    return GivingForm(
        typed=form.typed,
        errors=errors,
        details=details,
        rhythm=sent.rhythm,
        assignment_id=sent.assignment if is_id(sent.assignment) else make_id(),
        is_preview=sent.action == "preview",
    )


def new_assignment(given: Givable, form: GivingForm) -> NewAssignment:
    """What a form without mistakes gives."""
    return NewAssignment(
        id=form.assignment_id,
        kind=given.kind,
        subject=given.subject,
        rhythm=form.rhythm,
        details=form.details,
    )


def _details_of(
    script: Script, sent: GivingIn, form: Form[GivingIn], details: AssignmentDetails
) -> AssignmentDetails:
    """Add to the message what was chosen for a practice; what is as usual is left out."""
    chosen = {name: str(getattr(sent, name)) for name in USUAL}
    choices: dict[str, str | int] = {
        name: value for name, value in chosen.items() if value != USUAL[name]
    }
    if choices.get("anchor") == "sight":
        choices.pop("eyes", None)
    if choices.get("bed") == NO_BED:
        choices.pop("bed_level", None)
    if sent.minutes:
        choices["minutes"] = int(sent.minutes) if sent.minutes.isdecimal() else 0
    words = {
        word.name: " ".join(form.typed.get(f"{WORD}{word.name}", "").split())
        for word in script.words
    }
    own = {word.name: words[word.name] for word in script.words if words[word.name] != word.default}
    return AssignmentDetails(
        message=details.message,
        is_spoken=details.is_spoken,
        is_in_app_only=details.is_in_app_only,
        choices=choices,
        words={name: text for name, text in own.items() if text},
    )


def _wrong_with(
    script: Script, details: AssignmentDetails, therapist: str, known: Mapping[str, str]
) -> dict[str, str]:
    """What cannot be had of a practice, by field."""
    errors = dict(_wrong_words(script, details.words))
    choices = details.choices
    errors |= _wrong_voice(script, str(choices.get("voice", "")))
    is_heard = details.is_spoken and "message" not in known
    try:
        options = Options(
            minutes=int(choices.get("minutes", script.default_minutes)),
            words={} if errors else details.words,
            pace=pace_named(str(choices.get("pace", AS_WRITTEN))),
            bed=str(choices.get("bed", AS_WRITTEN)),
            bed_level=str(choices.get("bed_level", AS_WRITTEN)),
            anchor=str(choices.get("anchor", ANY)),
            eyes=str(choices.get("eyes", ANY)),
            greeting=Greeting(title=from_text(therapist), text=details.message)
            if is_heard
            else None,
        )
        get_rooms().workshop.preview(script, options)
    except InvalidOptions as error:
        errors.setdefault(error.field, retold(str(error)))
    except TooShort as error:
        errors["minutes"] = retold(str(error))
    return errors


def _wrong_voice(script: Script, voice: str) -> dict[str, str]:
    if not voice or voice in {each.name for each in list_voices_for(script)}:
        return {}
    return {"voice": gettext("Please choose one of these.")}


def _wrong_words(script: Script, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in words.items():
        try:
            choose_words(script, {name: text})
        except InvalidOptions as error:
            yield f"{WORD}{name}", retold(str(error))
            continue
        if speaks_of_danger(text):
            yield (
                f"{WORD}{name}",
                gettext(
                    "Some of these words sound like immediate danger, and no voice says them. "
                    "Please say it in other words."
                ),
            )
