"""What lies inside a backup: a tar of files, and as its last one a list of all of them.

So a backup that was opened with other programs is a folder again. The list says what it is, and
the size and SHA-256 of each file; a pack without it is not whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, RawIOBase
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol

from server.errors import BackupRefused
from server.store.columns import JsonObject
from server.store.once_file import make_durable, naming_full

if TYPE_CHECKING:
    from typing_extensions import Buffer

LIST_NAME = "backup.json"
FORM = 1
"""How a pack is made; a Stepback that knows less refuses it."""

_MOST_LIST_BYTES = 100_000_000
_PIECE = 1024 * 1024

Advance = Callable[[int], None]
"""Is told of so many bytes more."""


class Source(Protocol):
    """Where a pack is read from; it looks at all of itself."""

    def read(self, size: int) -> bytes:
        """Give so many bytes."""

    def finish(self) -> None:
        """Look at what was not read."""


class Sink(Protocol):
    """Where a pack is written to."""

    def write(self, data: bytes) -> int:
        """Take in some more."""

    def close(self) -> None:
        """This was all."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in a pack."""

    name: str
    """From the pack's root on, with slashes."""
    content: Path | bytes


def write_pack(
    sink: Sink, kind: str, files: Iterable[Packed], about: JsonObject, advance: Advance
) -> int:
    """Pack files, and say what they are; gives how many there were.

    Raises OSError for a file that cannot be read, or becomes shorter meanwhile.
    """
    listed: dict[str, object] = {}
    with tarfile.open(fileobj=_Written(sink), mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for packed in files:
            listed[packed.name] = _add(tar, packed, advance)
        said = {"kind": kind, "form": FORM, **about, "files": listed}
        text = json.dumps(said, ensure_ascii=False, indent=1).encode()
        tar.addfile(_entry(LIST_NAME, len(text)), BytesIO(text))
    sink.close()
    return len(listed)


def read_pack(source: Source, kind: str, folder: Path, advance: Advance) -> JsonObject:
    """Unpack into an empty folder, readable by its owner alone; gives what the pack says of itself.

    Raises BackupRefused unless all of it is as it was packed. What is in the folder then is not
    to be used.
    """
    found: dict[str, object] = {}
    said: JsonObject | None = None
    try:
        with tarfile.open(fileobj=_Read(source), mode="r|") as tar:
            for entry in tar:
                if said is not None or entry.name in found:
                    raise BackupRefused("The backup holds something beside what it lists.")
                if entry.name == LIST_NAME:
                    said = _read_list(tar, entry)
                else:
                    found[entry.name] = _take_out(tar, entry, folder, advance)
    except tarfile.TarError as error:
        raise BackupRefused("What is in the backup cannot be unpacked.") from error
    source.finish()
    if said is None or said.get("files") != found:
        raise BackupRefused("The backup does not hold what it lists.")
    if said.get("kind") != kind:
        raise BackupRefused(f"This is a backup of another kind: {said.get('kind')}, not {kind}.")
    if said.get("form") != FORM:
        raise BackupRefused("The backup was made by a newer Stepback.")
    return said


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file under another name, and give it its own once it is whole and on the disk.

    For its owner alone. Nothing is left where it fails; one that is there is not touched. Raises
    StorageFull, and BackupRefused for whatever else the disk says.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with naming_full(path):
            fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                raise BackupRefused(f"{path} is there already.")
            part.replace(path)
            make_durable(path.parent)
    except OSError as error:
        raise BackupRefused(f"{path} was not written: {error}.") from error
    finally:
        part.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, packed: Packed, advance: Advance) -> JsonObject:
    content = packed.content
    with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
        entry = _entry(packed.name, file.seek(0, os.SEEK_END))
        file.seek(0)
        counted = _Counted(file, advance)
        tar.addfile(entry, counted)
    return {"bytes": entry.size, "sha256": counted.hash.hexdigest()}


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _take_out(
    tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path, advance: Advance
) -> JsonObject:
    path = folder / _checked(entry)
    content = tar.extractfile(entry)
    if content is None:
        raise BackupRefused("The backup holds something that is no file.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    counted = _Counted(content, advance)
    with os.fdopen(fd, "wb") as file:
        while piece := counted.read(_PIECE):
            file.write(piece)
        file.flush()
        os.fsync(fd)
    return {"bytes": entry.size, "sha256": counted.hash.hexdigest()}


def _checked(entry: tarfile.TarInfo) -> PurePosixPath:
    """Let nobody who made a backup choose what is written elsewhere."""
    name = PurePosixPath(entry.name)
    is_plain = not name.is_absolute() and ".." not in name.parts and str(name) == entry.name
    if not entry.isreg() or not is_plain or "\0" in entry.name:
        raise BackupRefused("The backup holds something that is no plain file.")
    return name


def _read_list(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> JsonObject:
    content = tar.extractfile(entry) if entry.size <= _MOST_LIST_BYTES else None
    try:
        said = json.loads(content.read()) if content else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise BackupRefused("The backup's list of what it holds cannot be read.")
    return said


class _Counted:
    """A file as it is read: its hash so far, and word of each piece."""

    def __init__(self, file: IO[bytes], advance: Advance) -> None:
        self.hash = hashlib.sha256()
        self._file, self._advance = file, advance

    def read(self, size: int = -1) -> bytes:
        """Read on, and count."""
        data = self._file.read(size)
        self.hash.update(data)
        self._advance(len(data))
        return data


class _Written(RawIOBase):
    """A sink as tarfile wants it."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: Buffer) -> int:
        """Hand on."""
        return self._sink.write(bytes(data))


class _Read(RawIOBase):
    """A source as tarfile wants it."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """Hand on."""
        return self._source.read(size)
