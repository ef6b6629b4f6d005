"""Covers are drawn ahead by the worker, once, and those of old titles go."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from server.errors import CoverNotDrawn
from server.render.covers import (
    KEPT_SECONDS,
    NEUTRAL_COVERS,
    Picture,
    draw_covers,
    get_cover,
    get_neutral_cover,
    make_picture,
)
from server.store import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "cache")


def test_drawn_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    """What is on the shelf is not drawn again, and is what is read."""
    wanted = [("Small steps", "ground"), ("Small steps", "ground"), ("House", "house")]
    draw_covers(shelf, wanted)
    assert len(list((shelf.root / "covers").iterdir())) == 2 * 2 + NEUTRAL_COVERS
    monkeypatch.setattr(Picture, "draw", lambda _picture: pytest.fail("drawn again"))
    draw_covers(shelf, wanted)
    large = get_cover(shelf, "House", "house")
    assert large != get_cover(shelf, "House", "house", is_small=True)
    assert make_picture(shelf, Picture(title="House", track="house")) == large
    assert get_neutral_cover(shelf, 1) == get_neutral_cover(shelf, 1 + NEUTRAL_COVERS)
    assert get_neutral_cover(shelf, 1) != get_neutral_cover(shelf, 2)


def test_what_is_not_drawn_is_not_there(shelf: Shelf):
    """Reading draws nothing: it says that the picture is not there yet."""
    with pytest.raises(CoverNotDrawn):
        get_cover(shelf, "Small steps", "ground")
    with pytest.raises(CoverNotDrawn):
        get_neutral_cover(shelf)


def test_covers_of_old_titles_go(shelf: Shelf):
    """A title that nothing has any more keeps its cover for a month, as apps may still ask."""
    for title in ("Old", "Older"):
        make_picture(shelf, Picture(title=title, track="ground"))
    long_ago_s = time.time() - KEPT_SECONDS - 60
    for title in ("Older", "Kept"):
        path = Picture(title=title, track="ground").path(shelf)
        make_picture(shelf, Picture(title=title, track="ground"))
        os.utime(path, (long_ago_s, long_ago_s))
    draw_covers(shelf, [("Kept", "ground")])
    assert get_cover(shelf, "Kept", "ground")
    assert get_cover(shelf, "Old", "ground")
    with pytest.raises(CoverNotDrawn):
        get_cover(shelf, "Older", "ground")


def test_a_cover_that_was_wanted_lately_goes_a_month_after(shelf: Shelf):
    """The month is counted from when the title was last wanted, not from the drawing."""
    picture = Picture(title="Kept", track="ground")
    make_picture(shelf, picture)
    long_ago_s = time.time() - KEPT_SECONDS - 60
    os.utime(picture.path(shelf), (long_ago_s, long_ago_s))
    draw_covers(shelf, [("Kept", "ground")])
    marked_s = picture.path(shelf).stat().st_mtime
    assert marked_s > time.time() - 60
    draw_covers(shelf, [])
    assert get_cover(shelf, "Kept", "ground")
    draw_covers(shelf, [("Kept", "ground")])
    assert picture.path(shelf).stat().st_mtime == marked_s, "not at every look"
