"""The session log: what a phone sends is kept once, and a different thing is kept beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.errors import EntryConflict
from server.store import Database, Felt, NewEntry, add_entry, list_conflicts, list_entries

MakeEntry = Callable[..., NewEntry]


def test_first_and_identical_again(
    database: Database, new_entry: MakeEntry, noon: datetime
) -> None:
    """The first time it is new; identical again gives the first row, and changes nothing."""
    with database.writing() as db:
        first, created = add_entry(db, new_entry(), noon)
    assert created
    for days in (0, 30):
        with database.writing() as db:
            row, created = add_entry(db, new_entry(), noon + timedelta(days=days))
        assert not created
        assert (row.id, row.received_at, row.practised_ms) == (first.id, noon, 300_000)
    with database.reading() as db:
        assert len(list_entries(db, "d" * 64)) == 1
        assert list_conflicts(db, "1" * 32) == ()


def test_different_content_keeps_both(
    database: Database, new_entry: MakeEntry, noon: datetime
) -> None:
    """A different entry with the same id is a conflict, kept once however often it comes."""
    with database.writing() as db:
        add_entry(db, new_entry(), noon)
    for _ in range(3):
        with pytest.raises(EntryConflict), database.writing() as db:
            add_entry(db, new_entry(practised_ms=1), noon)
    with database.reading() as db:
        assert [row.practised_ms for row in list_entries(db, "d" * 64)] == [300_000]
        kept = list_conflicts(db, "1" * 32)
    assert [row.body["practised_ms"] for row in kept] == [1]
    with database.writing() as db:
        assert add_entry(db, new_entry(), noon)[1] is False


def test_another_device_learns_nothing(
    database: Database, new_entry: MakeEntry, noon: datetime
) -> None:
    """An id of another device's is a conflict even with the same content; both are kept."""
    with database.writing() as db:
        add_entry(db, new_entry(), noon)
    for device in ("e" * 64, "f" * 64, "e" * 64):
        with pytest.raises(EntryConflict) as caught, database.writing() as db:
            add_entry(db, new_entry(device_hash=device), noon)
        assert "stepping" not in str(caught.value).lower()
    with database.reading() as db:
        assert list_entries(db, "e" * 64) == ()
        assert [row.device_hash[0] for row in list_conflicts(db, "1" * 32)] == ["e", "f"]


def test_digest_is_of_the_content(new_entry: MakeEntry, noon: datetime) -> None:
    """The same moment in another zone and a new title of the practice are the same content."""
    same = noon.astimezone(timezone(timedelta(hours=-7)))
    assert new_entry(started_at=same, title="Renamed").digest == new_entry().digest


def test_what_was_not_said_is_not_in_the_digest(new_entry: MakeEntry) -> None:
    """A phone that kept an entry before there were sittings may still send it again."""
    before_sittings = {"slug", "minutes", "render_key", "started_at", "practised_ms", "outcome"}
    assert set(new_entry().body) == before_sittings
    said = new_entry(is_live=True, before=Felt(kindness=0), after=Felt(willingness=10)).body
    assert said["before"] == {"kindness": 0, "willingness": None}
    assert said["after"] == {"kindness": None, "willingness": 10}
    assert said["is_live"] is True


def test_what_was_felt_is_kept(database: Database, new_entry: MakeEntry, noon: datetime) -> None:
    """Both numbers, before and after; nothing where one was left out."""
    felt = {"before": Felt(kindness=2, willingness=0), "after": Felt(willingness=7)}
    with database.writing() as db:
        add_entry(db, new_entry(is_live=True, **felt), noon)
    with database.reading() as db:
        (row,) = list_entries(db, "d" * 64)
        assert row.is_live
        assert (row.kindness_before, row.willingness_before) == (2, 0)
        assert (row.kindness_after, row.willingness_after) == (None, 7)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    change=st.one_of(
        st.fixed_dictionaries({"practised_ms": st.integers(0, 10**9)}),
        st.fixed_dictionaries({"minutes": st.integers(1, 60)}),
        st.fixed_dictionaries({"outcome": st.sampled_from(["completed", "stopped"])}),
        st.fixed_dictionaries({"slug": st.text(min_size=1, max_size=8)}),
        st.fixed_dictionaries({"is_live": st.booleans()}),
        st.fixed_dictionaries({"before": st.builds(Felt, kindness=st.integers(0, 10))}),
        st.fixed_dictionaries({"after": st.builds(Felt, willingness=st.integers(0, 10))}),
        st.fixed_dictionaries({"render_key": st.sampled_from([None, "a" * 64, "b" * 64])}),
        st.fixed_dictionaries({"device_hash": st.sampled_from(["d" * 64, "e" * 64])}),
    )
)
def test_any_change_changes_the_digest(new_entry: MakeEntry, change: dict[str, object]) -> None:
    """Two entries have one digest exactly when they say the same."""
    first, second = new_entry(), new_entry(**change)
    assert (first.digest == second.digest) == (first == second)


def test_eight_threads_with_one_id(
    database: Database, new_entry: MakeEntry, noon: datetime
) -> None:
    """Of eight simultaneous retries one is new, seven are the same again."""
    barrier, results = threading.Barrier(8), []

    def send() -> None:
        barrier.wait()
        with database.writing() as db:
            results.append(add_entry(db, new_entry(), noon)[1])

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 7 + [True]


def test_latest_first(database: Database, new_entry: MakeEntry, noon: datetime) -> None:
    """A device's entries come in the order of practising, the latest first; no one else's."""
    with database.writing() as db:
        for hour in (2, 5, 1):
            at = noon + timedelta(hours=hour)
            add_entry(db, new_entry(id=f"{hour}" * 32, started_at=at), noon)
        add_entry(db, new_entry(id="9" * 32, device_hash="e" * 64), noon)
    with database.reading() as db:
        assert [row.id[0] for row in list_entries(db, "d" * 64)] == ["5", "2", "1"]
