"""The language of the pages: which one a browser is answered in, and which way it is written."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import Babel, get_locale

LANGUAGES = ("en",)
"""The languages that the pages' own words are there in; the first where nothing else fits."""


def install_language(app: Flask) -> None:
    """Give templates `_()`, `language` and `direction`, by what the browser asks for."""
    Babel(app, default_locale=LANGUAGES[0], locale_selector=_choose)

    @app.context_processor
    def add_language() -> dict[str, str]:
        locale = get_locale()
        return {"language": str(locale), "direction": locale.text_direction}


def _choose() -> str:
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
