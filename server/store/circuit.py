"""A circuit: what has failed often is left alone for a while, so that nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from server.errors import StoreUnavailable

MOST_FAILURES = 5
REST_SECONDS = 2.0
"""So long a store is left alone after MOST_FAILURES; then one asks, and the others after it."""


@dataclass(slots=True)
class Circuit:
    """Leaves a store alone that has failed often, and lets one ask whether it is back."""

    now_s: Callable[[], float] = time.monotonic
    _failures: int = 0
    _rests_until_s: float = 0.0

    def enter(self) -> None:
        """Raise StoreUnavailable while the store is left alone."""
        if self._failures < MOST_FAILURES:
            return
        if self.now_s() < self._rests_until_s:
            raise StoreUnavailable
        self._rests_until_s = self.now_s() + REST_SECONDS  # whoever comes meanwhile stays out

    def note(self, *, is_well: bool) -> None:
        """Remember how it went."""
        self._failures = 0 if is_well else self._failures + 1
        self._rests_until_s = self.now_s() + REST_SECONDS
