"""The public feeds: built when their news change, and answered from memory until then."""

from __future__ import annotations

import gzip
import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from server.errors import NotFound
from server.feed import FEED_TYPE, feed_guid, render_feed
from server.render import (
    LIBRARY,
    PublicFeed,
    course_feed,
    feed_path,
    is_feed,
    outline_feed,
    read_news,
    track_feed,
)
from server.store import (
    NOT_WRITTEN,
    FeedRow,
    add_feed,
    find_feed,
    list_renders_of,
    note_feed_change,
)
from server.web.feed_watching import note_fetched
from server.web.public_episodes import make_podcast
from server.web.rooms import Rooms, get_rooms

log = logging.getLogger(__name__)

KEPT = "public, max-age=300"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A feed as bytes, and what it was built of."""

    outline: PublicFeed
    plain: bytes
    packed: bytes
    """The same by gzip."""
    digest: str
    """SHA-256 of the plain bytes, in hexadecimal."""
    changed_at: datetime | None
    """Since when it has these bytes; None where that could not be remembered."""


class BuiltFeeds:
    """The feeds of a house, each kept as bytes in this process until it has other news."""

    def __init__(self) -> None:
        self._built: dict[str, Built] = {}

    def get(self, rooms: Rooms, name: str) -> Built:
        """Give a feed as it is just now. Raises NotFound for one that the house does not have.

        What is announced is looked up each time, in a handful of queries; the rest is done when
        it differs from the last time. Nothing is written then either, but the moment of a change.
        """
        outline = _outline(rooms, name)
        known = self._built.get(name)
        # Another digest is remembered when another process has built it of something else.
        if known and known.digest == outline.digest and known.outline.has_same_news(outline):
            return known
        built = self._built[name] = _build(rooms, outline)
        return built


def make_feed() -> Blueprint:
    """Make the blueprint of /feed."""
    feed, feeds = Blueprint("feed", __name__), BuiltFeeds()

    def answer(name: str) -> Response:
        built = feeds.get(get_rooms(), name)
        note_fetched(name)
        return _answer(built)

    @feed.get("/feed")
    def rss() -> Response:
        return answer(LIBRARY)

    @feed.get("/feed/tracks/<slug:slug>")
    def track(slug: str) -> Response:
        return answer(track_feed(slug))

    @feed.get("/feed/courses/<slug:slug>")
    def course(slug: str) -> Response:
        return answer(course_feed(slug))

    @feed.get("/feed.xml")
    def moved() -> ResponseReturnValue:
        return redirect(url_for("feed.rss"), 301)

    return feed


def _outline(rooms: Rooms, name: str) -> PublicFeed:
    with rooms.database.reading() as db:
        row = find_feed(db, name)
        news = read_news(db, rooms.settings, rooms.catalogue)
    if not is_feed(news, name):
        raise NotFound
    return outline_feed(news, row or _begin(rooms, name))


def _begin(rooms: Rooms, name: str) -> FeedRow:
    """Give a feed its guid the first time anyone asks; it is kept from then on."""
    first_url = rooms.settings.public_url + feed_path(name)
    with rooms.database.writing() as db:
        return add_feed(
            db,
            name=name,
            guid=feed_guid(first_url),
            first_url=first_url,
            now_at=datetime.now(UTC),
        )


def _build(rooms: Rooms, outline: PublicFeed) -> Built:
    with rooms.database.reading() as db:
        renders = list_renders_of(db, {entry.render_key for entry in outline.entries})
    plain = render_feed(make_podcast(rooms, outline, renders))
    digest = hashlib.sha256(plain).hexdigest()
    return Built(
        outline=outline,
        plain=plain,
        packed=gzip.compress(plain, mtime=0),
        digest=digest,
        changed_at=_changed_at(rooms, outline, digest),
    )


def _changed_at(rooms: Rooms, outline: PublicFeed, digest: str) -> datetime | None:
    """Since when a feed has these bytes; the first process to build them says so for all."""
    if outline.digest == digest:
        return outline.changed_at
    try:
        with rooms.database.writing() as db:
            return note_feed_change(db, outline.name, digest, datetime.now(UTC))
    except NOT_WRITTEN as error:
        log.warning("a feed changed, and when was not remembered: %s", type(error).__name__)
        return None


def _answer(built: Built) -> Response:
    """Answer the bytes that the app takes, or 304 where it has them; each form has its own tag."""
    is_packed = request.accept_encodings.quality("gzip") > 0
    response = Response(built.packed if is_packed else built.plain, content_type=FEED_TYPE)
    if is_packed:
        response.content_encoding = "gzip"
    response.set_etag(f"{built.digest}-gzip" if is_packed else built.digest)
    response.vary.add("Accept-Encoding")
    if built.changed_at is not None:
        response.last_modified = built.changed_at
    response.headers["Cache-Control"] = KEPT
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request.environ)
    return response
