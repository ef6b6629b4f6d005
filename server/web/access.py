"""Who may ask for what: one table of all routes. A route that is not in it is answered to nobody.

The table says who may come in at all. Whose things a view then finds is decided in the query,
which starts from who asks: a stranger's id and an id of nothing are answered alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlencode

from flask import Flask, redirect, request, session
from flask.typing import ResponseReturnValue

from server.errors import CaseNotFound
from server.store import hash_device
from server.store.care import find_client, find_therapist, get_case
from server.web.author import admit_author
from server.web.device import find_device
from server.web.gate import SAFE_METHODS
from server.web.people import SIGN_IN, Asking, keep_asking, note_in_use
from server.web.rooms import get_rooms

SIGN_IN_PATH = "/sign-in"
"""Where a therapist signs in."""


class Access(StrEnum):
    """Who may come in."""

    ANYBODY = "anybody"
    """What belongs to a device is found by its cookie."""
    CLIENT = "client"
    """A device that a client has joined with."""
    THERAPIST = "therapist"
    """Somebody who is signed in."""
    CASE = "case"
    """The therapist of the client whom the address names as client_id."""
    HEAD = "head"
    """Who may invite and end therapists of a practice room."""
    AUTHOR = "author"
    """Whoever sits at the machine."""


ACCESS: Mapping[str, Access] = {
    # the practices, and what a device has of its own
    **dict.fromkeys(
        (
            *("static", "library.index", "library.about", "guides.show_map", "guides.ask_further"),
            *("guides.show_course", "practice.show", "practice.telling", "practice.score"),
            *("script_page.show", "live.show", "log.index", "language.choose"),
            *("feed.rss", "feed.cover", "feed.house_cover", "health.alive", "health.ready"),
            *("phone.manifest", "phone.offline", "phone.service_worker"),
            *("phone_api.offline_practice", "openapi.spec"),
            *("api.list_practices", "api.order_render", "api.show_render", "api.forget_render"),
            *("api.add_session_entry", "api.list_session_entries"),
            *("audio.show", "stream.show_document", "stream.show_piece"),
            *("sittings_api.begin_sitting", "sittings_api.show_sitting"),
            *("sittings_api.make_move", "sittings_api.forget_sitting"),
            *("sitting.show_init", "sitting.show_playlist", "sitting.show_segment"),
            "sitting.show_ground",
        ),
        Access.ANYBODY,
    ),
    # the end of a case
    **dict.fromkeys(
        (
            *("case_end.show_export", "case_end.export"),
            *("case_end.show_erase", "case_end.erase"),
        ),
        Access.CASE,
    ),
    "case_end.erased": Access.THERAPIST,
    # the author
    **dict.fromkeys(
        (
            *("author.index", "author.edit"),
            *("author_api.begin", "author_api.check", "author_api.compare_texts"),
            *("author_api.hear", "author_api.list_versions", "author_api.read"),
            *("author_api.read_version", "author_api.save"),
        ),
        Access.AUTHOR,
    ),
}
"""The access of each endpoint."""


def check_access(app: Flask) -> None:
    """Raise LookupError for a route that the table does not know, or a line that has no route."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    if unlisted := sorted(routes - ACCESS.keys()):
        raise LookupError(f"Not in the table of access: {', '.join(unlisted)}")
    if unused := sorted(ACCESS.keys() - routes):
        raise LookupError(f"In the table of access, but no route: {', '.join(unused)}")


def install_access(app: Flask) -> None:
    """Let nobody in whom the table does not let in."""

    @app.before_request
    def admit() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # there is no such address
        return admit_to(ACCESS.get(request.endpoint))


def admit_to(access: Access | None) -> ResponseReturnValue | None:
    """Note who asks, or answer that there is nothing here. Raises CaseNotFound."""
    match access:
        case Access.ANYBODY:
            pass
        case Access.AUTHOR:
            admit_author()
        case Access.CLIENT:
            _admit_client()
        case Access.THERAPIST | Access.CASE | Access.HEAD:
            return _admit_therapist(access)
        case _:
            raise CaseNotFound
    return None


def _admit_client() -> None:
    device = find_device(request)
    if device is None:
        raise CaseNotFound
    with get_rooms().database.reading() as db:
        client = find_client(db, hash_device(device))
    if client is None:
        raise CaseNotFound
    keep_asking(Asking(client=client))


def _admit_therapist(access: Access) -> ResponseReturnValue | None:
    token, now_at = session.get(SIGN_IN), datetime.now(UTC)
    case = None
    with get_rooms().database.reading() as db:
        therapist = find_therapist(db, token, now_at) if isinstance(token, str) else None
        if therapist is not None and access == Access.CASE:
            case = get_case(db, therapist, str((request.view_args or {}).get("client_id")))
    if therapist is None:
        return _ask_to_sign_in()
    if access == Access.HEAD and not therapist.is_head:
        raise CaseNotFound
    note_in_use(str(token), now_at)
    keep_asking(Asking(therapist=therapist, case=case))
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    """Lead to the sign-in page from a page; everything else does not exist for a stranger."""
    is_page = request.method in SAFE_METHODS and not request.path.startswith("/api/")
    if not is_page:
        raise CaseNotFound
    return redirect(f"{SIGN_IN_PATH}?{urlencode({'next': request.path})}")
