"""A therapist's clients: all of them by name, and how one is invited."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Mapping
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import StringConstraints

from server.errors import KeyGone
from server.store.care import (
    LONGEST_NAME,
    ClientRow,
    PracticeRoomRow,
    add_client,
    add_deed,
    add_invitation,
    close_name,
    list_cases,
    list_open_invitations,
    make_id,
    open_name,
    withdraw_invitation,
)
from server.store.care.private_feeds import list_unusual_clients
from server.web.author import may_write
from server.web.forms import read_form
from server.web.join import link_to_join
from server.web.people import deed_of_therapist, get_own_case, get_therapist, hold_own_case
from server.web.qr import qr_picture
from server.web.rooms import get_rooms
from server.web.schemas import Incoming

clients = Blueprint("clients", __name__, url_prefix="/room")


class NameIn(Incoming):
    """How a therapist calls a client."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)
    ]


@clients.get("")
def index() -> str:
    """List the therapist's clients by name."""
    therapist, now_at = get_therapist(), datetime.now(UTC)
    with get_rooms().database.reading() as db:
        invited = list_open_invitations(db, therapist, now_at)
        unusual = list_unusual_clients(db, therapist)
        listed = [_listed(client, invited, unusual) for client in list_cases(db, therapist)]
        place = db.get(PracticeRoomRow, therapist.room_id)
    return render_template(
        "clients/index.html",
        place=place,
        may_write=may_write(request, therapist),
        clients=sorted(listed, key=lambda client: _by_name(str(client["name"]))),
    )


@clients.get("/invite")
def invite() -> str:
    """Ask for a name."""
    return render_template("clients/invite.html", typed="", error="")


@clients.post("/invite")
def add() -> ResponseReturnValue:
    """Make a client of a name, and lead on to their link."""
    form = read_form(NameIn)
    if form.value is None:
        typed = form.typed.get("name", "")
        error = (
            gettext("Please shorten it to %(most)s characters.", most=LONGEST_NAME)
            if typed.strip()
            else gettext("Please write a name, or a sign that you know them by.")
        )
        return render_template("clients/invite.html", typed=typed, error=error), 422
    rooms, client_id = get_rooms(), make_id()
    sealed = close_name(form.value.name, client_id, rooms.keys.make(client_id))
    with rooms.database.writing() as db:
        add_client(db, get_therapist(), client_id, sealed, datetime.now(UTC))
    # The link is made and shown by another address, so that looking again makes no one anew.
    return redirect(url_for("clients.make_link", client_id=client_id), 307)


@clients.get("/clients/<client:client_id>/link")
def show_link(client_id: str) -> ResponseReturnValue:
    """Tell whether a client's link is open, and offer to make it anew or to take it back."""
    client, now_at = get_own_case(), datetime.now(UTC)
    with get_rooms().database.reading() as db:
        until = list_open_invitations(db, get_therapist(), now_at).get(client.id)
    if client.joined_at is not None:
        return redirect(url_for("clients.index"), 303)
    return render_template(
        "clients/link.html", client_id=client.id, name=name_of(client), until=until, link=None
    )


@clients.post("/clients/<client:client_id>/link")
def make_link(client_id: str) -> ResponseReturnValue:
    """Make a link and show it, this once; one of before opens nothing any more."""
    client, therapist, now_at = get_own_case(), get_therapist(), datetime.now(UTC)
    if client.joined_at is not None:
        return redirect(url_for("clients.index"), 303)
    with get_rooms().database.writing() as db:
        hold_own_case(db)
        link = link_to_join(add_invitation(db, client, "client", now_at))
        add_deed(db, deed_of_therapist("invite", client_id=client.id), now_at)
        until = list_open_invitations(db, therapist, now_at).get(client.id)
    return render_template(
        "clients/link.html",
        client_id=client.id,
        name=name_of(client),
        until=until,
        link=link,
        code=qr_picture(link),
        message=gettext(
            "Here is the link to the practices that we spoke of. Please open it in the browser"
            " you would like to practise with. It works once, and for two weeks: %(link)s",
            link=link,
        ),
    )


@clients.post("/clients/<client:client_id>/link/withdraw")
def withdraw_link(client_id: str) -> ResponseReturnValue:
    """Take a link back that nobody has used."""
    client, now_at = get_own_case(), datetime.now(UTC)
    with get_rooms().database.writing() as db:
        hold_own_case(db)
        if withdraw_invitation(db, client.id, "client"):
            add_deed(db, deed_of_therapist("withdraw-invitation", client_id=client.id), now_at)
    return redirect(url_for("clients.show_link", client_id=client.id), 303)


def name_of(client: ClientRow) -> str:
    """How the therapist calls a client; where an erasure was cut short the name has gone."""
    try:
        return open_name(client, get_rooms().keys.get(client.id))
    except KeyGone:
        return gettext("erased")


def _listed(
    client: ClientRow, invited: Mapping[str, datetime], unusual: Container[str]
) -> dict[str, object]:
    return {
        "id": client.id,
        "name": name_of(client),
        "joined_at": client.joined_at,
        "left_at": client.left_at,
        "invited_until": invited.get(client.id),
        "is_unusual": client.id in unusual,
    }


def _by_name(name: str) -> tuple[str, str]:
    """As in a list of names: capitals and accents make no difference, unless nothing else does."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(each for each in letters if not unicodedata.combining(each)), name
