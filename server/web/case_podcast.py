"""A client's private feeds, as their therapist sees them: that they are there, and no more.

Neither a feed's name, which is the client's own word, nor when it was used. An app asks for a feed
by itself, so that would say nothing of practising and be read as if it did; no consent shows it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.store.care import add_deed
from server.store.care.private_feeds import (
    REVOKE_FEED,
    is_unusual,
    list_private_feeds,
    revoke_private_feed,
    settle_alert,
)
from server.web.case_reading import PREFIX, own_name
from server.web.people import deed_of_therapist, get_own_case, hold_own_case
from server.web.rooms import get_rooms

case_podcast = Blueprint("case_podcast", __name__, url_prefix=f"{PREFIX}/podcast")


@case_podcast.get("")
def index(client_id: str) -> str:
    """Show which addresses a client has made."""
    with get_rooms().database.reading() as db:
        rows = list_private_feeds(db, get_own_case())
    return render_template(
        "case_podcast/index.html",
        client_id=client_id,
        name=own_name(),
        feeds=[(row, is_unusual(row, "therapist")) for row in rows],
    )


@case_podcast.post("/<entry:feed_id>/revoke")
def revoke(client_id: str, feed_id: str) -> ResponseReturnValue:
    """Revoke one: from this moment on its address opens nothing."""
    now_at = datetime.now(UTC)
    with get_rooms().database.writing() as db:
        if revoke_private_feed(db, hold_own_case(db), feed_id, "therapist", now_at):
            deed = deed_of_therapist(REVOKE_FEED, client_id=client_id, subject=feed_id)
            add_deed(db, deed, now_at)
    return _back(client_id)


@case_podcast.post("/<entry:feed_id>/settle")
def settle(client_id: str, feed_id: str) -> ResponseReturnValue:
    """Note that it was asked about, and all is well."""
    now_at = datetime.now(UTC)
    with get_rooms().database.writing() as db:
        settle_alert(db, hold_own_case(db), feed_id, "therapist", now_at)
        deed = deed_of_therapist("settle-feed", client_id=client_id, subject=feed_id)
        add_deed(db, deed, now_at)
    return _back(client_id)


def _back(client_id: str) -> ResponseReturnValue:
    return redirect(url_for("case_podcast.index", client_id=client_id), 303)
