"""The token in every form of somebody who is signed in: another site cannot know it.

Each `<form method="post">` of a template gets it by itself, and every post of a browser that
holds a sign-in has to bring it, so that neither a template nor a view can forget it.
"""

from __future__ import annotations

import re

from flask import Flask, g, request, session
from flask_wtf.csrf import generate_csrf, validate_csrf
from jinja2.ext import Extension
from markupsafe import Markup
from werkzeug.exceptions import BadRequest
from wtforms.validators import ValidationError

from server.web.gate import SAFE_METHODS
from server.web.people import SIGN_IN

FIELD = "csrf_token"
HEADER = "X-CSRFToken"
"""A program of a page may send the token in a header instead."""

OF_STRANGERS = frozenset({"security", "welcome"})
"""Blueprints whose forms are for somebody who is not signed in yet."""

FREE = frozenset({"language.choose"})
"""What a page that a phone has kept may send, and what changes nothing but a look."""

_POST_FORM = re.compile(r"<form\b(?=[^>]*\bmethod=\"post\")(?![^>]*action=\"/language\")[^>]*>")


class FormTokens(Extension):
    """Puts the token behind the tag of every form that a template posts."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Add the call; it stands on the line of the tag, so that no line gets another number."""
        return _POST_FORM.sub(lambda found: found[0] + "{{ csrf_field() }}", source)


def csrf_field() -> Markup:
    """The hidden field; nothing for a visitor, who would get a cookie by it."""
    if SIGN_IN not in session and request.blueprint not in OF_STRANGERS:
        return Markup()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, generate_csrf())


def install_csrf(app: Flask) -> None:
    """Give an app's forms their token, and refuse what comes without it."""
    app.jinja_env.add_extension(FormTokens)
    app.jinja_env.globals["csrf_field"] = csrf_field

    @app.before_request
    def check_token() -> None:
        is_form = request.method not in SAFE_METHODS and not request.path.startswith("/api/")
        if not is_form or request.endpoint is None or request.endpoint in FREE:
            return
        if SIGN_IN in session or request.blueprint == "welcome":
            _check(request.form.get(FIELD) or request.headers.get(HEADER))


def _check(token: str | None) -> None:
    """Raise BadRequest for a token that this browser was not given."""
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise BadRequest from error
    g.csrf_valid = True
