"""What is noted of every request: a line of the log, under an id of its own, and the meters.

The route's rule is noted and not the address, which may open something or be somebody's words.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from flask import Flask, request

from server.environ import Networks
from server.watch.lines import bind_contextvars, unbind_contextvars
from server.watch.meters import count_audio, count_request
from server.watch.spans import NO_SPAN, begin_request_span
from server.web.networks import PROXIES, is_believed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"

_ID = re.compile(r"[0-9A-Za-z-]{8,36}", re.ASCII)
"""What is taken for an id: a UUID, or digits. The house's own tokens are longer."""

ID = "stepback.request"
"""Where the id of a request is hung in its environment: faults are told under it."""

ROUTE = "stepback.route"
"""Where the rule of a request's route is hung in its environment."""

NOWHERE = "(none)"
"""Stands for the rule of what no route answers."""


def find_request_id(environ: WSGIEnvironment, proxies: Networks) -> str:
    """Take the id that a proxy which is believed has given, or make one."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    is_taken = _ID.fullmatch(given) and is_believed(environ.get("REMOTE_ADDR", ""), proxies)
    return given if is_taken else secrets.token_hex(8)


def _hang_route() -> None:
    """Say which route a request was matched with, before anything else is done with it."""
    if request.url_rule is not None:
        request.environ[ROUTE] = request.url_rule.rule


class RequestNotes:
    """Wraps a WSGI application, and notes what it answered once the answer is sent."""

    def __init__(self, application: WSGIApplication, proxies: Networks) -> None:
        self._application, self._proxies = application, proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the wrapped application does, with the request's id."""
        request_id = find_request_id(environ, self._proxies)
        bind_contextvars(request=request_id)
        environ[ID] = request_id
        note = _Note(environ)

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> Callable[[bytes], object]:
            note.begin_answer(status, headers)
            return start_response(status, [*headers, (REQUEST_ID, request_id)], exc_info)  # type: ignore[arg-type]

        with begin_request_span() as note.span:
            return _Sent(self._application(environ, start), note)


class _Note:
    """What is known of one request so far."""

    __slots__ = ("_begun_s", "_environ", "_is_sound", "_status", "_until_s", "sent_bytes", "span")

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ, self._begun_s, self._until_s = environ, time.perf_counter(), 0.0
        self._status, self._is_sound, self.sent_bytes = 500, False, 0
        self.span = NO_SPAN

    def begin_answer(self, status: str, headers: Iterable[tuple[str, str]]) -> None:
        """Note when an answer begins, and what it is."""
        self._until_s = time.perf_counter() - self._begun_s
        self._status = int(status[:3])
        kinds = (value for name, value in headers if name.lower() == "content-type")
        self._is_sound = next(kinds, "").startswith("audio/")

    def end(self) -> None:
        """Note the whole of it."""
        rule = self._environ.get(ROUTE, NOWHERE)
        method = self._environ["REQUEST_METHOD"]
        count_request(method, rule, self._status, self._until_s)
        if self._is_sound:
            count_audio(self.sent_bytes)
        self.span.end(method, rule, self._status)
        if log.isEnabledFor(logging.INFO):
            whole_ms = round((time.perf_counter() - self._begun_s) * 1000)
            fields = {"method": method, "route": rule, "status": self._status}
            fields |= {"bytes": self.sent_bytes, "ms": whole_ms}
            log.info("answered", extra={"fields": fields})


class _Sent:
    """The body of an answer, counted as it is handed over."""

    def __init__(self, body: Iterable[bytes], note: _Note) -> None:
        self._body, self._note = body, note

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            yield piece
            self._note.sent_bytes += len(piece)

    def close(self) -> None:
        """Close the body; the request is over, whether or not all of it was sent."""
        try:
            if close := getattr(self._body, "close", None):
                close()
        finally:
            self._note.end()
            unbind_contextvars("request")


def install_request_notes(app: Flask) -> None:
    """Note every request of an app; called last, so that nothing is outside of it."""
    app.before_request_funcs.setdefault(None, []).insert(0, _hang_route)
    app.wsgi_app = RequestNotes(app.wsgi_app, app.config[PROXIES])  # type: ignore[method-assign]
