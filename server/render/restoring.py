"""Putting a backup back: into an empty house, after all of it was looked at.

Everything is made ready in a folder within the folder of the database. Until the very last step,
which gives the database its name, there is no house; a restore that was killed is begun anew.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from server.config import Settings
from server.errors import BackupRefused, StorageFull
from server.render.backing_up import FOLDERS, SECRET_NAME, TRIAL, refuse_a_server
from server.render.own_files import put_file
from server.render.staging import Staged, Unpacking, put_in_order
from server.store.care import KeyRing
from server.store.care.audit_head import HEAD_NAME, LOCK_NAME
from server.store.engines import place_of
from server.store.once_file import make_durable, naming_full, write_once

_STAGE = ".restoring"
_MAY_BE_THERE = {"lost+found", "voices", "backup.lock", TRIAL}
_SPARE_BYTES = 10_000_000
_WHAT_NOW = "Nothing was changed. What to do: docs/backup.md, under “When a backup is refused”."
"""Follows whatever is found wrong with a backup itself, which says no more than what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of it."""

    staged: Staged
    kept: tuple[Path, ...]
    """Scripts and sounds that were there and differ: the names that they have now."""
    took_s: float


def restore(settings: Settings, unpacking: Unpacking, *, may_lack_keys: bool = False) -> Restored:
    """Put everything in its place.

    Raises BackupRefused, StorageFull or SchemaMismatch, and then there is no house, as before.
    """
    begun_s = time.monotonic()
    refuse_a_server(settings)
    with place_of(settings.database_path).alone():  # as whoever would make a database there
        _refuse_a_used_house(settings, unpacking)
        with _stage(settings, unpacking, _STAGE, may_lack_keys=may_lack_keys) as staged:
            put_in_order(staged, settings)
            kept = tuple(_place_folders(staged, settings))
            if unpacking.keys is not None:
                _place_keys(staged.keys, settings.keys_path)
            _place_house(staged, settings)
    return Restored(staged=staged, kept=kept, took_s=time.monotonic() - begun_s)


def try_restoring(
    settings: Settings, unpacking: Unpacking, *, may_lack_keys: bool = False
) -> Restored:
    """Look whether a backup could be put back; nothing is changed, and a house may be there."""
    begun_s = time.monotonic()
    settings.data_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _stage(settings, unpacking, TRIAL, may_lack_keys=may_lack_keys) as staged:
        return Restored(staged=staged, kept=(), took_s=time.monotonic() - begun_s)


@contextmanager
def _stage(
    settings: Settings, unpacking: Unpacking, name: str, *, may_lack_keys: bool
) -> Iterator[Staged]:
    _look_for_room(settings, unpacking)
    stage = settings.data_path / name
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        with naming_full(settings.data_path):
            yield _unpack(settings, unpacking, stage, may_lack_keys=may_lack_keys)
    except OSError as error:
        raise BackupRefused(f"The backup was not put back: {error}.") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _unpack(
    settings: Settings, unpacking: Unpacking, stage: Path, *, may_lack_keys: bool
) -> Staged:
    try:
        staged = unpacking.stage(settings, stage)
    except BackupRefused as error:
        raise BackupRefused(f"{error} {_WHAT_NOW}") from error
    if staged.keyless and not may_lack_keys:
        raise BackupRefused(
            f"Clients without a key here: {len(staged.keyless)} of "
            f"{len(staged.clients - staged.erased)}. What they wrote could not be read. Give "
            "the backup of the keys with --keys, or --without-keys to go on without."
        )
    return staged


def _refuse_a_used_house(settings: Settings, unpacking: Unpacking) -> None:
    data_path, keys = settings.data_path, KeyRing(settings.keys_path)
    found = {path.name for path in data_path.iterdir()} - _MAY_BE_THERE
    # Killed before the database had its name, a restore leaves no more than this.
    is_unfinished = _STAGE in found and found <= {_STAGE, settings.secret_path.name}
    if found and not is_unfinished:
        raise BackupRefused(
            f"{data_path} is not empty: {', '.join(sorted(found)[:3])}. A backup is put back into "
            "an empty folder; move what is there away first."
        )
    is_used = keys.list_clients() or keys.list_erased() or (keys.path / HEAD_NAME).exists()
    if unpacking.keys is not None and is_used and not is_unfinished:
        raise BackupRefused(
            f"{keys.path} is not empty. Leave --keys away to go on with the keys that are there, "
            "or move them away first."
        )


def _look_for_room(settings: Settings, unpacking: Unpacking) -> None:
    packs = (unpacking.house, unpacking.keys)
    needed = sum(path.stat().st_size for path in packs if path is not None)
    if shutil.disk_usage(settings.data_path).free < needed + _SPARE_BYTES:
        raise StorageFull(settings.data_path)


def _place_keys(staged: KeyRing, folder: Path) -> None:
    """Put the keys there; one that is there already is never overwritten."""
    for path in sorted(staged.path.iterdir()):
        content, target = path.read_bytes(), folder / path.name
        if path.name == HEAD_NAME:
            target.unlink(missing_ok=True)  # an unfinished restore's
        if path.name == LOCK_NAME:
            continue
        write_once(target, content)
        if target.read_bytes() != content:
            raise BackupRefused(f"{target} is there already, and is another one.")


def _place_folders(staged: Staged, settings: Settings) -> Iterator[Path]:
    """Put scripts and sounds there; gives the new names of those that were there and differ."""
    for name, folder in zip(FOLDERS, (settings.scripts_path, settings.sounds_path), strict=True):
        root = staged.root / name
        for path in sorted(root.rglob("*")):
            target = folder / path.relative_to(root)
            is_there = target.exists()
            if not path.is_file() or (is_there and target.read_bytes() == path.read_bytes()):
                continue
            if is_there:
                kept = target.with_name(f"{target.name}.before-restore")
                target.replace(kept)
                yield kept
            put_file(target, partial(shutil.copyfile, path))


def _place_house(staged: Staged, settings: Settings) -> None:
    """Give the secret its name, and at the very end the database."""
    secret = staged.root / SECRET_NAME
    if secret.exists():
        secret.replace(settings.secret_path)
    make_durable(settings.data_path)
    try:
        settings.database_path.hardlink_to(staged.database_path)
    except FileExistsError as error:
        raise BackupRefused(f"{settings.database_path} was made meanwhile.") from error
    make_durable(settings.data_path)
