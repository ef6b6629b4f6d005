"""The reminder in a calendar: on the chosen days, at the chosen hour, always the same one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from icalendar import Calendar

from server.care import DAYS, Reminder, write_calendar

REMINDER = Reminder(
    uid="1f@sit.example",
    title="A quiet moment; for me, with \\ and\nmore",
    days=("TU", "TH"),
    at=time(7, 30),
    since=date(2026, 3, 4),  # a Wednesday
    changed_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    url="https://sit.example/from-my-therapist",
)


def event_of(reminder: Reminder) -> dict:
    calendar = Calendar.from_ical(write_calendar(reminder, name="Stepback"))
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    (event,) = calendar.walk("VEVENT")
    return event


def test_it_is_read_as_it_was_written():
    """Title, address and identity come back whole, whatever marks the title holds."""
    event = event_of(REMINDER)
    assert event["uid"] == "1f@sit.example"
    assert event["summary"] == REMINDER.title
    assert event["url"] == REMINDER.url
    assert event.decoded("dtstamp") == REMINDER.changed_at
    assert event.decoded("duration") == timedelta(minutes=15)
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(0)


def test_it_comes_every_week_at_that_hour_wherever_the_phone_is():
    """The hour has no zone, the days are those that were chosen."""
    event = event_of(REMINDER)
    begin = event.decoded("dtstart")
    assert (begin.isoformat(), begin.tzinfo) == ("2026-03-05T07:30:00", None)
    assert event["rrule"]["BYDAY"] == ["TU", "TH"]
    assert event["rrule"]["FREQ"] == ["WEEKLY"]
    assert "COUNT" not in event["rrule"]
    assert "UNTIL" not in event["rrule"]


@pytest.mark.parametrize("day", DAYS)
def test_it_begins_on_one_of_its_days(day: str):
    """Otherwise some apps would show one day too many."""
    first = event_of(replace(REMINDER, days=(day,))).decoded("dtstart").date()
    assert DAYS[first.weekday()] == day
    assert 0 <= (first - REMINDER.since).days < 7


def test_the_same_is_the_same_bytes():
    """An app that asks again finds nothing new; lines are no longer than readers take."""
    written = write_calendar(REMINDER, name="Stepback")
    assert written == write_calendar(REMINDER, name="Stepback")
    lines = written.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(one or other for one, other in pairwise(lines))
