"""Two lines over time: the client's own numbers, in order, without the marked ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from server.care import Point, Trend, TrendPoint, trend

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def on(day: int, first: int, second: int, *, is_marked: bool = False) -> Point:
    return Point(
        at=NOON + timedelta(days=day),
        first_rating=first,
        second_rating=second,
        is_marked=is_marked,
    )


def test_the_lines_go_through_the_ratings_in_time():
    """In whatever order submissions came; the distance is first less second, and has a sign."""
    made = trend([on(8, 6, 7), on(0, 9, 2), on(2, 8, 4)])
    told = [(p.first_rating, p.second_rating, p.distance, p.share) for p in made.points]
    assert told == [(9, 2, 7, 0.0), (8, 4, 4, 0.25), (6, 7, -1, 1.0)]
    assert made.left_out == ()


def test_marked_ones_are_kept_and_not_drawn():
    """Not even the beginning and the end of the picture are theirs."""
    made = trend([on(9, 9, 9, is_marked=True), on(4, 9, 2), on(0, 9, 9, is_marked=True)])
    assert [(p.at, p.share) for p in made.points] == [(NOON + timedelta(days=4), 0.5)]
    assert made.left_out == (NOON, NOON + timedelta(days=9))


def test_without_submissions_there_is_nothing():
    """No line, and nothing in its place."""
    assert trend([]) == Trend(points=(), left_out=())
    assert trend([on(0, 9, 9, is_marked=True)]).points == ()


def test_moments_of_different_zones_are_in_order():
    """A phone tells its own time."""
    there = timezone(timedelta(hours=9))
    early = Point(at=NOON.astimezone(there), first_rating=1, second_rating=1)
    assert trend([on(1, 2, 2), early]).points[0].at == NOON


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Point,
            at=st.datetimes(timezones=st.just(UTC)),
            first_rating=st.integers(0, 10),
            second_rating=st.integers(0, 10),
            is_marked=st.booleans(),
        )
    )
)
def test_every_submission_is_drawn_or_left_out(points):
    """Each once, its numbers untouched, its place inside the picture."""
    made = trend(points)
    assert len(made.points) + len(made.left_out) == len(points)
    assert sorted(made.left_out) == list(made.left_out)
    drawn = sorted((p for p in points if not p.is_marked), key=lambda p: p.at)
    assert [_numbers(p) for p in made.points] == [_numbers(p) for p in drawn]
    shares = [p.share for p in made.points]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


def _numbers(point: Point | TrendPoint) -> tuple[datetime, int, int]:
    return point.at, point.first_rating, point.second_rating
