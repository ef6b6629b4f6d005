"""`stepback cache`: what is there, what goes, and what is said about it."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def filled(house) -> tuple[str, str]:
    """An episode and the recording that it took the place of, both long unheard."""
    before, after = house.order("a"), house.order("b")
    house.make(before, days=40)
    house.make(after, days=40)
    return before, after


def test_what_is_there_is_shown_to_people(stepback, house, filled) -> None:
    """By practice with the reason why some stays, then by kind, and all together."""
    result = stepback("cache")
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[0] == "practice minutes voice recordings MB newest last used why it stays"
    assert lines[1].startswith("Three breaths 2 joe 2 3.0 ")
    assert lines[1].endswith(" 40 days ago in the feed")
    assert "recordings 2 3.0" in lines
    assert "in all 2 3.0" in lines
    assert lines[-1].endswith("MB of the disk are free.")


def test_what_is_there_is_told_to_programs(stepback, filled) -> None:
    """The same as JSON, in bytes."""
    told = json.loads(stepback("cache", "--json").output)
    [recordings] = told["recordings"]
    assert (recordings["practice"], recordings["number"]) == ("three-breaths", 2)
    assert (recordings["bytes"], recordings["why_it_stays"]) == (3_000_000, ["in the feed"])
    assert told["kinds"]["renders"] == {"files": 2, "bytes": 3_000_000}
    assert told["total_bytes"] == 3_000_000


def test_dry_run_removes_nothing(stepback, house, filled) -> None:
    """It names what would go, how big that is and what would be left."""
    before, _ = filled
    result = stepback("cache", "prune", "--older-than", "30d", "--dry-run")
    assert result.exit_code == 0
    assert "Three breaths        2  1.5  40 days ago" in result.output
    assert "1 recording (1.5 MB) and no spoken sentences would go" in result.output
    assert "1.5 MB be left" in result.output
    assert house.shelf.render_folder(before).is_dir()


def test_prune_asks_first(stepback, house, filled) -> None:
    """Without a yes nothing goes, and the exit code is 1; with one the old recording does."""
    before, after = filled
    for typed in ("", "n\n"):
        refused = stepback("cache", "prune", "--older-than", "30d", typed=typed)
        assert refused.exit_code == 1
        assert house.shelf.render_folder(before).is_dir()
    result = stepback("cache", "prune", "--older-than", "30d", typed="y\n")
    assert result.exit_code == 0
    assert "Removed 1 recording (1.5 MB) and no spoken sentences." in result.output
    assert "The shelf holds 1.5 MB." in result.output
    assert not house.shelf.render_folder(before).exists()
    assert house.shelf.render_folder(after).is_dir()
    again = stepback("cache", "prune", "--older-than", "4w", "--yes")
    assert (again.exit_code, again.output) == (
        0,
        "There is nothing to remove.\nThe shelf holds 1.5 MB.\n",
    )


def test_size_that_cannot_be_reached_is_told(stepback, filled) -> None:
    """What may go goes; that the rest must stay is said, with exit code 1."""
    assert stepback("cache", "prune", "--to", "2MB", "--yes").exit_code == 0
    result = stepback("cache", "prune", "--to", "0.001 GB", "--yes")
    assert result.exit_code == 1
    assert "has to stay for now" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--older-than, --to or both"),
        (("--older-than", "soon"), "12h, 30d or 8w"),
        (("--older-than", "-3d"), "12h, 30d or 8w"),
        (("--to", "2"), "500MB or 2GB"),
        (("--to", "2 GiB"), "500MB or 2GB"),
    ],
)
def test_wrong_words_are_told(stepback, house, arguments: tuple[str, ...], words: str) -> None:
    """A command typed wrong has exit code 2, and removes nothing."""
    result = stepback("cache", "prune", *arguments, "--yes")
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize("command", [("cache",), ("cache", "prune", "--to", "1GB"), ("renders",)])
@pytest.mark.sqlite
def test_database_is_wanted_first(stepback, command: tuple[str, ...]) -> None:
    """Before the first start there is one calm sentence, and no empty database is made."""
    result = stepback(*command)
    assert result.exit_code == 1
    assert "stepback migrate" in result.output
