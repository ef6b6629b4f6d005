"""Whom a practice suits, and whether it can be spoken: what is said before it begins."""

from __future__ import annotations

import re

from babel import Locale, UnknownLocaleError
from flask import url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from server.config import Settings
from server.render import VoiceTrouble, find_voice_trouble, house_voices
from server.script import Script
from server.web.rooms import get_rooms


def link_titles(text: str, script: Script) -> Markup:
    """Make links of the titles of other practices that a text of this one names."""
    others = (other for other in get_rooms().catalogue.scripts() if other.slug != script.slug)
    slugs = {other.title: other.slug for other in others}
    if not slugs:
        return escape(text)
    longest_first = sorted(slugs, key=len, reverse=True)
    titles = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)")
    pieces = (
        Markup('<a href="{}">{}</a>').format(url_for("practice.show", slug=slugs[piece]), piece)
        if number % 2
        else escape(piece)
        for number, piece in enumerate(titles.split(text))
    )
    return Markup("").join(pieces)


def say_voice_trouble(settings: Settings, script: Script) -> str:
    """Say why a practice cannot be spoken as it should be; empty where it can."""
    name = settings.voice or script.voice
    match find_voice_trouble(settings, script):
        case VoiceTrouble.MISSING:
            said: str = gettext(
                "The voice of this practice, %(name)s, cannot speak here just now. "
                "What it recorded before can still be heard.",
                name=name,
            )
        case VoiceTrouble.OTHER_LANGUAGE:
            said = gettext(
                "This practice is written in %(language)s, and there is no voice for it here yet. "
                "What would speak it is a voice for %(other)s, and does not know how it is said.",
                language=_language_name(script.language),
                other=_language_name(house_voices(settings).describe(name).language),
            )
        case None:
            said = ""
    return said


def _language_name(tag: str) -> str:
    """Name a language in that of the page; by its tag where nobody knows a name."""
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-").get_language_name(get_locale()) or tag
    except (ValueError, UnknownLocaleError):
        return tag
