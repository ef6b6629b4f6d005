"""Counts of downloads: pieces put together, one count for a listener and day, and forgetting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.store import (
    Database,
    SentPart,
    downloads,
    forget_downloads,
    hash_network,
    list_downloads,
    network_of,
    note_sent,
)
from server.store.downloads import KEPT_DAYS, MOST_GAPS, merge
from server.store.feed_tables import DownloadPartRow, DownloadRow, DownloadSaltRow
from server.store.network_hashes import hash_listener

GUID, OTHER = "1" * 36, "2" * 36
Send = Callable[..., bool]


@pytest.fixture
def send(database: Database, noon: datetime) -> Send:
    """Send bytes to somebody; every field may be given."""

    def send(start: int = 0, end: int = 1000, **fields: object) -> bool:
        now_at = fields.pop("now_at", noon)
        assert isinstance(now_at, datetime)
        about: dict[str, object] = {
            "guid": GUID,
            "file_hash": "f" * 64,
            "size_bytes": 1000,
            "address": "192.0.2.1",
            "user_agent": "app",
        }
        sent = SentPart(piece=(start, end), **{**about, **fields})  # type: ignore[arg-type]
        with database.writing() as db:
            return note_sent(db, sent, now_at)

    return send


def counts(database: Database, now_at: datetime) -> dict[tuple[str, date], int]:
    with database.reading() as db:
        return {(row.guid, row.day): row.count for row in list_downloads(db, now_at)}


PIECES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


@given(pieces=PIECES)
@settings(max_examples=300, deadline=None)
def test_merged_pieces_cover_the_same_bytes(pieces: list[tuple[int, int]]) -> None:
    """In whatever order they come; ascending, and none touches the next."""
    merged = merge(pieces)
    covered = {byte for start, end in pieces for byte in range(start, end)}
    assert {byte for start, end in merged for byte in range(start, end)} == covered
    assert all(start < end for start, end in merged)
    assert all(one[1] < two[0] for one, two in pairwise(merged))
    assert merge(reversed(pieces)) == merged == merge(merged)


def test_a_file_in_shreds_does_not_fill_the_database() -> None:
    """Of very many pieces the largest are kept."""
    shreds = [(10 * number, 10 * number + 1 + number % 3) for number in range(2 * MOST_GAPS)]
    assert len(merge(shreds)) == MOST_GAPS


def test_counted_with_the_last_byte_and_once(
    database: Database, send: Send, noon: datetime
) -> None:
    """All of it on one day by one listener is one download; of a day, an episode and a listener."""
    assert [send(0, 999), send(999, 1000), send(0, 1000)] == [False, True, False]
    assert send(file_hash="e" * 64) is False, "another file of the same episode"
    assert send(address="198.51.100.1") is True
    assert send(user_agent="another app") is True
    assert send(guid=OTHER, file_hash="d" * 64) is True
    assert counts(database, noon) == {(GUID, noon.date()): 3, (OTHER, noon.date()): 1}


def test_another_day_is_another_download(database: Database, send: Send, noon: datetime) -> None:
    """Half of it today and half of it tomorrow is none; all of it tomorrow is one more."""
    later_at = noon + timedelta(days=1)
    assert send(0, 500) is False
    assert send(500, 1000, now_at=later_at) is False
    assert send(0, 500, now_at=later_at) is True
    assert counts(database, later_at) == {(GUID, later_at.date()): 1}


def test_nobody_can_be_found_again_tomorrow(database: Database, noon: datetime) -> None:
    """The same network and app have another hash the next day, and the old salt is gone."""
    later_at = noon + timedelta(days=1)
    with database.writing() as db:
        today = hash_network(db, "192.0.2.1", noon)
        assert hash_network(db, "192.0.2.200", noon) == today
        assert hash_network(db, "192.0.2.0/24", noon) == today
        assert hash_network(db, "192.0.3.1", noon) != today
        assert hash_listener(db, "192.0.2.1", "", noon) != today
        assert hash_network(db, "192.0.2.1", later_at) != today
        assert [row.day for row in db.query(DownloadSaltRow)] == [later_at.date()]
        assert len(today) == 64


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("unreadable", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_network_is_a_house_and_not_a_machine(address: str, network: str) -> None:
    """24 bits of the old kind of address, 48 of the new one."""
    assert network_of(address) == network


def test_what_is_over_is_forgotten(database: Database, send: Send, noon: datetime) -> None:
    """Parts and salts with their day, counts after thirty."""
    send(0, 10)
    send(guid=OTHER, file_hash="e" * 64)
    with database.writing() as db:
        assert forget_downloads(db, noon + timedelta(hours=11)) is False
        assert db.query(DownloadPartRow).count() == 2
        assert forget_downloads(db, noon + timedelta(hours=12)) is True
        assert db.query(DownloadPartRow).count() == db.query(DownloadSaltRow).count() == 0
        last_at = noon + timedelta(days=KEPT_DAYS - 1)
        assert forget_downloads(db, last_at) is False
        assert len(list_downloads(db, last_at)) == 1
        assert forget_downloads(db, last_at + timedelta(days=1)) is True
        assert db.query(DownloadRow).count() == 0


def test_a_flood_is_not_followed(
    database: Database, send: Send, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who invents apps cannot fill the disk: past a number, nobody new is followed that day."""
    monkeypatch.setattr(downloads, "MOST_PARTS", 2)
    assert [send(user_agent=str(number)) for number in range(4)] == [True, True, False, False]
    with database.reading() as db:
        assert db.query(DownloadPartRow).count() == 2
