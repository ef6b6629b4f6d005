"""Cover art: a title in large letters under a shape that belongs to its track, and no more.

Podcast apps show it 60 pixels wide, so the letters are as large as the words allow, and a track
is known by the colour of its ground and by its shape.
"""

from __future__ import annotations

import io

from PIL import Image

from server.audio.cover.canvas import Canvas
from server.audio.cover.looks import ARRANGEMENTS, HOUSE_LOOK, LOOKS, arrange
from server.audio.cover.title import fit_title, write_title

__all__ = ["SIDE_PX", "draw_cover", "draw_neutral_cover"]

SIDE_PX = 3000
"""The largest that directories take."""

_MOST_SHAPE = 0.52
"""A shape is never higher than this part of the side, however short the title is."""

_GAP = 0.05
"""Between the shape and the title."""


def draw_cover(title: str, *, look: str, side_px: int = SIDE_PX) -> bytes:
    """Draw a square RGB JPEG of `side_px`; the same arguments give the same bytes.

    `look` is a track, `course` or `house` and chooses colours and shape; another one looks like
    `house`. Letters that the font lacks are written with those it has; scripts that are not
    Latin are left out.
    """
    look_of = LOOKS.get(look, HOUSE_LOOK)
    canvas = Canvas(side_px, look_of.ground)
    fitted = fit_title(title)
    look_of.draw(canvas, min(_MOST_SHAPE, fitted.top - _GAP))
    write_title(canvas, fitted, look_of.ink)
    return _jpeg(canvas.picture())


def draw_neutral_cover(number: int, *, side_px: int = SIDE_PX) -> bytes:
    """Draw a cover without a word: discs on paper, arranged by `number`, which tells nothing.

    Any number will do: there are as many covers as ARRANGEMENTS, then they come again.
    """
    canvas = Canvas(side_px, HOUSE_LOOK.ground)
    arrange(canvas, number % len(ARRANGEMENTS))
    return _jpeg(canvas.picture())


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88, subsampling=0, optimize=True, dpi=(72, 72))
    return file.getvalue()
