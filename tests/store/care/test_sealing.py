"""Sealing: what was sealed opens with its own key at its own place, unchanged, or not at all."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import KeyGone, SealBroken, SettingsError, StorageFull
from server.store import Database, Shelf
from server.store.care import KeyRing, NoteRow, Seal, make_id
from server.store.care.sealing import KEY_BYTES, NONCE_BYTES
from tests.forked import fork
from tests.full_case import MARKER, Filling, files_with_it, settle_client

INES, JO = "1" * 32, "2" * 32
PLACE = f"notes:{'a' * 32}"


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return KeyRing(tmp_path_factory.mktemp("ring") / "keys").make(INES)


@given(text=st.text(), place=st.text(max_size=80))
@settings(deadline=None)
def test_whatever_is_sealed_comes_back(seal: Seal, text: str, place: str) -> None:
    """Any text at any place, also an empty one, and no byte of it lies open."""
    sealed = seal.close(text, place)
    assert seal.open(sealed, place) == text
    if len(text.encode()) > 4:
        assert text.encode() not in sealed


@given(data=st.data(), text=st.text(max_size=40))
@settings(deadline=None)
def test_any_changed_bit_is_found(seal: Seal, data: st.DataObject, text: str) -> None:
    """Form, nonce, text and tag: one bit is enough, wherever it is."""
    sealed = bytearray(seal.close(text, PLACE))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        seal.open(bytes(sealed), PLACE)


def test_what_was_cut_off_is_found(seal: Seal) -> None:
    """Wherever it ends too early, down to nothing, and where something was added."""
    sealed = seal.close("a few words", PLACE)
    for broken in (*(sealed[:end] for end in range(len(sealed))), sealed + b"\0"):
        with pytest.raises(SealBroken):
            seal.open(broken, PLACE)


def test_it_opens_nowhere_else(keys: KeyRing) -> None:
    """Neither in another row, nor in another table, nor as another client's, nor by a new key."""
    ines, jo = keys.make(INES), keys.make(JO)
    sealed = ines.close("a few words", PLACE)
    for seal, place in (
        (ines, f"notes:{'b' * 32}"),
        (ines, f"reviews:{'a' * 32}"),
        (ines, ""),
        (jo, PLACE),
    ):
        with pytest.raises(SealBroken):
            seal.open(sealed, place)
    keys.forget(INES)
    with pytest.raises(SealBroken):
        keys.make(INES).open(sealed, PLACE)


def test_a_digest_is_each_clients_own(keys: KeyRing) -> None:
    """Equal texts of one client have one digest, which says nothing to who lacks the key."""
    ines, jo = keys.make(INES), keys.make(JO)
    assert ines.mark("no time") == keys.get(INES).mark("no time")
    assert len({ines.mark("no time"), jo.mark("no time"), ines.mark("no  time")}) == 3


def test_a_key_is_told_to_nobody(keys: KeyRing) -> None:
    """A seal that comes into an error or a log says nothing of its key."""
    seal = keys.make(INES)
    assert repr(seal) == "Seal()"


def test_no_nonce_comes_twice(seal: Seal) -> None:
    """Of a hundred thousand seals no two begin alike."""
    start = slice(1, 1 + NONCE_BYTES)
    assert len({seal.close("", "")[start] for _ in range(100_000)}) == 100_000


def test_a_deleted_key_is_gone(keys: KeyRing) -> None:
    """Nobody opens anything with it, and nothing of it is left; a second time is no error."""
    keys.make(INES)
    keys.make(JO)
    key = (keys.path / f"{INES}.key").read_bytes()
    keys.forget(INES)
    keys.forget(INES)
    with pytest.raises(KeyGone):
        keys.get(INES)
    assert {path.name for path in keys.path.iterdir()} == {f"{JO}.key", f"{INES}.gone"}
    assert all(key not in path.read_bytes() for path in keys.path.iterdir())
    assert (keys.list_clients(), keys.list_erased()) == ({JO}, {INES})


def test_who_was_erased_is_remembered_without_a_key(keys: KeyRing) -> None:
    """So nobody comes back by a key from elsewhere whose key was not here when they went."""
    keys.forget(INES)
    assert (keys.path / f"{INES}.gone").read_bytes() == b""
    assert (keys.list_clients(), keys.list_erased()) == (set(), {INES})


@pytest.mark.parametrize("client_id", ["", "../secret", "A" * 32, "1" * 33, f"{'1' * 32}\n"])
def test_only_ids_become_paths(keys: KeyRing, client_id: str) -> None:
    """Whatever is not an id has no key, and gets none."""
    for act in (keys.get, keys.make, keys.forget):
        with pytest.raises(KeyGone):
            act(client_id)
    assert not keys.path.exists()


def test_a_damaged_key_is_never_used(keys: KeyRing) -> None:
    """A key of the wrong length stops whoever asks, rather than sealing with it."""
    keys.make(INES)
    (keys.path / f"{INES}.key").write_bytes(b"short")
    for act in (keys.get, keys.make):
        with pytest.raises(SettingsError, match="damaged"):
            act(INES)


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    """The folder 0700 and the file 0600, whatever the umask is and whoever made the folder."""
    open_to_all = tmp_path / "was" / "there"
    open_to_all.mkdir(parents=True)
    open_to_all.chmod(0o755)
    umask = os.umask(0)
    try:
        for folder in (tmp_path / "new" / "keys", open_to_all):
            KeyRing(folder).make(INES)
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert stat.S_IMODE((folder / f"{INES}.key").stat().st_mode) == 0o600
            assert (folder / f"{INES}.key").stat().st_size == KEY_BYTES
    finally:
        os.umask(umask)


def test_a_key_is_made_once(keys: KeyRing) -> None:
    """Eight processes at once get one key, and leave nothing beside it."""
    children = [fork(lambda tell: tell(keys.make(INES).mark("the same?"))) for _ in range(8)]
    for child in children:
        child.begin()
    marks = [mark for child in children for mark in child.hear()]
    assert [child.wait() for child in children] == [0] * 8
    assert marks == [keys.get(INES).mark("the same?")] * 8
    assert [path.name for path in keys.path.iterdir()] == [f"{INES}.key"]


Steps = list[tuple[str, str]]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """What is synced and named, in its order."""
    taken: Steps = []
    real_fsync, real_link = os.fsync, os.link

    def fsync(fd: int) -> None:
        taken.append(("sync", str(Path(f"/proc/self/fd/{fd}").readlink())))
        real_fsync(fd)

    def link(source: str, target: Path, **options: bool) -> None:
        taken.append(("name", str(target)))
        real_link(source, target, **options)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "link", link)
    return taken


def test_a_key_is_on_the_disk_before_it_seals(tmp_path: Path, steps: Steps) -> None:
    """Its bytes before its name, its name and its folder's names before make() returns."""
    keys = KeyRing(tmp_path / "new" / "keys")
    keys.make(INES)
    named = steps.index(("name", str(keys.path / f"{INES}.key")))
    assert any(at.startswith(f"{keys.path}/.once-") for _, at in steps[:named])
    assert ("sync", str(keys.path)) in steps[named:]
    assert ("sync", str(tmp_path / "new")) in steps
    assert ("sync", str(tmp_path)) in steps
    # And whoever finds it made waits for the disk as well.
    steps.clear()
    keys.make(INES)
    assert ("sync", str(keys.path)) in steps


def test_a_full_disk_leaves_no_key(keys: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said calmly, and nothing is left that could be taken for a key."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    keys.make(JO)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            keys.make(INES)
    assert [path.name for path in keys.path.iterdir()] == [f"{JO}.key"]


def test_a_second_name_of_a_key_goes_with_it(keys: KeyRing) -> None:
    """A process that was killed while it made a key leaves a second name; another's stays."""
    keys.make(INES)
    keys.make(JO)
    (keys.path / ".once-killed").hardlink_to(keys.path / f"{INES}.key")
    (keys.path / ".once-busy").hardlink_to(keys.path / f"{JO}.key")
    keys.forget(INES)
    left = {f"{JO}.key", ".once-busy", f"{INES}.gone"}
    assert {path.name for path in keys.path.iterdir()} == left


@pytest.mark.parametrize("step", range(1, 5))
def test_a_key_is_deleted_wholly_in_the_end(
    keys: KeyRing, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Killed before any of its steps: there is a whole key or none, and again finishes it."""
    keys.make(INES)
    taken = 0

    def dying(real):
        def act(*arguments: object) -> object:
            nonlocal taken
            taken += 1
            if taken == step:
                raise KeyboardInterrupt
            return real(*arguments)

        return act

    whole = keys.get(INES).mark("x")
    with monkeypatch.context() as patched:
        for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink")):
            patched.setattr(owner, name, dying(getattr(owner, name)))
        with pytest.raises(KeyboardInterrupt):
            keys.forget(INES)
    try:
        assert keys.get(INES).mark("x") == whole
    except KeyGone:
        assert step > 1
    if step == 3:
        assert (keys.path / f"{INES}.gone").read_bytes() == bytes(32)
    keys.forget(INES)
    assert [path.name for path in keys.path.iterdir()] == [f"{INES}.gone"]
    assert (keys.path / f"{INES}.gone").read_bytes() == b""


def test_an_id_is_never_given_twice() -> None:
    """A place names one row for ever, so that what lay there once opens nowhere else."""
    assert len({make_id() for _ in range(10_000)}) == 10_000


@pytest.mark.sqlite
def test_nothing_that_was_written_lies_open(
    audited: Database, keys: KeyRing, tmp_path: Path
) -> None:
    """Not in the database, nor its log, nor a backup made in either way, also after a change."""
    client_id = settle_client(audited, keys)
    case = Filling(
        database=audited,
        shelf=Shelf(tmp_path / "cache"),
        keys=keys,
        secret_path=tmp_path / "data" / "secret.key",
        client_id=client_id,
    )
    case.write()
    with audited.writing() as db:
        row = db.query(NoteRow).one()
        row.sealed_text = keys.get(client_id).close(f"{MARKER} once more", f"notes:{row.id}")
    assert (tmp_path / "data" / "stepback.db-wal").stat().st_size > 0
    with closing(sqlite3.connect(audited.path)) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "data" / "whole.db"),))
        with closing(sqlite3.connect(tmp_path / "data" / "copied.db")) as copy:
            db.backup(copy)
            assert copy.execute("SELECT count(*) FROM submissions").fetchone() == (3,)
    assert files_with_it(tmp_path) == []
    # The same search finds what lies open: an entry's title does.
    case.practise()
    assert files_with_it(tmp_path) == ["stepback.db-wal"]
