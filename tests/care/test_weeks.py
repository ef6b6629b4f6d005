"""Minutes and returns by weeks: all that was practised counts, and nothing else is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.care import Weeks, weeks

MONDAY = date(2026, 11, 2)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Entry:
    """What of an entry of the log is counted."""

    started_at: datetime
    practised_ms: int = 600_000


def entry(day: int, hour: int = 12, practised_ms: int = 600_000) -> Entry:
    at = datetime(2026, 11, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)
    return Entry(started_at=at, practised_ms=practised_ms)


def told(made: Weeks) -> list[tuple[int, int, int]]:
    return [(week.place, week.minutes, week.times) for week in made.weeks]


def test_a_week_holds_its_minutes_and_how_often():
    """From Monday to Sunday, also where a practice was stopped early."""
    made = weeks([entry(2), entry(8, practised_ms=90_000), entry(9)], MONDAY, date(2026, 11, 29))
    assert told(made) == [(0, 12, 2), (1, 10, 1)]
    assert [week.first_day for week in made.weeks] == [MONDAY, date(2026, 11, 9)]


def test_a_week_without_anything_is_not_there():
    """There is room for it in the picture, and nothing is said of it."""
    made = weeks([entry(25), entry(3)], MONDAY, date(2026, 11, 29))
    assert made.count == 4
    assert told(made) == [(0, 10, 1), (3, 10, 1)]
    assert weeks([], MONDAY, date(2026, 11, 29)) == Weeks(count=4, weeks=())


@pytest.mark.parametrize(
    ("practised_ms", "minutes"),
    [(0, 0), (1, 1), (20_000, 1), (89_999, 1), (90_000, 2), (3_600_000, 60)],
)
def test_less_than_a_minute_was_practised_too(practised_ms, minutes):
    """And to begin without practising is a return like any other."""
    made = weeks([entry(3, practised_ms=practised_ms)], MONDAY, MONDAY + timedelta(days=6))
    assert told(made) == [(0, minutes, 1)]


def test_only_the_days_that_were_asked_for_count():
    """Both ends are included, and may lie in the middle of a week."""
    entries = [entry(day) for day in range(1, 30)]
    assert told(weeks(entries, date(2026, 11, 4), date(2026, 11, 10))) == [(0, 50, 5), (1, 20, 2)]
    assert weeks(entries, date(2026, 11, 10), date(2026, 11, 2)) == Weeks(count=0, weeks=())


def test_a_day_is_the_clients_own():
    """Late on Sunday by Greenwich is Monday in Berlin."""
    late = [entry(8, hour=23)]
    assert told(weeks(late, MONDAY, date(2026, 11, 15))) == [(0, 10, 1)]
    assert told(weeks(late, MONDAY, date(2026, 11, 15), zone=BERLIN)) == [(1, 10, 1)]


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Entry,
            started_at=st.timedeltas(timedelta(0), timedelta(days=365)).map(NEW_YEAR.__add__),
            practised_ms=st.integers(0, 7_200_000),
        )
    )
)
def test_nothing_that_was_practised_is_lost(entries):
    """Every entry is in one week, and no week is without one."""
    made = weeks(entries, date(2026, 1, 1), date(2027, 1, 1))
    assert sum(week.practised_ms for week in made.weeks) == sum(e.practised_ms for e in entries)
    assert sum(week.times for week in made.weeks) == len(entries)
    assert all(week.times and 0 <= week.place < made.count for week in made.weeks)
    assert all(week.first_day.weekday() == 0 for week in made.weeks)
