"""Cover pictures on the shelf: drawn once by whoever needs one first, then only read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from server.script import Script
from server.store import Shelf
from server.timeline import content_key

COVER_VERSION = "1"
"""Raise it when the drawing changes: the picture then gets a new address."""


HOUSE_TRACK = "obstacles"
"""The track whose colours the house's own cover has."""


def draw_covers(shelf: Shelf, scripts: Iterable[Script], *, house: str) -> None:
    """Draw what is missing of the practices' covers and the house's own, which shows its name."""
    get_cover(shelf, house, HOUSE_TRACK)
    for script in scripts:
        get_cover(shelf, script.title, script.track)


def cover_key(title: str, track: str) -> str:
    """Name a cover by all that it shows."""
    return content_key("cover", COVER_VERSION, title, track)


def get_cover(shelf: Shelf, title: str, track: str) -> bytes:
    """Read a cover as JPEG; one that was never drawn is drawn and put on the shelf."""
    path = _cover_path(shelf, cover_key(title, track))
    try:
        return path.read_bytes()
    except FileNotFoundError:
        # Imported only here: drawing needs numpy, which has no place in a web process. The
        # worker draws the covers of all practices when it starts, so a page seldom comes first.
        from server.audio.cover import draw_cover

        drawn = draw_cover(title, track=track)
        shelf.publish(path, drawn)
        return drawn


def _cover_path(shelf: Shelf, key: str) -> Path:
    return shelf.root / "covers" / f"{key}.jpg"
