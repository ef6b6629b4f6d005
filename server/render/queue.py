"""The queue of renders: which keys to look at next; what is true of a render is in its row."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path

from huey import SqliteHuey

logger = logging.getLogger(__name__)


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

    def take(self) -> str | None:
        """Take the key out that was put in first; None when there is none just now."""
        task = self._mine().huey.dequeue()
        return None if task is None else str(task.args[0])

    def _mine(self) -> _Opened:
        pid = os.getpid()
        return self._by_pid.get(pid) or self._by_pid.setdefault(pid, _Opened(self._path))


class _Opened:
    """The queue as one process has it open."""

    def __init__(self, path: Path) -> None:
        self.huey = SqliteHuey(
            "stepback", filename=str(path), fsync=True, results=False, timeout=10
        )
        self.render = self.huey.task(name="render")(_render)


def _render(_key: str) -> None:
    """Give the task its name. Keys are taken out by the worker, never performed by Huey."""
