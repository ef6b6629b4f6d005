"""stepback feed: the public feeds of a house, and how often they were fetched."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from click.testing import Result

from server.store import DownloadRow, add_feed, find_practice, note_feed_change
from tests.cli.conftest import House

Run = Callable[..., Result]


def test_lists_feeds_with_address_episodes_and_change(stepback: Run, house: House) -> None:
    """A feed that nobody has asked for yet is there, and says so; listing it begins nothing."""
    house.make(house.order("a"))
    result = stepback("feed", "list")
    assert result.exit_code == 0
    assert result.output.splitlines()[0].split() == [
        *("feed", "address", "episodes", "last", "changed"),
    ]
    (line,) = (each for each in result.output.splitlines() if each.startswith("public "))
    assert line.split()[1:3] == ["http://127.0.0.1:8000/feed", "1"]
    assert line.endswith("not asked for yet")
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with house.database.writing() as db:
        add_feed(db, name="public", guid="g", first_url="u", now_at=noon)
        note_feed_change(db, "public", "d" * 64, noon)
    told = {each["name"]: each for each in json.loads(stepback("feed", "list", "--json").output)}
    assert told["public"]["changed_at"] == "2026-03-01T12:00:00+00:00"
    assert told["public"]["guid"] == "g"
    assert told["public"]["episodes"] == 1
    assert "2026-03-01 12:00 UTC" in stepback("feed", "list").output


def test_prints_downloads_by_episode(stepback: Run, house: House) -> None:
    """The sum of thirty days, the most fetched first; day by day for programs."""
    assert "Nothing was fetched whole" in stepback("feed", "downloads").output
    house.order("a")
    today = datetime.now(UTC).date()
    with house.database.writing() as db:
        practice = find_practice(db, "three-breaths")
        assert practice
        guid = practice.guid
        for days, count in ((0, 2), (29, 3), (30, 100)):
            db.add(DownloadRow(guid=guid, day=today - timedelta(days=days), count=count))
        db.add(DownloadRow(guid="f" * 36, day=today, count=7))
    lines = [line.split("  ") for line in stepback("feed", "downloads").output.splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert cells == [
        ["episode", "downloads", "last on"],
        ["f" * 36, "7", today.isoformat()],
        ["Three breaths", "5", today.isoformat()],
    ]
    told = {
        each["guid"]: each for each in json.loads(stepback("feed", "downloads", "--json").output)
    }
    assert told[guid]["practice"] == "three-breaths"
    assert told[guid]["days"] == {
        (today - timedelta(days=29)).isoformat(): 3,
        today.isoformat(): 2,
    }


def test_says_that_nothing_is_counted(
    stepback: Run, house: House, environment: dict[str, str]
) -> None:
    """Whoever turned it off is told so, and not that nobody came."""
    environment["STEPBACK_COUNT_DOWNLOADS"] = "no"
    assert "Downloads are not counted" in stepback("feed", "downloads").output
