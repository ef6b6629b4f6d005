"""What the rigs share: how often, from which seed, and what they have counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

COUNTED = "counted"


@pytest.fixture
def times(request: pytest.FixtureRequest) -> int:
    """How many times as much is to be done as in an ordinary run: `make rigs TIMES=20`."""
    return int(request.config.getoption("--times"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run. pytest prints it, and `--randomly-seed=N` repeats it."""
    return int(request.config.getoption("randomly_seed", 1))


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say what a rig has counted; all of it stands at the end of the run."""
    return lambda said: record_property(COUNTED, said)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was promised and counted, rig by rig."""
    reports = [each for each in terminalreporter.stats.get("passed", []) if each.when == "call"]
    said = [
        f"{report.nodeid.partition('::')[2]}: {value}"
        for report in reports
        for name, value in report.user_properties
        if name == COUNTED
    ]
    if said:
        terminalreporter.section("counted")
    for line in said:
        terminalreporter.write_line(line)
