"""The page on reliability names every fault once, and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| F(\d+) \| .*? \| .*? \| (.*) \|$", PAGE, flags=re.MULTILINE)


def test_every_fault_has_its_row():
    """All thirty-four, in order; each names a test or says that there is none."""
    assert [int(number) for number, _ in ROWS] == list(range(1, 35))
    silent = [number for number, shown in ROWS if "::" not in shown and "not tested" not in shown]
    assert silent == []


def test_every_test_that_is_named_is_there():
    """Nobody is sent to a test that was renamed."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 40
    gone = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert gone == []
