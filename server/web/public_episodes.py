"""What a public feed says of itself and of its episodes: an outline becomes a `Podcast`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import url_for
from flask_babel import force_locale

from server.feed import Episode, Funding, Licence, Person, Podcast
from server.render import FeedEntry, PublicFeed
from server.store import RenderRow
from server.web.audio import SOUNDS
from server.web.covers import (
    course_cover_address,
    cover_version,
    house_cover_address,
    track_cover_address,
)
from server.web.episodes import ENGLISH, Announcement, live_address, make_episode, usual_language
from server.web.library import HEADINGS
from server.web.rooms import Rooms

DESCRIPTION = (
    "Guided practices in self-compassion for the days when something in you says no. "
    "Written by people, spoken by a synthetic voice. Not a medical device and not a treatment."
)


def make_podcast(rooms: Rooms, feed: PublicFeed, renders: Mapping[str, RenderRow]) -> Podcast:
    """Put a feed together; `renders` are those of its entries, with their files, by key."""
    settings = rooms.settings
    base = settings.public_url
    feed_url = base + feed.path
    with force_locale(ENGLISH):  # one feed, the same for whoever asks
        title, description = _name(settings.title, feed)
    author = settings.feed_author
    return Podcast(
        title=title,
        description=description,
        page_url=base + _page_path(feed),
        feed_url=feed_url,
        guid=feed.guid,
        language=usual_language([entry.language for entry in feed.entries]),
        author=author or settings.title,
        image_url=base + _image_path(feed),
        episodes=tuple(
            _episode(rooms, entry, renders[entry.render_key])
            for entry in feed.entries
            if _is_whole(renders.get(entry.render_key))
        ),
        is_serial=feed.course is not None,
        medium="podcast" if feed.course is None else "course",
        persons=(Person(name=author, role="author", group="writing"),) if author else (),
        funding=_funding(settings.funding_url, settings.funding_text),
        licence=Licence(name=settings.feed_licence) if settings.feed_licence else None,
        new_feed_url=feed_url if feed_url != feed.first_url else "",
        is_complete=_is_complete(feed, renders),
    )


def _is_complete(feed: PublicFeed, renders: Mapping[str, RenderRow]) -> bool:
    """True where nothing will be added: apps then stop asking, so every sitting must be there."""
    course = feed.course
    whole = [each for each in feed.entries if _is_whole(renders.get(each.render_key))]
    return course is not None and course.has_ended and len(whole) == len(course.sittings)


def _name(house: str, feed: PublicFeed) -> tuple[str, str]:
    """The title and the description of a feed."""
    if feed.course is not None:
        words = (feed.course.summary, *feed.course.why, DESCRIPTION)
        return f"{feed.course.title} ({house})", "\n\n".join(words)
    if feed.track is not None:
        return f"{HEADINGS[feed.track]} ({house})", DESCRIPTION
    return house, DESCRIPTION


def _page_path(feed: PublicFeed) -> str:
    if feed.course is not None:
        return url_for("guides.show_course", slug=feed.course.slug)
    return url_for("library.index", _anchor=f"shelf-{feed.track}" if feed.track else None)


def _image_path(feed: PublicFeed) -> str:
    if feed.course is not None:
        return course_cover_address(feed.course)
    return track_cover_address(feed.track) if feed.track else house_cover_address()


def _funding(url: str, text: str) -> Funding | None:
    return Funding(url=url, text=text) if url else None


def _is_whole(render: RenderRow | None) -> bool:
    """False for one that was pruned between two looks, or has no sound."""
    return render is not None and any(row.kind == "mp3" for row in render.renditions)


def _episode(rooms: Rooms, entry: FeedEntry, render: RenderRow) -> Episode:
    base, script = rooms.settings.public_url, entry.script
    image = url_for("covers.cover", slug=entry.slug, v=cover_version(entry.title, entry.track))
    news = Announcement(
        guid=entry.guid,
        title=entry.title,
        summary=script.summary if script else entry.title,
        page_url=base + url_for("practice.show", slug=entry.slug),
        image_url=base + image,
        published_at=entry.published_at,
        file_url=lambda kind: base + _file_path(entry, kind),
        number=entry.number,
        language=entry.language,
        live_url=live_address(rooms, script),
    )
    return make_episode(rooms, render, news, script)


def _file_path(entry: FeedEntry, kind: str) -> str:
    """Sound has addresses of its own, where downloads are counted; what belongs to it has those
    that the pages use.
    """
    if kind not in SOUNDS:
        return url_for("audio.show", key=entry.render_key, kind=kind)
    standing = entry.standing if entry.standing > 1 else None
    return url_for("feed_audio.show", key=entry.render_key, kind=kind, standing=standing)
