"""The public feed, with conditions answered from its content."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, url_for

from server.feed import FEED_TYPE, Episode, Podcast, feed_guid, render_feed
from server.store import FeedRow, Published, add_feed, find_feed, list_published
from server.web.conditions import answer_conditionally
from server.web.covers import cover_version, house_cover_address
from server.web.episodes import Announcement, find_script, make_episode
from server.web.rooms import Rooms, get_rooms

FEED_NAME = "public"
DESCRIPTION = (
    "Guided practices in self-compassion for the days when something in you says no. "
    "Written by people, spoken by a synthetic voice. Not a medical device and not a treatment."
)

feed = Blueprint("feed", __name__)


@feed.get("/feed.xml")
def rss() -> Response:
    """Answer the feed of the rendered practices at their default length."""
    rooms = get_rooms()
    with rooms.database.reading() as db:
        published, row = list_published(db), find_feed(db, FEED_NAME)
    podcast = _podcast(rooms, published, row or _first_feed(rooms))
    response = Response(_rendered(podcast), content_type=FEED_TYPE)
    newest = [item.practice.published_at or item.render.created_at for item in published]
    response.last_modified = max(newest, default=None)
    return answer_conditionally(response, cache_control="public, max-age=300")


@lru_cache(maxsize=4)
def _rendered(podcast: Podcast) -> bytes:
    return render_feed(podcast)


def _first_feed(rooms: Rooms) -> FeedRow:
    """Give the feed its guid the first time anyone asks; it is kept from then on."""
    first_url = rooms.settings.public_url + url_for("feed.rss")
    with rooms.database.writing() as db:
        return add_feed(db, name=FEED_NAME, guid=feed_guid(first_url), first_url=first_url)


def _podcast(rooms: Rooms, published: tuple[Published, ...], row: FeedRow) -> Podcast:
    base = rooms.settings.public_url
    languages = [item.practice.language for item in published]
    return Podcast(
        title=rooms.settings.title,
        description=DESCRIPTION,
        page_url=base + url_for("library.index"),
        feed_url=base + url_for("feed.rss"),
        guid=row.guid,
        language=max(languages, key=languages.count, default="en"),
        author=rooms.settings.title,
        image_url=base + house_cover_address(),
        episodes=tuple(_episode(rooms, item) for item in published),
    )


def _episode(rooms: Rooms, item: Published) -> Episode:
    base, row = rooms.settings.public_url, item.practice
    script = find_script(rooms, row.slug)
    image = url_for("covers.cover", slug=row.slug, v=cover_version(row.title, row.track))
    return make_episode(
        rooms,
        item.render,
        Announcement(
            guid=row.guid,
            title=row.title,
            summary=script.summary if script else row.title,
            page_url=base + url_for("practice.show", slug=row.slug),
            image_url=base + image,
            published_at=row.published_at or item.render.created_at,
            file_url=lambda kind: base + url_for("audio.show", key=item.render.key, kind=kind),
        ),
    )
