"""Two ratings over time: two lines, the distance as a band, and no picture of absences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from apiflask import APIFlask

from server.web.trend_picture import WIDTH, Names, draw_trend

START = datetime(2027, 1, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rated:
    """A pair."""

    at: datetime
    first_rating: int
    second_rating: int


def draw(app: APIFlask, *pairs: tuple[int, int, int]) -> str:
    """Draw pairs of days from the start, and both ratings."""
    points = [Rated(START + timedelta(days=days), one, other) for days, one, other in pairs]
    with app.test_request_context():
        return str(draw_trend(points, Names(first="To a <friend>", second="To myself")))


def across(drawn: str) -> list[float]:
    return [float(x) for x in re.findall(r'<circle[^>]*cx="([\d.]+)"', drawn)]


def test_situations_stand_equally_far_apart(app: APIFlask):
    """However long it was from one to the next."""
    first, second, third = across(draw(app, (0, 5, 5), (1, 5, 5), (300, 5, 5)))
    assert abs((second - first) - (third - second)) < 0.11
    assert third < WIDTH


def test_a_single_pair_stands_in_the_middle(app: APIFlask):
    """With the distance as a line."""
    drawn = draw(app, (0, 10, 0))
    assert across(drawn) == [208.0]
    assert 'class="trend-band" d="M208.0 12.0L208.0 172.0Z"' in drawn


def test_the_band_lies_between_both_lines(app: APIFlask):
    """There along the first and back along the second, whichever is above."""
    drawn = draw(app, (0, 10, 0), (1, 0, 10))
    band = re.findall(r'class="trend-band" d="M([^"]+)Z"', drawn)[0]
    assert [float(point.split()[1]) for point in band.split("L")] == [12, 172, 12, 172]


def test_days_never_lie_upon_each_other(app: APIFlask):
    """As many are named as there is room for; each pair says its own all the same."""
    drawn = draw(app, *((day, 8, 2) for day in range(40)))
    named = [float(x) for x in re.findall(r'<text[^>]*x="([\d.]+)"[^>]*middle', drawn)]
    assert 4 <= len(named) <= 8
    assert all(later - sooner >= 56 for sooner, later in pairwise(named))
    assert drawn.count("<title>") == 80


def test_titles_are_text(app: APIFlask):
    """Whatever a worksheet calls its answers."""
    drawn = draw(app, (0, 8, 2))
    assert "<friend>" not in drawn
    assert "4 Jan 2027: To a &lt;friend&gt;, 8 of 10" in drawn
