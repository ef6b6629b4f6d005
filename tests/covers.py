"""Covers that are there already, for houses in which nobody looks at one, or are drawn only once.

A worker that starts draws what is missing, which for the whole library takes a processor a quarter
of a minute. That it does is shown by tests/render/test_covers.py and tests/web/test_covers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from unittest.mock import patch

from server.audio import cover
from server.audio.cover import draw_neutral_cover
from server.config import Settings
from server.render import open_catalogue
from server.render.covers import Picture
from server.render.warming import draw_all_covers
from server.store import Database, Shelf

SIDE_PX = 60


_draw = Picture.draw


def draw_once(picture: Picture) -> bytes:
    """In place of Picture.draw: a process draws each picture once, for however many houses."""
    return _drawn(picture, cover.SIDE_PX)


@cache
def _drawn(picture: Picture, _side_px: int) -> bytes:
    return _draw(picture)


@cache
def little_cover() -> bytes:
    """One JPEG for all of them."""
    return draw_neutral_cover(0, side_px=SIDE_PX)


def lay_covers(environment: Mapping[str, str]) -> None:
    """Put a little picture wherever a worker with these settings would put a cover.

    The database has to be there.
    """
    settings = Settings.from_environment(environment)
    database, shelf = Database(settings.database_path), Shelf(settings.cache_path)
    with patch.object(Picture, "draw", lambda _: little_cover()):
        draw_all_covers(settings, open_catalogue(settings), database, shelf)
    database.close()
