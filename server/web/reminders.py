"""The calendar of a client's own reminders: its address, and what they wish of it."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from typing import Any

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from server.care import Reminder
from server.errors import CaseNotFound
from server.store.care import AssignmentRow, ClientRow, KeyRing
from server.web.rooms import Rooms

DAY_NAMES = {
    "mo": lazy_gettext("Monday"),
    "tu": lazy_gettext("Tuesday"),
    "we": lazy_gettext("Wednesday"),
    "th": lazy_gettext("Thursday"),
    "fr": lazy_gettext("Friday"),
    "sa": lazy_gettext("Saturday"),
    "su": lazy_gettext("Sunday"),
}
"""The days of a week, as the form sends them."""

USUAL_AT = "18:00"
EVERY_DAY = tuple(DAY_NAMES)

SUGGESTED = {
    "once-a-week": ("we",),
    "twice-a-week": ("tu", "fr"),
    "most-days": ("mo", "tu", "we", "th", "fr"),
    "daily": EVERY_DAY,
}
"""Which days the form begins with, by the rhythm that was suggested last."""

MOST_NAMED = 3
"""So many titles fit into one line of a calendar."""

_AT = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_ID_BYTES = 16
_TOKEN = re.compile(r"[A-Za-z0-9_-]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a client wishes of their reminders; the address of the calendar says it all."""

    days: tuple[str, ...]
    """Of DAY_NAMES."""
    at: time
    is_named: bool
    """True where what was given is named in the calendar."""

    def in_address(self) -> dict[str, Any]:
        """The same as an address says it."""
        named = {"named": "yes"} if self.is_named else {}
        return {"at": f"{self.at:%H:%M}", "day": list(self.days), **named}


def read_wishes(sent: MultiDict[str, str]) -> tuple[Wishes, dict[str, str]]:
    """Read what the form or a calendar's address says, and what is wrong with it, by field."""
    problems: dict[str, str] = {}
    days = tuple(day for day in DAY_NAMES if day in sent.getlist("day"))
    if not days:
        problems["day"] = gettext("Please choose at least one day.")
    found = _AT.fullmatch(sent.get("at", ""))
    if found is None:
        problems["at"] = gettext("Please give a time such as 18:00.")
    at = time(int(found[1]), int(found[2])) if found else time.fromisoformat(USUAL_AT)
    return Wishes(days=days, at=at, is_named=sent.get("named") == "yes"), problems


def suggested_days(rows: Iterable[AssignmentRow]) -> tuple[str, ...]:
    """The days that the form begins with; none where no rhythm was suggested."""
    return next((SUGGESTED[row.rhythm] for row in rows if row.rhythm in SUGGESTED), ())


def calendar_token(keys: KeyRing, client: ClientRow) -> str:
    """What stands in the address of a client's calendar: it follows from their key alone."""
    mark = bytes.fromhex(keys.get(client.id).mark("calendar"))
    return base64.urlsafe_b64encode(bytes.fromhex(client.id) + mark).decode("ascii")


def client_of_token(token: str) -> str:
    """Whose calendar an address says that it is of. Raises CaseNotFound for what says nothing."""
    if not _TOKEN.fullmatch(token):
        raise CaseNotFound
    return base64.urlsafe_b64decode(token)[:_ID_BYTES].hex()


def check_token(keys: KeyRing, client: ClientRow | None, token: str) -> ClientRow:
    """Give the client whose calendar this is. Raises CaseNotFound, or KeyGone, for nobody's."""
    if client is None or client.left_at is not None:
        raise CaseNotFound
    if not hmac.compare_digest(calendar_token(keys, client), token):
        raise CaseNotFound
    return client


def make_reminder(rooms: Rooms, client: ClientRow, wishes: Wishes, title: str) -> Reminder:
    """Put a client's reminder together."""
    host = rooms.settings.public_url.partition("://")[2].partition("/")[0]
    begun_at = client.joined_at or client.made_at
    return Reminder(
        uid=f"{rooms.keys.get(client.id).mark('calendar-uid')[:32]}@{host}",
        title=title,
        days=tuple(day.upper() for day in wishes.days),
        at=wishes.at,
        since=begun_at.date(),
        changed_at=begun_at,
        url=f"{rooms.settings.public_url}/from-my-therapist",
    )


def reminder_title(named: Iterable[str]) -> str:
    """What stands in the calendar: what was given, where that was wanted; else nothing of it."""
    title = " · ".join(list(named)[:MOST_NAMED])
    neutral: str = gettext("A quiet moment")
    return title or neutral
