"""The folder of sounds of one's own: taken in once by the worker, then known by a small index.

Reading the index is all that a web process does; it loads nothing that sound is made with.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from server.config import Settings
from server.errors import SoundRefused, StorageFull
from server.render.own_files import put_file
from server.script import may_name_sound
from server.store import Shelf
from server.store.shelves import open_shelf
from server.timeline import OwnSound, content_key
from server.units import Bytes, Ms

ENDINGS = (".wav", ".mp3", ".m4a", ".ogg", ".flac")

SOUND_VERSION = "1"
"""Goes into every key and into the index. Raise it when make_ready() changes."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")

_READY_BYTES = Bytes(100_000_000)
"""No sound that was made ready is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """A file of the folder, and what came of it."""

    file_name: str
    stamp: tuple[int, int]
    """When the file last changed, in nanoseconds, and its size in bytes."""
    key: str = ""
    """Content key of the sound; empty where none could be made of the file."""
    length_ms: Ms = Ms(0)
    reason: str = ""
    """Why it was refused, as one sentence; empty where it was not."""

    @property
    def name(self) -> str:
        """How scripts call it."""
        return Path(self.file_name).stem


def list_own_sounds(settings: Settings) -> tuple[OwnSound, ...]:
    """Every sound that was taken in, by name."""
    files = _read_index(open_shelf(settings)).values()
    used = sorted((file for file in files if not file.reason), key=lambda file: file.name)
    return tuple(OwnSound(name=f.name, key=f.key, length_ms=f.length_ms) for f in used)


def list_refused_sounds(settings: Settings) -> tuple[OwnFile, ...]:
    """Every file of the folder that cannot be used, with the reason."""
    files = _read_index(open_shelf(settings)).values()
    return tuple(sorted((f for f in files if f.reason), key=lambda file: file.file_name))


def import_sounds(settings: Settings, shelf: Shelf) -> None:
    """Take in what is new or changed in the folder, and forget what is gone from it.

    Quick where nothing has changed. A file that cannot be used is refused, with its reason in
    the index. Raises StorageFull, and FfmpegFailed where ffmpeg itself cannot be run.
    """
    known = _read_index(shelf)
    found: dict[str, OwnFile] = {}
    for path in _sound_files(settings.sounds_path):
        try:
            status = path.stat()
            stamp = (status.st_ctime_ns, status.st_size)
            before = known.get(path.name)
            if before and before.stamp == stamp and _is_there(before, shelf):
                found[path.name] = before
            else:
                found[path.name] = _take_in(path, stamp, settings, shelf)
        except FileNotFoundError:
            continue  # it was taken away while we looked
    found = _refuse_doubles(found)
    if found != known:
        _write_index(shelf, found)


def add_sound(settings: Settings, shelf: Shelf, source: Path, name: str) -> OwnSound:
    """Copy a file into the folder under a name, checked, and take it in.

    Raises SoundRefused with the reason, or StepbackError where it cannot be copied; nothing is
    left behind then.
    """
    _refuse_name(name)
    ending = source.suffix.lower()
    if ending not in ENDINGS:
        raise SoundRefused(f"{source.name} is no WAV, MP3, M4A, OGG or FLAC file.")
    taken = next((p for p in _sound_files(settings.sounds_path) if p.stem == name), None)
    if taken is not None:
        raise SoundRefused(f"There is a sound '{name}' already: {taken}. Take it away first.")
    key, length_ms = _make_ready(source, settings, shelf)
    target = settings.sounds_path / f"{name}{ending}"
    put_file(target, lambda part: shutil.copyfile(source, part))
    import_sounds(settings, shelf)
    return OwnSound(name=name, key=key, length_ms=length_ms)


def _sound_files(folder: Path) -> Iterator[Path]:
    """The folder's sound files by name; whatever else lies there is nobody's business."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        is_hidden = path.name.startswith(".")
        if path.suffix.lower() in ENDINGS and not is_hidden and path.is_file():
            yield path


def _is_there(file: OwnFile, shelf: Shelf) -> bool:
    return not file.key or shelf.sound_path(file.key).is_file()


def _take_in(path: Path, stamp: tuple[int, int], settings: Settings, shelf: Shelf) -> OwnFile:
    try:
        _refuse_name(path.stem)
        key, length_ms = _make_ready(path, settings, shelf)
    except SoundRefused as error:
        return OwnFile(file_name=path.name, stamp=stamp, reason=str(error))
    return OwnFile(file_name=path.name, stamp=stamp, key=key, length_ms=length_ms)


def _refuse_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise SoundRefused(
            f"'{name}' cannot be a sound's name: use lower-case letters, digits and hyphens, "
            "a letter first, at most 40."
        )
    if not may_name_sound(name):
        raise SoundRefused(f"The name '{name}' has a meaning already. Choose another.")


def _make_ready(path: Path, settings: Settings, shelf: Shelf) -> tuple[str, Ms]:
    """Put a sound on the shelf, unless it is there: its key and its length."""
    # Imported only here: it loads what sound is made with, which has no place in a web process.
    from server.audio import clip_length_ms, make_ready

    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SoundRefused(f"It cannot be opened: {error.strerror}.") from error
    key = content_key("sound", SOUND_VERSION, digest)
    target = shelf.sound_path(key)
    if target.is_file():
        return key, clip_length_ms(target)
    if shelf.free_bytes() < max(_READY_BYTES, settings.least_free_bytes):
        raise StorageFull(shelf.root)
    temporary = shelf.temporary_path(".flac")
    try:
        length_ms = make_ready(path, temporary)
        shelf.publish_file(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return key, length_ms


def _refuse_doubles(files: dict[str, OwnFile]) -> dict[str, OwnFile]:
    """Of two files of one name, such as sea.mp3 and sea.wav, only the first is a sound.

    The second keeps its key, so that it is one as soon as the first is gone.
    """
    firsts: dict[str, str] = {}
    for file_name, file in files.items():
        if file.key:
            first = firsts.setdefault(file.name, file_name)
            reason = f"The name '{file.name}' is already the one of {first}."
            files[file_name] = replace(file, reason="" if first == file_name else reason)
    return files


# ── the index ────────────────────────────────────────────────────────────────────────────────


def _index_path(shelf: Shelf) -> Path:
    return shelf.root / "sounds" / "index.json"


def _read_index(shelf: Shelf) -> dict[str, OwnFile]:
    """Read what is known; nothing, where there is no index or it is of another version."""
    try:
        index = json.loads(shelf.read(_index_path(shelf)))
    except FileNotFoundError:
        return {}
    if index["version"] != SOUND_VERSION:
        return {}
    rows = [OwnFile(**{**row, "stamp": tuple(row["stamp"])}) for row in index["files"]]
    return {row.file_name: row for row in rows}


def _write_index(shelf: Shelf, files: dict[str, OwnFile]) -> None:
    index = {"version": SOUND_VERSION, "files": [asdict(file) for file in files.values()]}
    shelf.publish(_index_path(shelf), json.dumps(index, indent=1).encode())
