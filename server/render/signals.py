"""Signals: how a worker waits to be told to stop."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_signals() -> Iterator[Callable[[], None]]:
    """Give a function that waits for SIGTERM or SIGINT.

    Through a pipe that the interpreter itself writes to: a handler in Python runs only when the
    main thread does, which may be asleep while another thread gets the signal.
    """
    read_fd, write_fd = os.pipe()
    os.set_blocking(write_fd, False)
    fd_before = signal.set_wakeup_fd(write_fd, warn_on_full_buffer=False)
    before = {each: signal.signal(each, _no_more) for each in (signal.SIGTERM, signal.SIGINT)}

    def wait_for_signal() -> None:
        os.read(read_fd, 1)

    try:
        yield wait_for_signal
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
        signal.set_wakeup_fd(fd_before)
        os.close(read_fd)
        os.close(write_fd)


def _no_more(_signum: int, _frame: FrameType | None) -> None:
    """Handle a signal by nothing but the byte in the pipe."""
