"""Worksheets over a bad line, many at once: each arrives exactly once, and each phone learns so."""

from __future__ import annotations

import pytest

from bench.storm import storm

HOW_MANY = 100


@pytest.mark.rig
def test_each_arrives_once_over_a_line_that_loses_requests_and_answers():
    """Sent five times each, mixed, by eight phones to two processes; `make storm` sends 2,000."""
    left = storm(HOW_MANY)
    assert left.rows == HOW_MANY
    assert left.unlike == []
    assert left.statuses.keys() == {200, 201}
    assert left.statuses[201] <= HOW_MANY
    assert left.lost_requests > left.sent / 10
    assert left.lost_answers > left.sent / 10
