"""Cover art: a practice's title under a circle that recedes, drawn on warm paper."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

_PAPER: Colour = (250, 246, 238)
_INK: Colour = (42, 40, 48)
_EMBER: Colour = (154, 66, 41)
_SAGE: Colour = (56, 97, 79)
_GLOW: Colour = (240, 217, 196)
_SAGE_WASH: Colour = (217, 229, 219)
_EMBER_SOFT: Colour = (203, 152, 129)
_SAGE_SOFT: Colour = (150, 177, 160)

_MOST_LINES = 4
_SIZES = tuple(size / 1000 for size in range(132, 40, -4))
"""Sizes to try for the title, largest first, as parts of the cover's side."""

_MEASURE_PX = 100
"""The size at which text is measured; widths grow with it in proportion."""

_MARGIN = 0.085
_TITLE_TOP = 0.665
_LINE_STEP = 1.12
"""From one line of the title to the next, as a part of its size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of a track's circles."""

    core: Colour
    """The innermost circle: what is here."""
    near: Colour
    """The circle that holds it, in a softer tone of its own."""
    wash: Colour
    """The wide circles around both."""


_PALETTES = {
    "kindness-outward": Palette(core=_SAGE, near=_SAGE_SOFT, wash=_SAGE_WASH),
    "present-pain": Palette(core=_EMBER, near=_EMBER_SOFT, wash=_SAGE_WASH),
    "past-pain": Palette(core=_SAGE, near=_SAGE_SOFT, wash=_GLOW),
    "obstacles": Palette(core=_EMBER, near=_EMBER_SOFT, wash=_GLOW),
    "for-the-helper": Palette(core=_INK, near=_EMBER_SOFT, wash=_GLOW),
    "ground": Palette(core=_INK, near=_SAGE_SOFT, wash=_SAGE_WASH),
}
_OTHER_PALETTE = _PALETTES["obstacles"]


_FOOT_X, _FOOT_Y = 0.5, 0.6
"""The point where all circles stand, so that they recede from it."""

_WIDEST, _WIDE, _NEAR, _CORE = 0.27, 0.2, 0.135, 0.075
"""The circles' radii as parts of the cover's side: each step back holds the one before it."""


def draw_cover(title: str, *, track: str, side_px: int = 1400) -> bytes:
    """Draw a square RGB JPEG of `side_px`; the same arguments give the same bytes.

    The track chooses the colours; an unknown one gets those of `obstacles`. Pillow's own font
    knows plain Latin letters: accents are dropped, characters beyond them left out.
    """
    cover = _draw_circles(_PALETTES.get(track, _OTHER_PALETTE), side_px)
    _draw_title(ImageDraw.Draw(cover), title, side_px)
    file = io.BytesIO()
    cover.save(file, "JPEG", quality=90, subsampling=0, optimize=True, dpi=(72, 72))
    return file.getvalue()


def _draw_circles(palette: Palette, side_px: int) -> Image.Image:
    cover = Image.new("RGB", (side_px, side_px), _PAPER)
    _draw_disc(cover, _WIDEST, _half_way_to_paper(palette.wash))
    _draw_disc(cover, _WIDE, palette.wash)
    _draw_disc(cover, _NEAR, palette.near)
    _draw_disc(cover, _CORE, palette.core)
    return cover


def _draw_disc(cover: Image.Image, radius: float, colour: Colour) -> None:
    """Lay one circle on the paper, its edge one pixel soft."""
    radius_px = radius * cover.width
    x_px, y_px = _FOOT_X * cover.width, _FOOT_Y * cover.width - radius_px
    left, top = int(x_px - radius_px) - 1, int(y_px - radius_px) - 1
    middles = np.arange(int(2 * radius_px) + 4, dtype=np.float32) + np.float32(0.5)
    across, down = middles + np.float32(left - x_px), middles + np.float32(top - y_px)
    covered = np.clip(np.float32(radius_px + 0.5) - np.hypot(across, down[:, None]), 0, 1)
    cover.paste(colour, (left, top), Image.fromarray((covered * 255).astype(np.uint8)))


def _half_way_to_paper(colour: Colour) -> Colour:
    red, green, blue = ((part + paper) // 2 for part, paper in zip(colour, _PAPER, strict=True))
    return red, green, blue


def _draw_title(draw: ImageDraw.ImageDraw, title: str, side_px: int) -> None:
    size, lines = _fitted(_writable(title))
    font = _font(size * side_px)
    step_px = size * side_px * _LINE_STEP
    y_px = side_px * (_TITLE_TOP + 1 - _MARGIN) / 2 - step_px * len(lines) / 2
    for line in lines:
        draw.text((side_px / 2, y_px), line, font=font, fill=_INK, anchor="ma")
        y_px += step_px


def _fitted(title: str) -> tuple[float, list[str]]:
    """Find the largest size at which the title fits its room, and its lines at that size.

    A title too long for the smallest size ends after four lines; a word too long is cut off by
    the cover's edge.
    """
    words, width, height = title.split(), 1 - 2 * _MARGIN, 1 - _MARGIN - _TITLE_TOP
    for size in _SIZES:
        lines = _wrapped(words, width / size)
        down = size * _LINE_STEP * len(lines)
        if len(lines) <= _MOST_LINES and down <= height and _widest(lines) <= width / size:
            break
    return size, _balanced(words, lines)[:_MOST_LINES]


def _balanced(words: list[str], lines: list[str]) -> list[str]:
    """Make the lines as even as their number allows."""
    width = _widest(lines)
    tries = (_wrapped(words, width * part / 100) for part in range(100, 40, -3))
    return min((t for t in tries if len(t) == len(lines)), key=_widest, default=lines)


def _wrapped(words: list[str], width: float) -> list[str]:
    """Break words into lines no wider than `width` times the font's size, where words allow."""
    lines: list[str] = []
    for word in words:
        if lines and _widest([longer := f"{lines[-1]} {word}"]) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _widest(lines: list[str]) -> float:
    """Measure the widest line, in units of the font's size."""
    font = _font(_MEASURE_PX)
    return max((font.getlength(line) for line in lines), default=0.0) / _MEASURE_PX


def _writable(title: str) -> str:
    """Keep what the font has a picture for: an accent that it lacks is dropped from its letter."""
    font = _font(_MEASURE_PX)
    missing = bytes(font.getmask("\uffff"))

    def is_drawn(character: str) -> bool:
        return character.isspace() or bytes(font.getmask(character)) != missing

    letters = (c if is_drawn(c) else unicodedata.normalize("NFKD", c) for c in title)
    return "".join(c for c in "".join(letters) if is_drawn(c))


@lru_cache(maxsize=8)
def _font(size_px: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font
