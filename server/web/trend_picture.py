"""Two ratings and the distance between them over time, as a picture: two lines and a band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import format_date, gettext
from markupsafe import Markup

WIDTH = 400
"""Narrow, so that its letters can be read where it is as wide as a phone."""

MOST = 10
"""Ratings are given from 0 to this."""

_TOP, _HEIGHT, _LEFT, _RIGHT, _FOOT = 12, 160, 30, 14, 30
_MARK = 4.5
_DAY_WIDTH = 56
"""So much room has a day below the picture, at least."""


class Point(Protocol):
    """Two ratings at their moment."""

    @property
    def at(self) -> datetime:
        """When the worksheet was done."""

    @property
    def first_rating(self) -> int:
        """0 to 10."""

    @property
    def second_rating(self) -> int:
        """0 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the two lines are called, as the worksheet does."""

    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A pair in its place."""

    point: Point
    x: float
    first_y: float
    second_y: float


def draw_trend(points: Sequence[Point], names: Names) -> Markup:
    """Draw the pairs in their order, as SVG with classes and no styles.

    They stand equally far apart, however long it was from one to the next: what is seen is one
    situation after the other, and no absence.
    """
    label = gettext(
        "%(first)s and %(second)s, from 0 to 10, in one situation after the other",
        first=names.first,
        second=names.second,
    )
    placed = [_place(each, number, len(points)) for number, each in enumerate(points)]
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="trend" viewBox="0 0 {} {}" role="img"'
            ' aria-label="{}">'
        ).format(WIDTH, _TOP + _HEIGHT + _FOOT, label),
        *_measure(),
        _band(placed),
        _line("first", [(each.x, each.first_y) for each in placed]),
        _line("second", [(each.x, each.second_y) for each in placed]),
        *(mark for each in placed for mark in _marks(each, names)),
        *_days(placed),
        Markup("</svg>"),
    ]
    return Markup("").join(parts)


def _place(point: Point, number: int, count: int) -> _Placed:
    """Find the place of a pair; a single one stands in the middle."""
    room = WIDTH - _LEFT - _RIGHT
    across = room / 2 if count == 1 else _MARK + number * (room - 2 * _MARK) / (count - 1)
    return _Placed(
        point=point,
        x=_LEFT + across,
        first_y=_down(point.first_rating),
        second_y=_down(point.second_rating),
    )


def _down(rating: int) -> float:
    return _TOP + _HEIGHT * (1 - rating / MOST)


def _measure() -> Iterator[Markup]:
    for rating in (0, MOST // 2, MOST):
        down = _down(rating)
        yield Markup('<path class="trend-rule" d="M{} {:.1f}H{}"/>').format(
            _LEFT - _MARK, down, WIDTH - _RIGHT + _MARK
        )
        yield _text(_LEFT - 10, down + 5, "end", str(rating))


def _band(placed: Sequence[_Placed]) -> Markup:
    there = [f"{each.x:.1f} {each.first_y:.1f}" for each in placed]
    back = [f"{each.x:.1f} {each.second_y:.1f}" for each in reversed(placed)]
    return Markup('<path class="trend-band" d="M{}Z"/>').format("L".join([*there, *back]))


def _line(name: str, places: Sequence[tuple[float, float]]) -> Markup:
    drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return Markup('<path class="trend-line trend-{}" d="M{}"/>').format(name, drawn)


def _marks(each: _Placed, names: Names) -> Iterator[Markup]:
    """A round mark for the first and a square one for the second: nobody needs the colours."""
    day = format_date(each.point.at, "medium")
    first, second = each.point.first_rating, each.point.second_rating
    yield Markup(
        '<circle class="trend-mark trend-first" cx="{:.1f}" cy="{:.1f}" r="{}">'
        "<title>{}</title></circle>"
    ).format(each.x, each.first_y, _MARK, f"{day}: {names.first}, {_of_most(first)}")
    yield Markup(
        '<rect class="trend-mark trend-second" x="{:.1f}" y="{:.1f}" width="{}" height="{}">'
        "<title>{}</title></rect>"
    ).format(
        each.x - _MARK,
        each.second_y - _MARK,
        2 * _MARK,
        2 * _MARK,
        f"{day}: {names.second}, {_of_most(second)}",
    )


def _of_most(rating: int) -> str:
    return gettext("%(rating)s of %(most)s", rating=rating, most=MOST)


def _days(placed: Sequence[_Placed]) -> Iterator[Markup]:
    """Name as many days as there is room for."""
    half, free_from = _DAY_WIDTH / 2, 0.0
    for each in placed:
        middle = min(max(each.x, half), WIDTH - half)
        if middle - half >= free_from:
            free_from = middle + half
            day = format_date(each.point.at, "d MMM")
            yield _text(middle, _TOP + _HEIGHT + 24, "middle", str(day))


def _text(x: float, y: float, anchor: str, text: str) -> Markup:
    return Markup(
        '<text class="trend-text" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
    ).format(x, y, anchor, text)
