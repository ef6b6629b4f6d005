"""What a shelf does beyond its folder: nothing, where the folder is all that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path


class Reach:
    """The part of a shelf that a far store changes; here everything is where its path says."""

    is_cache = False
    """True where all that is finished is in a store too."""

    root: Path
    """The folder."""

    @property
    def place(self) -> str:
        """Where everything is, for people."""
        return str(self.root)

    def fetch(self, path: Path) -> Path:
        """Bring a file here that is only in the store; gives its path, whether or not it is there.

        Raises StoreUnavailable.
        """
        return path

    def bring(self, paths: Iterable[Path]) -> None:
        """Do so with many files, several at a time."""

    def read(self, path: Path) -> bytes:
        """Read a file, which stays where it is. Raises FileNotFoundError or StoreUnavailable."""
        return path.read_bytes()

    def read_growing(self, path: Path) -> bytes:
        """Read a document of a stream as far as it is known by now; raises likewise."""
        return path.read_bytes()

    def has(self, path: Path) -> bool:
        """True when a file is on the shelf, here or there, or when nobody can know."""
        return path.is_file()

    def has_files(self, folder: Path, names: Iterable[str]) -> bool:
        """True when all of these files of a folder are; likewise."""
        return all((folder / name).is_file() for name in names)

    @contextmanager
    def lend(self, path: Path, *, is_own: bool) -> Iterator[Path]:
        """Say where a file can be opened until this ends. Raises StoreUnavailable.

        `is_own` where it holds a listener's own words: then nothing of it stays here for that.
        """
        yield path

    def settle(self, folder: Path, on_wait: Callable[[], None]) -> None:
        """Wait until all of a folder is in the store too; on_wait, called meanwhile, may raise."""

    @contextmanager
    def growing(self, folder: Path, is_ours: Callable[[], bool]) -> Iterator[None]:
        """While this lasts, what grows in a folder is replaced in the store only as long as
        `is_ours` says so, which is asked where somebody else has put another version.
        """
        yield

    def stop_sending(self, folder: Path) -> None:
        """Send nothing more of a folder that is not ours to fill any more."""

    def send(self, path: Path) -> None:
        """Have a file sent that was published earlier, and may not be in the store."""

    def remove_file(self, path: Path) -> None:
        """Delete one file, if it is there."""
        path.unlink(missing_ok=True)

    def drop_broken(self, path: Path) -> None:
        """Delete a file here whose bytes cannot be read, or are not those that were put: from now
        on it is missing, so it is made again, or fetched where there is a store.

        Where it cannot be deleted, such as on another account's shelf, it stays.
        """
        with suppress(OSError):
            path.unlink(missing_ok=True)

    def tidy_store(self, key: str, file_names: Iterable[str]) -> None:
        """Delete in the store what earlier attempts left beside these files of a render."""

    def sign(self, path: Path, lasts: timedelta) -> str:
        """An address in the store at which whoever has it can fetch a file for so long; empty
        where there is no store. Raises StoreUnavailable.
        """
        return ""

    @property
    def origin(self) -> str:
        """How these addresses begin: scheme, host and port."""
        return ""

    def try_out(self) -> None:
        """See whether the store keeps what it is given. Raises StoreUnavailable."""

    def list_far_renders(self) -> list[str]:
        """The keys of all renders that have files in the store."""
        return []

    def is_far_quiet(self, key: str, since_at: datetime) -> bool:
        """True when nothing of a render was put in the store since a moment."""
        return True
