"""Time as a busy machine has it: whatever waits there wakes up late, and so does this clock."""

from __future__ import annotations

import threading
from types import TracebackType

TICK_S = 0.02


class Ticks:
    """Counts ticks while the block lasts; where nothing else runs they are the clock's."""

    def __enter__(self) -> Ticks:
        self._count, self._stop = 0, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """How long it has lasted, in seconds of at least fifty ticks."""
        return self._count * TICK_S

    def _run(self) -> None:
        while not self._stop.wait(TICK_S):
            self._count += 1
