"""Links that work once: into the house, to a colleague's room, to a new password."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import Field

from server.errors import CaseNotFound, EmailTaken, InvalidOptions
from server.store.care import Deed, InvitationRow, PracticeRoomRow, TherapistRow, add_deed, make_id
from server.store.care.accounts import change_account, end_sign_ins, find_account, read_email
from server.store.care.invitations import add_link, add_room, add_therapist, find_link
from server.web.account import check_line
from server.web.accounts_passwords import find_weakness, hash_chosen
from server.web.forms import Form, read_form
from server.web.mail import Mail, in_background, send
from server.web.people import NOBODY, deed_by
from server.web.rooms import Rooms, get_rooms
from server.web.schemas import Incoming

welcome = Blueprint("welcome", __name__)


class WelcomeForm(Incoming):
    """What any of the links may ask for."""

    email: str = ""
    name: str = ""
    room: str = ""
    username: str = ""
    """For what keeps passwords in the browser; the link says who it is."""
    password: str = ""
    password_again: str = ""


class ForgottenForm(Incoming):
    """Who has forgotten their password."""

    email: str = Field(default="", max_length=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """What a link leads to."""

    link: InvitationRow
    therapist: TherapistRow | None
    room: PracticeRoomRow | None


@welcome.get("/welcome/<token>")
def show(token: str) -> str:
    """Ask for what is missing."""
    invited = _get_invited(token)
    name = invited.therapist.name if invited.therapist else ""
    return _page(invited, typed={"name": name}, errors={})


@welcome.post("/welcome/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Take what was chosen, and use the link up."""
    invited = _get_invited(token)
    form: Form[WelcomeForm] = read_form(WelcomeForm)
    given = form.value or WelcomeForm()
    errors = _find_mistakes(invited, given)
    if not errors:
        try:
            _settle(token, given, hash_chosen(given.password))
        except EmailTaken:
            errors = {"email": gettext("Somebody with this address is here already.")}
    if errors:
        return _page(invited, typed=form.typed, errors=errors)
    flash(gettext("That is done. Now sign in with it."))
    return redirect("/sign-in", 303)


@welcome.get("/sign-in/forgotten")
def forgotten() -> str:
    """Offer a way to a new password."""
    return _forgotten_page()


@welcome.post("/sign-in/forgotten")
def send_link() -> ResponseReturnValue:
    """Send a link to whom the address belongs. Whether it is known is told to nobody."""
    rooms, form = get_rooms(), read_form(ForgottenForm)
    try:
        email = read_email(form.typed.get("email", ""))
    except InvalidOptions:
        told = gettext("This does not look like an e-mail address.")
        return _forgotten_page(email=form.typed.get("email", ""), error=told)
    if rooms.settings.smtp_url:
        subject = gettext("A new password for %(title)s", title=rooms.settings.title)
        text = gettext(
            "Somebody, most likely you, asked for a new password. This link leads to it, once and"
            " within a day:\n\n%(link)s\n\nIf it was not you, there is nothing to do: your"
            " password stays as it is.",
            link="{link}",
        )
        # Even the look-up is done behind the answer, so that the answer takes equally long.
        in_background(lambda: _mail_link(rooms, email, subject, text))
    return _forgotten_page(email=email, is_sent=True)


def _mail_link(rooms: Rooms, email: str, subject: str, text: str) -> None:
    now_at = datetime.now(UTC)
    with rooms.database.writing() as db:
        therapist = find_account(db, "email", email)
        if therapist is None or not therapist.active or therapist.password is None:
            return
        link = welcome_link(
            rooms.settings.public_url, add_link(db, "password", now_at, therapist=therapist)
        )
        # Who asked for it is not known: whoever wrote the address into the form.
        deed = Deed(
            actor=NOBODY,
            action="mail-password-link",
            room_id=therapist.room_id,
            subject=therapist.id,
        )
        add_deed(db, deed, now_at)
    send(rooms.settings, Mail(to=email, subject=subject, text=text.replace("{link}", link)))


def welcome_link(public_url: str, token: str) -> str:
    """The address that a link's token makes."""
    return f"{public_url}/welcome/{token}"


def _get_invited(token: str) -> Invited:
    """What a link leads to. Raises CaseNotFound for one that is used, over, or none."""
    with get_rooms().database.reading() as db:
        link = find_link(db, token, datetime.now(UTC))
        if link is None:
            raise CaseNotFound
        return Invited(
            link=link,
            therapist=db.get(TherapistRow, link.therapist_id) if link.therapist_id else None,
            room=db.get(PracticeRoomRow, link.room_id) if link.room_id else None,
        )


def _find_mistakes(invited: Invited, given: WelcomeForm) -> dict[str, str]:
    found: dict[str, str | None] = {}
    if invited.link.kind == "first":
        found["email"] = _mistake_of(read_email, given.email)
        found["room"] = _mistake_of(check_line, given.room)
    if invited.link.kind != "password":
        found["name"] = _mistake_of(check_line, given.name)
    therapist = invited.therapist
    known = (given.name, given.email, *((therapist.name, therapist.email) if therapist else ()))
    found["password"] = find_weakness(given.password, known)
    if given.password != given.password_again:
        found["password_again"] = gettext("The two do not agree.")
    return {name: mistake for name, mistake in found.items() if mistake}


def _mistake_of(check: Callable[[str], object], text: str) -> str | None:
    try:
        check(text)
    except InvalidOptions:
        return gettext("This does not look like an e-mail address.")
    except ValueError as error:
        return str(error)
    return None


def _settle(token: str, given: WelcomeForm, hashed: str) -> None:
    """Use the link up and do what it is for, both or neither. Raises CaseNotFound, EmailTaken."""
    now_at = datetime.now(UTC)
    with get_rooms().database.writing() as db:
        link = find_link(db, token, now_at)
        if link is None:
            raise CaseNotFound
        if link.kind == "first":
            room = add_room(db, check_line(given.room), now_at)
            therapist = add_therapist(
                db,
                room_id=room.id,
                email=read_email(given.email),
                name=check_line(given.name),
                is_head=True,
                now_at=now_at,
            )
        else:
            therapist = db.get_one(TherapistRow, link.therapist_id)
        link.used_at = now_at
        changes: dict[str, object] = {"password": hashed, "fs_uniquifier": make_id()}
        if link.kind == "therapist":
            changes["name"] = check_line(given.name)
        change_account(db, therapist.id, changes)
        end_sign_ins(db, therapist.id, now_at)
        add_deed(db, deed_by(therapist.id, therapist.room_id, "choose-password"), now_at)


def _page(invited: Invited, *, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "welcome/show.html",
        kind=invited.link.kind,
        room=invited.room,
        email=invited.therapist.email if invited.therapist else typed.get("email", ""),
        typed=typed,
        errors=errors,
    )


def _forgotten_page(email: str = "", error: str = "", *, is_sent: bool = False) -> str:
    return render_template(
        "welcome/forgotten.html",
        command="stepback people reset-password",
        is_mail_possible=bool(get_rooms().settings.smtp_url),
        email=email,
        error=error,
        is_sent=is_sent,
    )
