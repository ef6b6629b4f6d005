"""What a database needs that is put back: its clients' keys, and doors that are shut."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.errors import BackupRefused, InvitationGone
from server.store import Database
from server.store.care import (
    ClientRow,
    KeyRing,
    TherapistRow,
    add_invitation,
    add_sign_in,
    find_therapist,
    get_invitation,
)
from server.store.care.put_back import find_keyless, list_client_ids, shut_doors
from tests.full_case import NOON, settle_client


def test_each_key_is_tried(database: Database, tmp_path: Path) -> None:
    """A missing one is named; one that opens nothing, or is damaged, is refused."""
    keys = KeyRing(tmp_path / "keys")
    ines, jo = settle_client(database, keys, "d" * 64), settle_client(database, keys, "e" * 64)
    path = keys.path / f"{ines}.key"
    with database.reading() as db:
        assert list_client_ids(db) == {ines, jo}
        assert find_keyless(db, keys) == set()
        for wrong in (bytes(32), b"short"):
            path.write_bytes(wrong)
            with pytest.raises(BackupRefused, match=ines):
                find_keyless(db, keys)
        path.unlink()
        assert find_keyless(db, keys) == {ines}


def test_no_door_is_left_open(database: Database, tmp_path: Path) -> None:
    """A sign-in may have been ended since, and a link used by the one whom it was for."""
    settle_client(database, KeyRing(tmp_path / "keys"))
    soon = NOON + timedelta(minutes=1)
    with database.writing() as db:
        client, therapist = db.scalars(select(ClientRow)).one(), db.scalars(select(TherapistRow))
        sign_in = add_sign_in(db, therapist.one().id, "Firefox", NOON)
        link = add_invitation(db, client, "device", NOON)
        assert find_therapist(db, sign_in, soon) is not None
        get_invitation(db, link, soon)
        shut_doors(db, soon)
    with database.reading() as db:
        assert find_therapist(db, sign_in, soon) is None
        with pytest.raises(InvitationGone):
            get_invitation(db, link, soon)
