"""Cover pictures on the shelf: drawn by the worker, ahead of whoever asks, and then only read."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from server.errors import CoverNotDrawn, StoreUnavailable
from server.script import TRACKS, Script
from server.store import Shelf
from server.store.broken import is_broken
from server.timeline import content_key

logger = logging.getLogger(__name__)

FOLDER = "covers"

COVER_VERSION = "2"
"""Raise it when the drawing changes: each picture then gets a new address."""

SMALL_PX = 600
"""The side of the small cover, for tags, pages and lock screens: no phone fetches more for those.
The other one, for feeds, is as large as directories take."""

NEUTRAL_COVERS = 12
"""How many covers without words there are."""

HOUSE_TRACK = "house"
"""What stands for a track where the house itself is shown."""

COURSE_TRACK = "course"
"""What stands for a track where a course is shown."""

KEPT_SECONDS = 30 * 24 * 3600.0
"""How long the cover of a title stays after nothing has that title any more."""

MARKED_SECONDS = 24 * 3600.0
"""How often it is noted that something still has a title."""

TRACK_TITLES = {
    "en": {
        "kindness-outward": "Kindness outward",
        "present-pain": "When something hurts now",
        "past-pain": "When it hurts from long ago",
        "obstacles": "When something says no",
        "for-the-helper": "For those who help",
        "ground": "Ground to stand on",
    },
    "de": {
        "kindness-outward": "Freundlichkeit für andere",
        "present-pain": "Wenn gerade etwas wehtut",
        "past-pain": "Wenn etwas von früher wehtut",
        "obstacles": "Wenn etwas Nein sagt",
        "for-the-helper": "Für alle, die helfen",
        "ground": "Boden unter den Füßen",
    },
}
"""By language, what stands on the covers of tracks: the headings of the library's shelves, which
are translated in the web room alone; the worker has to know them as well."""

Titled = tuple[str, str]
"""A title, and the track whose colours and shape its cover has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture on the shelf: with a title, or of the covers without words."""

    title: str = ""
    track: str = ""
    number: int = 0
    """Which of the covers without words it is, where it has no track."""
    is_small: bool = False

    @property
    def key(self) -> str:
        """The name of all that it shows; small or not, it has the same one."""
        shown = (self.title, self.track) if self.track else ("neutral", str(self.number))
        return content_key("cover", COVER_VERSION, *shown)

    def path(self, shelf: Shelf) -> Path:
        """Where it is, or will be."""
        name = f"{self.key}-{SMALL_PX}.jpg" if self.is_small else f"{self.key}.jpg"
        return shelf.root / FOLDER / name

    def draw(self) -> bytes:
        """Draw it as JPEG: some tenths of a second of a processor."""
        from server.audio import cover  # Pillow, for which a web process has no use

        side_px = SMALL_PX if self.is_small else cover.SIDE_PX
        if self.track:
            return cover.draw_cover(self.title, look=self.track, side_px=side_px)
        return cover.draw_neutral_cover(self.number, side_px=side_px)


def draw_covers(shelf: Shelf, wanted: Iterable[Titled]) -> None:
    """Draw what is missing of these covers and of those without words, the small ones first.

    Covers of titles that nothing has had for KEPT_SECONDS are deleted; so each one that is still
    wanted is marked as such, once a day.
    """
    titled = tuple(dict.fromkeys(wanted))
    pictures = (
        *(Picture(title=title, track=track, is_small=True) for title, track in titled),
        *(Picture(title=title, track=track) for title, track in titled),
        *(Picture(number=number) for number in range(NEUTRAL_COVERS)),
    )
    draw_missing(shelf, pictures)
    for picture in pictures:
        _mark_wanted(picture.path(shelf))
    _sweep(shelf, {picture.path(shelf).name for picture in pictures})


def draw_missing(shelf: Shelf, pictures: Iterable[Picture]) -> None:
    """Draw those of these pictures that are not on the shelf yet, in this order."""
    for picture in pictures:
        if not shelf.has(picture.path(shelf)):
            make_picture(shelf, picture)


def make_picture(shelf: Shelf, picture: Picture) -> bytes:
    """Read a picture, or draw it and put it on the shelf. Never in a web process: it takes time."""
    path = picture.path(shelf)
    try:
        return shelf.read(path)
    except (FileNotFoundError, StoreUnavailable):
        drawn = picture.draw()
    shelf.publish(path, drawn)
    return drawn


def read_picture(shelf: Shelf, picture: Picture) -> bytes:
    """Read a picture. Raises CoverNotDrawn; the worker draws what is missing by itself."""
    try:
        return shelf.fetch(picture.path(shelf)).read_bytes()
    except OSError as error:
        if is_broken(error):
            logger.error("cover cannot be read reason=%s", error.strerror)  # noqa: TRY400 - that is all
            shelf.drop_broken(picture.path(shelf))
        elif not isinstance(error, FileNotFoundError):
            raise
        raise CoverNotDrawn from error


def get_cover(shelf: Shelf, title: str, track: str, *, is_small: bool = False) -> bytes:
    """Read a cover as JPEG. Raises CoverNotDrawn."""
    return read_picture(shelf, Picture(title=title, track=track, is_small=is_small))


def get_neutral_cover(shelf: Shelf, number: int = 0) -> bytes:
    """Read a cover without words as JPEG; any number will do. Raises CoverNotDrawn."""
    return read_picture(shelf, Picture(number=number % NEUTRAL_COVERS))


def cover_key(title: str, track: str) -> str:
    """Name a cover by all that it shows."""
    return Picture(title=title, track=track).key


def neutral_cover_key(number: int = 0) -> str:
    """Name a cover without words; any number will do."""
    return Picture(number=number % NEUTRAL_COVERS).key


def track_title(track: str, scripts: Iterable[Script]) -> str:
    """Name a track as its cover does: in the language of most of its practices, or in English."""
    languages = Counter(each.language.partition("-")[0] for each in scripts if each.track == track)
    language = max(sorted(languages), key=languages.__getitem__, default="en")
    return TRACK_TITLES.get(language, TRACK_TITLES["en"])[track]


def list_track_covers(scripts: tuple[Script, ...]) -> list[Titled]:
    """What the covers of all tracks show."""
    return [(track_title(track, scripts), track) for track in TRACKS]


def _mark_wanted(path: Path) -> None:
    """Say by a picture's time that something has its title, once a day."""
    with suppress(FileNotFoundError):  # somebody has emptied the shelf meanwhile
        if path.stat().st_mtime < time.time() - MARKED_SECONDS:
            os.utime(path)


def _sweep(shelf: Shelf, wanted: set[str]) -> None:
    """Delete old pictures that are not among those with these file names."""
    until_s = time.time() - KEPT_SECONDS
    for path in (shelf.root / FOLDER).glob("*.jpg"):
        if path.name not in wanted and path.stat().st_mtime < until_s:
            shelf.remove_file(path)
