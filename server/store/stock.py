"""Taking stock: what lies on the shelf, how big it is, and when it was last used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server.store.shelf import Shelf, is_key
from server.units import Bytes

_Found = tuple[os.DirEntry[str], os.stat_result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Files that lie together."""

    files: int
    size_bytes: Bytes
    newest_at: datetime | None
    """When the youngest of them was last written or used; None where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredClip:
    """A clip with what belongs to it, or a line."""

    key: str
    size_bytes: Bytes
    used_at: datetime
    """When somebody last asked for it, or it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRender:
    """The folder of a render."""

    key: str
    size_bytes: Bytes
    """Of everything in it."""
    stream_files: int
    stream_bytes: Bytes
    """Of that, what can be heard while the rest is being made."""
    used_at: datetime
    """When it was last heard, or something in it was made."""


def list_stored_clips(shelf: Shelf) -> Iterator[StoredClip]:
    """Every clip on the shelf, in no order."""
    return _list_stored(shelf.root / "clips")


def list_stored_lines(shelf: Shelf) -> Iterator[StoredClip]:
    """Every line on the shelf that is nobody's own, in no order; the room tone is none."""
    return _list_stored(shelf.root / "lines")


def _list_stored(root: Path) -> Iterator[StoredClip]:
    for folder in _folders(root):
        found: dict[str, list[os.stat_result]] = {}
        for entry, status in _files(folder):
            found.setdefault(entry.name.partition(".")[0], []).append(status)
        for key, statuses in found.items():
            if is_key(key):
                yield StoredClip(
                    key=key,
                    size_bytes=Bytes(sum(each.st_size for each in statuses)),
                    used_at=_moment(max(each.st_mtime for each in statuses)),
                )


def list_stored_renders(shelf: Shelf) -> Iterator[StoredRender]:
    """Every render's folder on the shelf, in no order; finished, on its way or left over."""
    for half in _folders(shelf.root / "renders"):
        for folder in _folders(half):
            stored = find_stored_render(shelf, folder.name) if is_key(folder.name) else None
            if stored is not None:
                yield stored


def find_stored_render(shelf: Shelf, key: str) -> StoredRender | None:
    """Look into a render's folder; None where there is none."""
    folder, stream = shelf.render_folder(key), shelf.stream_folder(key)
    times = [time for time in (_changed(folder), _changed(stream)) if time is not None]
    if not times:
        return None
    streamed = _pile(stream)
    return StoredRender(
        key=key,
        size_bytes=_pile(folder).size_bytes,
        stream_files=streamed.files,
        stream_bytes=streamed.size_bytes,
        used_at=_moment(max(times)),
    )


def list_piles(shelf: Shelf) -> dict[str, Pile]:
    """Everything on the shelf by the name of its folder: clips, renders, covers, sounds, tmp …"""
    return {folder.name: _pile(folder) for folder in sorted(_folders(shelf.root))}


def remove_unused_clip(shelf: Shelf, key: str, used_before_at: datetime) -> bool:
    """Delete a clip, unless it was used at this moment or later; True when it is gone.

    It is moved away before its time is looked at, so that a render that asks for it in between
    does not find it any more and has it spoken, rather than being promised what then goes.
    """
    return _remove_unused(shelf, shelf.clip_path(key), used_before_at)


def remove_unused_line(shelf: Shelf, key: str, used_before_at: datetime) -> bool:
    """Delete a line in the same way."""
    return _remove_unused(shelf, shelf.line_path(key), used_before_at)


def _remove_unused(shelf: Shelf, path: Path, used_before_at: datetime) -> bool:
    aside = shelf.temporary_path(path.suffix)
    try:
        path.replace(aside)
    except FileNotFoundError:
        aside.unlink()
        return False
    if _moment(aside.stat().st_mtime) >= used_before_at:
        aside.replace(path)
        return False
    aside.unlink()
    for beside in path.parent.glob(f"{path.stem}.*"):
        if beside != path:  # it may have been spoken anew by now
            beside.unlink(missing_ok=True)
    return True


def _pile(folder: Path) -> Pile:
    statuses = [status for _, status in _files(folder, deep=True)]
    times = [status.st_mtime for status in statuses]
    return Pile(
        files=len(statuses),
        size_bytes=Bytes(sum(status.st_size for status in statuses)),
        newest_at=_moment(max(times)) if times else None,
    )


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]


def _files(folder: Path, *, deep: bool = False) -> Iterator[_Found]:
    """Every file of a folder with its status; what goes while it is looked at is passed over."""
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except FileNotFoundError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if deep:
                yield from _files(Path(entry.path), deep=True)
            continue
        try:
            yield entry, entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue


def _changed(folder: Path) -> float | None:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return None


def _moment(mtime_s: float) -> datetime:
    return datetime.fromtimestamp(mtime_s, UTC)
