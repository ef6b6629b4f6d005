"""A client's own reminders as a calendar that their phone's calendar app subscribes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""The days of a week, as calendars name them."""

LASTS = timedelta(minutes=15)
"""So long it stands in the calendar; how long somebody practises is theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A moment that comes again every week, on the days and at the hour that its owner chose."""

    uid: str
    """Names it for good: a calendar app that asks again finds the same."""
    title: str
    """What stands in the calendar, and on a locked screen."""
    days: tuple[str, ...]
    """Of DAYS; at least one."""
    at: time
    """By the clock of wherever the phone is."""
    since: date
    """It begins with the first of its days from here on."""
    changed_at: datetime
    """Aware."""
    url: str
    """Where it leads."""


def write_calendar(reminder: Reminder, *, name: str) -> bytes:
    """Write a calendar of one reminder as iCalendar (RFC 5545), to be published."""
    # Imported late: most that use this room write no calendar, and the library takes its time.
    from icalendar import Alarm, Calendar, Event

    event = Event()
    event.add("uid", reminder.uid)
    event.add("summary", reminder.title)
    # Without a zone: it is that hour wherever the phone is.
    event.add("dtstart", datetime.combine(_first_day(reminder), reminder.at))
    event.add("duration", LASTS)
    event.add("rrule", {"freq": "weekly", "byday": list(reminder.days)})
    event.add("dtstamp", reminder.changed_at)
    event.add("last-modified", reminder.changed_at)
    event.add("url", reminder.url)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", reminder.title)
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Stepback//Reminders//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _first_day(reminder: Reminder) -> date:
    week = (reminder.since + timedelta(days=number) for number in range(len(DAYS)))
    return next(day for day in week if DAYS[day.weekday()] in reminder.days)
