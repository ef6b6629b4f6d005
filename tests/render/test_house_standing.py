"""The house's gauges: from the rows and the disk, and never in the way of whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.render import Workshop
from server.render.standing import read_house
from server.store import Database, Shelf
from server.timeline import Options
from server.watch.meters import HOUSE


def test_every_gauge_has_its_value(workshop: Workshop):
    """By the names that are told to Prometheus; ages from the moment of asking."""
    workshop.order("small-step", Options(minutes=2), None)
    later_at = datetime.now(UTC) + timedelta(minutes=5)
    found = read_house(workshop.database, workshop.shelf, later_at)
    # No worker has shown life yet, and that is said by saying nothing.
    assert set(found) == {each.name for each in HOUSE} - {"stepback_worker_beat_age_seconds"}
    assert found["stepback_renders_waiting"] == 1
    assert 290 < found["stepback_oldest_waiting_seconds"] < 310
    assert found["stepback_disk_free_bytes"] > 0


def test_without_a_database_the_disk_is_told_still(tmp_path: Path):
    """Prometheus gets what is known: a scrape that failed would hide the rest."""
    database = Database(tmp_path / "none" / "stepback.db")
    assert set(read_house(database, Shelf(tmp_path / "cache"))) == {"stepback_disk_free_bytes"}
    (tmp_path / "file").touch()
    assert read_house(database, Shelf(tmp_path / "file" / "cache")) == {}
