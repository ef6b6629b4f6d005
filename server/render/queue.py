"""The queue of renders: which keys to look at next; what is true of a render is in its row."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.errors import QueueUnavailable
from server.store.queues import OpenQueue, open_queue, troubles_of

logger = logging.getLogger(__name__)

REST_SECONDS = 5.0
"""So long nobody who orders waits for a queue that did not answer: the sweeper asks anyway."""

TURN_SECONDS = 1.0
"""So long an order waits for its turn at the queue, which others of its process may hold up."""


class RenderQueue:
    """A queue in one file or on a server, for any number of processes; each opens it for itself.

    It carries nothing but render keys. A key that is lost or comes twice does no harm: the
    sweeper puts lost ones in again, and only one claim of a row succeeds.
    """

    def __init__(self, address: Path | str) -> None:
        self._address = address
        self._troubles = troubles_of(address)
        self._by_pid: dict[int, _Opened] = {}
        self._rests_until_s = -math.inf
        self._turn = threading.Lock()

    def put(self, key: str) -> None:
        """Ask a worker to look at a render. Should the queue fail, the sweeper asks later."""
        if not self._turn.acquire(timeout=TURN_SECONDS):
            return
        try:
            if time.monotonic() >= self._rests_until_s:
                with self._told():
                    self._mine().render(key)
        except QueueUnavailable as error:
            self._rests_until_s = time.monotonic() + REST_SECONDS
            cause = type(error.__cause__).__name__
            logger.warning("queue refused key=%s error=%s", key, cause)
        finally:
            self._turn.release()

    def pending_keys(self) -> frozenset[str]:
        """The keys that no worker has taken out yet. Raises QueueUnavailable."""
        with self._told():
            return frozenset(task.args[0] for task in self._mine().queue.huey.pending())

    def take(self) -> str | None:
        """Take the key out that was put in first; None when there is none just now.

        Raises QueueUnavailable.
        """
        with self._told():
            task = self._mine().queue.huey.dequeue()
        return None if task is None else str(task.args[0])

    def close(self) -> None:
        """Close this process's connection; the next use opens another."""
        mine = self._by_pid.pop(os.getpid(), None)
        if mine is not None:
            mine.queue.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what the engine says as an error of ours."""
        try:
            yield
        except self._troubles as error:
            raise QueueUnavailable from error

    def _mine(self) -> _Opened:
        pid = os.getpid()
        known = self._by_pid.get(pid)
        return known or self._by_pid.setdefault(pid, _Opened(open_queue(self._address)))


class _Opened:
    """The queue as one process has it open."""

    def __init__(self, queue: OpenQueue) -> None:
        self.queue = queue
        self.render = queue.huey.task(name="render")(_render)


def _render(_key: str) -> None:
    """Give the task its name. Keys are taken out by the worker, never performed by Huey."""
