"""`stepback renders`: what is under way, and what is stopped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from server.cli import renders as renders_file
from server.cli.table import say_age, say_mb
from server.store import beat_render, claim_render, find_render


def test_what_is_under_way_is_shown(stepback, house) -> None:
    """Key, practice, how far, who waits and for how long; nothing that is over."""
    house.make(house.order("f"))
    assert stepback("renders").output == "Nothing is being made just now.\n"
    running = house.order("a", title="Stepping back")
    house.order("b", is_ahead=True)
    now_at = datetime.now(UTC)
    with house.database.writing() as db:
        assert claim_render(db, running, "me", now_at)
        assert beat_render(
            db, running, "me", now_at, phase="speaking", stage="x", done_ms=340, total_ms=1000
        )
    lines = [" ".join(line.split()) for line in stepback("renders").output.splitlines()]
    assert len(lines) == 3
    assert lines[1].startswith("aaaaaaaaaaaa Stepping back 2 joe speaking, 34 % a listener ")
    assert lines[2].startswith(
        "bbbbbbbbbbbb Three breaths 2 joe waits for its turn nobody: made ahead "
    )
    first, second = json.loads(stepback("renders", "--json").output)
    assert (first["key"], first["state"], first["done_ms"]) == (running, "running", 340)
    assert (first["is_wanted"], second["is_wanted"]) == (True, False)


def test_waiting_one_is_cancelled_at_once(stepback, house) -> None:
    """Nobody has it in hand, so its files go with the command."""
    key = house.order("a")
    house.shelf.publish(house.shelf.stream_folder(key) / "1.m4s", b"of an earlier attempt")
    result = stepback("renders", "cancel", "aaa")
    assert (result.exit_code, result.output) == (0, "Cancelled: Three breaths, 2 minutes.\n")
    assert not house.shelf.render_folder(key).exists()
    with house.database.reading() as db:
        row = find_render(db, key)
    assert row is not None
    assert row.state == "cancelled"


def test_silent_worker_is_told(stepback, house, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no worker answers, that is said: the files are its own until then."""
    monkeypatch.setattr(renders_file, "LET_GO_SECONDS", 0.1)
    key = house.order("a")
    with house.database.writing() as db:
        assert claim_render(db, key, "me", datetime.now(UTC))
    assert "has not answered yet" in stepback("renders", "cancel", key).output


def test_wrong_key_is_told(stepback, house) -> None:
    """One that begins no key, or more than one, stops nothing; exit code 1."""
    house.order("a")
    house.make(house.order("c"))
    for beginning in ("b", "c", "%"):
        result = stepback("renders", "cancel", beginning)
        assert result.exit_code == 1
        assert f"begins with {beginning}" in result.output
    house.order("b")
    result = stepback("renders", "cancel", "")
    assert result.exit_code == 1
    assert "2 keys begin" in result.output


def test_sizes_and_ages_are_easy_to_read() -> None:
    """Small sizes have a tenth, ages one unit."""
    assert [say_mb(each) for each in (0, 49_000_000, 1_234_567_890)] == ["0.0", "49.0", "1,235"]
    ages = [timedelta(seconds=s) for s in (-5, 0, 1, 59, 60, 7_300, 86_400 * 3)]
    assert [say_age(each) for each in ages] == [
        "just now",
        "just now",
        "1 second",
        "59 seconds",
        "1 minute",
        "2 hours",
        "3 days",
    ]
