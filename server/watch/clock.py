"""The time of day as it would be had nobody set the clock.

A clock that jumps, by a wrong time server or an empty battery, is mostly right again within hours.
What is deleted for good when it is months old must not go meanwhile: it goes by this one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

logger = logging.getLogger(__name__)

FOLLOWED = timedelta(hours=1)
"""A clock that is set by no more than this is followed at once."""

BELIEVED_AFTER_SECONDS = 24 * 3600.0
"""So long a clock that was set by more has to stay so before it is believed."""


def _wall() -> datetime:
    return datetime.now(UTC)


def _steady_s() -> float:
    """Seconds that nobody can set; they go on while the machine sleeps, where that is known."""
    kept = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if kept is None else time.clock_gettime(kept)


@dataclass(slots=True)
class PatientClock:
    """Goes on evenly where the clock of the machine jumps. Safe among threads."""

    wall: Callable[[], datetime] = _wall
    steady_s: Callable[[], float] = _steady_s
    _believed: tuple[datetime, float] = field(init=False)
    """A time of day that was right, and the steady time of it."""
    _set_s: float | None = field(default=None, init=False)
    """Since when the machine's clock says something else; None where it does not."""

    def __post_init__(self) -> None:
        self._believed = self.wall(), self.steady_s()

    def now(self) -> datetime:
        """Tell the time, as an aware moment in UTC."""
        wall, steady_s, (known_at, known_s) = self.wall(), self.steady_s(), self._believed
        even = known_at + timedelta(seconds=steady_s - known_s)
        if abs(wall - even) > FOLLOWED:
            if self._set_s is None:
                self._set_s = steady_s
                ahead_s = (wall - even).total_seconds()
                logger.error("the clock was set: for a day nothing is deleted by it s=%+d", ahead_s)
            if steady_s - self._set_s < BELIEVED_AFTER_SECONDS:
                return even
        self._believed, self._set_s = (wall, steady_s), None
        return wall


_CLOCK = PatientClock()


def patient_now() -> datetime:
    """Tell the time by this process's own patient clock."""
    return _CLOCK.now()
