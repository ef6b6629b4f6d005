"""The far store: a bucket of S3 that all machines of a house share, and asking it safely.

What was put is signed with its SHA-256, which the server checks before it takes it; the same hash
goes with it, and each download is compared with that. A store that is away costs a reader less
than two seconds, and after MOST_FAILURES in a row nothing, until it is asked again.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from server.aside import aside
from server.errors import StoreUnavailable
from server.store.circuit import Circuit
from server.store.far_place import ASK_SECONDS, Place

if TYPE_CHECKING:
    from obstore import GetOptions, PutMode
    from obstore.store import S3Store

logger = logging.getLogger(__name__)

SEND_SECONDS, LARGE_SECONDS = 10.0, 120.0
"""So long one file may be on its way there, and one of more than LARGE_BYTES."""

LARGE_BYTES = 2 * 1024 * 1024

FIRST_BYTES = 256 * 1024
PART_BYTES = 1024 * 1024
PART_SECONDS = 10.0
"""What is larger comes in parts, each within so long: a slow line is waited for, a dead one not."""

ATTEMPTS = 2
"""So often something is fetched whose bytes are not those that were put."""

ASKED_AT_ONCE = 10
"""So many requests of one process wait for the store; the next ones wait for them."""

HASH = "sha256"
"""The name under which a file's hash goes with it."""

CONTENT_TYPES = {".mp3": "audio/mpeg", ".opus": "audio/ogg", ".m4s": "audio/mp4"}

T = TypeVar("T")


class StoreDiffers(StoreUnavailable):
    """Other bytes are in the store under a name that says what they must be."""


class StoreReplaces(StoreUnavailable):
    """The store does not know `If-Match`: it replaces a file whichever version of it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is known of a file that was not fetched."""

    tag: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of a file, with what is known of the whole."""

    data: bytes
    size: int
    tag: str
    digest: str


class Far:
    """Puts, fetches and removes files by name. Safe between threads, and to make before a fork.

    All of it raises StoreUnavailable where the store cannot be reached, refuses us, or gives
    wrong bytes.
    """

    def __init__(self, url: str) -> None:
        self._place = Place.read(url)
        self.place = f"s3://{self._place.bucket}/{self._place.prefix}"
        self._circuit = Circuit()
        self._opened: dict[tuple[int, float], S3Store] = {}

    def put(self, name: str, data: bytes, *, is_new: bool = False) -> None:
        """Put a file there, whole or not at all, in place of what has this name.

        With `is_new` the name is of these bytes alone: to put them again is fine, and other bytes
        under it are StoreDiffers.
        """
        tag = self._send(name, data, "create" if is_new else "overwrite")
        if _is_of(tag, data):
            return
        if self.find_hash(name) != hashlib.sha256(data).hexdigest():
            raise StoreDiffers
        if tag and not self._reads(name, data):
            self.remove([name])
            raise StoreUnavailable

    def replace(self, name: str, data: bytes, tag: str | None) -> str | None:
        """Put a file in place of the version with this tag; for None, where there is none.

        Gives its own tag; None, with nothing put, where another version is there, or none.
        """
        put = self._send(name, data, {"e_tag": tag} if tag else "create")
        if put and not _is_of(put, data) and not self._reads(name, data):
            raise StoreUnavailable
        return put or None

    def _send(self, name: str, data: bytes, mode: PutMode) -> str:
        """Put a file; gives its tag, or nothing where what is there already stays."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        digest = hashlib.sha256(data).hexdigest()
        kind = CONTENT_TYPES.get(f".{name.rpartition('.')[2]}", "application/octet-stream")

        def send(store: S3Store) -> str:
            try:
                put = obstore.put(
                    store,
                    name,
                    data,
                    mode=mode,
                    use_multipart=False,
                    attributes={"Content-Type": kind, HASH: digest},
                )
            except (AlreadyExistsError, PreconditionError, FileNotFoundError):
                return ""
            return put["e_tag"] or ""

        return self._ask(send, LARGE_SECONDS if len(data) > LARGE_BYTES else SEND_SECONDS)

    def _reads(self, name: str, data: bytes) -> bool:
        """True when a file is what was just put."""
        try:
            return self.read(name) == data
        except StoreDiffers:
            return False

    def find_hash(self, name: str) -> str | None:
        """The SHA-256 that a file was put with; None where there is none of this name."""
        found = self._find(name)
        return None if found is None else found.digest

    def find_tag(self, name: str) -> str | None:
        """What tells the version of a file that is there from any other; None likewise."""
        found = self._find(name)
        return None if found is None else found.tag

    def _find(self, name: str) -> _Found | None:
        import obstore

        def look(store: S3Store) -> _Found | None:
            try:
                got = obstore.get(store, name, options={"head": True})
            except FileNotFoundError:
                return None
            return _Found(tag=got.meta["e_tag"] or "", digest=got.attributes.get(HASH, ""))

        return self._ask(look)

    def read(self, name: str) -> bytes:
        """Fetch a file and compare it with its hash. Raises FileNotFoundError."""
        for _ in range(ATTEMPTS):
            part = self._part(name, 0, FIRST_BYTES, "", ASK_SECONDS)
            digest, data = part.digest, bytearray(part.data)
            while len(data) < part.size:
                end = min(len(data) + PART_BYTES, part.size)
                part = self._part(name, len(data), end, part.tag, PART_SECONDS)
                data += part.data
            if hashlib.sha256(data).hexdigest() == digest:
                return bytes(data)
            logger.error("the store gave wrong bytes")
            self._circuit.note(is_well=False)
        raise StoreDiffers

    def _part(self, name: str, start: int, end: int, tag: str, seconds: float) -> _Part:
        """Fetch a part of a file; where `tag` is not empty, only as long as it is the same file."""
        import obstore

        def fetch(store: S3Store) -> _Part:
            options: GetOptions = {"range": (start, end)}
            if tag:
                options["if_match"] = tag
            got = obstore.get(store, name, options=options)
            return _Part(
                data=bytes(got.bytes()),
                size=got.meta["size"],
                tag=got.meta["e_tag"] or "",
                digest=got.attributes.get(HASH, ""),
            )

        return self._ask(fetch, seconds)

    def list_names(self, folder: str) -> list[str]:
        """The names of everything below a folder."""
        import obstore

        def look(store: S3Store) -> list[str]:
            return [each["path"] for page in obstore.list(store, folder) for each in page]

        return self._ask(look)

    def find_newest(self, folder: str) -> datetime | None:
        """When something below a folder was last put; None where there is nothing."""
        import obstore

        def look(store: S3Store) -> datetime | None:
            found = (each for page in obstore.list(store, folder) for each in page)
            return max((each["last_modified"] for each in found), default=None)

        return self._ask(look)

    def list_folders(self, folder: str) -> list[str]:
        """The names of the folders right below a folder."""
        import obstore

        def look(store: S3Store) -> list[str]:
            return list(obstore.list_with_delimiter(store, folder)["common_prefixes"])

        return self._ask(look)

    def remove(self, names: Iterable[str]) -> None:
        """Remove these files; those that are not there are gone already."""
        import obstore

        going = list(names)
        if going:
            self._ask(lambda store: obstore.delete(store, going), SEND_SECONDS)

    def remove_folder(self, folder: str) -> None:
        """Remove everything below a folder; on return there is nothing."""
        while names := self.list_names(folder):
            self.remove(names)

    def try_out(self) -> None:
        """Put, read, replace and remove a file, and list what there is, as a house has to."""
        name = f"try/{uuid4().hex}"
        self.put(name, name.encode(), is_new=True)
        if self.read(name) != name.encode() or name not in self.list_names("try"):
            raise StoreDiffers
        tag = self.replace(name, b"the next", self.find_tag(name))
        if tag is None or self.replace(name, b"another", f'"{"0" * 32}"') is not None:
            raise StoreReplaces
        self.remove([name])

    def sign(self, name: str, lasts: timedelta) -> str:
        """An address at which a file can be had for so long by whoever has it."""
        import obstore

        return self._ask(lambda store: obstore.sign(store, "GET", name, expires_in=lasts))

    def _ask(self, work: Callable[[S3Store], T], seconds: float = ASK_SECONDS) -> T:
        """Do something with the store, and remember whether it answered."""
        from obstore.exceptions import BaseError

        self._circuit.enter()
        store = self._open(seconds)
        try:
            answer = aside(lambda: work(store), BaseError, OSError, at_once=ASKED_AT_ONCE)
        except FileNotFoundError:
            self._circuit.note(is_well=True)
            raise
        except (BaseError, OSError) as error:
            self._circuit.note(is_well=False)
            logger.warning("store not reached reason=%s", type(error).__name__)
            raise StoreUnavailable from error
        self._circuit.note(is_well=True)
        return answer

    def _open(self, seconds: float) -> S3Store:
        """This process's own: what it holds open must not be shared over a fork."""
        key = (os.getpid(), seconds)
        known = self._opened.get(key)
        return known or self._opened.setdefault(key, self._place.open(seconds))


def _is_of(tag: str, data: bytes) -> bool:
    """True where a tag says these bytes, as all stores say it, but for what they encrypt."""
    return tag.strip('"') == hashlib.md5(data, usedforsecurity=False).hexdigest()
