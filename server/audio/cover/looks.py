"""How the covers of tracks, of courses and of the house look: a ground, an ink and a shape each.

The colours are those of the pages. Ink on its ground has a contrast of more than 4.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from server.audio.cover.canvas import MARGIN, Canvas, Colour, Mask

PAPER: Colour = (250, 246, 238)
INK: Colour = (42, 40, 48)
EMBER: Colour = (154, 66, 41)
EMBER_SOFT: Colour = (203, 152, 129)
SAGE: Colour = (56, 97, 79)
SAGE_SOFT: Colour = (150, 177, 160)
GLOW: Colour = (240, 217, 196)
SAGE_WASH: Colour = (217, 229, 219)

_LINE = 0.014
"""How thick a horizon is."""

Draw = Callable[[Canvas, float], None]
"""Draws a shape into the upper part of a canvas, whose height is given as a part of its side."""

LEFT, RIGHT, TOP = MARGIN, 1 - MARGIN, MARGIN
"""Where shapes that do not leave the cover begin and end, as the title does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is common to the covers of one track."""

    ground: Colour
    ink: Colour
    draw: Draw


def _rings(canvas: Canvas, height: float) -> None:
    """Kindness outward: rings that widen from one place and leave the cover."""

    x, y = 0.84, 0.06

    def paint(mask: Mask) -> None:
        for outer, inner in ((1.0, 0.88), (0.64, 0.52), (0.28, 0.0)):
            mask.disc(x, y, outer * (height - y))
            mask.disc(x, y, inner * (height - y), is_hole=True)

    canvas.lay(SAGE_SOFT, paint, height=height)


def _sun(canvas: Canvas, height: float) -> None:
    """Present pain: one whole disc, here and now."""
    radius = (height - TOP) / 2
    canvas.lay(GLOW, lambda mask: mask.disc(RIGHT - radius, TOP + radius, radius), height=height)


def _setting(canvas: Canvas, height: float) -> None:
    """Past pain: a disc that has gone half behind the horizon, and the line that is left."""
    line = height - _LINE
    radius = min(line - TOP, 0.36)

    def paint(mask: Mask) -> None:
        mask.disc(0.5, line, radius)
        mask.block(0, line, 1, 1, is_hole=True)

    canvas.lay(EMBER, paint, height=height)
    canvas.lay(EMBER, lambda m: m.block(LEFT, line, RIGHT, height), height=height)


def _blocks(canvas: Canvas, height: float) -> None:
    """Obstacles: stones in the way, one upon another."""
    size = (height - TOP) / 2.08
    low, wide, corner = TOP + size * 1.08, size * 1.45, size * 0.22

    def paint_low(mask: Mask) -> None:
        for left in (LEFT, LEFT + wide + size * 0.08):
            mask.block(left, low, left + wide, low + size, round_by=corner)

    def paint_high(mask: Mask) -> None:
        left = LEFT + wide * 0.6
        mask.block(left, TOP, left + wide, TOP + size, round_by=corner)

    canvas.lay(EMBER_SOFT, paint_low, height=height)
    canvas.lay(EMBER, paint_high, height=height)


def _pair(canvas: Canvas, height: float) -> None:
    """For the helper: two discs that share a part."""
    radius = (height - TOP) / 2
    y, left, right = TOP + radius, LEFT + radius, LEFT + radius * 2.15

    def both(mask: Mask) -> None:
        mask.disc(left, y, radius)
        mask.disc(right, y, radius)

    canvas.lay(EMBER_SOFT, both, height=height)
    canvas.lay(
        GLOW, partial(_paint_shared, left=left, right=right, y=y, radius=radius), height=height
    )


def _paint_shared(mask: Mask, *, left: float, right: float, y: float, radius: float) -> None:
    """Paint the part that two discs have in common."""
    other = Mask(mask.unit_px, mask.image.height)
    mask.disc(left, y, radius)
    other.disc(right, y, radius)
    mask.image.paste(0, (0, 0), other.image.point(lambda part: 0 if part else 255))


def _layers(canvas: Canvas, height: float) -> None:
    """Ground: layers that lie on each other from edge to edge, the lowest the darkest."""
    thick = height * 0.22
    for n, colour in enumerate((SAGE_SOFT, (103, 137, 119), SAGE)):
        top = height - (3 - n) * thick * 1.15 + thick * 0.15
        paint = partial(Mask.block, left=0, top=top, right=1, bottom=top + thick)
        canvas.lay(colour, paint, height=height)


def _stairs(canvas: Canvas, height: float) -> None:
    """A course: steps that lead up, from the first to the last."""
    count = 4
    wide = (RIGHT - LEFT) / count
    for n, colour in enumerate((EMBER_SOFT, (185, 123, 99), (170, 95, 70), EMBER)):
        left, top = LEFT + n * wide, height - (height - TOP) * (n + 1) / count
        right = left + wide * 0.9
        paint = partial(Mask.block, left=left, top=top, right=right, bottom=height)
        canvas.lay(colour, paint, height=height)


def _stepping_back(canvas: Canvas, height: float) -> None:
    """The house: circles that stand at one point, each step back holding the one before it."""
    foot, whole = height, height - TOP
    for part, colour in ((1.0, GLOW), (0.72, (226, 190, 166)), (0.48, EMBER_SOFT), (0.26, EMBER)):
        radius = whole * part / 2
        paint = partial(Mask.disc, x=LEFT + whole / 2, y=foot - radius, radius=radius)
        canvas.lay(colour, paint, height=height)


HOUSE_LOOK = Look(ground=PAPER, ink=INK, draw=_stepping_back)

LOOKS = {
    "kindness-outward": Look(ground=SAGE, ink=PAPER, draw=_rings),
    "present-pain": Look(ground=EMBER, ink=PAPER, draw=_sun),
    "past-pain": Look(ground=GLOW, ink=INK, draw=_setting),
    "obstacles": Look(ground=PAPER, ink=INK, draw=_blocks),
    "for-the-helper": Look(ground=INK, ink=PAPER, draw=_pair),
    "ground": Look(ground=SAGE_WASH, ink=INK, draw=_layers),
    "course": Look(ground=PAPER, ink=INK, draw=_stairs),
    "house": HOUSE_LOOK,
}
"""By track, and for courses and the house."""

_PLACES = tuple((0.2 + 0.3 * (n % 3), 0.2 + 0.3 * (n // 3)) for n in range(9))
"""A grid of three by three, row by row."""

ARRANGEMENTS = (
    (0, 8), (2, 6), (4, 0), (6, 2), (8, 4), (1, 7), (3, 5), (5, 3), (7, 1), (0, 5), (2, 3), (4, 2),
)  # fmt: skip
"""Of covers without words: the places of a large disc and of a small one."""


def arrange(canvas: Canvas, number: int) -> None:
    """Lay a large and a small disc; `number` is one of ARRANGEMENTS, and colours alternate."""
    large, small = (_PLACES[place] for place in ARRANGEMENTS[number])
    soft, strong = (GLOW, EMBER) if number % 2 else (SAGE_WASH, SAGE)
    canvas.lay(soft, lambda mask: mask.disc(*large, 0.34))
    canvas.lay(strong, lambda mask: mask.disc(*small, 0.12))
