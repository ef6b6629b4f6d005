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

from server.errors import StoreUnavailable
from server.store.far import Far, StoreDiffers
from server.store.far_place import ASK_SECONDS

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 0.5
"""So long is waited before a store that is away is asked again."""

LOOK_SECONDS = 0.1

Waiting = dict[str, Path | bytes]
"""Names and what is to be there: a file that never changes, or the bytes of one that does."""


@dataclass(slots=True)
class Outgoing:
    """Sends one file after the other, in a thread of its own that begins with the first."""

    far: Far
    is_fixed: Callable[[str], bool]
    """True for a name under which only the same bytes are ever put."""
    _waiting: Waiting = field(default_factory=dict, init=False)
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
                    self._changed.notify_all()
            if not is_sent:
                threading.Event().wait(AGAIN_SECONDS)

    def _send(self, name: str, what: Path | bytes) -> bool:
        """Send one file; False where it has to be tried again."""
        try:
            data = what if isinstance(what, bytes) else what.read_bytes()
            self.far.put(name, data, is_new=self.is_fixed(name))
        except FileNotFoundError:
            pass  # removed meanwhile: then it is to be nowhere
        except StoreDiffers:
            logger.error("the store holds other bytes under a name that says its bytes")  # noqa: TRY400 - nothing more is known
        except StoreUnavailable:
            return False
        return True


def _is_below(name: str, folder: str) -> bool:
    return name == folder or name.startswith(f"{folder}/")
