"""A shelf whose folder is a cache, and whose files are in a far store that all machines share.

A file is here first, durably, and is then sent; see outgoing.py. Who does not find one here has it
fetched; see fetching.py. A listener's own clips stay where they are made: nobody else needs them.
What else is of their own words is removed here and there, or its row stays until it is.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from server.errors import StoreUnavailable
from server.store.far import Far, StoreDiffers
from server.store.fetching import FetchingShelf
from server.store.outgoing import IsOurs, Outgoing
from server.store.shelf import CAPTIONS, CHAPTERS, PLAYLIST, is_key

logger = logging.getLogger(__name__)

INDEX = "index.json"
GROWING = {PLAYLIST, CAPTIONS, CHAPTERS, INDEX}
"""What is replaced under its name: its bytes are sent as they were when it was published."""

SHARED = {"clips", "lines", "sittings", "renders", "covers"}
"""What other machines need; of the house's own sounds only the index, for those that mix none."""

HOUSE = "house"
"""The file that says whose store it is."""

OWN_CLIP_FOR = timedelta(hours=5)
"""A clip with a listener's own words goes so long after other work in progress."""

OWN_MODE = 0o600
"""A file with a listener's own words, which is sent nowhere; all others a server may read."""

_FIXED = re.compile(r"(?:.*-)?[0-9a-f]{32}\.[a-z0-9.]+")


class FarShelf(FetchingShelf):
    """Everything under one folder, and in the store.

    `house` tells this house from any other that was given the same place by mistake; it was
    `former_house` before its secret was turned.
    """

    is_cache = True

    @property
    def place(self) -> str:
        """Where everything is, for people."""
        return f"{self.root} and {self.far.place}"

    def __init__(self, root: Path, far: Far, house: str = "", *, former_house: str = "") -> None:
        super().__init__(root, far)
        self._house, self._former_house = house, former_house
        self._outgoing = Outgoing(far, is_fixed)

    # ── putting ──────────────────────────────────────────────────────────────────────────────

    def publish_file(
        self, temporary: Path, path: Path, *, is_first: bool = False, is_own: bool = False
    ) -> None:
        """Move a finished file to its final name, durably, and have it sent."""
        if is_own:
            super().publish_file(temporary, path, is_first=is_first)
            path.chmod(OWN_MODE)
            return
        data = temporary.read_bytes() if path.name in GROWING else None
        super().publish_file(temporary, path, is_first=is_first)
        self.send(path, data)

    def send(self, path: Path, data: bytes | None = None) -> None:
        """Have a file sent that is here."""
        name = self.name_of(path)
        if name.partition("/")[0] in SHARED or path.name == INDEX:
            self.absent.forget(name)
            self._outgoing.add(name, path if data is None else data)

    def settle(self, folder: Path, on_wait: Callable[[], None]) -> None:
        """Wait until all of a folder is in the store too; on_wait may raise."""
        self._outgoing.settle(self.name_of(folder), on_wait)

    @contextmanager
    def growing(self, folder: Path, is_ours: IsOurs) -> Iterator[None]:
        """Replace what grows in a folder only as long as it is ours, also in the store."""
        name = self.name_of(folder)
        self._outgoing.begin_growing(name, is_ours)
        try:
            yield
        finally:
            self._outgoing.end_growing(name)

    def stop_sending(self, folder: Path) -> None:
        """Send nothing more of a folder, but for what is just on its way."""
        self._outgoing.drop(self.name_of(folder), is_waiting=False)

    # ── signing ──────────────────────────────────────────────────────────────────────────────

    def sign(self, path: Path, lasts: timedelta) -> str:
        """An address at which whoever has it can fetch a file for so long. Nothing is asked."""
        return self.far.sign(self.name_of(path), lasts)

    @property
    def origin(self) -> str:
        """How these addresses begin."""
        parts = urlsplit(self.far.sign("origin", timedelta(minutes=1)))
        return f"{parts.scheme}://{parts.netloc}"

    # ── removing ─────────────────────────────────────────────────────────────────────────────

    def drop_render(self, key: str) -> None:
        """Delete a render's folder here; the sweeper removes what is there."""
        super().remove_render(key)
        self.stop_sending(self.render_folder(key))

    def remove_render(self, key: str) -> None:
        """Delete a render's folder here and there. Raises StoreUnavailable: then it is not done."""
        super().remove_render(key)
        self._remove_far(self.render_folder(key))

    def remove_sitting(self, folder_key: str) -> None:
        """Delete a sitting's own lines here and there. Raises StoreUnavailable, likewise."""
        super().remove_sitting(folder_key)
        self._remove_far(self.sitting_folder(folder_key))

    def remove_file(self, path: Path) -> None:
        """Delete one file, there first: should that fail, whoever finds it here tries again."""
        self._outgoing.drop(self.name_of(path))
        self.far.remove([self.name_of(path)])
        super().remove_file(path)

    def tidy_store(self, key: str, file_names: Iterable[str]) -> None:
        """Delete there what earlier attempts left beside these files."""
        kept = set(file_names)
        folder = self.name_of(self.render_folder(key))
        try:
            there = map(PurePosixPath, self.far.list_names(folder))
            going = (each for each in there if str(each.parent) == folder)
            self.far.remove(str(each) for each in going if each.name not in kept)
        except StoreUnavailable:
            logger.warning("not tidied in the store")  # it goes with the render

    def _remove_far(self, folder: Path) -> None:
        self._outgoing.drop(self.name_of(folder))
        self.far.remove_folder(self.name_of(folder))

    # ── looking for what is nobody's ─────────────────────────────────────────────────────────

    def list_sitting_folders(self) -> list[str]:
        """The keys of all sittings that have private lines here or there."""
        names = (PurePosixPath(name).parts for name in self.far.list_names("sittings"))
        there = {parts[2] for parts in names if len(parts) > 3 and is_key(parts[2])}
        return sorted(there.union(super().list_sitting_folders()))

    def claim(self) -> None:
        """Say in the store whose it is. Raises StoreDiffers where it is another house's."""
        if not self._house:
            return
        try:
            self.far.put(HOUSE, self._house.encode(), is_new=True)
        except StoreDiffers:
            if not self._former_house or self.far.read(HOUSE) != self._former_house.encode():
                raise
            self.far.put(HOUSE, self._house.encode())

    def try_out(self) -> None:
        """See whether the store keeps what it is given, and is this house's."""
        self.far.try_out()
        self.claim()

    def list_far_renders(self) -> list[str]:
        """The keys of all renders that have files in the store; none of another house's.

        Whoever asks removes what is in no row, and two houses that were given one place by mistake
        must not do that to each other.
        """
        try:
            self.claim()
        except StoreDiffers:
            logger.error("the store is another house's: nothing is cleared up there")  # noqa: TRY400 - that is all
            return []
        halves = self.far.list_folders("renders")
        folders = (PurePosixPath(each) for half in halves for each in self.far.list_folders(half))
        return [folder.name for folder in folders if is_key(folder.name)]

    def is_far_quiet(self, key: str, since_at: datetime) -> bool:
        """True when nothing was put in the store of a render since a moment, but before it.

        Some stores go on to list the name of a folder in which there is nothing any more.
        """
        folder = self.render_folder(key)
        newest_at = self.far.find_newest(self.name_of(folder))
        return folder.exists() if newest_at is None else newest_at < since_at

    def sweep_temporary(self, older_than_at: datetime) -> int:
        """Delete old work in progress; clips with a listener's own words are no more than that."""
        before_s = (older_than_at - OWN_CLIP_FOR).timestamp()
        for path in (self.root / "clips").glob("*/*"):
            with suppress(FileNotFoundError):
                status = path.stat()
                if status.st_mode & 0o777 == OWN_MODE and status.st_mtime < before_s:
                    path.unlink()
        return super().sweep_temporary(older_than_at)


def is_fixed(name: str) -> bool:
    """True for a name that carries the hash of its file's bytes."""
    return _FIXED.fullmatch(PurePosixPath(name).name) is not None
