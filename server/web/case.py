"""The case file of one client: what they let their therapist see, and what was given to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext
from pydantic import StringConstraints
from werkzeug.wrappers import Response

from server.care import Consent
from server.store.care import LONGEST_NAME, Seal, list_given, open_name, rename_client
from server.web.case_words import consent_text, date_text, given_title
from server.web.forms import Form, read_form
from server.web.people import get_own_case, get_therapist
from server.web.rooms import get_rooms
from server.web.schemas import Incoming

PREFIX = "/room/clients/<client_id>"

case = Blueprint("case", __name__, url_prefix=PREFIX)


class NameIn(Incoming):
    """What a therapist calls a client."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)
    ]


def own_seal() -> Seal:
    """The key of the client whom the address names. Raises KeyGone."""
    return get_rooms().keys.get(get_own_case().id)


def own_name() -> str:
    """What the therapist calls the client whom the address names."""
    return open_name(get_own_case(), own_seal())


@case.get("")
def index(client_id: str) -> str:
    """Show what there is of a client, as far as they let it be seen."""
    return _show()


@case.post("/name")
def rename(client_id: str) -> Response | tuple[str, int]:
    """Call a client by another name."""
    form = read_form(NameIn)
    if form.value is None:
        return _show(form), 422
    with get_rooms().database.writing() as db:
        rename_client(db, own_seal(), get_therapist(), client_id, form.value.name)
    return redirect(url_for("case.index", client_id=client_id))


def _show(form: Form[NameIn] | None = None) -> str:
    client, name = get_own_case(), own_name()
    with get_rooms().database.reading() as db:
        given = list_given(db, client.id)
    return render_template(
        "case/index.html",
        client_id=client.id,
        name=name,
        consent_text=consent_text(client, name, Consent()),
        given=[
            {
                "title": given_title(each),
                "at": each.given_at,
                "day": date_text(each.given_at),
                "is_withdrawn": each.withdrawn_at is not None,
            }
            for each in given
        ],
        typed_name=form.typed.get("name", "") if form else name,
        name_problem=gettext("A name has 1 to 120 characters.") if form else "",
    )


def now() -> datetime:
    """The moment of what is written down."""
    return datetime.now(UTC)
