"""The queue of renders: which keys to look at next; what is true of a render is in its row."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from huey import SqliteHuey
from huey.consumer import Consumer

logger = logging.getLogger(__name__)

Perform = Callable[[str], None]
"""Makes the render of a key. Called in one of the consumer's threads."""


class RenderQueue:
    """A queue in one SQLite file, for any number of processes; each opens it for itself.

    It carries nothing but render keys. A key that is lost or comes twice does no harm: the
    sweeper puts lost ones in again, and only one claim of a row succeeds.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._by_pid: dict[int, _Opened] = {}

    def put(self, key: str) -> None:
        """Ask a worker to look at a render. Should the file fail, the sweeper asks later."""
        try:
            self._mine().render(key)
        except sqlite3.Error as error:
            logger.warning("queue refused key=%s error=%s", key, type(error).__name__)

    def pending_keys(self) -> frozenset[str]:
        """The keys that no worker has taken out yet."""
        return frozenset(task.args[0] for task in self._mine().huey.pending())

    def consumer(self, perform: Perform, *, threads: int) -> QueueConsumer:
        """Make the consumer that hands keys to `perform`; start() it and stop_taking()."""
        mine = self._mine()
        mine.perform = perform
        return QueueConsumer(
            mine.huey,
            workers=threads,
            periodic=False,
            initial_delay=0.05,
            max_delay=0.25,
            check_worker_health=False,
        )

    def _mine(self) -> _Opened:
        pid = os.getpid()
        return self._by_pid.get(pid) or self._by_pid.setdefault(pid, _Opened(self._path))


class _Opened:
    """The queue as one process has it open."""

    def __init__(self, path: Path) -> None:
        self.huey = SqliteHuey(
            "stepback", filename=str(path), fsync=True, results=False, timeout=10
        )
        self.perform: Perform | None = None
        self.render = self.huey.task(name="render")(self._render)

    def _render(self, key: str) -> None:
        if self.perform is not None:
            self.perform(key)


class QueueConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """Threads that take keys out; signals are the worker's own business."""

    def _set_signal_handlers(self) -> None:
        """Leave the process's signals alone."""

    def stop_taking(self) -> None:
        """Take no further key; what is being performed goes on."""
        self.stop_flag.set()

    def join(self, seconds: float) -> None:
        """Wait so long, at most, for what is being performed."""
        until_s = time.monotonic() + seconds
        for _, thread in self.worker_threads:
            if thread.is_alive():
                thread.join(max(until_s - time.monotonic(), 0))
