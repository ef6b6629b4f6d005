"""Who may ask for what: one table of all routes. A route that is not in it is answered to nobody.

The table says who may come in at all. Whose things a view then finds is decided in the query,
which starts from who asks: a stranger's id and an id of nothing are answered alike.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Flask, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.errors import CaseNotFound
from server.store import hash_device
from server.store.care import (
    IDLE,
    SIGN_IN_LASTS,
    find_therapist,
    get_case,
    is_seen_long_ago,
    note_seen,
)
from server.web.access_table import ACCESS, Access
from server.web.accounts_settings import SIGN_IN_URL
from server.web.author import may_write, refuse_other_origins
from server.web.device import find_device
from server.web.gate import SAFE_METHODS
from server.web.people import (
    SIGN_IN,
    Asking,
    find_client_of,
    is_asked_by_therapist,
    keep_asking,
)
from server.web.rooms import get_rooms

BY_ITSELF = frozenset({Access.WATCHING, Access.AUTHOR_LOOKING})
"""What a page asks for without anybody doing anything."""

OWN = "stepback-access"
"""Under this name an application keeps who may ask for what it alone has."""


def check_access(app: Flask) -> None:
    """Raise LookupError for a route that the table does not know, or a line that has no route."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    if unlisted := sorted(routes - ACCESS.keys()):
        raise LookupError(f"Not in the table of access: {', '.join(unlisted)}")
    if unused := sorted(ACCESS.keys() - routes):
        raise LookupError(f"In the table of access, but no route: {', '.join(unused)}")


def install_access(app: Flask) -> None:
    """Let nobody in whom the table does not let in."""

    @app.context_processor
    def tell_pages() -> dict[str, object]:
        return {"is_therapist": is_asked_by_therapist()}

    own: dict[str, Access] = {}
    app.extensions[OWN] = own

    @app.before_request
    def admit() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # there is no such address
        return admit_to(ACCESS.get(request.endpoint, own.get(request.endpoint)))


def open_to_anybody(app: Flask, *endpoints: str) -> None:
    """Let everybody in where an application has routes that no other one has: the demo's."""
    app.extensions[OWN].update(dict.fromkeys(endpoints, Access.ANYBODY))


def admit_to(access: Access | None) -> ResponseReturnValue | None:
    """Note who asks, or answer that there is nothing here. Raises CaseNotFound."""
    match access:
        case Access.ANYBODY:
            pass
        case Access.AUTHOR | Access.AUTHOR_LOOKING:
            return _admit_author(access)
        case Access.CLIENT:
            _admit_client()
        case Access.THERAPIST | Access.WATCHING | Access.CASE | Access.HEAD:
            return _admit_therapist(access)
        case _:
            raise CaseNotFound
    return None


def _admit_client() -> None:
    device = find_device(request)
    if device is None:
        raise CaseNotFound
    client = find_client_of(hash_device(device))
    if client is None:
        raise CaseNotFound
    keep_asking(Asking(client=client))


def _admit_therapist(access: Access) -> ResponseReturnValue | None:
    asking = _find_signed_in(access)
    if asking.therapist is None:
        return _ask_to_sign_in()
    if access == Access.HEAD and not asking.therapist.is_head:
        raise CaseNotFound
    keep_asking(asking)
    return None


def _admit_author(access: Access) -> ResponseReturnValue | None:
    asking = _find_signed_in(access)
    if may_write(request, asking.therapist):
        refuse_other_origins(request, asking.therapist)
        keep_asking(asking)
        return None
    if asking.therapist is not None:
        raise CaseNotFound
    # Somebody may have been writing until a moment ago.
    return _ask_to_sign_in(
        gettext(
            "You are not signed in, or not any more. What you have written is kept on this "
            "device: sign in again in another tab, and go on here."
        )
    )


def _find_signed_in(access: Access) -> Asking:
    """Who is signed in, if anybody, with the case that the address names; it counts as use."""
    token, now_at = session.get(SIGN_IN), datetime.now(UTC)
    if not isinstance(token, str):
        return Asking()
    idle = SIGN_IN_LASTS if access == Access.WATCHING else IDLE
    with get_rooms().database.reading() as db:
        therapist, case = find_therapist(db, token, now_at, idle=idle), None
        if therapist is not None and access == Access.CASE:
            case = get_case(db, therapist, str((request.view_args or {}).get("client_id")))
        is_due = therapist is not None and is_seen_long_ago(db, token, now_at)
    if is_due and access not in BY_ITSELF:  # so that a sign-in in use does not end as idle
        with get_rooms().database.writing() as db:
            note_seen(db, token, now_at)
    return Asking(therapist=therapist, case=case)


def _ask_to_sign_in(words: str | None = None) -> ResponseReturnValue:
    """Lead to the sign-in page from a page; everything else does not exist for a stranger.

    `words` are told there, instead of the usual ones.
    """
    is_page = request.method in SAFE_METHODS and not request.path.startswith("/api/")
    if not is_page:
        raise CaseNotFound(words)
    return redirect(f"{SIGN_IN_URL}?{urlencode({'next': request.path})}")
