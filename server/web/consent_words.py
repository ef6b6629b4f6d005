"""What a therapist may be let see, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext

from server.care import BESIDE, Consent, Shared

WORDS = {
    Shared.PRACTISED: (
        lazy_gettext("Which practices, and on which days"),
        lazy_gettext("That you began a practice: its name and the day, not the hour."),
    ),
    Shared.MINUTES: (
        lazy_gettext("For how long"),
        lazy_gettext("The minutes of each of these practices."),
    ),
    Shared.FELT: (
        lazy_gettext("How it felt, in your numbers"),
        lazy_gettext("Kindness and willingness, before and after, where you set them."),
    ),
    Shared.NOTES: (
        lazy_gettext("Your notes"),
        lazy_gettext("What you write beside a practice in My practice."),
    ),
    Shared.WORKSHEETS: (
        lazy_gettext("Worksheets"),
        lazy_gettext("What you write in a worksheet and send."),
    ),
    Shared.LADDERS: (
        lazy_gettext("Ladders"),
        lazy_gettext(
            "What arose in a live sitting, in your words: only the ladders that you keep in"
            " your log."
        ),
    ),
}
"""A few words and a sentence for each kind, in the order of the pages: what stands beside a
practice comes right after the practices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One kind, as a page asks for it."""

    name: str
    title: str
    sentence: str
    is_beside: bool
    """True where it is seen only together with the practices."""
    is_given: bool
    is_seen: bool


def choices_of(consent: Consent) -> list[Choice]:
    """Every kind, with what was decided of it."""
    return [
        Choice(
            name=what.value,
            title=str(WORDS[what][0]),
            sentence=str(WORDS[what][1]),
            is_beside=what in BESIDE,
            is_given=what in consent.given,
            is_seen=consent.may_see(what),
        )
        for what in WORDS
    ]
