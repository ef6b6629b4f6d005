"""What is inside a backup: a tar that lists itself, and nothing that could lie elsewhere."""

from __future__ import annotations

import errno
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from server.errors import BackupRefused, StorageFull
from server.store.backup import Packed, new_file, read_pack, write_pack
from server.store.backup.pack import LIST_NAME


class Whole(io.BytesIO):
    """A file that counts how often it was looked at to its end, and stays readable."""

    finished = 0

    def close(self) -> None:
        """Stay open."""

    def finish(self) -> None:
        """Count."""
        self.finished += 1


def unpack(data: bytes, folder: Path, kind: str = "house") -> dict[str, object]:
    folder.mkdir(exist_ok=True)
    return read_pack(Whole(data), kind, folder, lambda _: None)


def pack(*files: Packed, kind: str = "house") -> bytes:
    whole = Whole()
    write_pack(whole, kind, files, {"made_at": "now"}, lambda _: None)
    return whole.getvalue()


def test_files_come_back_as_they_were(tmp_path: Path) -> None:
    """In their folders, for their owner alone; every byte is told of, and the end looked at."""
    (tmp_path / "a file").write_bytes(bytes(range(256)) * 1000)
    long = "ä" * 60 + "/" + "b" * 100
    told: list[int] = []
    whole = Whole()
    files = [Packed("x/one", tmp_path / "a file"), Packed(long, b"two"), Packed("empty", b"")]
    assert write_pack(whole, "house", files, {"made_at": "now"}, told.append) == 3
    assert sum(told) == 256_003
    (tmp_path / "out").mkdir()
    source = Whole(whole.getvalue())
    said = read_pack(source, "house", tmp_path / "out", told.append)
    assert (said["made_at"], source.finished) == ("now", 1)
    found = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert found == {"x/one": bytes(range(256)) * 1000, long: b"two", "empty": b""}
    assert (tmp_path / "out" / "x" / "one").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out" / "x").stat().st_mode & 0o777 == 0o700


def test_other_programs_unpack_it(tmp_path: Path) -> None:
    """It is a plain tar."""
    with tarfile.open(fileobj=io.BytesIO(pack(Packed("a/b", b"words")))) as tar:
        assert tar.getnames() == ["a/b", LIST_NAME]


def made_by_hand(fill: Callable[[tarfile.TarFile], object], files: object) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        fill(tar)
        add(tar, LIST_NAME, json.dumps({"kind": "house", "form": 1, "files": files}).encode())
    return file.getvalue()


def add(tar: tarfile.TarFile, name: str, data: bytes = b"", **fields: object) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    for field, value in fields.items():
        setattr(entry, field, value)
    tar.addfile(entry, io.BytesIO(data))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("../x", {}),
        ("a/../../x", {}),
        ("/x", {}),
        ("a//b", {}),
        ("./a", {}),
        ("x", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}),
        ("x", {"type": tarfile.LNKTYPE, "linkname": "y"}),
        ("x", {"type": tarfile.FIFOTYPE}),
        ("x", {"type": tarfile.DIRTYPE}),
    ],
)
def test_nothing_is_written_elsewhere(tmp_path: Path, name: str, fields: dict[str, object]) -> None:
    """Whoever knows a recipient can make a backup; its names and links lead nowhere."""
    data = made_by_hand(lambda tar: add(tar, name, **fields), {name: {}})
    (tmp_path / "deep").mkdir()
    with pytest.raises(BackupRefused):
        unpack(data, tmp_path / "deep" / "out")
    assert [path.name for path in tmp_path.rglob("*")] == ["deep", "out"]


def test_a_list_must_hold_what_is_there(tmp_path: Path) -> None:
    """One file too many or too few, another content, no list, or something behind it."""

    def one(tar: tarfile.TarFile) -> None:
        add(tar, "a", b"1")

    def twice(tar: tarfile.TarFile) -> None:
        one(tar)
        one(tar)

    def list_first(tar: tarfile.TarFile) -> None:
        add(tar, LIST_NAME, b"{}")

    good = json.loads(tarfile_list(pack(Packed("a", b"1"))))["files"]
    assert unpack(made_by_hand(one, good), tmp_path / "good")["files"] == good
    cases = [
        made_by_hand(one, {}),
        made_by_hand(one, {**good, "b": good["a"]}),
        made_by_hand(one, {"a": {**good["a"], "sha256": "0" * 64}}),
        made_by_hand(twice, good),
        made_by_hand(list_first, {}),
        made_by_hand(one, good)[:1024],
        bytes(10_240),
        b"no tar at all" * 100,
        b"",
    ]
    for number, data in enumerate(cases):
        with pytest.raises(BackupRefused):
            unpack(data, tmp_path / str(number))


def tarfile_list(data: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        file = tar.extractfile(LIST_NAME)
        assert file is not None
        return file.read()


def test_a_backup_of_another_kind_is_told(tmp_path: Path) -> None:
    """Keys in place of the house; and one of a Stepback that does more."""
    with pytest.raises(BackupRefused, match="keys, not house"):
        unpack(pack(kind="keys"), tmp_path / "keys")
    newer = pack().replace(b'"form": 1', b'"form": 2')
    with pytest.raises(BackupRefused, match="newer"):
        unpack(newer, tmp_path / "newer")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """For its owner alone; where it fails nothing is left, and what was there is as it was."""
    with new_file(tmp_path / "a") as file:
        file.write(b"words")
        assert not (tmp_path / "a").exists()
    assert (tmp_path / "a").read_bytes() == b"words"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyError), new_file(tmp_path / "b"):
        raise KeyError
    with pytest.raises(BackupRefused, match="there already"), new_file(tmp_path / "a") as file:
        file.write(b"other")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"words"


def test_what_the_disk_says_is_told(tmp_path: Path) -> None:
    """A folder that is not there, and a disk that is full: no traceback, and nothing left."""
    with pytest.raises(BackupRefused, match="was not written"), new_file(tmp_path / "x" / "a"):
        pass
    with pytest.raises(StorageFull), new_file(tmp_path / "a"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []
