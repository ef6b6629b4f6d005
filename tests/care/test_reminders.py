"""A client's own reminders: a calendar that any program reads, and that gives nothing away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from server.care import RHYTHMS, Reminder, Rhythm, write_calendar

REMINDER = Reminder(
    id="0f" * 16,
    rhythm=Rhythm.TWICE_A_WEEK,
    first_day=date(2026, 10, 22),
    at=time(7, 30),
    zone=ZoneInfo("Europe/Berlin"),
    changed_at=datetime(2026, 10, 20, 9, tzinfo=UTC),
)


def event_of(reminder: Reminder) -> Event:
    (event,) = Calendar.from_ical(write_calendar([reminder])).walk("VEVENT")
    return event


def first_days(reminder: Reminder, count: int) -> list[date]:
    """The first days on which a calendar program would remind."""
    event = event_of(reminder)
    rule = rrulestr(event["rrule"].to_ical().decode(), dtstart=event.decoded("dtstart"))
    return [at.date() for at in islice(rule, count)]


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        (Rhythm.ONCE_A_WEEK, [0, 7, 14]),
        (Rhythm.TWICE_A_WEEK, [0, 3, 7, 10]),
        (Rhythm.MOST_DAYS, [0, 1, 2, 4, 5, 7]),
        (Rhythm.DAILY, [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)
@pytest.mark.parametrize("weekday", range(7))
def test_a_rhythm_begins_on_its_first_day_and_goes_on(rhythm, days, weekday):
    """Whichever day of the week that is; so nobody has to begin on a Monday."""
    first = date(2026, 10, 19) + timedelta(days=weekday)
    reminder = replace(REMINDER, rhythm=rhythm, first_day=first)
    assert first_days(reminder, len(days)) == [first + timedelta(days=day) for day in days]


def test_it_is_the_clients_time_of_day_also_when_clocks_change():
    """Half past seven in Berlin, before the last Sunday of October and after it."""
    event = event_of(REMINDER)
    start = event["dtstart"]
    assert start.params["TZID"] == "Europe/Berlin"
    assert start.dt == datetime(2026, 10, 22, 7, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    (zone,) = Calendar.from_ical(write_calendar([REMINDER])).walk("VTIMEZONE")
    told = zone.to_tz(lookup_tzid=False)
    for month, hours in ((7, 2), (12, 1)):
        at = datetime(2027, month, 1, 7, 30, tzinfo=told)
        assert at.utcoffset() == timedelta(hours=hours)


def test_it_is_never_a_deadline():
    """No task, nothing due, no end; the time stays free for others."""
    text = write_calendar([REMINDER]).decode()
    for word in ("VTODO", "DUE", "UNTIL", "COUNT", "COMPLETED", "PRIORITY", "ATTENDEE"):
        assert word not in text
    event = event_of(REMINDER)
    assert (event["transp"], event["class"]) == ("TRANSPARENT", "PRIVATE")
    assert event.decoded("duration") == timedelta(minutes=10)
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(0)


def test_it_gives_nothing_away():
    """Whoever looks over a shoulder sees one neutral word."""
    event = event_of(REMINDER)
    assert event["summary"] == "Practice"
    assert set(event) == {
        *("UID", "DTSTAMP", "DTSTART", "DURATION", "RRULE", "SUMMARY", "CLASS", "TRANSP")
    }


def test_it_stays_itself_when_it_is_changed():
    """A calendar that has it already moves it, and does not show it twice."""
    later = replace(REMINDER, at=time(21), changed_at=REMINDER.changed_at + timedelta(days=9))
    assert event_of(later)["uid"] == event_of(REMINDER)["uid"] == f"{'0f' * 16}@stepback"
    assert event_of(later).decoded("dtstamp") > event_of(REMINDER).decoded("dtstamp")
    assert write_calendar([REMINDER]) == write_calendar([REMINDER])


def test_whenever_reminds_of_nothing():
    """The others of the calendar stay; without any it is a calendar all the same."""
    whenever = replace(REMINDER, id="a", rhythm=Rhythm.WHENEVER)
    assert write_calendar([whenever, REMINDER]) == write_calendar([REMINDER])
    empty = Calendar.from_ical(write_calendar([whenever], name="Übung"))
    assert (empty["name"], empty.subcomponents) == ("Übung", [])


def test_a_title_is_only_ever_a_title():
    """Line ends and signs in it write no other line of the calendar."""
    title = "Tea; rest,\r\nATTENDEE:mailto:a@b.example\n" + "ä" * 200
    text = write_calendar([replace(REMINDER, title=title)])
    assert not any(line.startswith(b"ATTENDEE") for line in text.splitlines())
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert event_of(replace(REMINDER, title=title))["summary"] == title.replace("\r\n", "\n")


def test_every_rhythm_can_be_written():
    """By its name, as it is kept with what was given."""
    assert [str(rhythm) for rhythm in RHYTHMS] == [
        *("whenever", "once-a-week", "twice-a-week", "most-days", "daily")
    ]
    assert all(write_calendar([replace(REMINDER, rhythm=rhythm)]) for rhythm in RHYTHMS)
