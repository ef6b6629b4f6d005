"""A client's own feed and its files: opened by what stands in the address, as long as it stands."""

from __future__ import annotations

import os

from flask import Blueprint, Response, url_for

from server.errors import CaseNotFound, FeedEnded, RenderNotFound
from server.feed import FEED_TYPE, render_feed
from server.render import server_secret
from server.store import Session, hash_device
from server.store.care import ClientRow
from server.store.care.feed_renders import list_open_keys
from server.store.care.private_feed_tables import PrivateFeedRow
from server.store.care.private_feeds import (
    feed_owner,
    find_private_feed,
    get_private_feed,
    is_gone,
)
from server.watch.clock import patient_now
from server.web.answers import answer_conditionally
from server.web.audio import SOUNDS, PublishedFiles
from server.web.fetch_notes import FetchNotes
from server.web.private_episodes import feed_cover, private_podcast
from server.web.private_files import (
    FILE_CACHE,
    NEUTRAL_KINDS,
    as_sent,
    file_stem,
    is_signed,
    private_headers,
)
from server.web.private_items import items_of
from server.web.rooms import get_rooms
from server.web.sending import send_file_part

FEED_CACHE = "private, no-store"


def make_private_feed_door(files: PublishedFiles) -> Blueprint:
    """Make the blueprint of /feed/private/."""
    private_feed = Blueprint("private_feed", __name__, url_prefix="/feed/private")
    notes = FetchNotes()

    @private_feed.after_request
    def keep_out_of_indexes(response: Response) -> Response:
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @private_feed.get("/<secret:token>")
    def show(token: str) -> Response:
        """Answer the feed."""
        rooms = get_rooms()
        with rooms.database.reading() as db:
            row = find_private_feed(db, token)
            if row is None:
                raise CaseNotFound
            client = _owner_of_standing(db, row)
        feed_url = rooms.settings.public_url + url_for("private_feed.show", token=token)
        podcast = private_podcast(rooms, row, items_of(client), feed_url)
        # No Last-Modified: what is taken back, or has a new address, makes nothing newer.
        response = Response(render_feed(podcast), content_type=FEED_TYPE)
        return notes.note(row, answer_conditionally(response, cache_control=FEED_CACHE))

    @private_feed.get("/files/<entry:feed_id>/<secret:signature>/<feed_file:name>")
    def show_file(feed_id: str, signature: str, name: str) -> Response:
        """Answer a file that this feed names, or named until lately."""
        rooms = get_rooms()
        secret = server_secret(rooms.settings.secret_path)
        with rooms.database.reading() as db:
            row = get_private_feed(db, feed_id)
            if row is None or not is_signed(secret, row, name, signature):
                raise CaseNotFound
            client = _owner_of_standing(db, row)
        stem, _, kind = name.rpartition(".")
        if kind == "jpg":
            return _cover(row, client, int(stem.removeprefix("cover-")))
        if row.is_neutral and kind not in NEUTRAL_KINDS:
            raise CaseNotFound
        key = _key_of(secret, row, stem.partition("-")[0])
        response = _file(files, secret, row, key, kind)
        return notes.note(row, response) if kind in SOUNDS else response

    return private_feed


def _owner_of_standing(db: Session, row: PrivateFeedRow) -> ClientRow:
    """Whose a feed is, asked for in each request. Raises FeedEnded where it opens nothing more.

    Only whoever was shown its address learns that it ended, so that is asked before this.
    """
    client = db.get(ClientRow, row.client_id)
    if client is None or is_gone(row, client, patient_now()):
        raise FeedEnded
    return client


def _key_of(secret: bytes, row: PrivateFeedRow, stem: str) -> str:
    """The recording whose files begin so. Raises CaseNotFound, also once it was taken back."""
    with get_rooms().database.reading() as db:
        keys = list_open_keys(db, row.client_id)
    for key in keys:
        if file_stem(secret, row, key) == stem:
            return key
    raise CaseNotFound


def _cover(row: PrivateFeedRow, client: ClientRow, number: int) -> Response:
    """The feed's own picture, or that of one of its items."""
    slugs = {0: "", **{each.number: each.slug for each in items_of(client)}}
    if number not in slugs:
        raise CaseNotFound
    picture = feed_cover(get_rooms(), row, number, slugs[number])
    response = Response(picture, content_type="image/jpeg")
    return answer_conditionally(response, cache_control=FILE_CACHE)


def _file(
    files: PublishedFiles, secret: bytes, row: PrivateFeedRow, key: str, kind: str
) -> Response:
    """A published file, or what of it a neutral feed sends."""
    published, descriptor = files.open(key, kind)
    owner = hash_device(feed_owner(row.client_id))
    if published.device_hash not in (None, owner):
        os.close(descriptor)
        raise RenderNotFound
    try:
        kept, begins_at = as_sent(secret, row, published, kind)
    except OSError as error:
        os.close(descriptor)
        raise RenderNotFound from error
    headers = private_headers(published, kept)
    return send_file_part(descriptor, kept, headers, begins_at=begins_at)
