"""Backing up and putting back: rehearsed, also while others write, and after people were erased."""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select

from server.app import create_app
from server.errors import BackupRefused, Busy, SchemaMismatch, StepbackError, StorageFull
from server.render.backing_up import back_up
from server.render.restoring import restore, try_restoring
from server.store import Database, check_schema
from server.store.backup import AgeWriter, Packed, new_file, write_pack
from server.store.care import (
    Deed,
    KeyRing,
    SignInRow,
    TherapistRow,
    add_deed,
    add_sign_in,
)
from server.store.care.audit_head import HEAD_NAME
from tests.full_case import MARKER, NOON, has_marker, settle_client
from tests.render.home import IDENTITY, Home, back, unpacking
from tests.store.test_schema import _bring_to

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.sqlite  # a server is backed up by its own means


def test_a_house_comes_back_as_it_was(home: Home, new_home: Home, safe: Path) -> None:
    """On an empty machine: rows, words, secret, script and sound; and the audit tells of it."""
    ines, jo = home.settle("d" * 64), home.settle("e" * 64)
    back(home, safe)
    done = restore(new_home.settings, unpacking(safe))
    assert (done.staged.clients, done.staged.keyless, done.kept) == ({ines, jo}, set(), ())
    check_schema(new_home.settings.database_path)
    for client_id in (ines, jo):
        assert new_home.words_of(client_id) == home.words_of(client_id)
        assert MARKER in new_home.words_of(client_id)[0]
    assert new_home.judge() == (None, ["read", "read", "restore"])
    assert create_app(new_home.settings).test_client().get("/").status_code == 200
    settings = new_home.settings
    assert settings.secret_path.read_bytes() == bytes(32)
    for folder in (settings.scripts_path, settings.sounds_path):
        assert (folder / "deep" / "own.md").read_text() == "my own"
        assert not (folder / ".hidden").exists()
    names = {path.name for path in settings.data_path.iterdir()}
    assert {"secret.key", "stepback.db"} <= names <= {"queue.db", "secret.key", "stepback.db"}
    assert settings.data_path.stat().st_mode & 0o777 == 0o700
    for path in (*settings.data_path.iterdir(), *settings.keys_path.iterdir()):
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_nothing_lies_open_in_either_file(home: Home, safe: Path, tmp_path: Path) -> None:
    """Neither words nor keys, and beside the house nothing is left that was needed for it."""
    ines = home.settle()
    back(home, safe)
    files = [path.read_bytes() for path in safe.rglob("*.age")]
    key = (home.keys.path / f"{ines}.key").read_bytes()
    assert len(files) == 2
    assert not any(has_marker(data) or key in data or ines.encode() in data for data in files)
    assert [path.name for path in home.settings.data_path.glob("backup*")] == ["backup.lock"]


def test_whoever_was_told_before_it_began_is_in_it(home: Home, new_home: Home, safe: Path) -> None:
    """Four go on settling people and noting deeds; each in the backup has a key in the other."""
    told: list[str] = []
    stop, begun = threading.Event(), threading.Barrier(5)

    def live(number: int) -> None:
        database = home.open()
        for count in range(1000):
            client_id = settle_client(database, home.keys, f"{number}{count:063x}")
            with database.writing() as db:
                add_deed(db, Deed(actor="operator", action="read", client_id=client_id), NOON)
            told.append(client_id)
            if count == 2:
                begun.wait()
            if stop.is_set() and count > 2:
                break
        database.close()

    threads = [threading.Thread(target=live, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    begun.wait()
    before = set(told)
    try:
        back(home, safe)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    done = restore(new_home.settings, unpacking(safe))
    assert before <= done.staged.clients <= set(told)
    assert done.staged.keyless == set()
    assert new_home.judge()[0] is None


@pytest.mark.parametrize(("house", "keys"), [("old", "new"), ("new", "old"), ("old", None)])
def test_nobody_comes_back_who_was_erased(
    home: Home, new_home: Home, safe: Path, house: str, keys: str | None
) -> None:
    """By an older backup of the house, of the keys, or beside the keys that are in the house."""
    ines, jo = home.settle("d" * 64), home.settle("e" * 64)
    back(home, safe, "old")
    home.erase(ines)
    back(home, safe, "new")
    if keys is None:
        shutil.copytree(home.keys.path, new_home.keys.path)
    restore(new_home.settings, unpacking(safe, house, keys))
    assert new_home.clients() == {jo}
    assert new_home.keys.list_clients() == {jo}
    assert ines in new_home.keys.list_erased()
    broken_at, deeds = new_home.judge()
    assert broken_at is None
    ending = ["restore", "erase", "erased"] if house == "old" else ["erase", "erased", "restore"]
    assert deeds[-3:] == ending
    assert MARKER in new_home.words_of(jo)[0]


def test_a_key_of_somebody_erased_is_put_nowhere(
    home: Home, new_home: Home, safe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the house that is put back has never heard of them; and in a trial it is overwritten
    where it was unpacked.
    """
    back(home, safe, "before")
    ines = home.settle()
    back(home, safe, "between")
    home.erase(ines)
    shutil.copytree(home.keys.path, new_home.keys.path)
    (new_home.keys.path / HEAD_NAME).unlink()
    restore(new_home.settings, unpacking(safe, "before", None))
    back(new_home, safe, "later")
    third = Home(safe / "third")
    forgotten, forget = [], KeyRing.forget

    def note(keys: KeyRing, client_id: str) -> None:
        forgotten.append((keys.path.parent.name, client_id))
        forget(keys, client_id)

    monkeypatch.setattr(KeyRing, "forget", note)
    try_restoring(third.settings, unpacking(safe, "later", "between"))
    assert forgotten == [(".checking", ines)]
    restore(third.settings, unpacking(safe, "later", "between"))
    assert third.keys.list_clients() == set()
    assert third.keys.list_erased() == {ines}


def test_nobody_is_signed_in_any_more(home: Home, new_home: Home, safe: Path) -> None:
    """Who signed in before the backup may have been sent away since."""
    home.settle()
    database = home.open()
    with database.writing() as db:
        add_sign_in(db, db.scalars(select(TherapistRow)).one().id, "Firefox", NOON)
    database.close()
    back(home, safe)
    restore(new_home.settings, unpacking(safe))
    database = new_home.open()
    with database.reading() as db:
        assert [row.ended_at is None for row in db.scalars(select(SignInRow))] == [False]
    database.close()


def test_two_old_files_know_no_better(home: Home, new_home: Home, safe: Path) -> None:
    """Both from before an erasure bring somebody back; so it is said that they may."""
    ines = home.settle()
    back(home, safe, "old")
    home.erase(ines)
    restore(new_home.settings, unpacking(safe, "old", "old"))
    assert new_home.clients() == {ines}


def test_keys_that_are_missing_are_told_first(home: Home, new_home: Home, safe: Path) -> None:
    """Keys from before somebody came, or none at all: nothing is put in place unless it is said."""
    home.settle("d" * 64)
    back(home, safe, "old")
    jo = home.settle("e" * 64)
    back(home, safe, "new")
    for keys in ("old", None):
        with pytest.raises(BackupRefused, match="without a key here"):
            restore(new_home.settings, unpacking(safe, "new", keys))
        assert list(new_home.settings.data_path.iterdir()) == []
        assert not new_home.keys.path.exists()
    done = restore(new_home.settings, unpacking(safe, "new", "old"), may_lack_keys=True)
    assert done.staged.keyless == {jo}
    assert new_home.judge()[0] is None


def test_the_keys_of_another_house_are_refused(home: Home, new_home: Home, safe: Path) -> None:
    """A key of the right name that opens nothing is found before anything is put in place."""
    ines = home.settle()
    back(home, safe, "1")
    (home.keys.path / f"{ines}.key").write_bytes(b"k" * 32)
    back(home, safe, "2")
    with pytest.raises(BackupRefused, match="is not the one"):
        restore(new_home.settings, unpacking(safe, "1", "2"))
    assert list(new_home.settings.data_path.iterdir()) == []


def test_a_house_is_never_overwritten(home: Home, new_home: Home, safe: Path) -> None:
    """A database, anybody's file, or keys: it is said what is there, and nothing is touched."""
    ines = home.settle()
    back(home, safe)
    with pytest.raises(BackupRefused, match="is not empty"):
        restore(home.settings, unpacking(safe))
    assert home.clients() == {ines}
    new_home.settings.data_path.mkdir(parents=True)
    (new_home.settings.data_path / "diary.txt").write_text("mine")
    with pytest.raises(BackupRefused, match=r"diary\.txt"):
        restore(new_home.settings, unpacking(safe))
    (new_home.settings.data_path / "diary.txt").unlink()
    new_home.keys.make("1" * 32)
    with pytest.raises(BackupRefused, match="Leave --keys away"):
        restore(new_home.settings, unpacking(safe))
    assert list(new_home.settings.data_path.iterdir()) == []


def test_a_house_that_is_made_meanwhile_is_kept(home: Home, new_home: Home, safe: Path) -> None:
    """Somebody starts Stepback there while a backup is being unpacked."""
    back(home, safe)
    path = new_home.settings.database_path

    def start(_: int) -> None:
        path.write_text("lived in")

    with pytest.raises(BackupRefused, match="made meanwhile"):
        restore(new_home.settings, replace(unpacking(safe), advance=start))
    assert path.read_text() == "lived in"


def test_scripts_that_are_there_are_kept(home: Home, new_home: Home, safe: Path) -> None:
    """One that differs gets another name; the same one stays; others are not touched."""
    back(home, safe)
    folder = new_home.settings.scripts_path
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "own.md").write_text("another")
    (folder / "shipped.md").write_text("shipped")
    done = restore(new_home.settings, unpacking(safe))
    kept = folder / "deep" / "own.md.before-restore"
    assert done.kept == (kept,)
    assert kept.read_text() == "another"
    assert (folder / "deep" / "own.md").read_text() == "my own"
    assert (folder / "shipped.md").read_text() == "shipped"


def test_a_backup_is_tried_beside_a_living_house(home: Home, safe: Path) -> None:
    """Everything is looked at, nothing is changed: a drill for each month."""
    home.settle()
    back(home, safe)
    before = _all_bytes(home.root)
    assert try_restoring(home.settings, unpacking(safe)).staged.files == 4
    assert _all_bytes(home.root) == before


def test_a_broken_backup_is_refused_whole(home: Home, new_home: Home, safe: Path) -> None:
    """Cut off, changed, or of another kind: it says which file, and where it stands what to do."""
    home.settle()
    back(home, safe)
    data = (safe / "1.age").read_bytes()
    (safe / "cut.age").write_bytes(data[:-65_552])
    (safe / "changed.age").write_bytes(data[:90_000] + b"x" + data[90_001:])
    shutil.copy(safe / "keys" / "1.age", safe / "kind.age")
    for name in ("cut", "changed", "kind"):
        with pytest.raises(BackupRefused, match=f"{name}.age: .*docs/backup.md") as refused:
            restore(new_home.settings, unpacking(safe, name))
        heading = str(refused.value).split("“")[1].split("”")[0]
        assert f"\n## {heading}\n" in (ROOT / "docs/backup.md").read_text(encoding="utf-8")
        assert list(new_home.settings.data_path.iterdir()) == []
        assert not new_home.keys.path.exists()


def _forge(home: Home, safe: Path, about: dict[str, object], database: Path | None) -> None:
    files = [Packed("data/stepback.db", database)] if database else []
    with new_file(safe / "1.age") as file:
        write_pack(AgeWriter(file, [IDENTITY.recipient]), "house", files, about, lambda _: None)


def test_what_is_inside_is_looked_at_too(home: Home, new_home: Home, safe: Path) -> None:
    """No database, a damaged one, a newer one, an audit that is not the one that was packed."""
    home.settle()
    (safe / "text.db").write_bytes(b"SQLite format 3\0" + b"not quite " * 2000)
    newer = Database(home.settings.database_path)
    _forge(home, safe, {"audit": {"number": 7}}, home.settings.database_path)
    with pytest.raises(BackupRefused, match="The audit"):
        restore(new_home.settings, unpacking(safe, keys=None))
    with newer.writing() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    newer.empty_log()
    newer.close()
    for database, kind in (
        (None, BackupRefused),
        (safe / "text.db", BackupRefused),
        (home.settings.database_path, SchemaMismatch),
    ):
        (safe / "1.age").unlink()
        _forge(home, safe, {}, database)
        with pytest.raises(kind):
            restore(new_home.settings, unpacking(safe, keys=None))
    assert list(new_home.settings.data_path.iterdir()) == []


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    home: Home, new_home: Home, safe: Path
) -> None:
    """It need not be restored by the version that made it."""
    _bring_to(safe / "old.db", "0008", command.upgrade)
    audit = {"number": 0, "hash": "0" * 64, "broken_at": None}
    _forge(home, safe, {"audit": audit}, safe / "old.db")
    restore(new_home.settings, unpacking(safe, keys=None))
    check_schema(new_home.settings.database_path)
    assert new_home.judge() == (None, ["restore"])


def test_scripts_that_are_the_same_are_not_written(home: Home, new_home: Home, safe: Path) -> None:
    """Their folder may be one that nobody writes to; where that will not do, nothing is there."""
    home.settle()
    back(home, safe)
    settings = new_home.settings
    shutil.copytree(home.settings.scripts_path, settings.scripts_path)
    settings.sounds_path.parent.mkdir(exist_ok=True)
    settings.sounds_path.write_text("a file where a folder should be")
    with pytest.raises(StepbackError):
        restore(settings, unpacking(safe))
    assert list(settings.data_path.iterdir()) == []
    assert not new_home.keys.path.exists()
    settings.sounds_path.unlink()
    own = settings.scripts_path / "deep" / "own.md"
    before = own.stat().st_ino
    restore(settings, unpacking(safe))
    assert own.stat().st_ino == before


def test_a_newer_database_takes_the_place_of_the_backups(
    home: Home, new_home: Home, safe: Path, tmp_path: Path
) -> None:
    """Litestream's, say: what came after the backup is there, who was erased after it is not."""
    ines, jo = home.settle("d" * 64), home.settle("e" * 64)
    back(home, safe)
    home.erase(ines)
    later = home.settle("f" * 64)
    given = replace(unpacking(safe), database=home.settings.database_path)
    done = restore(new_home.settings, given, may_lack_keys=True)
    assert (done.staged.clients, done.staged.keyless) == ({jo, later}, {later})
    assert new_home.clients() == {jo, later}
    assert new_home.keys.list_clients() == {jo}
    assert new_home.judge() == (
        None,
        ["read", "read", "erase", "erased", "read", "restore"],
    )
    assert MARKER in new_home.words_of(jo)[0]


def test_another_houses_database_is_refused(home: Home, new_home: Home, safe: Path) -> None:
    """One whose audit has not gone on from the backup's, an older one, and what is none."""
    home.settle()
    older = safe / "older.db"
    shutil.copy(home.settings.database_path, older)
    home.settle("e" * 64)
    back(home, safe)
    other = Home(safe / "other")
    other.build()
    for _ in range(2):
        other.settle(os.urandom(32).hex())
    (safe / "text.db").write_text("no database " * 500)
    for path in (older, other.settings.database_path, safe / "text.db"):
        given = replace(unpacking(safe), database=path)
        with pytest.raises(BackupRefused):
            restore(new_home.settings, given, may_lack_keys=True)
    assert list(new_home.settings.data_path.iterdir()) == []


def test_an_audit_that_was_broken_before_stays_so(home: Home, new_home: Home, safe: Path) -> None:
    """It is no reason to lose a house; it breaks at the same row as before."""
    home.settle()
    database = home.open()
    with database.writing() as db:
        db.connection().exec_driver_sql("UPDATE audit SET action = 'other' WHERE number = 1")
    database.close()
    back(home, safe)
    restore(new_home.settings, unpacking(safe))
    assert new_home.judge() == (1, ["other", "restore"])


def test_too_little_room_is_found_before(
    home: Home, new_home: Home, safe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written, on either way."""
    back(home, safe)
    usage = shutil.disk_usage(safe)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=9_000_000))
    with pytest.raises(StorageFull):
        back(home, safe, "2")
    with pytest.raises(StorageFull):
        restore(new_home.settings, unpacking(safe))
    assert sorted(path.name for path in safe.rglob("*.age")) == ["1.age", "1.age"]


def test_keys_never_lie_beside_the_house(home: Home, safe: Path) -> None:
    """Nor is a file overwritten, or made in a folder that is not there; one at a time."""
    out, closers = safe / "1.age", [IDENTITY.recipient]
    with pytest.raises(BackupRefused, match="somewhere else"):
        back_up(home.settings, out, closers, keys_out=safe / "2.age")
    with pytest.raises(BackupRefused, match="no folder"):
        back_up(home.settings, out, closers, keys_out=safe / "none" / "2.age")
    out.write_text("mine")
    with pytest.raises(BackupRefused, match="there already"):
        back_up(home.settings, out, closers)
    assert out.read_text() == "mine"
    assert sorted(path.name for path in safe.rglob("*")) == ["1.age", "keys"]


def test_one_backup_is_made_at_a_time(
    home: Home, safe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second says so, and disturbs nothing of the first."""

    def meanwhile(_: int) -> None:
        with pytest.raises(Busy):
            back_up(home.settings, safe / "2.age", [IDENTITY.recipient])

    back_up(home.settings, safe / "1.age", [IDENTITY.recipient], advance=meanwhile)
    assert [path.name for path in safe.glob("*.age")] == ["1.age"]


def _all_bytes(root: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "backup.lock"
    }
