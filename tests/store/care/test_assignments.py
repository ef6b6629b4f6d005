"""Assignments: each is found by its own client alone, sealed, and can be taken back and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from server.errors import CaseNotFound, KeyGone, SealBroken
from server.store import Database
from server.store.care import (
    AssignmentDetails,
    AssignmentRow,
    ClientRow,
    KeyRing,
    NewAssignment,
    PracticeRoomRow,
    TherapistRow,
    add_assignment,
    find_assignment,
    list_assignments,
    make_id,
    read_details,
    restore_assignment,
    withdraw_assignment,
)
from tests.new_database import new_database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DETAILS = AssignmentDetails(
    message="Für den Abend, wenn du magst.",
    choices={"minutes": 5, "anchor": "hands"},
    words={"obstacle": "the noise"},
    is_spoken=True,
)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One therapist with two clients."""

    database: Database
    keys: KeyRing
    ines: ClientRow
    jo: ClientRow

    def give(self, client: ClientRow, subject: str, at: datetime = NOON) -> str:
        new = NewAssignment(kind="practice", subject=subject, rhythm="whenever", details=DETAILS)
        with self.database.writing() as db:
            return add_assignment(db, client, self.keys.get(client.id), new, at).id

    def listed(self, client: ClientRow, *, with_withdrawn: bool = False) -> list[str]:
        with self.database.reading() as db:
            rows = list_assignments(db, client, with_withdrawn=with_withdrawn)
            return [row.subject for row in rows]


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    database = Database(new_database(tmp_path / "stepback.db"))
    keys = KeyRing(tmp_path / "keys")
    room, ada = make_id(), make_id()
    with database.writing() as db:
        db.add(PracticeRoomRow(id=room, name="Linden Street", made_at=NOON))
        db.flush()
        db.add(
            TherapistRow(
                id=ada,
                room_id=room,
                email="ada@sit.example",
                name="Ada",
                active=True,
                fs_uniquifier=make_id(),
                is_head=True,
                added_at=NOON,
            )
        )
        db.flush()
        ines, jo = (_client(db, keys, room, ada, name) for name in ("Ines", "Jo"))
    yield Ground(database=database, keys=keys, ines=ines, jo=jo)
    database.close()


def _client(db: Session, keys: KeyRing, room: str, therapist: str, name: str) -> ClientRow:
    client_id = make_id()
    row = ClientRow(
        id=client_id, room_id=room, therapist_id=therapist, made_at=NOON,
        sealed_name=keys.make(client_id).close(name, f"clients:{client_id}"),
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


def test_what_is_given_comes_back_whole(ground: Ground):
    """The details are opened again as they were written, and lie in the database unread."""
    given = ground.give(ground.ines, "soft-ground")
    with ground.database.reading() as db:
        row = find_assignment(db, ground.ines, given)
        assert row is not None
        assert (row.kind, row.rhythm, row.therapist_id) == (
            "practice", "whenever", ground.ines.therapist_id,
        )  # fmt: skip
        assert read_details(row, ground.keys.get(ground.ines.id)) == DETAILS
        assert b"Abend" not in row.sealed_details
        assert b"noise" not in row.sealed_details


def test_sealed_details_open_with_their_own_key_and_in_their_own_place(ground: Ground):
    """Another client's key, another row, or no key at all: nothing is read."""
    given, other = (
        ground.give(ground.ines, "soft-ground"),
        ground.give(ground.ines, "three-breaths"),
    )
    with ground.database.writing() as db:
        row, moved = db.get(AssignmentRow, given), db.get(AssignmentRow, other)
        assert row is not None
        assert moved is not None
        with pytest.raises(SealBroken):
            read_details(row, ground.keys.get(ground.jo.id))
        moved.sealed_details = row.sealed_details
        with pytest.raises(SealBroken):
            read_details(moved, ground.keys.get(ground.ines.id))
    ground.keys.forget(ground.ines.id)
    with pytest.raises(KeyGone):
        ground.keys.get(ground.ines.id)


def test_the_newest_is_first(ground: Ground):
    """In the order in which it was given, backwards; and to each their own."""
    ground.give(ground.ines, "first")
    ground.give(ground.ines, "second", NOON + timedelta(days=1))
    ground.give(ground.jo, "of-jo")
    assert ground.listed(ground.ines) == ["second", "first"]
    assert ground.listed(ground.jo) == ["of-jo"]


def test_taken_back_and_given_again(ground: Ground):
    """What is taken back is found no more; undone, it stands where it stood."""
    given = ground.give(ground.ines, "soft-ground")
    with ground.database.writing() as db:
        withdraw_assignment(db, ground.ines, given, NOON + timedelta(hours=1))
        later = withdraw_assignment(db, ground.ines, given, NOON + timedelta(hours=2))
        assert later.withdrawn_at == NOON + timedelta(hours=1)
    assert ground.listed(ground.ines) == []
    assert ground.listed(ground.ines, with_withdrawn=True) == ["soft-ground"]
    with ground.database.reading() as db:
        assert find_assignment(db, ground.ines, given) is None
    with ground.database.writing() as db:
        restore_assignment(db, ground.ines, given)
    assert ground.listed(ground.ines) == ["soft-ground"]


def test_another_clients_is_nobodys(ground: Ground):
    """An id of somebody else's is answered like one that never was."""
    given = ground.give(ground.ines, "soft-ground")
    for assignment_id in (given, make_id(), ""):
        with ground.database.writing() as db:
            assert find_assignment(db, ground.jo, assignment_id) is None
            with pytest.raises(CaseNotFound):
                withdraw_assignment(db, ground.jo, assignment_id, NOON)
            with pytest.raises(CaseNotFound):
                restore_assignment(db, ground.jo, assignment_id)
    assert ground.listed(ground.ines) == ["soft-ground"]
