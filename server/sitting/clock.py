"""The server's clock → how long somebody has listened: the time of a sitting without its pauses."""

from __future__ import annotations

from collections.abc import Iterable

from server.sitting.model import GRAIN_MS, Event, Kind
from server.units import Ms


class Clock:
    """Knows the pauses of a sitting."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._pauses: list[tuple[Ms, Ms | None]] = []
        for event in events:
            is_paused = bool(self._pauses) and self._pauses[-1][1] is None
            if is_paused and event.kind not in (Kind.PAUSE, Kind.VOICED):
                # Whoever makes a move listens again, whether or not that was told.
                self._pauses[-1] = (self._pauses[-1][0], event.at_ms)
            elif not is_paused and event.kind == Kind.PAUSE:
                self._pauses.append((event.at_ms, None))

    def listened_ms(self, at_ms: Ms) -> Ms:
        """How long somebody has listened at a moment of the server's clock."""
        paused = 0
        for begin_ms, end_ms in self._pauses:
            if begin_ms < at_ms:
                paused += (at_ms if end_ms is None else min(end_ms, at_ms)) - begin_ms
        return Ms(at_ms - paused)


def grain_up(moment_ms: int) -> Ms:
    """The first multiple of the grain from a moment on."""
    return Ms(-(-moment_ms // GRAIN_MS) * GRAIN_MS)


def grain_down(moment_ms: int) -> Ms:
    """The last multiple of the grain up to a moment."""
    return Ms(moment_ms // GRAIN_MS * GRAIN_MS)
