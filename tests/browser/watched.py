"""Stepback's commands as processes of their own, and what they say."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).parents[2]
STEPBACK = Path(sys.executable).with_name("stepback")
STRACE = shutil.which("strace")


class Watched:
    """A command of ours whose lines are waited for, and whose system calls may be written down."""

    def __init__(
        self, command: str, environment: dict[str, str], calls_path: Path | None = None
    ) -> None:
        watch = []
        if STRACE and calls_path:
            calls = "trace=connect,sendto,sendmsg,sendmmsg"
            watch = [STRACE, "-f", "--seccomp-bpf", "-qq", "-e", calls, "-o", str(calls_path)]
        self._process = subprocess.Popen(
            [*watch, str(STEPBACK), command],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._new: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._new.put(line)
        self._new.put(None)

    def wait_for(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """Wait for a line that holds the pattern."""
        while True:
            try:
                line = self._new.get(timeout=seconds)
            except Empty:
                line = None
            if line is None:
                raise AssertionError(f"no line with {pattern!r} in:\n{''.join(self.lines[-30:])}")
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found

    def all_lines(self) -> list[str]:
        """Every line that it has said so far."""
        while not self._new.empty():
            line = self._new.get_nowait()
            if line is None:
                break
            self.lines.append(line)
        return self.lines

    @property
    def group(self) -> int:
        """Its process group."""
        return self._process.pid

    def stop(self) -> None:
        """End the command by its process group, as Ctrl-C does."""
        os.killpg(self._process.pid, signal.SIGTERM)
        self._end()

    def kill(self) -> None:
        """End the command and all that it began, in the middle of whatever they do."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._end()

    def _end(self) -> None:
        self._process.wait(timeout=60)
        self._reader.join()
        self._process.stdout.close()
