"""A client's own reminders as a calendar: a suggestion that comes again, and never a deadline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ZONES_FOR = timedelta(days=3653)
"""So long the calendar tells when clocks change; whoever subscribes has it anew every day."""


class Rhythm(StrEnum):
    """How often something is suggested; the words of it stand on the pages."""

    WHENEVER = "whenever"
    ONCE_A_WEEK = "once-a-week"
    TWICE_A_WEEK = "twice-a-week"
    MOST_DAYS = "most-days"
    DAILY = "daily"


RHYTHMS = tuple(Rhythm)
"""All of them, in the order in which they are offered."""

_DAYS: Mapping[Rhythm, tuple[int, ...]] = {
    Rhythm.WHENEVER: (),
    Rhythm.ONCE_A_WEEK: (0,),
    Rhythm.TWICE_A_WEEK: (0, 3),
    Rhythm.MOST_DAYS: (0, 1, 2, 4, 5),
    Rhythm.DAILY: tuple(range(7)),
}
"""On which days of a week that begins with the first reminder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A time of day at which a client would like to be reminded."""

    id: str
    """The same for as long as it is the same reminder; it tells nothing of what it is for."""
    rhythm: Rhythm
    first_day: date
    at: time
    """The time of day by the client's clock, also when clocks change."""
    zone: ZoneInfo
    """Where the client is."""
    changed_at: datetime
    """When it was last changed; aware."""
    minutes: int = 10
    """How much room it takes in the calendar."""
    title: str = "Practice"
    """What the calendar shows. Others may see it, so it says nothing of what is practised."""


def write_calendar(reminders: Iterable[Reminder], *, name: str = "Practice") -> bytes:
    """Write reminders as iCalendar (RFC 5545), to be kept or subscribed to.

    The same reminders give the same bytes. `Rhythm.WHENEVER` reminds of nothing.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Stepback//Reminders//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    kept = [each for each in reminders if _DAYS[each.rhythm]]
    for reminder in kept:
        calendar.add_component(_event(reminder))
    if kept:
        first_day = min(each.first_day for each in kept)
        calendar.add_missing_timezones(first_day.replace(month=1, day=1), first_day + _ZONES_FOR)
    return bytes(calendar.to_ical())


def _event(reminder: Reminder) -> Event:
    """Make the series: free time, private, without an end."""
    event = Event()
    event.add("uid", f"{reminder.id}@stepback")
    event.add("dtstamp", reminder.changed_at)
    event.add("dtstart", datetime.combine(reminder.first_day, reminder.at, reminder.zone))
    event.add("duration", timedelta(minutes=reminder.minutes))
    event.add("rrule", _rule(reminder))
    event.add("summary", reminder.title)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(0))
    alarm.add("description", reminder.title)
    event.add_component(alarm)
    return event


def _rule(reminder: Reminder) -> dict[str, object]:
    if reminder.rhythm == Rhythm.DAILY:
        return {"freq": "daily"}
    first = reminder.first_day.weekday()
    days = sorted((first + day) % 7 for day in _DAYS[reminder.rhythm])
    return {"freq": "weekly", "byday": [_WEEKDAYS[day] for day in days]}
