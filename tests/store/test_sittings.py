"""Sittings in the database: whose they are, what is recorded once, and what goes with them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from server.errors import SittingNotFound
from server.store import (
    Database,
    NewEvent,
    NewSitting,
    Shelf,
    WordsState,
    add_event,
    add_first_words,
    add_sitting,
    add_words,
    claim_words,
    count_open_sittings,
    delete_sitting,
    drop_line_want,
    drop_old_line_wants,
    end_words,
    fail_forsaken_words,
    find_event,
    find_sitting,
    get_sitting,
    has_waiting_words,
    list_events,
    list_expired_sittings,
    list_line_wants,
    list_open_sittings,
    list_sittings,
    list_stored_lines,
    list_words,
    note_over,
    remove_unused_line,
    want_lines,
)

A, B, C = "a" * 32, "b" * 32, "c" * 32
MINE, OTHERS = "d" * 64, "e" * 64
HOUR = timedelta(hours=1)
Add = Callable[..., None]


@pytest.fixture
def add(database: Database, noon: datetime) -> Add:
    def add(sitting_id: str = A, device_hash: str = MINE, at: datetime = noon) -> None:
        new = NewSitting(
            id=sitting_id,
            device_hash=device_hash,
            slug="stepping-back",
            title="Stepping back",
            voice="joe",
            choices={"minutes": 10},
            order={"source": "text"},
            lengths={"f" * 64: 1024},
            expires_at=at + 12 * HOUR,
        )
        with database.writing() as db:
            add_sitting(db, new, at)

    return add


def test_a_sitting_is_its_devices_own(database: Database, add: Add, noon: datetime) -> None:
    add()
    with database.reading() as db:
        row = get_sitting(db, A, MINE)
        assert (row.began_at, row.ended_at, row.lengths) == (noon, None, {"f" * 64: 1024})
        with pytest.raises(SittingNotFound):
            get_sitting(db, A, OTHERS)
        with pytest.raises(SittingNotFound):
            get_sitting(db, B, MINE)
        assert find_sitting(db, B) is None


def test_what_is_large_is_read_when_it_is_needed(database: Database, add: Add) -> None:
    """Many times a second somebody asks whether a sitting is there, and for nothing else of it."""
    add()
    with database.reading() as db:
        row = get_sitting(db, A, MINE, is_whole=False)
        assert "order" not in vars(row)
        assert row.order == {"source": "text"}


def test_open_sittings_are_counted(database: Database, add: Add, noon: datetime) -> None:
    """All that began lately and are not over; a device's own, the newest first."""
    add(A, MINE)
    add(B, MINE, noon + HOUR)
    add(C, OTHERS, noon + HOUR)
    with database.writing() as db:
        assert count_open_sittings(db, noon - HOUR) == 3
        assert count_open_sittings(db, noon) == 2
        assert [row.id for row in list_open_sittings(db, MINE)] == [B, A]
        note_over(db, B, noon + 2 * HOUR)
        note_over(db, B, noon + 3 * HOUR)
        note_over(db, "0" * 32, noon)
        assert count_open_sittings(db, noon) == 1
        assert {row.id for row in list_open_sittings(db)} == {A, C}
        assert get_sitting(db, B, MINE).ended_at == noon + 2 * HOUR


def test_events_stand_in_their_order(database: Database, add: Add) -> None:
    """An id of the phone's is recorded once; nothing goes back in time; lengths come by place."""
    add()
    with database.writing() as db:
        first = add_event(db, A, NewEvent(kind="met", at_ms=500, event_id=B, words=2))
        voiced = NewEvent(kind="voiced", at_ms=400, words=1, lengths={7: 2048})
        add_event(db, A, voiced)
        add_event(db, A, voiced)
        again = add_event(db, A, NewEvent(kind="end", at_ms=900, event_id=B))
        assert again is first
    with database.reading() as db:
        events = list_events(db, A)
        assert [(e.number, e.kind, e.at_ms, e.words) for e in events] == [
            (0, "met", 500, 2),
            (1, "voiced", 500, 1),
            (2, "voiced", 500, 1),
        ]
        assert [event.lengths for event in events] == [None, {"7": 2048}, {"7": 2048}]
        found = find_event(db, A, B)
        assert found is not None
        assert found.number == 0
        assert find_event(db, A, C) is None


def test_words_wait_are_taken_and_end(database: Database, add: Add, noon: datetime) -> None:
    """The longest waiting first, each by one alone."""
    add()
    add(B)
    with database.writing() as db:
        assert not has_waiting_words(db)
        assert claim_words(db) is None
        assert add_words(db, A, {"obstacle": "later"}, noon + HOUR) == 2
        assert add_first_words(db, B, {"obstacle": "first"}, noon) == 1
        assert add_words(db, A, {"obstacle": "last"}, noon + 2 * HOUR) == 3
    with database.writing() as db:
        taken = claim_words(db)
        assert taken is not None
        assert (taken.sitting_id, taken.number, taken.texts) == (B, 1, {"obstacle": "first"})
        assert has_waiting_words(db)
        assert end_words(db, B, 1, WordsState.VOICED)
        assert not end_words(db, B, 2, WordsState.VOICED)
        fail_forsaken_words(db, noon + 2 * HOUR)
    with database.reading() as db:
        assert [row.state for row in list_words(db, A)] == ["failed", "waiting"]
        assert [row.state for row in list_words(db, B)] == ["voiced"]


def test_what_belongs_to_a_sitting_goes_with_it(
    database: Database, add: Add, noon: datetime
) -> None:
    add()
    add(B)
    with database.writing() as db:
        for sitting_id in (A, B):
            add_event(db, sitting_id, NewEvent(kind="met", at_ms=1, event_id=C))
            add_words(db, sitting_id, {"obstacle": "mine"}, noon)
        delete_sitting(db, A)
    with database.reading() as db:
        assert (list_events(db, A), list_words(db, A)) == ((), ())
        assert len(list_events(db, B)) == len(list_words(db, B)) == 1
        assert [row.id for row in list_sittings(db)] == [B]


def test_sittings_expire(database: Database, add: Add, noon: datetime) -> None:
    """Those that were over a while ago, every one whose time is up, and one from too far ahead."""
    add(A)
    add(B)
    add(C, at=noon + HOUR)
    with database.writing() as db:
        note_over(db, A, noon + HOUR)
        note_over(db, C, noon + 2 * HOUR)

    def expired(over_before_at: datetime, now_at: datetime) -> set[str]:
        with database.reading() as db:
            rows = list_expired_sittings(
                db, over_before_at=over_before_at, now_at=now_at, ahead_at=now_at + 12 * HOUR
            )
            return {row.id for row in rows}

    assert expired(noon + HOUR, noon + 2 * HOUR) == set()
    assert expired(noon + 2 * HOUR, noon + 3 * HOUR) == {A}
    assert expired(noon, noon + 12 * HOUR) == {A, B}
    assert expired(noon - 11 * HOUR, noon - 11 * HOUR) == set()
    assert expired(noon - 11 * HOUR, noon - 12 * HOUR) == {C}
    assert expired(noon - 13 * HOUR, noon - 13 * HOUR) == {A, B, C}


def test_lines_are_wanted_while_somebody_asks(database: Database, noon: datetime) -> None:
    """The longest waiting first; asking again keeps its place and shows that they are there."""
    one, two = "1" * 64, "2" * 64
    with database.writing() as db:
        want_lines(db, one, slug="a", choices={"minutes": 5}, now_at=noon)
        want_lines(db, two, slug="b", choices={"minutes": 10}, now_at=noon + HOUR)
        want_lines(db, one, slug="a", choices={"minutes": 5}, now_at=noon + 2 * HOUR)
        assert [row.key for row in list_line_wants(db, noon)] == [one, two]
        assert [row.key for row in list_line_wants(db, noon + 2 * HOUR)] == [one]
        drop_old_line_wants(db, noon + 2 * HOUR)
        assert [row.slug for row in list_line_wants(db, noon)] == ["a"]
        drop_line_want(db, one)
        assert list_line_wants(db, noon) == ()


def test_lines_lie_on_the_shelf(shelf: Shelf, noon: datetime) -> None:
    """Each under its key; the room tone beside them is none of them."""
    key, folder, own = "1" * 64, "2" * 64, "3" * 64
    assert not shelf.has_line(key)
    shelf.publish(shelf.line_path(key), b"line")
    shelf.publish(shelf.room_line_path(own), b"room")
    shelf.publish(shelf.private_line_path(folder, own), b"own")
    assert shelf.has_line(key)
    os.utime(shelf.line_path(key), (0, 0))
    assert shelf.has_line(key)
    assert shelf.line_path(key).stat().st_mtime > noon.timestamp()
    [stored] = list_stored_lines(shelf)
    assert (stored.key, stored.size_bytes) == (key, 4)
    assert shelf.list_sitting_folders() == [folder]
    shelf.remove_sitting(folder)
    shelf.remove_sitting(folder)
    assert shelf.list_sitting_folders() == []
    assert not remove_unused_line(shelf, key, noon)
    assert remove_unused_line(shelf, key, stored.used_at + HOUR)
    assert not remove_unused_line(shelf, key, stored.used_at + HOUR)
    for path_of in (shelf.line_path, shelf.room_line_path, shelf.sitting_folder):
        with pytest.raises(ValueError, match="not a content key"):
            path_of("../secret")


def test_nobodys_sitting_can_be_counted_twice(database: Database, add: Add) -> None:
    """An id is one sitting's for ever: whoever adds it again is refused by the database."""
    add()
    with pytest.raises(IntegrityError):
        add(A, OTHERS)
