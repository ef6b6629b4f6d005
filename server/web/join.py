"""Joining: what an invited client reads first, and the press that ties their device."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, cast

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BeforeValidator

from server.care import SHARED, Consent, Shared
from server.errors import DeviceTaken, InputRefused, InvitationGone
from server.store import Session, hash_device
from server.store.care import (
    Invited,
    add_decisions,
    add_deed,
    find_client,
    get_invitation,
    has_joined_with,
    join,
    list_assignments,
)
from server.web.browser import browser_words
from server.web.consent_words import choices_of
from server.web.device import find_device, keep_device, make_device
from server.web.forms import read_form
from server.web.people import (
    deed_of_client,
    find_asking_client,
    find_asking_therapist,
    note_decisions,
)
from server.web.rooms import get_rooms
from server.web.schemas import Incoming

joining = Blueprint("joining", __name__)


def as_list(value: object) -> object:
    """A form's field that came once is a text."""
    return [value] if isinstance(value, str) else value


class JoinIn(Incoming):
    """What may be seen from the beginning: nothing, unless it was chosen."""

    seen: Annotated[frozenset[Shared], BeforeValidator(as_list)] = frozenset()


@joining.get("/join/<token>")
def show(token: str) -> ResponseReturnValue:
    """Say who invites, and to what. Looking does not use the link up: message apps look, too."""
    try:
        with get_rooms().database.reading() as db:
            invited = get_invitation(db, token, datetime.now(UTC))
    except InvitationGone:
        return _gone()
    if find_asking_therapist() is not None:
        return _therapists()
    if find_asking_client() is not None:
        return _taken()
    return _invite(token, invited)


@joining.post("/join/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Tie this device to the client, and lead to what waits for them; of two at once, one joins."""
    form = read_form(JoinIn)
    if form.value is None:
        raise InputRefused("The form cannot be read.", field="seen")
    seen, now_at, device = form.value.seen, datetime.now(UTC), find_device(request)
    if find_asking_therapist() is not None:
        return _therapists()
    try:
        if device is None:
            # A browser that keeps no cookie would use the link up and have nothing of it.
            with get_rooms().database.reading() as db:
                return _invite(token, get_invitation(db, token, now_at), seen, is_second=True)
        with get_rooms().database.writing() as db:
            if not has_joined_with(db, token, hash_device(device)):
                _join(db, token, device, seen)
            client = find_client(db, hash_device(device))
            way = (
                "given.index" if client and list_assignments(db, client) else "with_therapist.index"
            )
    except InvitationGone:
        return _gone()
    except DeviceTaken:
        return _taken()
    answer = cast(Response, redirect(url_for(way), 303))
    keep_device(answer, device, is_https=get_rooms().settings.is_https)
    return answer


def link_to_join(token: str) -> str:
    """The whole address, by the name of the house that its operator gave it."""
    return f"{get_rooms().settings.public_url}/join/{token}"


def _join(db: Session, token: str, device: str, seen: Iterable[Shared]) -> None:
    now_at = datetime.now(UTC)
    invited = join(db, token, hash_device(device), browser_words(request), now_at)
    is_first = invited.kind == "client"
    deed = deed_of_client(invited.client, "join" if is_first else "add-device")
    add_deed(db, deed, now_at)
    if is_first:
        decided = [(what, what in seen) for what in SHARED]
        add_decisions(db, invited.client.id, decided, now_at)
        # What was not chosen was not seen before either: that changes nothing.
        shown = [each for each in decided if each[1]]
        note_decisions(db, invited.client, shown, now_at)


def _invite(
    token: str, invited: Invited, seen: Iterable[Shared] = (), *, is_second: bool = False
) -> Response:
    """The page of an invitation; it gives the browser the mark that joining ties."""
    answer = make_response(
        render_template(
            "joining/show.html",
            token=token,
            kind=invited.kind,
            therapist=invited.therapist.name,
            place=invited.room.name,
            choices=choices_of(Consent(given=frozenset(seen))),
            is_second=is_second,
        )
    )
    device = find_device(request) or make_device()
    keep_device(answer, device, is_https=get_rooms().settings.is_https)
    return answer


def _gone() -> tuple[str, int]:
    """One page for a link that is used, too old, taken back, or never was one."""
    return render_template("joining/gone.html", here="/"), 404


def _therapists() -> tuple[str, int]:
    """A therapist who tries a link would make their own browser the client's."""
    return render_template("joining/therapist.html", here="/"), 409


def _taken() -> tuple[str, int]:
    return render_template("joining/taken.html", here="/"), 409
