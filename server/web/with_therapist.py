"""With my therapist: what a client lets be seen, their devices, and how they leave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from server.care import Shared, read_submitted
from server.errors import CaseNotFound, InputRefused
from server.render import visible_case
from server.store import hash_device
from server.store.care import (
    RETURN_WITHIN,
    ClientRow,
    add_decisions,
    add_deed,
    add_invitation,
    consent_of,
    find_left_client,
    list_devices,
    who_sees_to,
)
from server.store.care import come_back as come_back_client
from server.store.care import leave as leave_client
from server.store.care import remove_device as remove_client_device
from server.store.care.handing_over import find_open_handover
from server.store.care.private_feeds import is_unusual, list_private_feeds
from server.web.case_log import rungs_of
from server.web.consent_words import choices_of
from server.web.device import find_device
from server.web.felt import felt_lines
from server.web.forms import read_form
from server.web.join import link_to_join
from server.web.people import deed_of_client, find_asking_client, get_client, note_decisions
from server.web.qr import qr_picture
from server.web.rooms import get_rooms
from server.web.schemas import Incoming
from server.web.wording import date_text
from server.web.worksheet_lines import lines_of

with_therapist = Blueprint("with_therapist", __name__, url_prefix="/with-therapist")


class DecisionIn(Incoming):
    """What a client says of one kind."""

    what: Shared
    is_given: bool


class DeviceIn(Incoming):
    """A device of the client's."""

    device: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@with_therapist.get("")
def index() -> str:
    """Show the client's page; whoever has not joined is told what it is."""
    client = find_asking_client()
    if client is None:
        return _not_joined()
    with get_rooms().database.reading() as db:
        therapist, place = who_sees_to(db, client)
        choices, devices = choices_of(consent_of(db, client.id)), list_devices(db, client.id)
        offered = find_open_handover(db, client)
        feeds = list_private_feeds(db, client)
    return render_template(
        "with_therapist/index.html",
        therapist=therapist.name,
        place=place.name,
        choices=choices,
        devices=devices,
        this_device=_this_device(),
        offered_to=offered.name if offered else None,
        is_unusual=any(is_unusual(each, "client") for each in feeds),
    )


@with_therapist.get("/seen")
def seen() -> str:
    """Show what the therapist's own page is made of, and nothing besides."""
    rooms, client = get_rooms(), get_client()
    with rooms.database.reading() as db:
        therapist, _ = who_sees_to(db, client)
        case = visible_case(db, rooms.keys, client, consent_of(db, client.id))
        feeds = list_private_feeds(db, client)
    return render_template(
        "with_therapist/seen.html",
        therapist=therapist.name,
        case=case,
        worksheets=[
            (submitted.title, each, lines_of(submitted))
            for each in case.submissions
            for submitted in [read_submitted(each.content)]
        ],
        ladders=[(each, rungs_of(each.content)) for each in case.ladders],
        felt_lines=felt_lines,
        feed_days=" · ".join(date_text(each.made_at) for each in feeds),
    )


@with_therapist.post("/consent")
def decide() -> ResponseReturnValue:
    """Note one decision; it holds from the next request of anybody's on."""
    decision, client, now_at = read_form(DecisionIn).value, get_client(), datetime.now(UTC)
    if decision is None:
        raise InputRefused("The form cannot be read.", field="what")
    with get_rooms().database.writing() as db:
        if (decision.what in consent_of(db, client.id).given) != decision.is_given:
            decided = [(decision.what, decision.is_given)]
            add_decisions(db, client.id, decided, now_at)
            note_decisions(db, client, decided, now_at)
    return redirect(url_for("with_therapist.index", _anchor=f"see-{decision.what}"), 303)


@with_therapist.post("/devices")
def add_device() -> str:
    """Make a link for one more device and show it, this once."""
    client, now_at = get_client(), datetime.now(UTC)
    with get_rooms().database.writing() as db:
        link = link_to_join(add_invitation(db, client, "device", now_at))
        add_deed(db, deed_of_client(client, "make-device-link"), now_at)
    return render_template("with_therapist/add_device.html", link=link, code=qr_picture(link))


@with_therapist.post("/devices/remove")
def remove_device() -> ResponseReturnValue:
    """Let a device be the client's no longer: it sees nothing of theirs from now on."""
    sent, client, now_at = read_form(DeviceIn).value, get_client(), datetime.now(UTC)
    if sent is None:
        raise CaseNotFound
    with get_rooms().database.writing() as db:
        if [row.device_hash for row in list_devices(db, client.id)] == [sent.device]:
            # Without any device nobody could change what is seen: that is leaving, and says so.
            return redirect(url_for("with_therapist.ask_to_leave"), 303)
        if remove_client_device(db, client.id, sent.device, now_at):
            add_deed(db, deed_of_client(client, "remove-device"), now_at)
    return redirect(url_for("with_therapist.index", _anchor="devices"), 303)


@with_therapist.get("/leave")
def ask_to_leave() -> str:
    """Say what leaving means, before it is done."""
    with get_rooms().database.reading() as db:
        therapist, _ = who_sees_to(db, get_client())
    return render_template("with_therapist/leave.html", therapist=therapist.name)


@with_therapist.post("/leave")
def leave() -> ResponseReturnValue:
    """Leave: from this moment on nothing is shown."""
    client, now_at = get_client(), datetime.now(UTC)
    with get_rooms().database.writing() as db:
        if leave_client(db, client.id, now_at):
            add_deed(db, deed_of_client(client, "leave"), now_at)
    return redirect(url_for("with_therapist.index"), 303)


@with_therapist.post("/return")
def come_back() -> ResponseReturnValue:
    """Undo leaving, as long as that can be."""
    client, now_at = _left_client(), datetime.now(UTC)
    if client is None:
        raise CaseNotFound
    with get_rooms().database.writing() as db:
        if come_back_client(db, client.id, now_at):
            add_deed(db, deed_of_client(client, "come-back"), now_at)
    return redirect(url_for("with_therapist.index"), 303)


def _not_joined() -> str:
    client = _left_client()
    if client is None or client.left_at is None:
        return render_template("with_therapist/nobody.html")
    with get_rooms().database.reading() as db:
        therapist, _ = who_sees_to(db, client)
    return render_template(
        "with_therapist/left.html",
        therapist=therapist.name,
        until=client.left_at + RETURN_WITHIN,
    )


def _left_client() -> ClientRow | None:
    device = find_device(request)
    if device is None:
        return None
    with get_rooms().database.reading() as db:
        return find_left_client(db, hash_device(device), datetime.now(UTC))


def _this_device() -> str:
    device = find_device(request)
    return hash_device(device) if device else ""
