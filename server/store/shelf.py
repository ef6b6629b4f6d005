"""The shelf: sound and documents on disk, published whole or not at all."""

from __future__ import annotations

import errno
import math
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from server.errors import StorageFull
from server.store.once_file import make_durable, naming_full
from server.store.reach import Reach
from server.units import Bytes

_KEY = re.compile(r"[0-9a-f]{64}")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP)
"""What a file system says that knows no second name for a file."""

NOTE_SECONDS = 30 * 60
"""How often it is noted that a render is heard, or a line needed: well within what pruning leaves
alone."""

MOST_NOTED = 4096

PLAYLIST, CAPTIONS, CHAPTERS = "playlist.m3u8", "captions.vtt", "chapters.json"
"""What grows in a stream's folder, and is replaced as it grows; all else there never changes."""


class Shelf(Reach):
    """Everything under one folder: clips and renders by content key, and work in progress.

    A published file never changes. Keys are 64 lower-case hexadecimal digits; anything else is a
    ValueError, so no text from outside can become a path.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._durable_folders: set[Path] = set()
        self._noted_s: dict[str, float] = {}

    def clip_path(self, key: str) -> Path:
        """Where the clip of this key is, or will be."""
        return self.root / "clips" / _checked(key)[:2] / f"{key}.flac"

    def clip_words_path(self, key: str) -> Path:
        """Where it stands when each word of this clip is said, if the voice could tell."""
        return self.clip_path(key).with_suffix(".words.json")

    def has_clip(self, key: str) -> bool:
        """True when the clip has been published. Whoever asks is taken to need it soon: it counts
        as used from now, and is not pruned for a while.
        """
        return _note_and_tell(self.clip_path(key))

    def has_clip_here(self, key: str) -> bool:
        """True when the clip is on this machine's disk. Nobody is asked, and no use is noted."""
        return self.clip_path(key).is_file()

    def line_path(self, key: str) -> Path:
        """Where the line of this key is, or will be: what live sittings are made of."""
        return self.root / "lines" / _checked(key)[:2] / f"{key}.aac"

    def room_line_path(self, key: str) -> Path:
        """Where the room tone between the lines is, or will be. It is never pruned."""
        return self.root / "lines" / f"room-{_checked(key)}.aac"

    def has_line(self, key: str) -> bool:
        """True when the line has been published; it then counts as used, as for has_clip().

        Sittings ask for hundreds at once: that one was used is noted once in NOTE_SECONDS.
        """
        path = self.line_path(key)
        try:
            is_noted = path.stat().st_mtime > time.time() - NOTE_SECONDS
        except FileNotFoundError:
            return False
        return is_noted or _note_and_tell(path)

    def sitting_folder(self, key: str) -> Path:
        """Where the lines with a listener's own words in one sitting are, or will be."""
        return self.root / "sittings" / _checked(key)[:2] / key

    def private_line_path(self, folder_key: str, key: str) -> Path:
        """Where a line with a listener's own words is, or will be."""
        return self.sitting_folder(folder_key) / f"{_checked(key)}.aac"

    def list_sitting_folders(self) -> list[str]:
        """The keys of all sittings that have private lines."""
        folders = (self.root / "sittings").glob("*/*")
        return sorted(folder.name for folder in folders if is_key(folder.name))

    def render_folder(self, key: str) -> Path:
        """Where the files of a render are, or will be."""
        return self.root / "renders" / _checked(key)[:2] / key

    def sound_path(self, key: str) -> Path:
        """Where a sound of the house's own is, made ready for the mix, or will be."""
        return self.root / "sounds" / _checked(key)[:2] / f"{key}.flac"

    def stream_folder(self, key: str) -> Path:
        """Where the media segments of a render and its playlist are, or will be."""
        return self.render_folder(key) / "stream"

    def calibration_path(self, voice_key: str) -> Path:
        """Where it is written how loud a voice is."""
        return self.root / "voices" / f"{_checked(voice_key)}.json"

    def note_use(self, key: str) -> None:
        """Remember that a render is being heard: its folder then tells when that was last.

        Light enough for each request: the folder is touched once in NOTE_SECONDS.
        """
        now_s = time.monotonic()
        if now_s - self._noted_s.get(key, -math.inf) < NOTE_SECONDS:
            return
        self._noted_s[key] = now_s
        if len(self._noted_s) > MOST_NOTED:
            self._noted_s.pop(next(iter(self._noted_s)), None)
        # It may be gone by now, or another account's: then it can be heard, but is not noted.
        with suppress(FileNotFoundError, PermissionError):
            os.utime(self.render_folder(key))

    def temporary_path(self, suffix: str) -> Path:
        """Make an empty file for work in progress, on the shelf's own file system.

        Raises StorageFull.
        """
        folder = self.root / "tmp"
        with naming_full(folder):
            self._make_folder(folder)
            fd, name = tempfile.mkstemp(suffix=suffix, dir=folder)
        os.close(fd)
        return Path(name)

    def publish(
        self, path: Path, data: bytes, *, is_first: bool = False, is_own: bool = False
    ) -> None:
        """Put bytes at their final name: all of them or nothing, and durable on return.

        With `is_first` only where nobody else has: what somebody has put there stays. `is_own`
        for a clip with a listener's own words, which no other machine needs. Raises
        StorageFull, with nothing left behind.
        """
        temporary = self.temporary_path(path.suffix)
        try:
            with naming_full(path), temporary.open("wb") as file:
                file.write(data)
        except (OSError, StorageFull):
            temporary.unlink(missing_ok=True)
            raise
        self.publish_file(temporary, path, is_first=is_first, is_own=is_own)

    def publish_file(
        self, temporary: Path, path: Path, *, is_first: bool = False, is_own: bool = False
    ) -> None:
        """Move a finished file from temporary_path() to its final name, durably, as publish() does.

        Raises StorageFull, with nothing left behind.
        """
        if not path.is_relative_to(self.root):
            raise ValueError(f"{path} is not on the shelf.")
        try:
            with naming_full(path):
                make_durable(temporary)
                self._make_folder(path.parent)
                # mkstemp made it for its owner alone; a web server of another account may read it
                temporary.chmod(0o644)
                _name_first(temporary, path) if is_first else temporary.replace(path)
                make_durable(path.parent)
        except (OSError, StorageFull):
            temporary.unlink(missing_ok=True)
            raise

    def remove_render(self, key: str) -> None:
        """Delete a render's folder, if it is there."""
        folder = self.render_folder(key)
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
            self._durable_folders.discard(folder)

    def drop_render(self, key: str) -> None:
        """Delete a render's folder here at once; should there be more, the sweeper finds it."""
        self.remove_render(key)

    def remove_clips(self, keys: Iterable[str]) -> None:
        """Delete the clips of these keys and their words, where they are here.

        A listener's own clips are nowhere else; of everybody's others may be in the store.
        """
        for key in keys:
            self.clip_words_path(key).unlink(missing_ok=True)
            self.clip_path(key).unlink(missing_ok=True)

    def remove_sitting(self, folder_key: str) -> None:
        """Delete all lines with a listener's own words in one sitting, if there are any."""
        folder = self.sitting_folder(folder_key)
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
            self._durable_folders.discard(folder)

    def tidy_render(self, key: str, file_names: Iterable[str]) -> None:
        """Delete what earlier attempts left in a render's folder beside these files."""
        kept = set(file_names)
        folder = self.render_folder(key)
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name not in kept and path.is_file():
                path.unlink(missing_ok=True)

    def sweep_temporary(self, older_than_at: datetime) -> int:
        """Delete work in progress that was last touched before this moment; says how many."""
        swept = 0
        folder = self.root / "tmp"
        for path in folder.iterdir() if folder.is_dir() else ():
            try:
                if path.stat().st_mtime < older_than_at.timestamp():
                    path.unlink()
                    swept += 1
            except FileNotFoundError:
                continue  # it was published, or another worker swept it
        return swept

    def free_bytes(self) -> Bytes:
        """How much may still be written to the shelf's disk. Raises StorageFull where there is not
        even room for the shelf's folder.
        """
        with naming_full(self.root):
            self._make_folder(self.root)
        return Bytes(shutil.disk_usage(self.root).free)

    def _make_folder(self, folder: Path) -> None:
        """Make a folder whose own name, and its parents', survive a power cut.

        Once per folder and process, whoever made it: another process may have made it a moment
        ago and not have synced its name yet.
        """
        if folder in self._durable_folders and folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for parent in folder.parents:
            make_durable(parent)
            if parent == self.root.parent:
                break
        self._durable_folders.add(folder)


def is_key(name: str) -> bool:
    """True for what may be a content key: 64 lower-case hexadecimal digits."""
    return _KEY.fullmatch(name) is not None


def _name_first(temporary: Path, path: Path) -> None:
    """Give a file its name, unless there is one of that name."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        temporary.replace(path)
        return
    temporary.unlink()


def _note_and_tell(path: Path) -> bool:
    """Tell whether a file is there, and note that it was asked for."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except PermissionError:  # another account's, which may be read all the same
        return path.is_file()
    return True


def _checked(key: str) -> str:
    if not is_key(key):
        raise ValueError(f"{key!r} is not a content key.")
    return key
