"""Whenever a process is killed: what it had acknowledged is there, once, and nothing is half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POINTS = 1_000

pytestmark = [pytest.mark.rig, pytest.mark.sqlite, pytest.mark.timeout(7200)]


def test_killed_at_any_moment(tmp_path: Path, times: int, seed: int, counted) -> None:
    """Entries, worksheets, clips and renders, killed a thousand times in the middle of them."""
    words = ("-m", "tests.rigs.kills", str(tmp_path), str(POINTS * times), str(seed))
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["points"] == POINTS * times
    assert found["acknowledged"] > POINTS
    assert found["unanswered"] > POINTS / 4  # else it was never in the middle of anything
    counted(
        "{points} kills, {unanswered} of them in the middle of a deed: {acknowledged} were"
        " acknowledged, 0 lost, 0 doubled, 0 files with wrong bytes".format(**found)
    )
