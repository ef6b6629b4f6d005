"""A clock that can be set: what a process takes for the time of day, moved while it runs.

libfaketime stands between the process and the system. Only the time of day is faked; what only goes
on, goes on, as on a machine whose clock is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))

BEFORE = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
"""
"""What a program begins with: libfaketime 0.9.10 refuses the call that Python sleeps with."""


@dataclass(frozen=True)
class FakedClock:
    """The clock of all processes with its environment."""

    path: Path
    """A new file, which says by how much the clock is wrong."""

    def __post_init__(self) -> None:
        if not LIBRARIES:
            pytest.skip("libfaketime is not installed: apt-get install -y faketime")
        self.set(timedelta())

    @property
    def environment(self) -> dict[str, str]:
        """What a process is started with."""
        return {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set(self, wrong_by: timedelta) -> None:
        """Set it; it holds when this returns."""
        part = self.path.with_suffix(".part")
        part.write_text(f"{wrong_by.total_seconds():+.3f}\n")
        part.replace(self.path)

    def set_to(self, at: datetime) -> None:
        """Set it to a moment."""
        self.set(at - datetime.now(UTC))
