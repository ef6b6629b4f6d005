"""Fetching what is not here: the part of a shelf with a far store that reads.

What is everybody's stays here for the next time. Of what holds a listener's own words nothing does,
on a machine that did not make it: nobody would remove it there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.errors import StoreUnavailable
from server.store.far import Far
from server.store.shelf import PLAYLIST, Shelf

ABSENT_SECONDS = 3.0
"""So long it is believed that something is not in the store either."""

MOST_ABSENT = 10_000
AT_ONCE = 8
"""So many files are fetched at a time where many are needed."""


@dataclass(slots=True)
class Absent:
    """Remembers for a moment what was asked for and is nowhere."""

    _since_s: dict[str, float] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return time.monotonic() - self._since_s.get(name, -ABSENT_SECONDS) < ABSENT_SECONDS

    def note(self, name: str) -> None:
        """Remember that a file is nowhere."""
        self._since_s[name] = time.monotonic()
        if len(self._since_s) > MOST_ABSENT:
            self._since_s.pop(next(iter(self._since_s)), None)

    def forget(self, name: str) -> None:
        """A file is there now."""
        self._since_s.pop(name, None)


class FetchingShelf(Shelf):
    """A shelf that finds also what is only in the store."""

    def __init__(self, root: Path, far: Far) -> None:
        super().__init__(root)
        self.far = far
        self.absent = Absent()
        self._flights: dict[str, threading.Lock] = {}

    def has_clip(self, key: str) -> bool:
        """True when the clip is here by now. A store that is away has none: it is spoken anew."""
        if super().has_clip(key):
            return True
        try:
            return self._bring_clip(key)
        except StoreUnavailable:
            return False

    def _bring_clip(self, key: str) -> bool:
        name = self.name_of(self.clip_path(key))
        if name in self.absent:
            return False
        try:
            data = self.far.read(name)
        except FileNotFoundError:
            self.absent.note(name)
            return False
        self.fetch(self.clip_words_path(key))  # before it, as they were published
        self._put_here(self.clip_path(key), data)
        return True

    def has_line(self, key: str) -> bool:
        """True when the line is here by now. Raises StoreUnavailable where nobody can know."""
        return super().has_line(key) or self.fetch(self.line_path(key)).exists()

    def has(self, path: Path) -> bool:
        """True when a file is here or there; where the store is away it is taken to be there."""
        if path.is_file():
            return True
        try:
            return self.far.find_hash(self.name_of(path)) is not None
        except StoreUnavailable:
            return True

    def has_files(self, folder: Path, names: Iterable[str]) -> bool:
        """True when all of these are here or there; likewise."""
        missing = {self.name_of(folder / name) for name in names if not (folder / name).is_file()}
        try:
            return not missing or missing <= set(self.far.list_names(self.name_of(folder)))
        except StoreUnavailable:
            return True

    def fetch(self, path: Path) -> Path:
        """Bring a file here that is only there. Once for all who ask for it at the same time."""
        name = self.name_of(path)
        if path.exists() or name in self.absent:
            return path
        try:
            with self._flights.setdefault(name, threading.Lock()):
                if not path.exists():
                    self._put_here(path, self.far.read(name))
        except FileNotFoundError:
            self.absent.note(name)
        finally:
            self._flights.pop(name, None)
        return path

    def bring(self, paths: Iterable[Path]) -> None:
        """Bring many files here, several at a time."""
        missing = [p for p in paths if not p.exists() and self.name_of(p) not in self.absent]
        if missing:
            with ThreadPoolExecutor(AT_ONCE) as hands:
                for _ in hands.map(self.fetch, missing):
                    pass

    def read(self, path: Path) -> bytes:
        """Read a file that is here, or there. Raises FileNotFoundError."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return self.far.read(self.name_of(path))

    def read_growing(self, path: Path) -> bytes:
        """Read a document of a stream as far as it is known here or there.

        It only grows, here or on the machine of another worker that took over. Raises
        FileNotFoundError.
        """
        try:
            here = path.read_bytes()
        except FileNotFoundError:
            here = b""
        if here and _is_complete(path.parent):
            return here
        try:
            return max(self.far.read(self.name_of(path)), here, key=len)
        except (FileNotFoundError, StoreUnavailable):
            if not here:
                raise
            return here

    @contextmanager
    def lend(self, path: Path, *, is_own: bool) -> Iterator[Path]:
        """Say where a file can be opened; with a listener's own words only until this ends."""
        if not is_own or path.exists():
            yield self.fetch(path)
            return
        temporary = self.temporary_path(path.suffix)
        try:
            try:
                temporary.write_bytes(self.read(path))
            except FileNotFoundError:
                yield path
            else:
                yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def name_of(self, path: Path) -> str:
        """The name in the store, which is that under the folder."""
        return path.relative_to(self.root).as_posix()

    def _put_here(self, path: Path, data: bytes) -> None:
        temporary = self.temporary_path(path.suffix)
        temporary.write_bytes(data)
        super().publish_file(temporary, path)


def _is_complete(folder: Path) -> bool:
    try:
        return b"#EXT-X-ENDLIST" in (folder / PLAYLIST).read_bytes()
    except FileNotFoundError:
        return False
