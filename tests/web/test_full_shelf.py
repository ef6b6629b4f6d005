"""The disk of the recordings is full: what people wrote is kept all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.app import create_app
from server.store.care import make_id
from tests.small_disk import small_disk
from tests.web.conftest import house_in
from tests.web.filled_worksheets import bring_worksheets
from tests.web.people_house import settle_people


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk without a byte left."""
    with small_disk(tmp_path / "full", "64k") as disk:
        with pytest.raises(OSError, match="No space left"):
            (disk / "filling").write_bytes(b"x" * 1_000_000)
        yield disk


def test_what_is_written_is_kept(tmp_path: Path, full_disk: Path) -> None:
    """An entry, its note and a worksheet: 201, and there afterwards. A new recording is a 507."""
    folder = tmp_path / "house"
    folder.mkdir()
    cache = str(full_disk / "cache")
    house = house_in(folder, STEPBACK_CACHE=cache, STEPBACK_LEAST_FREE_MB="1")
    bring_worksheets(house.settings.scripts_path)
    people = settle_people(create_app(house.settings))
    phone = people.phone_of(people.ines)
    now = datetime.now(UTC).isoformat()
    entry = {"id": make_id(), "practice": "soft-ground", "minutes": 2, "started_at": now}
    entry |= {"practised_ms": 60_000, "outcome": "completed"}
    side = {"text": "You are right to be tired.", "rating": 3}
    answers = {"situation": "A long day.", "answers": {"first": side, "second": side}}
    sheet = {"id": make_id(), "template": "friend-and-self", "assignment": None}
    sheet |= {"answers": answers, "answered_at": now}
    assert phone.post("/api/session-entries", json=entry).status_code == 201
    note = phone.post(f"/my-practice/entries/{entry['id']}/note", data={"text": "It helped."})
    assert note.status_code == 303
    assert phone.post("/api/submissions", json=sheet).status_code == 201
    kept = phone.get("/api/submissions").get_json()["submissions"]
    assert [each["id"] for each in kept] == [sheet["id"]]
    refused = phone.post("/api/renders", json={"practice": "soft-ground", "minutes": 2})
    assert refused.status_code == 507
    house.database.close()
