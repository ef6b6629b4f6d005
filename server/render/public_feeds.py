"""The public feeds of a house, and what each of them announces just now."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.config import Settings
from server.render.catalogue import Catalogue
from server.render.guides import read_guides
from server.script import MOST_SITTINGS, TRACKS, Course, Script
from server.store import (
    Announceable,
    FeedRow,
    PracticeRow,
    Session,
    list_announceable,
    list_practices,
)

LIBRARY = "public"
"""The name of the feed of all practices."""

_TRACK, _COURSE = "track:", "course:"
_BETWEEN_SITTINGS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a house has that a feed could announce."""

    practices: Mapping[str, PracticeRow]
    """Those that were ordered at least once and are no unlisted ones, by slug."""
    scripts: Mapping[str, Script]
    """Those in the library, by slug."""
    recordings: tuple[Announceable, ...]
    """The newest first."""
    courses: Mapping[str, Course]
    """By slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One episode: a practice, and the recording that it has just now."""

    guid: str
    """For ever the same, whatever else changes."""
    slug: str
    title: str
    track: str
    language: str
    published_at: datetime
    render_key: str
    finished_at: datetime
    """When the recording's files were made: made anew, they may be others under the same key."""
    number: int | None = None
    """The place in a course, from 1; a sitting that is not recorded yet leaves a gap."""
    standing: int = 1
    """From 2 where the same recording stands in the feed already: each needs its own address."""
    script: Script | None = field(default=None, compare=False)
    """None where the practice has left the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFeed:
    """A public feed, before anything is written."""

    name: str
    """public, track:<slug> or course:<slug>."""
    path: str
    """Where it is served."""
    guid: str
    first_url: str
    digest: str | None = field(compare=False)
    """SHA-256 of the bytes that it had when some process last built it."""
    changed_at: datetime | None = field(compare=False)
    """Since when it has had them."""
    track: str | None
    course: Course | None
    entries: tuple[FeedEntry, ...]

    def has_same_news(self, other: PublicFeed) -> bool:
        """True where nothing has changed since the other was looked at, the scripts included."""
        pairs = zip(self.entries, other.entries, strict=False)
        return self == other and all(mine.script is theirs.script for mine, theirs in pairs)


def read_news(db: Session, settings: Settings, catalogue: Catalogue) -> News:
    """Read what there is to announce, in two queries however much it is."""
    scripts = {script.slug: script for script in catalogue.scripts()}
    unlisted = catalogue.unlisted_slugs()
    courses = read_guides(settings.scripts_path, scripts.values()).written
    return News(
        practices={row.slug: row for row in list_practices(db) if row.slug not in unlisted},
        scripts=scripts,
        recordings=list_announceable(db),
        courses={course.slug: course for course in courses},
    )


def feed_path(name: str) -> str:
    """Where a feed is served."""
    kind, _, slug = name.rpartition(":")
    return f"/feed/{kind}s/{slug}" if kind else "/feed"


def track_feed(slug: str) -> str:
    """The name of a track's feed."""
    return _TRACK + slug


def course_feed(slug: str) -> str:
    """The name of a course's feed."""
    return _COURSE + slug


def is_feed(news: News, name: str) -> bool:
    """True where the house has such a feed. One of a track may be empty."""
    kind, _, slug = name.rpartition(":")
    known = {"": (LIBRARY,), "track": TRACKS, "course": news.courses}
    return slug in known.get(kind, ())


def list_feed_names(news: News) -> tuple[str, ...]:
    """The feeds of a house: the library's, those of tracks that hold something, the courses'."""
    filled = {script.track for script in news.scripts.values()}
    tracks = (track_feed(track) for track in TRACKS if track in filled)
    return (LIBRARY, *tracks, *map(course_feed, news.courses))


def outline_feed(news: News, row: FeedRow) -> PublicFeed:
    """Say what a feed that is_feed() knows announces just now."""
    name = row.name
    kind, _, slug = name.rpartition(":")
    course = news.courses[slug] if kind == "course" else None
    entries = _sittings(news, course, row) if course else _practices(news, slug if kind else None)
    return PublicFeed(
        name=name,
        path=feed_path(name),
        guid=row.guid,
        first_url=row.first_url,
        digest=row.digest,
        changed_at=row.changed_at,
        track=slug if kind == "track" else None,
        course=course,
        entries=tuple(entries),
    )


def sitting_guids(feed_guid: str, course: Course) -> Iterator[str]:
    """The guids of a course's sittings, each made of its name, or else of its practice and which
    time this comes in the course without a name.

    Neither its length nor its place is in it, so a course may be changed around it; and one with
    a name may be put before others of the same practice.
    """
    times: Counter[str] = Counter()
    for sitting in course.leads():
        times[sitting.practice] += not sitting.name
        unnamed = f"{sitting.practice}#{times[sitting.practice]}"
        known = f"name:{sitting.name}" if sitting.name else unnamed
        yield str(uuid.uuid5(uuid.UUID(feed_guid), known))


def _practices(news: News, track: str | None) -> Iterator[FeedEntry]:
    """Every practice that is recorded at its usual length, or those of a track."""
    newest: dict[str, Announceable] = {}
    for recording in news.recordings:
        if recording.is_default:
            newest.setdefault(recording.slug, recording)
    for slug, recording in newest.items():
        row = news.practices.get(slug)
        entry = _entry(news, row, recording, guid=row.guid) if row else None
        if entry and track in (None, entry.track):
            yield entry


def _sittings(news: News, course: Course, row: FeedRow) -> Iterator[FeedEntry]:
    """The sittings of a course that are recorded at its own lengths.

    Each is dated a minute after the one before it: apps that know no numbers sort by date.
    """
    newest: dict[tuple[str, int], Announceable] = {}
    for recording in news.recordings:
        newest.setdefault((recording.slug, recording.minutes), recording)
    standings: dict[str, int] = {}
    guids = sitting_guids(row.guid, course)
    for place, (sitting, guid) in enumerate(zip(course.leads(), guids, strict=True), 1):
        slug = sitting.practice
        practice, found = news.practices.get(slug), newest.get((slug, sitting.minutes))
        if practice is None or found is None:
            continue
        standings[found.key] = standings.get(found.key, 0) + 1
        begun_at = (row.made_at or practice.added_at) - MOST_SITTINGS * _BETWEEN_SITTINGS
        yield _entry(
            news,
            practice,
            found,
            guid=guid,
            published_at=begun_at + place * _BETWEEN_SITTINGS,
            number=place,
            standing=standings[found.key],
        )


def _entry(
    news: News,
    row: PracticeRow,
    recording: Announceable,
    *,
    guid: str,
    published_at: datetime | None = None,
    number: int | None = None,
    standing: int = 1,
) -> FeedEntry:
    """Title and track are the script's, as long as there is one; the row knows the last ones."""
    script = news.scripts.get(row.slug)
    return FeedEntry(
        guid=guid,
        slug=row.slug,
        title=script.title if script else row.title,
        track=script.track if script else row.track,
        language=script.language if script else row.language,
        published_at=published_at or row.published_at or row.added_at,
        render_key=recording.key,
        finished_at=recording.finished_at,
        number=number,
        standing=standing,
        script=script,
    )
