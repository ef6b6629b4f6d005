"""Minutes and returns, week by week: what was practised is there, and nothing else is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol

from server.units import Ms

_MS_PER_MINUTE = 60_000


class Practised(Protocol):
    """An entry of the session log, as far as it is counted here."""

    @property
    def started_at(self) -> datetime:
        """When it began; aware."""

    @property
    def practised_ms(self) -> int:
        """For how long, also when it was stopped early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week in which somebody practised."""

    first_day: date
    """Its Monday."""
    place: int
    """How many weeks it comes after the one that the picture begins with."""
    practised_ms: Ms
    times: int
    """How often practising was begun; at least once."""

    @property
    def minutes(self) -> int:
        """In whole minutes; less than one is one, since it was practised."""
        whole = (self.practised_ms + _MS_PER_MINUTE // 2) // _MS_PER_MINUTE
        return max(whole, 1) if self.practised_ms else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """Some weeks, as a page draws them."""

    count: int
    """For how many weeks there is room in the picture."""
    weeks: tuple[Week, ...]
    """Those in which there is something, in order. What is not here is not drawn as a gap."""


def weeks(
    entries: Iterable[Practised], first_day: date, last_day: date, *, zone: tzinfo = UTC
) -> Weeks:
    """Sum up what was begun from `first_day` to `last_day`, both included, by weeks from Monday.

    Whose day it is says `zone`, the client's own.
    """
    begins = _monday(first_day)
    sums: dict[date, tuple[int, int]] = {}
    for entry in entries:
        day = entry.started_at.astimezone(zone).date()
        if first_day <= day <= last_day:
            practised_ms, times = sums.get(_monday(day), (0, 0))
            sums[_monday(day)] = (practised_ms + entry.practised_ms, times + 1)
    return Weeks(
        count=max((_monday(last_day) - begins).days // 7 + 1, 0),
        weeks=tuple(
            Week(
                first_day=monday,
                place=(monday - begins).days // 7,
                practised_ms=Ms(practised_ms),
                times=times,
            )
            for monday, (practised_ms, times) in sorted(sums.items())
        ),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
