"""The therapists of a practice room: who works here, who is invited, who leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import Field

from server.errors import CaseNotFound, EmailTaken, InvalidOptions
from server.store.care import PracticeRoomRow, TherapistRow, add_deed
from server.store.care.accounts import find_colleague, let_go, list_colleagues, read_email
from server.store.care.invitations import add_link, add_therapist
from server.web.account import Line
from server.web.forms import read_form
from server.web.mail import Mail, in_background, send
from server.web.people import deed_of_therapist, get_therapist
from server.web.rooms import get_rooms
from server.web.schemas import Incoming
from server.web.welcome import welcome_link

colleagues = Blueprint("colleagues", __name__)


class InviteForm(Incoming):
    """Whom to invite."""

    name: Line = Field(default="", validate_default=True)
    email: str = ""


@colleagues.get("/room/people")
def show() -> str:
    """Show who works in this room."""
    return _page()


@colleagues.post("/room/people")
def invite() -> ResponseReturnValue:
    """Add a colleague, and give a link that works once."""
    form, now_at = read_form(InviteForm), datetime.now(UTC)
    errors, email = dict(form.errors), ""
    try:
        email = read_email(form.typed.get("email", ""))
    except InvalidOptions:
        errors["email"] = gettext("This does not look like an e-mail address.")
    if form.value is None or errors:
        return _page(typed=form.typed, errors=errors)
    try:
        with get_rooms().database.writing() as db:
            colleague = add_therapist(
                db,
                room_id=get_therapist().room_id,
                email=email,
                name=form.value.name,
                is_head=False,
                now_at=now_at,
            )
            token = add_link(db, "therapist", now_at, therapist=colleague)
            add_deed(db, deed_of_therapist("invite-therapist", subject=colleague.id), now_at)
    except EmailTaken:
        told = gettext("Somebody with this address is here already. Please look at it once more.")
        return _page(typed=form.typed, errors={"email": told})
    return _invited_page(colleague, token)


@colleagues.post("/room/people/<therapist_id>/link")
def link_again(therapist_id: str) -> ResponseReturnValue:
    """Give a new link to somebody who has not come in yet; the one before ends."""
    now_at = datetime.now(UTC)
    with get_rooms().database.writing() as db:
        colleague = find_colleague(db, get_therapist(), therapist_id)
        if colleague is None or colleague.password is not None:
            raise CaseNotFound
        token = add_link(db, "therapist", now_at, therapist=colleague)
        add_deed(db, deed_of_therapist("invite-therapist", subject=colleague.id), now_at)
    return _invited_page(colleague, token)


@colleagues.post("/room/people/<therapist_id>/end")
def end(therapist_id: str) -> ResponseReturnValue:
    """A colleague has left: they are signed out at once, and can never sign in again."""
    therapist, now_at = get_therapist(), datetime.now(UTC)
    with get_rooms().database.writing() as db:
        colleague = find_colleague(db, therapist, therapist_id)
        if colleague is None or colleague.id == therapist.id:
            raise CaseNotFound
        let_go(db, colleague.id, now_at)
        add_deed(db, deed_of_therapist("end-therapist", subject=colleague.id), now_at)
    flash(gettext("%(name)s cannot sign in any more.", name=colleague.name))
    return redirect("/room/people", 303)


def _invited_page(colleague: TherapistRow, token: str) -> str:
    """Show the link, this once; send it as well where there is mail."""
    settings = get_rooms().settings
    link = welcome_link(settings.public_url, token)
    if settings.smtp_url:
        mail = Mail(
            to=colleague.email,
            subject=gettext("Come into our practice room"),
            text=gettext(
                "%(name)s invites you into the practice room on %(title)s. This link works once,"
                " within a week:\n\n%(link)s",
                name=get_therapist().name,
                title=settings.title,
                link=link,
            ),
        )
        in_background(lambda: send(settings, mail))
    return _page(invited=colleague, link=link)


def _page(
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    invited: TherapistRow | None = None,
    link: str = "",
) -> str:
    therapist = get_therapist()
    with get_rooms().database.reading() as db:
        room = db.get_one(PracticeRoomRow, therapist.room_id)
        everybody = list_colleagues(db, therapist.room_id)
    return render_template(
        "colleagues/show.html",
        therapist=therapist,
        room=room,
        colleagues=everybody,
        typed=typed or {},
        errors=errors or {},
        invited=invited,
        link=link,
        is_mailed=bool(invited and get_rooms().settings.smtp_url),
    )
