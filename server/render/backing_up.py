"""Backing up: the house into one encrypted file, the clients' keys into another.

The first holds the database as it is at one moment, the secret, the scripts and the sounds of
one's own; no recordings, which can be made again. The second is made after it, so that whoever
is in the first has their key in the second.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server import __version__
from server.config import Settings
from server.errors import BackupRefused, Busy, StorageFull
from server.store import Database, JsonObject
from server.store.backup import (
    Advance,
    AgeWriter,
    Closer,
    Packed,
    new_file,
    take_snapshot,
    write_pack,
)
from server.store.care import KeyRing, check_audit, find_last
from server.store.care.put_back import list_client_ids

HOUSE, KEYS = "house", "keys"
"""The two kinds of backup, as each says of itself."""

DATABASE_NAME, SECRET_NAME = "data/stepback.db", "data/secret.key"
FOLDERS = ("scripts", "sounds")

TRIAL = ".checking"
"""The folder beside the database in which a backup is unpacked to look at it."""

_SNAPSHOT, _LOCK = "backup.part.db", "backup.lock"
_SPARE_BYTES = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What came of it."""

    files: int
    clients: int
    keyless: int
    """Clients whose key is not in the folder of the keys, though nobody erased them."""
    took_s: float


def back_up(
    settings: Settings,
    out: Path,
    closers: Sequence[Closer],
    *,
    keys_out: Path | None = None,
    advance: Advance = lambda _: None,
) -> BackedUp:
    """Write the house into a new file, and the keys into another where one is named.

    Each is there whole or not at all. Stepback may run meanwhile. Raises StorageFull before
    anything is written where there is too little room, Busy while another backup is made, and
    BackupRefused.
    """
    begun_s, now_at = time.monotonic(), datetime.now(UTC)
    _refuse(out, keys_out)
    _look_for_room(settings, out)
    keys = KeyRing(settings.keys_path)
    with _snapshot(settings, now_at) as snapshot:
        about, clients = _describe(snapshot, now_at)
        house: JsonObject = {**about, "erased": sorted(keys.list_erased())}
        files = _write(out, closers, HOUSE, _list_house(settings, snapshot), house, advance)
    if keys_out is not None:
        found = _read_keys(keys)
        held: JsonObject = {**about, "erased": sorted(keys.list_erased())}
        _write(keys_out, closers, KEYS, found, held, advance)
    return BackedUp(
        files=files,
        clients=len(clients),
        keyless=len(clients - keys.list_clients() - keys.list_erased()),
        took_s=time.monotonic() - begun_s,
    )


def measure_house(settings: Settings) -> int:
    """How many bytes a backup will hold, about."""
    folders = (path for path, _ in _list_folders(settings))
    files = (settings.database_path, *folders)
    return sum(path.stat().st_size for path in files if path.is_file())


def refuse_a_server(settings: Settings) -> None:
    """Raise BackupRefused for a house whose database is on a server."""
    if settings.database_url:
        raise BackupRefused(
            "The database is on a server, which has backups of its own, such as pg_dump. Back up "
            "the folders of the data and, elsewhere, of the keys yourself: docs/backup.md says how."
        )


def _refuse(out: Path, keys_out: Path | None) -> None:
    for path in (out, keys_out):
        if path is not None and path.exists():
            raise BackupRefused(f"{path} is there already. Name another file.")
        if path is not None and not path.parent.is_dir():
            raise BackupRefused(
                f"There is no folder {path.parent}. Make it first, or name another."
            )
    if keys_out is not None and keys_out.parent.resolve() == out.parent.resolve():
        raise BackupRefused(
            f"Both would lie in {out.parent}. Whoever has both can read what clients wrote: "
            "please put the keys somewhere else."
        )


def _look_for_room(settings: Settings, out: Path) -> None:
    """The copy of the database lies beside it for as long as it is packed."""
    house_bytes = measure_house(settings)
    needed = {settings.data_path: settings.database_path.stat().st_size}
    if out.parent.stat().st_dev == settings.data_path.stat().st_dev:
        house_bytes += needed.pop(settings.data_path)
    for folder, size in {**needed, out.parent: house_bytes}.items():
        if shutil.disk_usage(folder).free < size + _SPARE_BYTES:
            raise StorageFull(folder)


def forget_leftovers(settings: Settings) -> None:
    """Remove what a backup or a trial that was killed has left beside the database."""
    shutil.rmtree(settings.data_path / TRIAL, ignore_errors=True)
    if (settings.data_path / _SNAPSHOT).exists():
        with suppress(Busy), _alone_in(settings.data_path):
            _remove(settings.data_path / _SNAPSHOT)


@contextmanager
def _snapshot(settings: Settings, now_at: datetime) -> Iterator[Path]:
    """Copy the database beside itself, for as long as it is needed."""
    path = settings.data_path / _SNAPSHOT
    with _alone_in(settings.data_path):
        _remove(path)
        try:
            take_snapshot(settings.database_path, path, now_at)
            yield path
        finally:
            _remove(path)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One backup at a time. Raises Busy."""
    fd = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Busy("Another backup is being made just now. Please wait for it.") from error
    finally:
        os.close(fd)


def _remove(path: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _describe(snapshot: Path, now_at: datetime) -> tuple[JsonObject, frozenset[str]]:
    """What a backup says of itself, and whose keys belong to it."""
    database = Database(snapshot)
    try:
        with database.reading() as db:
            last, verdict = find_last(db), check_audit(db)
            clients = list_client_ids(db)
    finally:
        database.close()
    audit = {"number": last.number, "hash": last.hash, "broken_at": verdict.number}
    made_at = now_at.isoformat(timespec="seconds")
    return {"made_at": made_at, "stepback": __version__, "audit": audit}, clients


def _list_house(settings: Settings, snapshot: Path) -> Iterator[Packed]:
    yield Packed(DATABASE_NAME, snapshot)
    if settings.secret_path.exists():
        yield Packed(SECRET_NAME, settings.secret_path)
    for path, name in _list_folders(settings):
        yield Packed(name, path)


def _list_folders(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Files that people put there; nothing hidden, and no links, which lead elsewhere."""
    for name, folder in zip(FOLDERS, (settings.scripts_path, settings.sounds_path), strict=True):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            within = path.relative_to(folder)
            is_hidden = any(part.startswith(".") for part in within.parts)
            if path.is_file() and not path.is_symlink() and not is_hidden:
                yield path, f"{name}/{within.as_posix()}"


def _read_keys(keys: KeyRing) -> list[Packed]:
    """All keys, in memory: a copy of them on a disk would have to be deleted again."""
    found = []
    for client_id in sorted(keys.list_clients()):
        path = keys.path / f"{client_id}.key"
        if path.exists():
            found.append(Packed(f"keys/{path.name}", path.read_bytes()))
    return found


def _write(
    out: Path,
    closers: Sequence[Closer],
    kind: str,
    files: Iterator[Packed] | list[Packed],
    about: JsonObject,
    advance: Advance,
) -> int:
    with new_file(out) as file:
        return write_pack(AgeWriter(file, closers), kind, files, about, advance)
