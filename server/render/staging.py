"""A backup, unpacked into a folder of its own, looked at, and made what it will be as a house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from server.config import Settings
from server.errors import BackupRefused
from server.render.backing_up import DATABASE_NAME, HOUSE, KEYS
from server.render.catalogue import open_catalogue
from server.render.erasing import erase_client
from server.render.sittings import Sittings
from server.store import Database, JsonObject, migrate
from server.store.backup import (
    Advance,
    AgeReader,
    Opener,
    check_database,
    copy_database,
    read_pack,
)
from server.store.care import (
    AuditRow,
    Deed,
    KeyRing,
    accept_end,
    add_deed,
    check_audit,
    find_last,
    open_audited,
)
from server.store.care.audit_head import NOTHING_YET, Link
from server.store.care.put_back import find_keyless, list_client_ids, list_erased_ids, shut_doors
from server.store.shelves import open_shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A house that has no name yet."""

    root: Path
    """The folder that holds what the backup held."""
    keys: KeyRing
    made_at: str
    """When the backup was made."""
    files: int
    clients: frozenset[str]
    erased: frozenset[str]
    """All who are known to have been erased, whether or not something of them is in the backup."""
    keyless: frozenset[str]
    """Clients whose key is not there, though nobody erased them."""

    @property
    def database_path(self) -> Path:
        """The file of everything that is remembered."""
        return self.root / DATABASE_NAME

    @property
    def returning(self) -> frozenset[str]:
        """Who was erased and would be back."""
        return self.clients & self.erased


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacking:
    """From where a house is unpacked, and with what."""

    house: Path
    keys: Path | None
    """The backup of the keys; None where the folder of the keys is to be taken as it is."""
    openers: Sequence[Opener]
    advance: Advance
    database: Path | None = None
    """A newer database of the same house, to be taken in place of the one in the backup."""

    def stage(self, settings: Settings, folder: Path) -> Staged:
        """Unpack and look at everything: each byte, the database, the audit, whose key opens what.

        Raises BackupRefused for what is not as it was, SchemaMismatch for a newer database.
        """
        said = self._unpack(self.house, HOUSE, folder)
        keys_said = self._unpack(self.keys, KEYS, folder) if self.keys else {}
        keys = KeyRing(folder / KEYS if self.keys else settings.keys_path)
        database_path = folder / DATABASE_NAME
        if not database_path.is_file():
            raise BackupRefused("There is no database in the backup.")
        if self.database is not None:
            database_path.unlink()
            copy_database(self.database.absolute(), database_path)
        check_database(database_path)
        migrate(database_path)
        database = Database(database_path)
        try:
            _check_chain(database, said, is_newer=self.database is not None)
            with database.reading() as db:
                erased = list_erased_ids(db) | _ids(said) | _ids(keys_said) | keys.list_erased()
                clients, keyless = list_client_ids(db), find_keyless(db, keys) - erased
        finally:
            database.close()
        for client_id in erased if self.keys else ():
            keys.forget(client_id)  # a key that should be nowhere was just put on a disk
        files = said["files"]
        return Staged(
            root=folder,
            keys=keys,
            made_at=str(said.get("made_at")),
            files=len(files) if isinstance(files, dict) else 0,
            clients=clients,
            erased=erased,
            keyless=keyless,
        )

    def _unpack(self, path: Path, kind: str, folder: Path) -> JsonObject:
        try:
            with path.open("rb") as file:
                return read_pack(AgeReader(file, self.openers), kind, folder, self.advance)
        except BackupRefused as error:
            raise BackupRefused(f"{path}: {error}") from error  # it may be either of the two


def put_in_order(staged: Staged, settings: Settings) -> None:
    """Note in the audit that a backup is put back, and undo what must not come back with it."""
    database, now_at = open_audited(staged.database_path, staged.keys.path), datetime.now(UTC)
    deed = Deed(actor="operator", action="restore", subject=staged.made_at)
    with database.writing() as db:
        accept_end(db)  # that it is older than what the head knew is the very thing that is noted
        add_deed(db, deed, now_at)
        shut_doors(db, now_at)
    for client_id in sorted(staged.erased - staged.returning):
        staged.keys.forget(client_id)
    sittings = Sittings(
        settings=replace(settings, data_path=staged.database_path.parent),
        database=database,
        shelf=open_shelf(settings),
        catalogue=open_catalogue(settings),
    )
    for client_id in sorted(staged.returning):
        deed = Deed(actor="operator", action="erase", client_id=client_id)
        erase_client(sittings, staged.keys, deed)
    database.empty_log()
    database.close()


def _check_chain(database: Database, said: JsonObject, *, is_newer: bool) -> None:
    """The audit must be what it was when the backup was made: in good order, or broken there.

    In a newer database it has gone on from there: so it is known for the same house's.
    """
    audit = said.get("audit")
    known = audit if isinstance(audit, dict) else {}
    with database.reading() as db:
        last, verdict = find_last(db), check_audit(db)
        row = db.get(AuditRow, known.get("number", 0)) if is_newer else None
    if is_newer:
        last = Link(row.number, row.hash) if row else NOTHING_YET.last
    found = {"number": last.number, "hash": last.hash, "broken_at": verdict.number}
    if audit != found:
        raise BackupRefused("The audit is not the one that was backed up.")


def _ids(said: JsonObject) -> frozenset[str]:
    erased = said.get("erased")
    return frozenset(str(each) for each in erased) if isinstance(erased, list) else frozenset()
