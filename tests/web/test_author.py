"""What an author sees on the page of a practice, and nobody else does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from server.store import claim_render, finish_render
from server.web.author import is_author

HEADING = "How the recording measures"
PAGE = "/practices/soft-ground"
COURSE = {
    "peaks": [0.1, 0.5],
    "peak_step_ms": 60_000,
    "loudness_lufs": [-19.0, -48.0],
    "loudness_step_ms": 60_000,
    "pauses": [[70_000, 20_000]],
    "target_lufs": -19.0,
}
REPORT = {
    "measured": {"length_ms": 120_000, "speech_lufs": -19.0},
    "stages": [{"title": "Soft & slow", "start_ms": 0}],
    "findings": [
        {"rule": "clicks at seams", "found": "none", "wanted": "none", "is_met": True},
        {"rule": "true peak", "found": None, "wanted": "at most −1.0 dBTP", "is_met": True},
    ],
    "course": COURSE,
}


@pytest.fixture
def measured(house, order):
    """Finish a render at the usual length, with a report of the test's."""

    def finish(report: dict, minutes: int = 2) -> str:
        key, owner, now_at = order(minutes), "here:1:test", datetime.now(UTC)
        with house.database.writing() as db:
            assert claim_render(db, key, owner, now_at) is not None
        with house.database.writing() as db:
            assert finish_render(
                db, key, owner, renditions=[], report=report, duration_ms=120_000,
                clip_keys=[], now_at=now_at,
            )  # fmt: skip
        return key

    return finish


def test_the_author_sees_how_the_newest_recording_measures(client: FlaskClient, measured):
    """Picture and findings, drawn in place with classes alone."""
    measured(REPORT)
    page = client.get(PAGE).text
    assert HEADING in page
    assert 'class="report-picture"' in page
    assert "Soft &amp; slow" in page
    assert "It meets all two rules." in page
    assert "Clicks at seams" in page
    assert "wanted: at most −1.0 dBTP" in page
    assert "style=" not in page


def test_a_rule_that_is_not_met_is_named(client: FlaskClient, measured):
    """It is not claimed then that all are met."""
    missed = {"rule": "length", "found": "99 s", "wanted": "120 s", "is_met": False}
    measured({**REPORT, "findings": [missed]})
    page = client.get(PAGE).text
    assert "Length (not met)" in page
    assert "It meets all" not in page


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.168.1.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"X-Real-IP": "10.0.0.1"}),
    ],
)
def test_others_get_nothing_of_it(client: FlaskClient, measured, address, headers):
    """Neither from another machine nor through a proxy on this one."""
    measured(REPORT)
    answer = client.get(PAGE, headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 200
    assert HEADING not in answer.text
    assert "report-picture" not in answer.text


def test_nothing_is_shown_where_there_is_nothing_to_show(client: FlaskClient, measured):
    """Before the first recording, for another length, and for a report from before pictures."""
    assert HEADING not in client.get(PAGE).text
    measured(REPORT, minutes=1)
    assert HEADING not in client.get(PAGE).text
    measured({"stages": []})
    assert HEADING not in client.get(PAGE).text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("10.0.0.1", False),
        ("fe80::1", False),
        ("", False),
        ("a socket", False),
    ],
)
def test_who_counts_as_the_author(address, expected):
    """Whoever is at this very machine, by IPv4 and IPv6."""
    with Flask("x").test_request_context(environ_overrides={"REMOTE_ADDR": address}):
        assert is_author(request) is expected
