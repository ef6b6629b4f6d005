"""How pages say numbers, lengths of time, moments and choices, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from babel.lists import format_list
from flask import Flask
from flask_babel import format_date, format_decimal, format_time, gettext, lazy_gettext, ngettext

from server.web.language import get_phrasebook
from server.web.retelling import retold_finding

NUMBERS = (
    lazy_gettext("no"),
    lazy_gettext("one"),
    lazy_gettext("two"),
    lazy_gettext("three"),
    lazy_gettext("four"),
    lazy_gettext("five"),
    lazy_gettext("six"),
    lazy_gettext("seven"),
    lazy_gettext("eight"),
    lazy_gettext("nine"),
    lazy_gettext("ten"),
    lazy_gettext("eleven"),
    lazy_gettext("twelve"),
)
"""Numbers that are said as words where they count things."""


def number_text(number: int) -> str:
    """Say "six", and figures above twelve."""
    return str(NUMBERS[number]) if number < len(NUMBERS) else format_decimal(number)


def lengths_text(minutes: Sequence[int]) -> str:
    """Say "5, 10 or 20 minutes"."""
    offered = format_list(list(map(str, minutes)), style="or", locale=get_phrasebook().locale)
    return ngettext("%(lengths)s minute", "%(lengths)s minutes", minutes[-1], lengths=offered)


def practised_text(practised_ms: int) -> str:
    """Say how long somebody practised; whatever it was, it counts."""
    minutes = round(practised_ms / 60_000)
    if not minutes:
        return gettext("less than a minute")
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


def day_text(at: date) -> str:
    """Say a day with its weekday, in UTC."""
    return str(format_date(at, "full"))


def date_text(at: date) -> str:
    """Say a day with its year, in UTC."""
    return str(format_date(at, "long"))


def clock_text(at: datetime) -> str:
    """Say hours and minutes, in UTC."""
    return str(format_time(at, "short"))


def sentence_case(text: str) -> str:
    """Begin a text with a capital letter, and leave its other letters as they are."""
    return text[:1].upper() + text[1:]


def install_wording(app: Flask) -> None:
    """Give these to every template of an app."""
    app.jinja_env.globals.update(
        number_text=number_text,
        lengths_text=lengths_text,
        date_text=date_text,
        day_text=day_text,
        practised_text=practised_text,
        clock_text=clock_text,
        retold_finding=retold_finding,
    )
    app.jinja_env.filters["sentence_case"] = sentence_case
