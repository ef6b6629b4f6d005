"""An error that comes a thousand times costs a few lines, and says how many it was."""

from __future__ import annotations

import io
import logging

import pytest

from server.watch.storms import MOST_LINES, WINDOW_S, CalmHandler, Storms


def record(line: int, level: int = logging.ERROR, message: str = "no %s") -> logging.LogRecord:
    return logging.LogRecord("house", level, "a.py", line, message, ("bread",), None)


def test_a_storm_is_cut_and_summed_up():
    """The first lines of a place in each minute, then how many more, and then lines again."""
    now_s = [0.0]
    storms = Storms(lambda: now_s[0])
    given = [each.getMessage() for _ in range(532) for each in storms.admit(record(1))]
    assert given == ["no bread"] * MOST_LINES
    assert list(storms.admit(record(2)))  # another place is another matter
    now_s[0] = WINDOW_S
    told = [each.getMessage() for each in storms.admit(record(1))]
    assert told == ["… 512 more within a minute: no …", "no bread"]
    assert list(storms.end()) == []


def test_what_goes_well_is_never_cut():
    """Only warnings and errors come in storms."""
    storms = Storms()
    given = [each for _ in range(100) for each in storms.admit(record(1, logging.INFO))]
    assert len(given) == 100


def test_a_sum_says_nothing_of_what_the_lines_were_about():
    """It has the template's first line alone: what is written into that may be of one request."""
    storms = Storms()
    for _ in range(MOST_LINES + 1):
        list(storms.admit(record(1, message="failed: %s\n  at home")))
    [told] = storms.end()
    assert told.getMessage() == "… 1 more within a minute: failed: …"
    assert (told.levelno, told.name, told.is_sum) == (logging.ERROR, "house", True)


def test_the_handler_writes_the_sums_at_the_end(monkeypatch: pytest.MonkeyPatch):
    """A storm that nothing follows is told when the process ends."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    handler = CalmHandler()
    for _ in range(MOST_LINES + 3):
        handler.handle(record(1))
    handler.close()
    lines = written.getvalue().splitlines()
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "… 3 more within a minute: no …"
