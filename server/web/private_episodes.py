"""What a private feed tells: all of a giving, or, where it is neutral, as good as nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from server.feed import Episode, Podcast
from server.render import (
    HOUSE_TRACK,
    cover_key,
    get_cover,
    get_neutral_cover,
    neutral_cover_key,
    server_secret,
)
from server.render.feed_items import FeedItem
from server.script import Script
from server.store import RenderRow
from server.store.care.private_feed_tables import PrivateFeedRow
from server.units import Bytes
from server.web.episodes import (
    Announcement,
    find_script,
    live_address,
    make_episode,
    usual_language,
)
from server.web.private_files import Addresses, file_stem, tag_bytes
from server.web.rooms import Rooms

log = logging.getLogger(__name__)

NEUTRAL_TITLE = "Practices"
NEUTRAL_SUMMARY = "Something to listen to."
DESCRIPTION = (
    "What you were given, in its order. This feed is yours alone: please pass its address on to "
    "nobody. Spoken by a synthetic voice. Not a medical device and not a treatment."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An item that can be heard."""

    item: FeedItem
    render: RenderRow
    stem: str
    """How the names of its files begin: no other item's do so, also where the sound is the same."""


def list_ready(secret: bytes, row: PrivateFeedRow, items: Sequence[FeedItem]) -> tuple[Ready, ...]:
    """The items whose sound is there."""
    found: list[Ready] = []
    known: set[str] = set()
    for item in items:
        if item.render is not None:
            key = item.render.key
            stem = file_stem(secret, row, key)
            stem = f"{stem}-{item.number}" if key in known else stem
            known.add(key)
            found.append(Ready(item=item, render=item.render, stem=stem))
    return tuple(found)


def private_podcast(
    rooms: Rooms, row: PrivateFeedRow, items: Sequence[FeedItem], feed_url: str
) -> Podcast:
    """Put a feed together; nothing in it names its owner, and no link leads to a token."""
    addresses = Addresses(
        public_url=rooms.settings.public_url,
        secret=server_secret(rooms.settings.secret_path),
        row=row,
    )
    scripts = {each.slug: each for each in rooms.catalogue.scripts()}  # the folder is walked once
    languages = [scripts[item.slug].language for item in items if item.slug in scripts]
    title = NEUTRAL_TITLE if row.is_neutral else rooms.settings.title
    return Podcast(
        title=title,
        description=NEUTRAL_SUMMARY if row.is_neutral else DESCRIPTION,
        page_url=rooms.settings.public_url + url_for("library.index"),
        feed_url=feed_url,
        guid=row.guid,
        language=usual_language(languages),
        author=title,
        image_url=addresses.of("cover-0.jpg", version=_cover_version(rooms, row, 0, None)),
        episodes=tuple(_episodes(rooms, addresses, items, scripts)),
        is_serial=True,
        is_private=True,
    )


def feed_cover(rooms: Rooms, row: PrivateFeedRow, number: int, slug: str) -> bytes:
    """The picture of a feed, number 0 and no slug, or of an item of it. Raises CoverNotDrawn."""
    if row.is_neutral:
        return get_neutral_cover(rooms.shelf, number)
    script = find_script(rooms, slug) if slug else None
    return get_cover(rooms.shelf, *_cover_of(rooms, script))


def _episodes(
    rooms: Rooms,
    addresses: Addresses,
    items: Sequence[FeedItem],
    scripts: Mapping[str, Script],
) -> Iterator[Episode]:
    for ready in list_ready(addresses.secret, addresses.row, items):
        try:
            yield _episode(rooms, addresses, ready, scripts.get(ready.item.slug))
        except OSError as error:  # one that cannot be read hides no other
            log.warning("not in a feed key=%s: %s", ready.render.key, error.strerror)


def _episode(rooms: Rooms, addresses: Addresses, ready: Ready, script: Script | None) -> Episode:
    item, row, base = ready.item, addresses.row, addresses.public_url
    version = _cover_version(rooms, row, item.number, script)
    plain = Announcement(
        guid=item.guid,
        title=f"Practice {item.number}",
        summary=NEUTRAL_SUMMARY,
        page_url=base + url_for("library.index"),
        image_url=addresses.of(f"cover-{item.number}.jpg", version=version),
        published_at=item.given_at,
        file_url=lambda kind: addresses.of(f"{ready.stem}.{kind}"),
        number=item.number,
        is_blocked=True,
    )
    if row.is_neutral:
        return _neutral(rooms, ready.render, make_episode(rooms, ready.render, plain, script))
    told = replace(
        plain,
        title=item.title,
        summary=_summary(item, script),
        live_url=live_address(rooms, script),
    )
    if script is not None:
        page_url = base + url_for("practice.show", slug=item.slug)
        told = replace(told, language=script.language, page_url=page_url)
    return make_episode(rooms, ready.render, told, script)


def _neutral(rooms: Rooms, render: RenderRow, episode: Episode) -> Episode:
    """Leave out of an episode whatever names what it is; its file is sent without its tag.

    Persons, terms of use and the live page no private feed tells yet; whoever lets one tell them
    has them left out here.
    """
    name = next(each.file_name for each in render.renditions if each.kind == "mp3")
    path = rooms.shelf.render_folder(render.key) / name
    with rooms.shelf.lend(path, is_own=render.is_private) as here:
        tag = tag_bytes(here)
    sound = replace(episode.enclosure, size_bytes=Bytes(episode.enclosure.size_bytes - tag))
    return replace(
        episode,
        enclosure=sound,
        chapters_url="",
        stages=(),
        voice="",
        credits="",
        alternates=(),
        persons=(),
        licence=None,
        live_url="",
    )


def _summary(item: FeedItem, script: Script | None) -> str:
    """What the therapist wrote, and then what the practice is."""
    told = script.summary if script else ""
    return "\n\n".join(filter(None, (item.message.strip(), told))) or item.title


def _cover_of(rooms: Rooms, script: Script | None) -> tuple[str, str]:
    """Title and track of a picture with words: the house's own without a practice."""
    return (script.title, script.track) if script else (rooms.settings.title, HOUSE_TRACK)


def _cover_version(rooms: Rooms, row: PrivateFeedRow, number: int, script: Script | None) -> str:
    """What is added to a picture's address, so that a new picture has a new address."""
    key = neutral_cover_key(number) if row.is_neutral else cover_key(*_cover_of(rooms, script))
    return key[:12]
