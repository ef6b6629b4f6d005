"""What every room's tests share: golden files, scripts built by hand, the shipped practices."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says more of the machine than of the code; slow is what takes all
# of a test's five minutes.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"


MEASURED = {"care", "checker", "feed", "script", "sitting", "timeline"}
"""The pure rooms, whose branches all have to be gone through by their own tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage nowhere else: Python is three times as slow while it is measured."""
    for item in items:
        if item.path.relative_to(ROOT / "tests").parts[0] not in MEASURED:
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the golden file of this name; `make golden` rewrites it."""

    def check_golden(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("STEPBACK_GOLDEN") == "rewrite":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return check_golden


@pytest.fixture(scope="session")
def scripts_path() -> Path:
    """The folder of the shipped practices."""
    return ROOT / "scripts"
