"""Handing a client over to a colleague: the therapist offers, the client decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BeforeValidator

from server.care import SHARED, Consent, Shared
from server.errors import CaseNotFound
from server.store import Session
from server.store.care import (
    ClientRow,
    TherapistRow,
    add_deed,
    consent_of,
    get_any_client,
    who_sees_to,
)
from server.store.care.handing_over import (
    accept_handover,
    decline_handover,
    find_handover,
    find_open_handover,
    list_successors,
    offer_handover,
    withdraw_handover,
)
from server.web.case_reading import own_name
from server.web.consent_words import choices_of
from server.web.forms import read_form
from server.web.join import as_list
from server.web.people import (
    deed_of_client,
    deed_of_therapist,
    get_client,
    get_own_case,
    get_therapist,
    hold_own_case,
    note_decisions,
)
from server.web.rooms import get_rooms
from server.web.schemas import Id, Incoming

handing_over = Blueprint("handing_over", __name__)


class OfferIn(Incoming):
    """To whom."""

    to: Id


class AnswerIn(Incoming):
    """What the client says, and what the colleague may see: nothing, unless it was chosen."""

    to: Id
    answer: Literal["yes", "no"]
    seen: Annotated[frozenset[Shared], BeforeValidator(as_list)] = frozenset()


@handing_over.get("/room/clients/<client_id>/hand-over")
def show(client_id: str) -> str:
    """Say what handing over means, to whom it can be, and how an offer stands."""
    return _show(client_id)


@handing_over.post("/room/clients/<client_id>/hand-over")
def offer(client_id: str) -> ResponseReturnValue:
    """Ask the client whether a colleague may see to them; nothing changes by that."""
    form, now_at = read_form(OfferIn), datetime.now(UTC)
    if form.value is None:
        return _show(client_id, gettext("Please choose somebody.")), 422
    with get_rooms().database.writing() as db:
        client = hold_own_case(db)
        to = offer_handover(db, client, get_therapist(), form.value.to, now_at)
        deed = deed_of_therapist("offer-handover", client_id=client_id, subject=to.id)
        add_deed(db, deed, now_at)
    return redirect(url_for("handing_over.show", client_id=client_id), 303)


@handing_over.post("/room/clients/<client_id>/hand-over/withdraw")
def withdraw(client_id: str) -> ResponseReturnValue:
    """Take the offer back."""
    now_at = datetime.now(UTC)
    with get_rooms().database.writing() as db:
        withdraw_handover(db, hold_own_case(db).id)
        add_deed(db, deed_of_therapist("withdraw-handover", client_id=client_id), now_at)
    return redirect(url_for("handing_over.show", client_id=client_id), 303)


@handing_over.get("/with-therapist/hand-over")
def ask() -> str:
    """Ask the client, and what the colleague may see; nothing is chosen beforehand."""
    client = get_client()
    with get_rooms().database.reading() as db:
        to, (therapist, _) = find_open_handover(db, client), who_sees_to(db, client)
    if to is None:
        raise CaseNotFound
    return render_template(
        "handing_over/ask.html",
        therapist=therapist.name,
        to=to,
        choices=choices_of(Consent(given=frozenset())),
    )


@handing_over.post("/with-therapist/hand-over")
def answer() -> ResponseReturnValue:
    """Do as the client says. Raises CaseNotFound where somebody else is offered by now."""
    said, now_at = read_form(AnswerIn).value, datetime.now(UTC)
    if said is None:
        raise CaseNotFound
    with get_rooms().database.writing() as db:
        client = get_any_client(db, get_client().id)
        to = find_open_handover(db, client)
        if to is None or to.id != said.to:
            raise CaseNotFound
        if said.answer == "yes":
            _accept(db, client, to, said.seen, now_at)
        else:
            decline_handover(db, client, now_at)
            add_deed(db, deed_of_client(client, "decline-handover", subject=to.id), now_at)
    return redirect(url_for("with_therapist.index"), 303)


def _accept(
    db: Session,
    client: ClientRow,
    to: TherapistRow,
    seen: frozenset[Shared],
    now_at: datetime,
) -> None:
    before = consent_of(db, client.id).given
    accept_handover(db, client, seen, now_at)
    add_deed(db, deed_of_client(client, "accept-handover", subject=to.id), now_at)
    changed = [(what, what in seen) for what in SHARED if what in seen | before]
    note_decisions(db, client, changed, now_at)


def _show(client_id: str, problem: str = "") -> str:
    client = get_own_case()
    with get_rooms().database.reading() as db:
        successors = list_successors(db, get_therapist())
        found = find_handover(db, client)
    return render_template(
        "handing_over/show.html",
        client_id=client_id,
        name=own_name(),
        successors=successors,
        is_here=client.joined_at is not None and client.left_at is None,
        offered=found[0] if found else None,
        to=found[1] if found else None,
        problem=problem,
    )
