"""Faults for Sentry, where an address is set: where something broke, and nobody's words.

A fault is an exception that nobody foresaw. Of it go its kind, its stack of files, functions and
lines of our code, and the request's id or the render's short key. What the exception says, local
variables, requests, addresses, cookies and people stay here: what is sent is built of what may
go, not cleaned of what may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from structlog.contextvars import get_contextvars

from server.errors import SettingsError

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

_KEPT = ("event_id", "timestamp", "platform", "level", "release", "sdk")
_KEPT_OF_FRAME = ("filename", "function", "module", "lineno", "in_app")
_KEPT_OF_SDK = ("name", "version")
_TAGS = ("request", "render", "route")
_PLAIN = re.compile(r"[\w.<>:/ ()-]{1,200}")

_open = False


def check_faults(dsn: str) -> None:
    """Raise SettingsError where faults are to be sent and the package for it is missing."""
    if dsn and find_spec("sentry_sdk") is None:
        raise SettingsError(
            "STEPBACK_SENTRY_DSN is set, and the package for it is missing. Install it with "
            "`.venv/bin/pip install '.[sentry]'`, or leave the setting empty."
        )


def open_faults(dsn: str, release: str) -> None:
    """Send this process's faults to a DSN; without one this does nothing, and loads nothing."""
    if not dsn:
        return
    import sentry_sdk

    global _open
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_client_reports=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        server_name="",
        before_send=_plain_event,
    )
    _open = True


def tell_fault(error: BaseException, route: str = "") -> None:
    """Send a fault, if that is wished; returns at once, and never raises for want of a network."""
    if not _open:
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        for name, value in {**get_contextvars(), "route": route}.items():
            scope.set_tag(name, value)
        scope.capture_exception(error)


def _plain_event(event: Event, _hint: Hint) -> Event | None:
    """Build the event that goes of what may go."""
    found: Mapping[str, Any] = event
    kept = {name: found[name] for name in _KEPT if name in found}
    kept["sdk"] = {name: found.get("sdk", {}).get(name, "") for name in _KEPT_OF_SDK}
    kept["tags"] = dict(_plain_tags(found.get("tags", {})))
    values = found.get("exception", {}).get("values", ())
    kept["exception"] = {"values": [_plain_exception(each) for each in values]}
    return kept  # type: ignore[return-value] # a dictionary with names of Event's


def _plain_tags(tags: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _TAGS:
        if _PLAIN.fullmatch(value := str(tags.get(name) or "")):
            yield name, value


def _plain_exception(told: Mapping[str, Any]) -> dict[str, Any]:
    frames = told.get("stacktrace", {}).get("frames", ())
    plain = [{name: each[name] for name in _KEPT_OF_FRAME if name in each} for each in frames]
    kind = {name: told.get(name) for name in ("type", "module")}
    return {**kind, "stacktrace": {"frames": plain}}
