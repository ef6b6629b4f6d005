"""The public feed and its cover pictures, with conditions answered from their content."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from flask import Blueprint, Response, request, url_for

from server.errors import PracticeNotFound, VoiceUnavailable
from server.feed import (
    FEED_TYPE,
    SRT_TYPE,
    VTT_TYPE,
    ChapterMark,
    Enclosure,
    Episode,
    Podcast,
    Transcript,
    feed_guid,
    render_feed,
)
from server.render import HOUSE_TRACK, cover_key, get_cover, house_voices
from server.script import Script
from server.store import FeedRow, Published, add_feed, find_feed, find_practice, list_published
from server.units import Bytes, Ms
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
    newest = [_aware(item.practice.published_at or item.render.created_at) for item in published]
    response.last_modified = max(newest, default=None)
    return _conditional(response, cache_control="public, max-age=300")


@feed.get("/cover.jpg")
def house_cover() -> Response:
    """Answer the house's own cover."""
    rooms = get_rooms()
    return _picture(get_cover(rooms.shelf, rooms.settings.title, HOUSE_TRACK))


@feed.get("/covers/<slug:slug>.jpg")
def cover(slug: str) -> Response:
    """Answer the cover of a practice, also of one whose script is no longer there."""
    rooms = get_rooms()
    try:
        script = rooms.catalogue.get(slug).script
    except PracticeNotFound:
        with rooms.database.reading() as db:
            row = find_practice(db, slug)
        if row is None:
            raise
        return _picture(get_cover(rooms.shelf, row.title, row.track))
    return _picture(get_cover(rooms.shelf, script.title, script.track))


def cover_version(title: str, track: str) -> str:
    """What is added to a cover's address, so that a new picture has a new address."""
    return cover_key(title, track)[:12]


def _picture(jpeg: bytes) -> Response:
    """Answer a picture; only an address that names its version may be kept for ever."""
    response = Response(jpeg, content_type="image/jpeg")
    is_named = "v" in request.args
    return _conditional(
        response,
        cache_control="public, max-age=31536000, immutable" if is_named else "public, max-age=3600",
    )


def _conditional(response: Response, *, cache_control: str) -> Response:
    """Add a strong tag of the content, and answer 304 where the client has it."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest())
    response.headers["Cache-Control"] = cache_control
    response.make_conditional(request.environ)
    return response


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
        image_url=base
        + url_for("feed.house_cover", v=cover_version(rooms.settings.title, HOUSE_TRACK)),
        episodes=tuple(_episode(rooms, item) for item in published),
    )


def _episode(rooms: Rooms, item: Published) -> Episode:
    base, row = rooms.settings.public_url, item.practice
    script = _find_script(rooms, row.slug)
    image = url_for("feed.cover", slug=row.slug, v=cover_version(row.title, row.track))
    return Episode(
        guid=row.guid,
        title=row.title,
        summary=script.summary if script else row.title,
        page_url=base + url_for("practice.show", slug=row.slug),
        image_url=base + image,
        published_at=_aware(row.published_at or item.render.created_at),
        duration_ms=Ms(item.render.duration_ms or 0),
        enclosure=_enclosure(base, item),
        transcripts=(
            Transcript(url=_file_url(base, item, "vtt"), content_type=VTT_TYPE),
            Transcript(url=_file_url(base, item, "srt"), content_type=SRT_TYPE),
        ),
        chapters_url=_file_url(base, item, "json"),
        stages=_stages(item),
        voice=_voice_line(rooms, item.render.voice),
        credits=script.credits if script else "",
    )


def _find_script(rooms: Rooms, slug: str) -> Script | None:
    try:
        return rooms.catalogue.get(slug).script
    except PracticeNotFound:
        return None


def _enclosure(base: str, item: Published) -> Enclosure:
    sizes = [row.size_bytes for row in item.render.renditions if row.kind == "mp3"]
    return Enclosure(url=_file_url(base, item, "mp3"), size_bytes=Bytes(sizes[0]))


def _file_url(base: str, item: Published, kind: str) -> str:
    return base + url_for("audio.show", key=item.render.key, kind=kind)


def _stages(item: Published) -> tuple[ChapterMark, ...]:
    """Read the stages from the report of the render, where they are as they sound."""
    rows: list[dict[str, Any]] = cast(Any, item.render.report or {}).get("stages", [])
    return tuple(
        ChapterMark(
            title=row["title"],
            start_ms=Ms(row["start_ms"]),
            end_ms=Ms(row["start_ms"] + row["length_ms"]),
        )
        for row in rows
    )


def _voice_line(rooms: Rooms, name: str) -> str:
    try:
        voice = house_voices(rooms.settings).get_record(name)
    except VoiceUnavailable:
        return name
    return f"{voice.title}. {voice.licence}"


def _aware(moment_at: datetime) -> datetime:
    return moment_at if moment_at.tzinfo else moment_at.replace(tzinfo=UTC)
