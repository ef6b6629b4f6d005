"""Practice in time, as a picture: a column for each week, and in it a block for each return.

A week without practice is narrow white paper. Nothing marks it, nothing joins two columns, and
nothing says how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date, gettext
from markupsafe import Markup

WIDTH = 400
"""Narrow, so that its letters can be read where it is as wide as a phone."""

_TOP, _HEIGHT, _FOOT = 24, 120, 26
_WIDEST, _NARROW = 26.0, 0.25
"""How wide a column may be, and what part of one a week without practice takes."""

_BETWEEN, _LEAST_BLOCK = 2.0, 3.0
_MONTH_WIDTH = 44
"""So much room has the name of a month, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week."""

    starts_on: date
    """Its Monday."""
    lengths_ms: tuple[int | None, ...]
    """Of each time that was practised, in order; None where it may not be seen for how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    week: Week
    x: float
    width: float


def weeks_of(times: Iterable[tuple[date, int | None]]) -> tuple[Week, ...]:
    """Put days and lengths into their weeks, from the first that was practised in to the last."""
    by_week: dict[date, list[int | None]] = {}
    for day, length_ms in sorted(times, key=lambda each: each[0]):
        by_week.setdefault(day - timedelta(days=day.weekday()), []).append(length_ms)
    if not by_week:
        return ()
    first, last = min(by_week), max(by_week)
    mondays = (first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1))
    return tuple(
        Week(starts_on=monday, lengths_ms=tuple(by_week.get(monday, ()))) for monday in mondays
    )


def draw_weeks(weeks: Sequence[Week]) -> Markup:
    """Draw weeks, the first and the last of which were practised in, as SVG without styles."""
    columns = list(_columns(weeks))
    tallest_ms = max((_total_ms(each.week) for each in columns), default=0)
    most = max((len(each.week.lengths_ms) for each in columns), default=1)
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="weeks" viewBox="0 0 {} {}" role="img"'
            ' aria-label="{}">'
        ).format(WIDTH, _TOP + _HEIGHT + _FOOT, gettext("Practice in time, week by week")),
        *(part for each in columns for part in _blocks(each, tallest_ms, most)),
        *_months(columns),
        Markup("</svg>"),
    ]
    return Markup("").join(parts)


def _columns(weeks: Sequence[Week]) -> Iterator[_Column]:
    shares = [1 if week.lengths_ms else _NARROW for week in weeks]
    width = min(_WIDEST, WIDTH / max(sum(shares), 1))
    x = 0.0
    for week, share in zip(weeks, shares, strict=True):
        if week.lengths_ms:
            yield _Column(week=week, x=x, width=width)
        x += width * share


def _total_ms(week: Week) -> int:
    return sum(length or 0 for length in week.lengths_ms)


def _blocks(column: _Column, tallest_ms: int, most: int) -> Iterator[Markup]:
    """One block upon the other; as high as its minutes, or all alike where these are not seen."""
    gap, down = min(_BETWEEN, column.width / 4), float(_TOP + _HEIGHT)
    yield Markup("<g><title>{}</title>").format(week_text(column.week))
    for height in _heights(column.week, tallest_ms, most):
        down -= height
        yield Markup(
            '<rect class="week-block" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"'
            ' rx="{:.1f}"/>'
        ).format(column.x, down, column.width - gap, max(height - _BETWEEN, 1), gap)
    yield Markup("</g>")


def _heights(week: Week, tallest_ms: int, most: int) -> list[float]:
    """A short time is seen as well; where there are very many, all of them are lower."""
    heights = [
        max(
            _HEIGHT * (1 / most if length is None else length / max(tallest_ms, 1)),
            _LEAST_BLOCK + _BETWEEN,
        )
        for length in week.lengths_ms
    ]
    return [height * min(1, (_HEIGHT + _TOP) / sum(heights)) for height in heights]


def _months(columns: Sequence[_Column]) -> Iterator[Markup]:
    """Name a month below the first week in it that was practised in, where there is room."""
    named, free_from = None, 0.0
    for each in columns:
        month = (each.week.starts_on.year, each.week.starts_on.month)
        if month == named or each.x < free_from or each.x > WIDTH - _MONTH_WIDTH:
            continue
        is_new_year = named is not None and named[0] != month[0]
        named, free_from = month, each.x + _MONTH_WIDTH
        text = format_date(each.week.starts_on, "MMM y" if is_new_year else "MMM")
        if is_new_year:
            free_from += _MONTH_WIDTH / 2
        yield Markup('<text class="week-month" x="{:.1f}" y="{}">{}</text>').format(
            each.x, _TOP + _HEIGHT + 20, text
        )


def week_text(week: Week) -> str:
    """Say which week it is."""
    return gettext("Week of %(day)s", day=format_date(week.starts_on, "medium"))
