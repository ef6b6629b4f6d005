"""The language of the pages: which one a browser is answered in, and which way it is written.

Whatever looks at the language makes the answer say so, by Content-Language and Vary.
"""

from __future__ import annotations

from typing import cast

from babel import Locale, UnknownLocaleError
from flask import (
    Blueprint,
    Flask,
    Response,
    after_this_request,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
)
from flask_babel import Babel, Domain
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from server.web.addresses import is_own_path
from server.web.device import KEPT_SECONDS
from server.web.phrasebook import DOMAIN, ENGLISH, Phrasebook, read_phrasebooks
from server.web.rooms import get_rooms

NAME = "phrasebooks"
COOKIE = "stepback_language"

language = Blueprint("language", __name__)


@language.post("/language")
def choose() -> Response:
    """Keep the language that somebody chose, or none, and lead back to where they were."""
    tag, back = request.form["language"], request.form.get("back", "/")
    if tag and tag not in _phrasebooks():
        raise BadRequest
    answer = cast(Response, redirect(back if is_own_path(back) else "/", 303))
    answer.set_cookie(
        COOKIE,
        tag,
        max_age=KEPT_SECONDS if tag else 0,
        secure=get_rooms().settings.is_https,
        httponly=True,
        samesite="Lax",
    )
    return answer


def install_language(app: Flask) -> None:
    """Give an app `_()` in every language there is a phrasebook of, and pages their language."""
    books = app.extensions[NAME] = read_phrasebooks()
    babel = Babel(
        app,
        default_locale=str(ENGLISH.locale),
        locale_selector=lambda: str(get_phrasebook().locale),
    )
    babel.domain_instance = Domain()
    babel.domain_instance.cache |= {
        (str(book.locale), DOMAIN): book.translations for book in books.values()
    }
    app.jinja_env.globals["in_language"] = in_language
    app.jinja_env.globals["in_page_language"] = in_page_language

    @app.context_processor
    def add_language() -> dict[str, object]:
        book = get_phrasebook()
        return {
            "language": book.language,
            "direction": book.locale.text_direction,
            "languages": [(each.tag, each.name) for each in books.values()],
            "chosen_language": request.cookies.get(COOKIE, ""),
            "page_words": Markup(book.page_words.replace("<", "\\u003c")),  # noqa: S704 - JSON
            "here": request.full_path.rstrip("?"),
        }


def get_phrasebook() -> Phrasebook:
    """The phrasebook of the current request: the one that was chosen, or that fits the browser."""
    if not has_request_context():
        return ENGLISH
    if "phrasebook" not in g:
        g.phrasebook = _phrasebooks().get(request.cookies.get(COOKIE, "")) or _asked_for()
        after_this_request(_say_language)
    return cast(Phrasebook, g.phrasebook)


def in_language(tag: str) -> Markup:
    """What marks an element whose text is not in the page's language; nothing where it is."""
    if tag.partition("-")[0] == get_phrasebook().locale.language:
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(tag, direction_of(tag))


def in_page_language(around: str) -> Markup:
    """What marks words of the page within an element that `in_language(around)` has marked."""
    if not in_language(around):
        return Markup()
    book = get_phrasebook()
    return Markup(' lang="{}" dir="{}"').format(book.language, book.locale.text_direction)


def direction_of(tag: str) -> str:
    """Which way a language is written; `auto` for one that nobody knows."""
    try:
        return Locale.parse(tag, sep="-").text_direction
    except (ValueError, UnknownLocaleError):
        return "auto"


def _asked_for() -> Phrasebook:
    """Go through what the browser asks for, the dearest first; a country's way is not asked for."""
    books = _phrasebooks()
    for asked, quality in request.accept_languages:
        tag = asked.replace("_", "-")
        found = books.get(tag) or books.get(tag.partition("-")[0].lower())
        if found and quality > 0:
            return found
    return ENGLISH


def _phrasebooks() -> dict[str, Phrasebook]:
    return cast(dict[str, Phrasebook], current_app.extensions[NAME])


def _say_language(answer: Response) -> Response:
    answer.content_language.add(get_phrasebook().language)
    answer.vary.update(("Accept-Language", "Cookie"))
    answer.headers.setdefault("Cache-Control", "no-cache")  # a page is as it is now, or not at all
    return answer
