"""The input gate: every body and every string from outside passes it before anything else."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, Union

from flask import Flask, Request, Response, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from server.errors import InputRefused
from server.units import Bytes
from server.web.ranges import read_moment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY_BYTES = Bytes(64 * 1024)
AUTHOR_PATHS = "/api/author/"
LARGEST_AUTHOR_BODY_BYTES = Bytes(512 * 1024)
"""An author sends whole scripts, and two of them for a comparison."""
SUBMISSIONS_PATH = "/api/submissions"
LARGEST_SUBMISSION_BODY_BYTES = Bytes(512 * 1024)
"""A worksheet may ask twenty questions, and each answer may have thousands of characters."""

DEEPEST = 16
"""How many objects and arrays may stand inside one another."""

LONGEST_NUMBER = 15
"""Digits of a whole number: every one of them is exact in JavaScript too."""

MOST_MARKS = 32
"""Combining marks on one letter. Putting them in order takes time with the square of them."""

Json = Union[None, bool, int, float, str, list["Json"], dict[str, "Json"]]  # noqa: UP007
"""Json value that JSON can hold."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")


def read_json(body: str | bytes) -> Json:
    """Parse a body into a value whose strings are safe to keep, show and speak.

    Strings come out in Unicode's composed form (NFC). Raises InputRefused for anything that is
    not UTF-8 JSON, nests deeper than DEEPEST, repeats a key, or holds NaN, Infinity, a number
    too large, a control character other than newline and tab, or half of a surrogate pair.
    """
    text = _decode(body)
    _check_depth(text)
    try:
        value: Json = json.loads(
            text,
            parse_int=_read_whole,
            parse_float=_read_fraction,
            parse_constant=_refuse_constant,
            object_pairs_hook=_read_object,
        )
    except ValueError as error:
        raise InputRefused("The body is not valid JSON.") from error
    return _clean(value)


def clean_text(text: str) -> str:
    """Check one string and compose it (NFC). Raises InputRefused."""
    if text.isascii():
        _refuse_forbidden(text)
        return text
    _refuse_forbidden(text)
    _check_marks(text)
    return unicodedata.normalize("NFC", text)


def _decode(body: str | bytes) -> str:
    if isinstance(body, str):
        return body
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputRefused("The body is not UTF-8 text.") from error


def _check_depth(text: str) -> None:
    """Count brackets outside strings, before a parser could run out of stack over them."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in "[{":
            depth += 1
        elif match[0] in "]}":
            depth -= 1
        if depth > DEEPEST:
            raise InputRefused(f"The body nests deeper than {DEEPEST} levels.")


def _read_whole(digits: str) -> int:
    if len(digits.lstrip("-")) > LONGEST_NUMBER:
        raise InputRefused("The body holds a number that is too large.")
    return int(digits)


def _read_fraction(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise InputRefused("The body holds a number that is too large.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise InputRefused(f"The body holds {name}, which JSON does not know.")


def _read_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    read = {clean_text(key): value for key, value in pairs}
    if len(read) != len(pairs):
        raise InputRefused("The body names a field twice.")
    return read


def _clean(value: Json) -> Json:
    """Clean every string of a value that is known not to be deep."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return value


def _refuse_forbidden(text: str) -> None:
    if _FORBIDDEN.search(text):
        raise InputRefused("There is a character in it that cannot be kept. Please take it out.")


def _check_marks(text: str) -> None:
    if any(count > MOST_MARKS for count in _mark_runs(text)):
        raise InputRefused(
            "There is a letter in it with too many marks. Please take some of them away."
        )


def _mark_runs(text: str) -> Iterator[int]:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        yield run


class GatedJson(DefaultJSONProvider):
    """Flask's JSON, with reading only through the gate and writing as UTF-8."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: object) -> Json:
        """Parse a request's body. Raises InputRefused."""
        return read_json(s)


def largest_body_bytes(asked: Request) -> Bytes:
    """How large the body of a request may be."""
    if asked.path == SUBMISSIONS_PATH:
        return LARGEST_SUBMISSION_BODY_BYTES
    is_authors = asked.path.startswith(AUTHOR_PATHS)
    return LARGEST_AUTHOR_BODY_BYTES if is_authors else LARGEST_BODY_BYTES


def check_body(asked: Request) -> None:
    """Refuse a body that is encoded, too large, or not JSON where JSON is due.

    A body without a stated length is read here, to the first byte too many.
    """
    if asked.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("Bodies must be sent as they are, not compressed.")
    largest = largest_body_bytes(asked)
    # One byte more than may come: Werkzeug ends a body without a length at this limit in
    # silence, so that a longer one could not be told from one that fits.
    asked.max_content_length = largest + 1
    if (asked.content_length or 0) > largest:
        raise RequestEntityTooLarge
    is_json_due = asked.method != "DELETE" and asked.path.startswith("/api/")
    if is_json_due and asked.mimetype != "application/json":
        raise UnsupportedMediaType("Bodies must be application/json.")
    if asked.content_length is None and len(asked.get_data()) > largest:
        raise RequestEntityTooLarge


def ignore_unreadable_dates(environ: WSGIEnvironment) -> None:
    """Take out dates that RFC 9110 says to ignore, before Werkzeug trips over a year in them."""
    for name in ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"):
        if name in environ and read_moment(environ[name]) is None:
            del environ[name]
    validator = environ.get("HTTP_IF_RANGE")
    if validator and '"' not in validator and read_moment(validator) is None:
        environ["HTTP_IF_RANGE"] = '"unreadable"'  # matches nothing, so the whole is sent


def take_the_rest(asked: Request) -> None:
    """Read what nobody has read of a body: a proxy that is still sending it would not hear us.

    Of what is longer than any body may be, or does not say how long it is, nothing is read.
    """
    if 0 < (asked.content_length or 0) <= LARGEST_SUBMISSION_BODY_BYTES:
        asked.max_content_length = None
        with suppress(ClientDisconnected):  # whoever has gone waits for no answer
            asked.stream.read()


def install_gate(app: Flask) -> None:
    """Make every request of an app pass the gate."""
    app.json = GatedJson(app)

    @app.before_request
    def gate() -> None:
        ignore_unreadable_dates(request.environ)
        if request.method not in SAFE_METHODS:
            if not request.host:  # what stands there is no name, and Flask-Security relies on one
                raise BadRequest
            check_body(request)

    @app.after_request
    def take(response: Response) -> Response:
        take_the_rest(request)
        return response
