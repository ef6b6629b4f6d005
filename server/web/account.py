"""A therapist's own account: their name, how they sign in, and where they are signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from server.store.care import PracticeRoomRow, add_deed, hash_token
from server.store.care.accounts import (
    change_account,
    end_sign_in,
    end_sign_ins,
    list_passkeys,
    list_sign_ins,
)
from server.web.forms import read_form
from server.web.people import SIGN_IN, deed_of_therapist, get_therapist
from server.web.rooms import get_rooms
from server.web.schemas import Incoming

LONGEST_NAME = 120


def check_line(text: str) -> str:
    """One line that says something. Raises PydanticCustomError in the language of the page."""
    line = " ".join(text.split())
    if not line:
        raise PydanticCustomError("empty", gettext("Please write something here."))
    if len(line) > LONGEST_NAME:
        told = gettext("Please write at most %(length)s characters.", length=LONGEST_NAME)
        raise PydanticCustomError("long", told)
    return line


Line = Annotated[str, AfterValidator(check_line)]
"""A name of somebody or something, as a form sends it."""


class NameForm(Incoming):
    """What they want to be called."""

    name: Line = Field(default="", validate_default=True)


class SignInForm(Incoming):
    """Which sign-in is to end."""

    sign_in: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


account = Blueprint("account", __name__)


@account.get("/account")
def show() -> str:
    """Show what there is to know and to change."""
    return _page()


@account.post("/account/name")
def rename() -> ResponseReturnValue:
    """Take another name, as clients read it from now on."""
    form, therapist = read_form(NameForm), get_therapist()
    if form.value is None:
        return _page(name=form.typed.get("name", ""), errors=form.errors)
    with get_rooms().database.writing() as db:
        change_account(db, therapist.id, {"name": form.value.name})
    flash(gettext("This is what your clients read from now on."))
    return redirect("/account", 303)


@account.post("/account/sign-ins/end")
def end_one() -> ResponseReturnValue:
    """End one of their own sign-ins; one that is over already stays so."""
    form, therapist, now_at = read_form(SignInForm), get_therapist(), datetime.now(UTC)
    if form.value is not None:
        with get_rooms().database.writing() as db:
            if end_sign_in(db, therapist.id, form.value.sign_in, now_at):
                add_deed(db, deed_of_therapist("end-sign-in"), now_at)
    return redirect("/account#sign-ins", 303)


@account.post("/account/sign-ins/end-others")
def end_others() -> ResponseReturnValue:
    """End all of their sign-ins but this one."""
    therapist, now_at = get_therapist(), datetime.now(UTC)
    with get_rooms().database.writing() as db:
        ended = end_sign_ins(db, therapist.id, now_at, but_hash=hash_token(session[SIGN_IN]))
        if ended:
            add_deed(db, deed_of_therapist("end-other-sign-ins"), now_at)
    flash(ngettext("%(num)s other sign-in is over.", "%(num)s other sign-ins are over.", ended))
    return redirect("/account#sign-ins", 303)


def _page(name: str | None = None, errors: object = ()) -> str:
    therapist, now_at = get_therapist(), datetime.now(UTC)
    with get_rooms().database.reading() as db:
        room = db.get_one(PracticeRoomRow, therapist.room_id)
        passkeys = list_passkeys(db, therapist.id)
        sign_ins = list_sign_ins(db, therapist.id, now_at)
    return render_template(
        "account/show.html",
        therapist=therapist,
        room=room,
        name=therapist.name if name is None else name,
        errors=errors,
        passkeys=passkeys,
        sign_ins=sign_ins,
        this=hash_token(session[SIGN_IN]),
        codes_left=len(therapist.mf_recovery_codes),
    )
