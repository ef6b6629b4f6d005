"""The shelf: a file is at its final name whole, or not at all."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.errors import StorageFull
from server.store import Shelf
from tests.small_disk import small_disk

KEY = "0123456789abcdef" * 4


def files_under(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_publish_and_remove_clip(shelf: Shelf) -> None:
    """A listener's own clip is found under its key once published; with it go its words."""
    assert not shelf.has_clip(KEY)
    shelf.publish(shelf.clip_path(KEY), b"sound", is_own=True)
    assert shelf.has_clip(KEY)
    assert shelf.clip_path(KEY).read_bytes() == b"sound"
    assert shelf.clip_path(KEY) == shelf.root / "clips" / "01" / f"{KEY}.flac"
    assert files_under(shelf.root) == [shelf.clip_path(KEY)]
    shelf.publish(shelf.clip_words_path(KEY), b"words", is_own=True)
    assert shelf.clip_words_path(KEY) == shelf.root / "clips" / "01" / f"{KEY}.words.json"
    shelf.remove_clips([KEY, "f" * 64])
    assert not shelf.has_clip(KEY)
    assert files_under(shelf.root) == []


@pytest.mark.parametrize(
    "key", ["", "a" * 63, "a" * 65, "A" * 64, "../" + "a" * 61, "g" * 64, "a" * 64 + "\n"]
)
def test_only_keys_become_paths(shelf: Shelf, key: str) -> None:
    """Whatever is not 64 lower-case hexadecimal digits is refused before it is a path."""
    for act in (
        shelf.clip_path,
        shelf.has_clip,
        shelf.render_folder,
        shelf.stream_folder,
        shelf.remove_render,
    ):
        with pytest.raises(ValueError, match="content key"):
            act(key)


def test_nothing_is_published_elsewhere(shelf: Shelf, tmp_path: Path) -> None:
    """A final name outside of the shelf is refused."""
    with pytest.raises(ValueError, match="not on the shelf"):
        shelf.publish(tmp_path / "elsewhere.mp3", b"x")
    assert not (tmp_path / "elsewhere.mp3").exists()


def test_publishing_is_synced_in_order(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are synced before the final name appears, its folder and all new ones after."""
    steps: list[tuple[str, str]] = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(fd: int) -> None:
        steps.append(("sync", str(Path(f"/proc/self/fd/{fd}").readlink())))
        real_fsync(fd)

    def replace(source: Path, target: Path) -> None:
        steps.append(("name", str(target)))
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    path = shelf.render_folder(KEY) / "a.mp3"
    shelf.publish(path, b"sound")
    named = steps.index(("name", str(path)))
    assert any(
        what == "sync" and "/tmp/" in at and at.endswith(".mp3") for what, at in steps[:named]
    )
    assert steps[named + 1 :] == [("sync", str(path.parent))]
    for folder in (shelf.root / "renders" / "01", shelf.root / "renders", shelf.root):
        assert ("sync", str(folder)) in steps[:named]
    assert ("sync", str(shelf.root.parent)) in steps


@pytest.mark.parametrize("function", ["fsync", "replace", "mkdir"])
def test_full_disk_leaves_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """Wherever the disk turns out to be full: StorageFull, no file, no temporary."""
    shelf.publish(shelf.clip_path("f" * 64), b"older")
    real = getattr(os, function)

    def full(*arguments: object, **options: object) -> object:
        if function != "mkdir" or "renders" in str(arguments[0]):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, function, full)
        with pytest.raises(StorageFull) as caught:
            shelf.publish(shelf.render_folder(KEY) / "a.mp3", b"new")
    assert str(shelf.render_folder(KEY) / "a.mp3") in str(caught.value)
    assert files_under(shelf.root) == [shelf.clip_path("f" * 64)]


@pytest.mark.parametrize("function", ["mkdir", "fsync"])
def test_a_full_disk_is_named_on_an_empty_shelf(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """Also where there is no room for the folder of what is being made: StorageFull."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    shelf.free_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(os, function, full)
        with pytest.raises(StorageFull):
            shelf.publish(shelf.clip_path(KEY), b"new")
    assert files_under(shelf.root) == []


def test_other_trouble_keeps_its_name(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk error that is not about space is told as it is, and leaves nothing either."""

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    shelf.temporary_path(".x").unlink()
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output") as caught:
        shelf.publish(shelf.clip_path(KEY), b"new")
    assert not isinstance(caught.value, StorageFull)
    assert files_under(shelf.root) == []


def test_really_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """On a real full disk, too: what was there stays whole, what did not fit leaves no trace."""
    with small_disk(tmp_path / "small", "1m") as disk:
        shelf = Shelf(disk / "audio_cache")
        shelf.publish(shelf.clip_path(KEY), b"a" * 300_000)
        with pytest.raises(StorageFull):
            shelf.publish(shelf.render_folder(KEY) / "a.mp3", b"b" * 2_000_000)
        assert files_under(shelf.root) == [shelf.clip_path(KEY)]
        shelf.publish(shelf.clip_path("f" * 64), b"c" * 300_000)
        assert shelf.clip_path("f" * 64).stat().st_size == 300_000


def test_publish_file_moves_it(shelf: Shelf) -> None:
    """A finished temporary file is moved to its final name, readable for a web server."""
    temporary = shelf.temporary_path(".mp3")
    temporary.write_bytes(b"sound")
    path = shelf.render_folder(KEY) / "a.mp3"
    shelf.publish_file(temporary, path)
    assert not temporary.exists()
    assert path.read_bytes() == b"sound"
    assert path.stat().st_mode & 0o777 == 0o644


def test_remove_and_tidy_render(shelf: Shelf) -> None:
    """Tidying keeps the named files; removing takes the folder, and publishing makes it anew."""
    folder = shelf.render_folder(KEY)
    for name in ("a.mp3", "b.mp3"):
        shelf.publish(folder / name, b"x")
    shelf.tidy_render(KEY, ["b.mp3"])
    assert [path.name for path in folder.iterdir()] == ["b.mp3"]
    shelf.remove_render(KEY)
    assert not folder.exists()
    shelf.remove_render(KEY)
    shelf.tidy_render(KEY, [])
    shelf.publish(folder / "c.mp3", b"x")
    assert (folder / "c.mp3").exists()


def test_only_old_temporaries_are_swept(shelf: Shelf) -> None:
    """Work in progress stays, work that was left behind goes."""
    now_at = datetime.now(UTC)
    assert shelf.sweep_temporary(now_at) == 0
    old, young = shelf.temporary_path(".mp3"), shelf.temporary_path(".mp3")
    two_hours_ago = (now_at - timedelta(hours=2)).timestamp()
    os.utime(old, (two_hours_ago, two_hours_ago))
    assert shelf.sweep_temporary(now_at - timedelta(hours=1)) == 1
    assert (old.exists(), young.exists()) == (False, True)


def test_free_bytes(shelf: Shelf) -> None:
    """The free space is told even before there is anything on the shelf."""
    assert shelf.free_bytes() > 0
