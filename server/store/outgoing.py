"""What is on its way to the far store, in the order in which it was published.

Whoever publishes goes on at once, since a listener may be waiting for the next second of sound. A
store that is away is asked again until it is back; whoever must know that all is there waits with
settle(). What was on its way when a process is killed is put there by whoever makes it again: the
row of a render says that it is finished only after settle().
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from server.errors import Busy, DatabaseUnavailable, StoreUnavailable
from server.store.broken import is_broken
from server.store.far import Far, StoreDiffers
from server.store.far_place import ASK_SECONDS

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 0.5
"""So long is waited before a store that is away is asked again."""

LOOK_SECONDS = 0.1

TRIES = 5
"""So often what grows is put anew in place of what another process has just put."""

IsOurs = Callable[[], bool]
"""Asks whether a folder is still this process's to fill; may raise DatabaseUnavailable or Busy."""

Waiting = dict[str, Path | bytes]
"""Names and what is to be there: a file that never changes, or the bytes of one that does."""


@dataclass(slots=True)
class _Growing:
    """A folder whose documents are replaced as they grow, by one process at a time.

    Each is put in place of the version that we know alone. Where another one is there, we look at
    it, ask whether the folder is still ours, and only then put ours in its place. So whoever slept
    while another one took over, and finished, replaces nothing.
    """

    is_ours: IsOurs
    tags: dict[str, str | None] = field(default_factory=dict)
    """The version of each document that we know to be there; None for none."""
    is_over: bool = False
    """True once nothing more is published in it."""


@dataclass(slots=True)
class Outgoing:
    """Sends one file after the other, in a thread of its own that begins with the first."""

    far: Far
    is_fixed: Callable[[str], bool]
    """True for a name under which only the same bytes are ever put."""
    _waiting: Waiting = field(default_factory=dict, init=False)
    _growing: dict[str, _Growing] = field(default_factory=dict, init=False)
    _sending: str = field(default="", init=False)
    _is_dropped: bool = field(default=False, init=False)
    """True where what is just being sent is not to be tried again."""
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False)
    _pid: int = field(default=0, init=False)

    def add(self, name: str, what: Path | bytes) -> None:
        """Have a file sent after all that is on its way; an older one of its name is passed over.

        What was fork()ed begins with nothing on its way: its parent sends that.
        """
        with self._changed:
            if self._pid != os.getpid():
                self._pid, self._sending = os.getpid(), ""
                self._waiting.clear()
                threading.Thread(target=self._run, name="sending", daemon=True).start()
            self._waiting.pop(name, None)
            self._waiting[name] = what
            self._changed.notify_all()

    def begin_growing(self, folder: str, is_ours: IsOurs) -> None:
        """From now on replace bytes below a folder only as long as it is ours."""
        with self._changed:
            self._growing[folder] = _Growing(is_ours)

    def end_growing(self, folder: str) -> None:
        """Nothing more is published below a folder; what is on its way is sent as before."""
        with self._changed:
            if folder in self._growing:
                self._growing[folder].is_over = True
                self._forget_over()

    def settle(self, folder: str, on_wait: Callable[[], None]) -> None:
        """Wait until all below a folder is there; on_wait, called meanwhile, may raise."""
        while True:
            with self._changed:
                if not self._has(folder):
                    return
                self._changed.wait(LOOK_SECONDS)
            on_wait()

    def drop(self, folder: str, *, is_waiting: bool = True) -> None:
        """Send nothing more of what is below a folder, or has this name.

        On return nothing of it is on its way, where that is waited for. Raises StoreUnavailable
        where something still is.
        """
        until_s = time.monotonic() + ASK_SECONDS
        with self._changed:
            while self._has(folder):
                for name in [name for name in self._waiting if _is_below(name, folder)]:
                    del self._waiting[name]
                self._is_dropped |= _is_below(self._sending, folder)
                if not is_waiting or not _is_below(self._sending, folder):
                    return
                if time.monotonic() > until_s:
                    raise StoreUnavailable
                self._changed.wait(LOOK_SECONDS)

    def _has(self, folder: str) -> bool:
        if self._pid != os.getpid():
            return False
        names = (*self._waiting, self._sending)
        return any(_is_below(name, folder) for name in names)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                name = next(iter(self._waiting))
                what, self._sending = self._waiting.pop(name), name
                self._is_dropped = False
            is_sent = False
            try:
                is_sent = self._send(name, what)
            finally:
                with self._changed:
                    self._sending = ""
                    is_again = not is_sent and not self._is_dropped
                    if is_again and name not in self._waiting:
                        self._waiting = {name: what, **self._waiting}
                    self._forget_over()
                    self._changed.notify_all()
            if not is_sent:
                threading.Event().wait(AGAIN_SECONDS)

    def _send(self, name: str, what: Path | bytes) -> bool:
        """Send one file; False where it has to be tried again."""
        try:
            data = what if isinstance(what, bytes) else what.read_bytes()
            growing = self._growing_of(name) if isinstance(what, bytes) else None
            if growing is None:
                self.far.put(name, data, is_new=self.is_fixed(name))
            else:
                self._replace(growing, name, data)
        except FileNotFoundError:
            pass  # removed meanwhile: then it is to be nowhere
        except OSError as error:
            if not is_broken(error):
                return False
            # Whoever asks for it here finds the same, and has it made again.
            logger.error("not sent, since it cannot be read: %s", error.strerror)  # noqa: TRY400 - that is all
        except StoreDiffers:
            logger.error("the store holds other bytes under a name that says its bytes")  # noqa: TRY400 - nothing more is known
        except (StoreUnavailable, DatabaseUnavailable, Busy):
            return False
        return True

    def _replace(self, growing: _Growing, name: str, data: bytes) -> None:
        """Put the next version of a document in place of the one before it, as _Growing says."""
        for _ in range(TRIES):
            if name in growing.tags:
                tag = self.far.replace(name, data, growing.tags.pop(name))
                if tag is not None:
                    growing.tags[name] = tag
                    return
            # Its version first: what is put after we were told that it is ours is not replaced.
            there = self.far.find_tag(name)
            if not growing.is_ours():
                logger.warning("not sent, since another worker has taken over")
                return
            growing.tags[name] = there
        raise StoreUnavailable

    def _growing_of(self, name: str) -> _Growing | None:
        with self._changed:
            found = (each for folder, each in self._growing.items() if _is_below(name, folder))
            return next(found, None)

    def _forget_over(self) -> None:
        """Forget folders of which nothing is on its way any more; the lock is held."""
        over = [name for name, each in self._growing.items() if each.is_over]
        for folder in over:
            if not self._has(folder):
                del self._growing[folder]


def _is_below(name: str, folder: str) -> bool:
    return name == folder or name.startswith(f"{folder}/")
