"""Forks: a house that is open already does something in a process of its own, in milliseconds.

Nothing of a house is opened before its first use, so whoever forks must not have used it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Tell = Callable[[Any], None]
"""Sends something that JSON knows, by no write(): a fault that is put there does not meet it."""


@dataclass
class Child:
    """A forked process, and what it tells: a line of JSON each time."""

    pid: int
    line: socket.socket
    _heard: bytes = b""

    def hear(self) -> list[Any]:
        """All that it has told until its end; a last line without its end does not count."""
        while self._take():
            pass
        *whole, _ = self._heard.split(b"\n")
        return [json.loads(each) for each in whole]

    def hear_some(self) -> list[Any] | None:
        """Wait until it tells something, and give what was not given yet; None at its end."""
        if not self._take():
            return None
        *whole, self._heard = self._heard.split(b"\n")
        return [json.loads(each) for each in whole]

    def hear_lines(self, lines: int) -> None:
        """Wait until it has told so many lines, or has ended."""
        while self._heard.count(b"\n") < lines and self._take():
            pass

    def _take(self) -> bool:
        try:
            got = self.line.recv(1 << 16)
        except ConnectionResetError:  # it was killed before it had read that it may begin
            return False
        self._heard += got
        return bool(got)

    def begin(self) -> None:
        """Let it begin."""
        self.line.send(b"!")

    def kill(self) -> None:
        """End it where it stands."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait until it has ended; gives its exit code, below zero for a signal."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.line.close()
        return code


def fork(work: Callable[[Tell], None]) -> Child:
    """Do some work in a process of its own, which waits until it is told to begin."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        theirs.close()
        return Child(pid, ours)
    ours.close()
    code = 1
    try:
        theirs.recv(1)
        work(lambda said: theirs.sendall(json.dumps(said).encode() + b"\n"))
        code = 0
    except BaseException:  # noqa: BLE001 - it must not go on as its parent
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(code)


def in_fork(work: Callable[[], Any]) -> Any:
    """Give what a function gives, called in a process of its own."""
    child = fork(lambda tell: tell(work()))
    child.begin()
    heard = child.hear()
    if child.wait():
        raise AssertionError("what was done in a fork has failed; it is told above")
    return heard[0]
