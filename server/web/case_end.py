"""The end of a case: a copy of what a client lets be seen, and all of theirs deleted."""

from __future__ import annotations

import logging
import os
import secrets
import unicodedata
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.errors import NotAllErased
from server.render.erasing import erase_client
from server.render.exporting import Copying, copies_folder
from server.store.care import ClientRow
from server.web.clients import name_of
from server.web.forms import read_form
from server.web.people import deed_of_therapist, get_own_case
from server.web.rooms import get_rooms
from server.web.schemas import Incoming
from server.web.sending import Pieces

case_end = Blueprint("case_end", __name__, url_prefix="/room")

log = logging.getLogger(__name__)


class NameIn(Incoming):
    """The name, typed once more by who is sure."""

    name: str


@case_end.get("/clients/<client_id>/export")
def show_export(client_id: str) -> str:
    """Say what a copy holds."""
    return render_template(
        "case_end/export.html", client_id=client_id, name=name_of(get_own_case())
    )


@case_end.post("/clients/<client_id>/export")
def export(client_id: str) -> Response:
    """Make a copy and send it; nothing of it stays here."""
    rooms, now_at = get_rooms(), datetime.now(UTC)
    copying = Copying(database=rooms.database, shelf=rooms.shelf, keys=rooms.keys)
    path = copies_folder(rooms.settings) / f"{client_id}-{secrets.token_hex(8)}.zip"
    deed = deed_of_therapist("export", client_id=client_id)
    try:
        copying.export_client(deed, path, now_at)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    finally:
        path.unlink(missing_ok=True)  # it is read to its end all the same, and then it is gone
    size_bytes = os.fstat(descriptor).st_size
    return Response(
        Pieces(descriptor, 0, size_bytes),
        content_type="application/zip",
        direct_passthrough=True,
        headers={
            "Content-Length": str(size_bytes),
            # Not the client's name: it would be read by whoever looks into the folder.
            "Content-Disposition": f'attachment; filename="client-{now_at:%Y-%m-%d}.zip"',
            "Cache-Control": "no-store",
        },
    )


@case_end.get("/clients/<client_id>/erase")
def show_erase(client_id: str) -> str:
    """Say what goes, and ask for the name."""
    return _erase_page(get_own_case())


@case_end.post("/clients/<client_id>/erase")
def erase(client_id: str) -> ResponseReturnValue:
    """Delete all of a client, where their name was typed."""
    client, rooms, form = get_own_case(), get_rooms(), read_form(NameIn)
    typed = form.typed.get("name", "")
    if _plain(typed) != _plain(name_of(client)):
        problem = gettext(
            "This is not the name. Nothing was erased; if you are sure, please type it once more."
        )
        return _erase_page(client, typed=typed, problem=problem), 422
    try:
        erase_client(rooms.sittings, rooms.keys, deed_of_therapist("erase", client_id=client.id))
    except NotAllErased:
        log.warning("client not erased wholly")
        problem = gettext(
            "What they wrote cannot be read any more, but a recording of theirs is still being"
            " made. Please erase them once more in a minute."
        )
        return _erase_page(client, problem=problem), 503
    return redirect(url_for("case_end.erased"), 303)


@case_end.get("/erased")
def erased() -> str:
    """Say that it is done, and what is not in our hands."""
    return render_template("case_end/erased.html")


def _erase_page(client: ClientRow, *, typed: str = "", problem: str = "") -> str:
    # No numbers: how much there is may be more than the client lets be seen.
    return render_template(
        "case_end/erase.html",
        client_id=client.id,
        name=name_of(client),
        typed=typed,
        problem=problem,
    )


def _plain(name: str) -> str:
    """A name as it is meant: capitals and spaces make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
