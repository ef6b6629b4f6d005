"""An error that comes again and again is written a few times a minute, and then counted."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MOST_LINES = 20
"""So many warnings or errors of one place in the code are written within WINDOW_S."""

WINDOW_S = 60.0

_BLANK = re.compile(r"%[-+ #0]*[0-9]*(?:\.[0-9]+)?[a-z]", re.IGNORECASE)
"""Where something is written into a template."""

_Place = tuple[str, int, int]
"""Where a record was made: file, line, level."""


@dataclass(slots=True)
class _Window:
    first: logging.LogRecord
    ends_s: float
    count: int = 0

    @property
    def more(self) -> int:
        """How many were not written."""
        return max(0, self.count - MOST_LINES)


class Storms:
    """Lets records through; not safe between threads, so a handler calls it with its lock held."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._windows: dict[_Place, _Window] = {}

    def admit(self, record: logging.LogRecord) -> Iterator[logging.LogRecord]:
        """Give what is to be written now that this record came: sums of storms, then itself."""
        now_s = self._now_s()
        yield from self._end_windows(now_s)
        if record.levelno < logging.WARNING:
            yield record
            return
        place = (record.pathname, record.lineno, record.levelno)
        window = self._windows.setdefault(place, _Window(record, now_s + WINDOW_S))
        window.count += 1
        if not window.more:
            yield record

    def end(self) -> Iterator[logging.LogRecord]:
        """Give the sums of what is not over yet."""
        yield from self._end_windows(float("inf"))

    def _end_windows(self, now_s: float) -> Iterator[logging.LogRecord]:
        over = [place for place, window in self._windows.items() if window.ends_s <= now_s]
        for place in over:
            window = self._windows.pop(place)
            if window.more:
                yield _sum_up(window)


def _sum_up(window: _Window) -> logging.LogRecord:
    """Say how many more there were. Their template is ours; what they were about is left out."""
    like = window.first
    kind = _BLANK.sub("…", str(like.msg).partition("\n")[0]).replace("%%", "%")
    record = logging.getLogRecordFactory()(
        *(like.name, like.levelno, like.pathname, like.lineno),
        *("… %d more within a minute: %s", (window.more, kind), None),
    )
    record.is_sum = True
    return record


class CalmHandler(logging.StreamHandler):  # type: ignore[type-arg] # no parameter at run time
    """Writes to standard error, and calms storms."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._storms = Storms(now_s)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, unless many of its kind were written just now."""
        for each in self._storms.admit(record):
            super().emit(each)

    def close(self) -> None:
        """Tell the sums of what is not over, at the end of the process."""
        for each in self._storms.end():
            super().emit(each)
        super().close()
