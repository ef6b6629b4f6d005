"""From every error to its answer: problem+json for programs, a page in plain words for people."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

from apiflask import APIFlask, HTTPError
from flask import Response, render_template, request
from flask.globals import request_ctx
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from server.errors import (
    AudioError,
    Busy,
    CoverNotDrawn,
    DatabaseUnavailable,
    DeviceTaken,
    EmailTaken,
    EntryConflict,
    FeedEnded,
    InputRefused,
    InvalidOptions,
    InvalidScript,
    NotFound,
    NothingToHear,
    NotLive,
    SchemaMismatch,
    ScriptChanged,
    ScriptNotWritten,
    SoundMissing,
    StepbackError,
    StorageFull,
    StoreUnavailable,
    TooManyFeeds,
    TooShort,
    VoiceError,
)
from server.store.broken import is_broken
from server.watch.faults import tell_fault
from server.web.answers import answer_json
from server.web.request_notes import ID
from server.web.retelling import retold

log = logging.getLogger(__name__)

FAMILIES: tuple[tuple[type[StepbackError], int], ...] = (
    (InputRefused, 400),
    (FeedEnded, 410),
    (NotFound, 404),
    (NotLive, 404),
    (ScriptNotWritten, 403),
    (EmailTaken, 409),
    (EntryConflict, 409),
    (DeviceTaken, 409),
    (TooManyFeeds, 409),
    (ScriptChanged, 409),
    (InvalidOptions, 422),
    (TooShort, 422),
    (NothingToHear, 422),
    (InvalidScript, 503),
    (CoverNotDrawn, 503),
    (SoundMissing, 503),
    (SchemaMismatch, 503),
    (Busy, 503),
    (DatabaseUnavailable, 503),
    (StoreUnavailable, 503),
    (VoiceError, 503),
    (AudioError, 503),
    (StorageFull, 507),
)
"""Which status a family of errors is answered with; a family that is not here is a fault, 500."""

OPERATORS_BUSINESS = (
    *(InvalidScript, SoundMissing, SchemaMismatch),
    *(VoiceError, AudioError, StorageFull),
)
"""Their messages name files and versions: they are logged, and a general sentence is sent."""

RETRY_AFTER_SECONDS = "60"

COVER_AFTER_SECONDS = "15"
"""By then the worker has drawn what a new house or a new title needs first."""

PROGRAM_PATHS = (
    "/api",
    "/audio/",
    "/cover.jpg",
    "/covers/",
    "/feed",
    "/health",
    "/ready",
    "/sittings/",
)
"""Paths that programs ask for: there an error is application/problem+json."""

PEOPLE_PATHS = ("/feed/private/",)
"""Paths below those that people open by hand: whoever wonders why gets a page."""

HEADLINES = {
    403: (
        lazy_gettext("This was not allowed"),
        lazy_gettext(
            "The request seemed to come from another site, so it was not carried out. Please open "
            "the page here again, and try once more."
        ),
    ),
    404: (
        lazy_gettext("There is nothing here"),
        lazy_gettext("The address may be mistyped, or what was here has gone."),
    ),
    405: (
        lazy_gettext("This page cannot do that"),
        lazy_gettext(
            "The address is right, but cannot be opened by itself. Please go back, and use the "
            "button that led here."
        ),
    ),
    410: (
        lazy_gettext("This feed has ended"),
        lazy_gettext(
            "Its address was taken back, or nothing has asked for it in three months. Whoever made "
            "it can make a new one."
        ),
    ),
    413: (
        lazy_gettext("That is too much at once"),
        lazy_gettext("That is more text than the server takes. Please make it shorter."),
    ),
    429: (
        lazy_gettext("Please wait a little"),
        lazy_gettext(
            "This was tried very often just now. It works again in a quarter of an hour, or at "
            "most in an hour."
        ),
    ),
    500: (
        lazy_gettext("Something went wrong"),
        lazy_gettext(
            "The fault is on our side, and nothing of yours is lost. Please try again. If it comes "
            "again, tell whoever runs this house."
        ),
    ),
    503: (
        lazy_gettext("Not just now"),
        lazy_gettext("The house is busy or not quite ready. Please try again in a minute."),
    ),
    507: (
        lazy_gettext("The disk is full"),
        lazy_gettext(
            "Nothing new can be made just now. What is there still plays. Please tell whoever runs "
            "this house."
        ),
    ),
}
"""Titles and plain words of the pages; other statuses use GENERAL."""

GENERAL = (
    lazy_gettext("This did not work"),
    lazy_gettext(
        "The request could not be understood. Please go back, look at what you entered, and try "
        "once more."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An error in the form that both kinds of answer are made from."""

    status: int
    detail: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    """Fields and what is wrong with each."""
    headers: Mapping[str, str] = field(default_factory=dict)


def answer_trouble(trouble: Trouble) -> Response:
    """Make the answer that fits who is asking."""
    path = request.path
    is_program = path.startswith(PROGRAM_PATHS) and not path.startswith(PEOPLE_PATHS)
    # Where the Host can be no name, Flask builds no address, and a page is full of them.
    is_nowhere = request_ctx.url_adapter is None
    response = _problem(trouble) if is_program or is_nowhere else _page(trouble)
    response.status_code = trouble.status
    response.headers.extend(trouble.headers)
    if trouble.status in (503, 507):
        response.headers.setdefault("Retry-After", RETRY_AFTER_SECONDS)
    if not trouble.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _problem(trouble: Trouble) -> Response:
    """Write RFC 9457; `about:blank` says that the status tells the kind of problem."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(trouble.status, "Error"),
        "status": trouble.status,
        "detail": retold(trouble.detail) or str(HEADLINES.get(trouble.status, GENERAL)[1]),
    }
    if trouble.errors:
        document["errors"] = [
            {"field": name, "message": retold(message)} for name, message in trouble.errors
        ]
    return answer_json(document, content_type="application/problem+json")


def _page(trouble: Trouble) -> Response:
    title, message = HEADLINES.get(trouble.status, GENERAL)
    # Of a fault the number is told as well, so that it can be found in the log.
    told = trouble.detail if trouble.status == 500 and trouble.detail else message
    return Response(
        render_template(
            "error.html",
            title=title,
            message=told,
            link_url="/",
            link_text=gettext("Back to the practices"),
            here="/",  # what a stranger typed is not written down again
        ),
        content_type="text/html; charset=utf-8",
    )


def _from_house(error: StepbackError) -> Response:
    status = next((status for family, status in FAMILIES if isinstance(error, family)), 500)
    if status == 500:
        return _from_fault(error)
    if isinstance(error, OPERATORS_BUSINESS):
        log.error("answered %d: %s", status, error)
        return answer_trouble(Trouble(status=status))
    errors = tuple((name, str(error)) for name in [_field_of(error)] if name)
    headers = {"Retry-After": COVER_AFTER_SECONDS} if isinstance(error, CoverNotDrawn) else {}
    return answer_trouble(Trouble(status=status, detail=str(error), errors=errors, headers=headers))


def _field_of(error: StepbackError) -> str:
    if isinstance(error, TooShort):
        return "minutes"
    return error.field if isinstance(error, (InvalidOptions, InputRefused)) else ""


def _from_schema(error: HTTPError) -> Response:
    """Answer what APIFlask found wrong with a request: every field with its path."""
    found = error.detail if isinstance(error.detail, dict) else {}
    errors = tuple(
        (name, message)
        for fields in found.values()
        for name, messages in fields.items()
        for message in messages
    )
    detail = "Some fields are not as they should be." if errors else (error.message or "")
    return answer_trouble(Trouble(status=error.status_code, detail=detail, errors=errors))


def _from_http(error: HTTPException) -> Response:
    """Answer what Flask and Werkzeug refuse; their own headers, such as Allow, stay."""
    unwanted = {"content-type", "content-length"}
    kept = {name: value for name, value in error.get_headers() if name.lower() not in unwanted}
    words = str(HEADLINES.get(error.code or 500, GENERAL)[1])
    # What flask-limiter says of a 429 is its rule: "20 per 10 minute".
    is_plain = error.code == 429 or error.description == type(error).description
    detail = words if is_plain else (error.description or "")
    return answer_trouble(Trouble(status=error.code or 500, detail=detail, headers=kept))


def _from_fault(error: Exception) -> Response:
    """Log an unexpected exception under its request's id, and tell the id alone.

    A disk that fails, where nobody nearer to it knew what to do, is no fault of ours.
    """
    if isinstance(error, OSError) and is_broken(error):
        log.error("answered 503: a disk cannot be read: %s", error.strerror)
        return answer_trouble(Trouble(status=503))
    number = request.environ.get(ID, "")
    # The endpoint, not the address: what a stranger typed stays out of the log.
    # Neither the error's message nor what it was raised from: both may hold a person's words.
    where = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    log.error("request %s to %s failed: %s\n%s", number, request.endpoint, kind, where)
    tell_fault(error, route=str(request.url_rule or ""))
    detail = gettext(
        "The fault is on our side, and nothing of yours is lost. Please try again. If it comes "
        "again, tell whoever runs this house that its number is %(number)s.",
        number=number,
    )
    return answer_trouble(Trouble(status=500, detail=detail))


def install_errors(app: APIFlask) -> None:
    """Make every error of an app pass the table."""
    app.error_callback = _from_schema
    app.register_error_handler(StepbackError, _from_house)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _from_fault)
