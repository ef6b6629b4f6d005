"""Hands: the threads of a worker, each doing one thing at a time, no more than so many at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Hands:
    """So many hands; each is lent for one piece of work and free again when that is done."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._free = threading.Semaphore(most)

    def take(self, find: Callable[[], str | None], work: Callable[[str], object]) -> bool:
        """Find something to do and do it in a thread of its own; returns at once.

        False where nothing was found, or no hand was free: then nothing is looked for, so that
        work stays where others can find it.
        """
        if not self._free.acquire(blocking=False):
            return False
        key = None
        try:
            key = find()
        finally:
            if key is None:
                self._free.release()
        if key is not None:
            threading.Thread(target=self._do, args=(work, key), name="hand", daemon=True).start()
        return key is not None

    def join(self, until_s: float) -> None:
        """Wait for all that is being done, at most until then on the monotonic clock.

        Nothing more is taken afterwards.
        """
        for _ in range(self._most):
            if not self._free.acquire(timeout=max(until_s - time.monotonic(), 0)):
                return

    def _do(self, work: Callable[[str], object], key: str) -> None:
        try:
            work(key)
        finally:
            self._free.release()
