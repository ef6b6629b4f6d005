"""A copy of the database: of one moment, without what was deleted or is only passing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from server.errors import BackupRefused
from server.store import (
    Database,
    NewEntry,
    NewRender,
    SittingRow,
    SittingWordsRow,
    add_entry,
    add_render,
    find_render,
    list_entries,
)
from server.store.backup import check_database, take_snapshot

MARKER = "quittenmus"


@pytest.mark.sqlite
def test_whoever_writes_meanwhile_is_not_kept_waiting(
    database: Database, tmp_path: Path, noon: datetime, new_entry: Callable[..., NewEntry]
) -> None:
    """Four write all the time; what each was told of before is in it, in order, without a hole."""
    written: list[list[str]] = [[] for _ in range(4)]
    begun, stop = threading.Barrier(5), threading.Event()

    def write(number: int) -> None:
        for count in range(10_000):
            entry_id = f"{number:02x}{count:030x}"
            with database.writing() as db:
                add_entry(db, new_entry(id=entry_id, device_hash=str(number) * 64), noon)
            written[number].append(entry_id)
            if count == 5:
                begun.wait()
            if stop.is_set() and count > 5:
                return

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    begun.wait()
    try:
        for turn in range(5):
            before = [list(ids) for ids in written]
            copy = tmp_path / f"{turn}.db"
            take_snapshot(database.path, copy, noon)
            snapshot = Database(copy)
            with snapshot.reading() as db:
                for number, ids in enumerate(before):
                    found = sorted(row.id for row in list_entries(db, str(number) * 64))
                    assert found[: len(ids)] == ids
                    assert found == [f"{number:02x}{n:030x}" for n in range(len(found))]
            snapshot.close()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.sqlite
def test_words_that_are_passing_are_not_in_it(
    database: Database, tmp_path: Path, noon: datetime, new_render: Callable[..., NewRender]
) -> None:
    """Those of a live sitting and of a recording still to be made; in the house they stay.

    What was deleted is not in it either, where SQLite left it in the file.
    """
    with database.writing() as db:
        add_render(db, new_render("a" * 64, is_private=True, order={"words": {"w": MARKER}}), noon)
        db.add(
            SittingRow(
                id="5" * 32,
                device_hash="d" * 64,
                slug="a",
                title="A",
                voice="joe",
                choices={},
                order={},
                lengths={},
                began_at=noon,
                ended_at=None,
                expires_at=noon,
            )
        )
        db.flush()
        db.add(
            SittingWordsRow(
                sitting_id="5" * 32, number=1, texts={"w": MARKER}, state="voiced", given_at=noon
            )
        )
    raw = sqlite3.connect(database.path)
    raw.execute("PRAGMA secure_delete=OFF")
    raw.execute("CREATE TABLE gone (text)")
    raw.execute("INSERT INTO gone VALUES (?)", (f"{MARKER} deleted " * 5000,))
    raw.commit()
    raw.execute("DROP TABLE gone")
    raw.commit()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    assert f"{MARKER} deleted".encode() in database.path.read_bytes()
    take_snapshot(database.path, tmp_path / "copy.db", noon)
    assert MARKER.encode() not in (tmp_path / "copy.db").read_bytes()
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == ["copy.db"]
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    copy = Database(tmp_path / "copy.db")
    for each, state in ((database, "queued"), (copy, "cancelled")):
        with each.reading() as db:
            row = find_render(db, "a" * 64)
            assert row is not None
            assert row.state == state
    copy.close()


@pytest.mark.sqlite
def test_a_damaged_database_is_told(database: Database, tmp_path: Path, noon: datetime) -> None:
    """Bytes that are not its own, and rows that refer to nothing."""
    take_snapshot(database.path, tmp_path / "copy.db", noon)
    raw = sqlite3.connect(tmp_path / "copy.db")
    raw.execute(
        "INSERT INTO entry_conflicts VALUES (1, ?, ?, '{}', ?, '2026-03-01')",
        ("1" * 32, "b" * 64, "d" * 64),
    )
    raw.commit()
    raw.close()
    with pytest.raises(BackupRefused, match="damaged"):
        check_database(tmp_path / "copy.db")
    take_snapshot(database.path, tmp_path / "other.db", noon)
    data = bytearray((tmp_path / "other.db").read_bytes())
    data[4096 * 3 : 4096 * 20] = bytes(4096 * 17)
    (tmp_path / "other.db").write_bytes(data)
    with pytest.raises(BackupRefused, match="damaged"):
        check_database(tmp_path / "other.db")
