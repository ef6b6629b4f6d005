"""In a podcast app: a client's own feeds, one for each device or app that follows them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from pydantic import BaseModel, ConfigDict, StringConstraints

from server.errors import CaseNotFound
from server.render.feed_items import ACCIDENTS, FeedItem
from server.store.care import (
    ClientRow,
    add_deed,
    who_sees_to,
)
from server.store.care.private_feed_tables import PrivateFeedRow
from server.store.care.private_feeds import (
    DISUSE,
    MAKE_FEED,
    MOST_FEEDS,
    RENEW_FEED,
    REVOKE_FEED,
    get_private_feed,
    is_gone,
    is_unusual,
    list_private_feeds,
    make_private_feed,
    read_feed_name,
    renew_private_feed,
    revoke_private_feed,
    settle_alert,
)
from server.watch.clock import patient_now
from server.web.answers import answer_json
from server.web.app_links import app_links
from server.web.forms import Form, read_form
from server.web.people import deed_of_client, get_client
from server.web.private_items import items_of, order_items
from server.web.qr import qr_picture
from server.web.rooms import get_rooms

log = logging.getLogger(__name__)

LONGEST_NAME = 60
"""Characters of a feed's name."""

podcast = Blueprint("podcast", __name__, url_prefix="/with-therapist/podcast")


class FeedIn(BaseModel):
    """A feed that a client wants to have."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)
    ]
    is_neutral: str = ""
    newest: str | None = None
    """Of the feeds that the page showed, the one made last: where another one has been made since,
    the form is sent a second time, such as by loading the next page again."""


class RenewIn(BaseModel):
    """A feed that is to have another address."""

    model_config = ConfigDict(frozen=True)

    made_at: str | None = None
    """Of the address that the page showed; see `newest`."""


@podcast.get("")
def index() -> str:
    """Show the client's own feeds, and offer another one."""
    return _index()


@podcast.post("")
def make() -> ResponseReturnValue:
    """Make a feed and show its address, this once."""
    form, client, rooms, now_at = read_form(FeedIn), get_client(), get_rooms(), datetime.now(UTC)
    if form.value is None:
        return _index(form), 422
    sent = form.value
    with rooms.database.writing() as db:
        standing = list_private_feeds(db, client)
        if len(standing) >= MOST_FEEDS or sent.newest not in (None, _newest(standing)):
            return redirect(url_for("podcast.index"), 303)
        row, token = make_private_feed(
            db,
            client,
            rooms.keys.get(client.id),
            name=sent.name,
            is_neutral=bool(sent.is_neutral),
            now_at=now_at,
        )
        add_deed(db, deed_of_client(client, MAKE_FEED, subject=row.id), now_at)
    order_items(client)
    return _address_page(row.id, sent.name, token)


@podcast.post("/<entry:feed_id>/renew")
def renew(feed_id: str) -> ResponseReturnValue:
    """Give a feed another address and show it, this once; the old one opens nothing any more."""
    sent = read_form(RenewIn).value
    client, rooms, now_at = get_client(), get_rooms(), datetime.now(UTC)
    with rooms.database.writing() as db:
        row = get_private_feed(db, feed_id)
        if row is None or row.client_id != client.id:
            raise CaseNotFound
        if sent is None or sent.made_at not in (None, row.made_at.isoformat()):
            return redirect(url_for("podcast.index"), 303)
        token = renew_private_feed(db, client, feed_id)
        row.made_at, row.used_at = now_at, None  # both are the address's, and this one is new
        name = read_feed_name(row, rooms.keys.get(client.id))
        add_deed(db, deed_of_client(client, RENEW_FEED, subject=feed_id), now_at)
    return _address_page(feed_id, name, token)


@podcast.post("/<entry:feed_id>/revoke")
def revoke(feed_id: str) -> ResponseReturnValue:
    """Revoke a feed: from this moment on its address opens nothing."""
    client, now_at = get_client(), datetime.now(UTC)
    with get_rooms().database.writing() as db:
        if revoke_private_feed(db, client, feed_id, "client", now_at):
            add_deed(db, deed_of_client(client, REVOKE_FEED, subject=feed_id), now_at)
    return redirect(url_for("podcast.index"), 303)


@podcast.post("/<entry:feed_id>/settle")
def settle(feed_id: str) -> ResponseReturnValue:
    """Note that all is well: it was they who fetched it from there."""
    client, now_at = get_client(), datetime.now(UTC)
    with get_rooms().database.writing() as db:
        settle_alert(db, client, feed_id, "client", now_at)
        add_deed(db, deed_of_client(client, "settle-feed", subject=feed_id), now_at)
    return redirect(url_for("podcast.index"), 303)


@podcast.get("/<entry:feed_id>/fetched")
def fetched(feed_id: str) -> Response:
    """Tell whether something has fetched a feed at its present address, and when."""
    with get_rooms().database.reading() as db:
        row = _own(get_private_feed(db, feed_id))
    return answer_json({"is_fetched": row.used_at is not None, "text": _fetched_text(row)})


def _own(row: PrivateFeedRow | None) -> PrivateFeedRow:
    """A feed of the asking client's that stands. Raises CaseNotFound for all others."""
    client = get_client()
    if row is None or row.client_id != client.id or is_gone(row, client, patient_now()):
        raise CaseNotFound
    return row


def _newest(rows: Sequence[PrivateFeedRow]) -> str:
    return rows[-1].id if rows else ""


def _index(form: Form[FeedIn] | None = None) -> str:
    client, rooms = get_client(), get_rooms()
    seal = rooms.keys.get(client.id)
    with rooms.database.reading() as db:
        rows = list_private_feeds(db, client)
        therapist, _ = who_sees_to(db, client)
    return render_template(
        "podcast/index.html",
        therapist=therapist.name,
        feeds=[
            {
                "id": row.id,
                "name": read_feed_name(row, seal),
                "is_neutral": row.is_neutral,
                "made_at": row.made_at,
                "used_text": _fetched_text(row),
                "is_unusual": is_unusual(row, "client"),
            }
            for row in rows
        ],
        progress=_progress(client) if rows else "",
        newest=_newest(rows),
        may_add=len(rows) < MOST_FEEDS,
        days=DISUSE.days,
        typed_name=form.typed.get("name", "") if form else gettext("My phone"),
        is_neutral=bool(form.typed.get("is_neutral")) if form else True,
        problem=gettext("Please write a name of 1 to %(most)s characters.", most=LONGEST_NAME)
        if form
        else "",
        longest=LONGEST_NAME,
    )


def _address_page(feed_id: str, name: str, token: str) -> str:
    address = get_rooms().settings.public_url + url_for("private_feed.show", token=token)
    return render_template(
        "podcast/address.html",
        feed_id=feed_id,
        name=name,
        address=address,
        links=app_links(address),
        code=qr_picture(address),
        progress=_progress(get_client()),
    )


def _fetched_text(row: PrivateFeedRow) -> str:
    """Say whether something came for it; who it was nobody knows."""
    if row.used_at is None:
        return gettext("Nothing has fetched it yet.")
    since = datetime.now(UTC) - row.used_at
    if since.total_seconds() < 60:
        return gettext("Fetched just now.")
    ago = format_timedelta(-since, add_direction=True)
    return gettext("Last fetched %(ago)s.", ago=ago)


def _progress(client: ClientRow) -> str:
    """How far it is; nothing where that cannot be told, for the address has to be shown."""
    try:
        return _progress_text(items_of(client))
    except ACCIDENTS as error:
        log.warning("not told how far a client's feeds are: %s", type(error).__name__)
        return ""


def _progress_text(items: Iterable[FeedItem]) -> str:
    """Say how much of what was given can be heard in an app already."""
    states = [each.render is not None for each in items]
    ready, rest = states.count(True), states.count(False)
    if not states:
        return gettext("There is nothing in it yet: what your therapist gives you will be.")
    if not rest:
        return gettext("Episodes that are ready: %(ready)s.", ready=ready)
    return gettext(
        "Episodes that are ready: %(ready)s. Being made: %(rest)s.", ready=ready, rest=rest
    )
