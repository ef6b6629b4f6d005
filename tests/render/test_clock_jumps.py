"""The clock of a running worker is set: nothing is deleted by it, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from server.render import Workshop
from server.store import RenderRow
from server.timeline import Options
from tests.faked_clock import FakedClock

OWN = {"obstacle": "my secret wording"}


@pytest.fixture
def lose(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], str]:
    """Order a length of the practice, whose key never reaches the queue."""

    def order(minutes: int) -> str:
        with monkeypatch.context() as patched:
            patched.setattr(type(workshop.queue), "put", lambda *_: None)
            return workshop.order("small-step", Options(minutes=minutes), None).key

    return order


@pytest.mark.long
def test_a_clock_that_jumps(
    tmp_path: Path,
    environment: dict[str, str],
    workshop: Workshop,
    run_program,
    lose: Callable[[int], str],
    row_of: Callable[[str], RenderRow],
) -> None:
    """400 days ahead a recording with own words stays that is kept for a week; and both there and
    three days back the sweeper finds what the queue has lost, and it is made.
    """
    clock = FakedClock(tmp_path / "clock")
    environment.update(clock.environment)
    own = workshop.order("small-step", Options(minutes=1, words=OWN), "device").key
    worker = run_program("worker_program.py", "attentive")
    worker.tell("go on")
    worker.wait_for("render done")
    clock.set(timedelta(days=400))
    worker.wait_for("the clock was set")
    for minutes in (2, 3):
        key = lose(minutes)
        worker.wait_for(f"render not in queue key={key}")  # in a later round than that line
        worker.wait_for("render done")
        assert row_of(key).state == "done"
        clock.set(timedelta(days=-3))
    row = row_of(own)
    assert row.state == "done"
    folder = workshop.shelf.render_folder(own)
    assert (folder / row.renditions[0].file_name).is_file()
