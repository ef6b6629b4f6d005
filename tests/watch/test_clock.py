"""A clock that was set is believed when it stays so, and not before."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from server.watch.clock import BELIEVED_AFTER_SECONDS, PatientClock, patient_now

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(seconds=BELIEVED_AFTER_SECONDS)


@dataclass
class Machine:
    """One whose time goes on as it is told, and whose clock can be set."""

    passed: timedelta = timedelta()
    wrong_by: timedelta = timedelta()

    def wall(self) -> datetime:
        return NOON + self.passed + self.wrong_by

    def steady_s(self) -> float:
        return 99.0 + self.passed.total_seconds()


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> PatientClock:
    return PatientClock(wall=machine.wall, steady_s=machine.steady_s)


@pytest.mark.parametrize("wrong_by", [timedelta(days=400), timedelta(days=-3), 2 * HOUR])
def test_a_clock_that_is_set_for_a_while(
    machine: Machine, clock: PatientClock, wrong_by: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes on evenly, says so once, and knows the right time again at once."""
    machine.passed, machine.wrong_by = HOUR, wrong_by
    assert clock.now() == NOON + HOUR
    machine.passed = 23 * HOUR
    assert clock.now() == NOON + 23 * HOUR
    machine.wrong_by = timedelta()
    assert clock.now() == NOON + 23 * HOUR
    assert caplog.text.count("the clock was set") == 1


@pytest.mark.parametrize("wrong_by", [timedelta(days=400), timedelta(days=-3)])
def test_a_clock_that_stays_so_is_believed(
    machine: Machine, clock: PatientClock, wrong_by: timedelta
) -> None:
    """A day later; and being set once more takes a day of its own."""
    machine.wrong_by = wrong_by
    assert clock.now() == NOON
    machine.passed = DAY
    assert clock.now() == NOON + DAY + wrong_by
    machine.wrong_by = timedelta()
    assert clock.now() == NOON + DAY + wrong_by
    machine.passed = 2 * DAY
    assert clock.now() == NOON + 2 * DAY


def test_a_clock_that_drifts_is_followed(
    machine: Machine, clock: PatientClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Half an hour at a time, in both directions, and nothing is said."""
    with caplog.at_level(logging.DEBUG):
        for times in (1, 2, 3, 4, 3, 2, 1, 0, -1):
            machine.wrong_by = times * HOUR / 2
            assert clock.now() == NOON + times * HOUR / 2
    assert caplog.text == ""


def test_the_machines_own() -> None:
    """Nobody sets it here: it tells the time."""
    assert abs(patient_now() - datetime.now(UTC)) < HOUR
