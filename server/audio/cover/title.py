"""Titles on covers: as large as their words allow, in a font that only knows plain letters."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import ImageFont

from server.audio.cover.canvas import MARGIN, Canvas, Colour, Mask

_MOST_LINES = 5
_MOST_HEIGHT = 0.62
"""Of the whole title, as a part of the cover's side; as the measures below."""

_SIZES = tuple(size / 1000 for size in range(184, 40, -2))
"""Sizes to try, largest first."""

_LINE_STEP = 1.06
"""From one line to the next, as a part of the letters' size."""

_BOLD = 0.011
"""How much is added around each letter, as a part of its size: thin lines vanish at 60 pixels."""

_CAPITAL, _SMALL = 0.69, 0.53
"""The height of capitals and of small letters in Pillow's own font, as parts of the size."""

_DESCENT = 0.21

_MEASURE_PX = 100
"""The size at which text is measured; widths grow with it in proportion."""

_SPELLED = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "’": "'", "‘": "'", "“": '"',
        "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "−": "-", "…": "...",
    }
)  # fmt: skip
"""What the font has no picture for and can be spelled with letters that it has."""

_ABOVE: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "\u0308": (((-0.11, 0.0),), ((0.11, 0.0),)),
    "\u0301": (((-0.03, 0.06), (0.08, -0.06)),),
    "\u0300": (((0.03, 0.06), (-0.08, -0.06)),),
    "\u0302": (((-0.1, 0.05), (0.0, -0.06), (0.1, 0.05)),),
    "\u030c": (((-0.1, -0.06), (0.0, 0.05), (0.1, -0.06)),),
    "\u0303": (((-0.13, 0.03), (-0.06, -0.03), (0.06, 0.03), (0.13, -0.03)),),
    "\u0304": (((-0.11, 0.0), (0.11, 0.0)),),
    "\u030a": (((-0.06, 0.0), (0.0, -0.06), (0.06, 0.0), (0.0, 0.06), (-0.06, 0.0)),),
    "\u030b": (((-0.09, 0.06), (-0.02, -0.06)), ((0.05, 0.06), (0.12, -0.06))),
}
"""Marks above letters, which the font lacks: lines around the middle of the mark, in parts of the
letters' size. A line of one point is a dot."""

_BELOW = {
    "\u0327": ((0.02, 0.0), (0.05, 0.07), (-0.04, 0.13)),
    "\u0328": ((0.1, 0.0), (0.12, 0.12)),
}

_MARK_WIDTH = 0.075
_DOT_WIDTH = 0.13
_MARK_GAP = 0.15
"""From the top of a letter to the middle of its mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedTitle:
    """A title broken into lines at the size at which it is written."""

    lines: tuple[str, ...]
    size: float
    """Of the letters, as a part of the cover's side."""

    @property
    def top(self) -> float:
        """Where its first line begins, from the top of the cover."""
        return 1 - MARGIN - _height(self.size, len(self.lines))

    @property
    def small_letter(self) -> float:
        """The height of a small letter such as x, as a part of the cover's side."""
        return self.size * _SMALL


def fit_title(title: str) -> FittedTitle:
    """Find the largest size at which a title fits its room, and its lines at that size.

    A title too long for the smallest size ends where its room does, and a word too long is cut
    off by the cover's edge.
    """
    words, width = _writable(title).split(), 1 - 2 * MARGIN
    for size in _SIZES:
        lines = _wrapped(words, width / size)
        is_low = len(lines) <= _MOST_LINES and _height(size, len(lines)) <= _MOST_HEIGHT
        if is_low and _widest(lines) <= width / size:
            break
    even = _balanced(words, lines[:_MOST_LINES], width / size)
    return FittedTitle(lines=tuple(even), size=size)


def write_title(canvas: Canvas, fitted: FittedTitle, ink: Colour) -> None:
    """Write a title at the foot of a cover, each line beginning at the left margin."""
    size_px = fitted.size * canvas.side_px
    font, pen = _font(size_px), canvas.pen()
    baselines = [
        1 - MARGIN - fitted.size * (_DESCENT + _LINE_STEP * n)
        for n in reversed(range(len(fitted.lines)))
    ]
    for line, baseline in zip(fitted.lines, baselines, strict=True):
        at = (MARGIN * canvas.side_px, baseline * canvas.side_px)
        pen.text(at, _bare(line), font=font, fill=ink, anchor="ls", stroke_width=_BOLD * size_px)
    lined = tuple(zip(fitted.lines, baselines, strict=True))
    if any(_bare(line) != line for line in fitted.lines):
        canvas.lay(ink, lambda mask: _paint_marks(mask, lined, fitted.size))


def _paint_marks(mask: Mask, lined: tuple[tuple[str, float], ...], size: float) -> None:
    for line, baseline in lined:
        for mark, middle, letter in _marks(line):
            x = MARGIN + middle * size
            if mark in _BELOW:
                _paint_mark(mask, _BELOW[mark], x, baseline, size)
                continue
            top = _SMALL if letter.islower() and letter not in "bdfhklt" else _CAPITAL
            for points in _ABOVE[mark]:
                _paint_mark(mask, points, x, baseline - (top + _MARK_GAP) * size, size)


def _paint_mark(
    mask: Mask, points: tuple[tuple[float, float], ...], x: float, y: float, size: float
) -> None:
    width = (_DOT_WIDTH if len(points) == 1 else _MARK_WIDTH) * size
    placed = [(x + dx * size, y + dy * size) for dx, dy in points]
    if len(placed) == 1:
        mask.disc(*placed[0], width / 2)
    else:
        mask.stroke(placed, width)


def _marks(line: str) -> Iterator[tuple[str, float, str]]:
    """Tell each mark of a line, the middle of its letter from the left, and its letter."""
    bare = ""
    for character in line:
        if not unicodedata.combining(character):
            bare += character
        elif bare:
            middle = _length(bare) - _length(bare[-1]) / 2
            yield character, middle, bare[-1]


def _bare(line: str) -> str:
    return "".join(c for c in line if not unicodedata.combining(c))


def _height(size: float, lines: int) -> float:
    """From the top of a capital in the first line to the lowest end of the last."""
    return size * (_CAPITAL + _DESCENT + _LINE_STEP * (lines - 1))


def _balanced(words: list[str], lines: list[str], width: float) -> list[str]:
    """Make the lines as even as their number allows; what does not fit at all stays as it is."""

    @cache
    def best(start: int, count: int) -> tuple[float, tuple[str, ...]]:
        """Tell the least sum of squared lengths of `count` lines from a word on, and the lines."""
        if count == 0:
            return (0.0 if start == len(words) else math.inf), ()
        found: tuple[float, tuple[str, ...]] = (math.inf, ())
        for end in range(start + 1, len(words) + 1):
            line = " ".join(words[start:end])
            if (length := _length(line)) > width:
                break
            cost, after = best(end, count - 1)
            found = min(found, (cost + length**2, (line, *after)))
        return found

    cost, even = best(0, len(lines))
    return lines if math.isinf(cost) else list(even)


def _wrapped(words: list[str], width: float) -> list[str]:
    """Break words into lines no wider than `width` times the font's size, where words allow."""
    lines: list[str] = []
    for word in words:
        if lines and _length(longer := f"{lines[-1]} {word}") <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _widest(lines: list[str]) -> float:
    return max((_length(line) for line in lines), default=0.0)


def _length(line: str) -> float:
    """Measure a line, in units of the font's size."""
    return _font(_MEASURE_PX).getlength(_bare(line)) / _MEASURE_PX


def _writable(title: str) -> str:
    """Take letters apart into those of the font and the marks that we draw; leave out the rest."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFC", title).translate(_SPELLED))
    return "".join(c for c in apart if c in _ABOVE or c in _BELOW or _is_drawn(c))


@lru_cache(maxsize=512)
def _is_drawn(character: str) -> bool:
    if unicodedata.combining(character):
        return False
    font = _font(_MEASURE_PX)
    return character.isspace() or bytes(font.getmask(character)) != bytes(font.getmask("\uffff"))


@lru_cache(maxsize=8)
def _font(size_px: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font
