"""A whole house in a folder of its own, to be backed up, lost, and put back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from server.config import Settings
from server.render import open_catalogue
from server.render.backing_up import back_up
from server.render.erasing import erase_client
from server.render.sittings import Sittings
from server.render.staging import Unpacking
from server.store import Database
from server.store.backup import Identity
from server.store.care import (
    Deed,
    KeyRing,
    SubmissionRow,
    add_deed,
    check_audit,
    list_deeds,
    open_audited,
)
from server.store.care.put_back import list_client_ids
from server.store.shelves import open_shelf
from tests.full_case import NOON, Filling, settle_client
from tests.new_database import make_database

IDENTITY = Identity.make()


@dataclass
class Home:
    """A house in a folder of its own."""

    root: Path

    @property
    def settings(self) -> Settings:
        names = ("DATA", "KEYS", "CACHE", "SCRIPTS", "SOUNDS")
        return Settings.from_environment(
            {f"STEPBACK_{name}": str(self.root / name.lower()) for name in names}
        )

    @property
    def keys(self) -> KeyRing:
        return KeyRing(self.settings.keys_path)

    def open(self) -> Database:
        return open_audited(self.settings.database_path, self.settings.keys_path)

    def build(self) -> None:
        """Make it, with a script and a sound of its own."""
        make_database(self.settings.database_path)
        self.settings.secret_path.write_bytes(bytes(32))
        for folder in (self.settings.scripts_path, self.settings.sounds_path):
            (folder / "deep").mkdir(parents=True)
            (folder / "deep" / "own.md").write_text("my own")
            (folder / ".hidden").write_text("not packed")

    def settle(self, device: str = "d" * 64) -> str:
        """Somebody of whom there is everything; gives their id."""
        database = self.open()
        client_id = settle_client(database, self.keys, device)
        Filling(
            database=database,
            shelf=open_shelf(self.settings),
            keys=self.keys,
            secret_path=self.settings.secret_path,
            client_id=client_id,
        ).fill()
        with database.writing() as db:
            add_deed(db, Deed(actor="operator", action="read", client_id=client_id), NOON)
        database.close()
        return client_id

    def erase(self, client_id: str) -> None:
        database = self.open()
        sittings = Sittings(
            settings=self.settings,
            database=database,
            shelf=open_shelf(self.settings),
            catalogue=open_catalogue(self.settings),
        )
        erase_client(
            sittings, self.keys, Deed(actor="operator", action="erase", client_id=client_id)
        )
        database.close()

    def clients(self) -> frozenset[str]:
        database = self.open()
        with database.reading() as db:
            found = list_client_ids(db)
        database.close()
        return found

    def words_of(self, client_id: str) -> list[str]:
        """What a client wrote, opened with the key that is here."""
        database, seal = self.open(), self.keys.get(client_id)
        with database.reading() as db:
            rows = db.scalars(select(SubmissionRow).where(SubmissionRow.client_id == client_id))
            found = [seal.open(row.sealed_answers, f"submissions:{row.id}") for row in rows]
        database.close()
        return found

    def judge(self) -> tuple[int | None, list[str]]:
        """Where the audit breaks, and the last things that were done."""
        database = self.open()
        with database.reading() as db:
            verdict, deeds = check_audit(db), [row.action for row in list_deeds(db)]
        database.close()
        return verdict.number, deeds


def back(home: Home, safe: Path, name: str = "1") -> None:
    closers = [IDENTITY.recipient]
    back_up(home.settings, safe / f"{name}.age", closers, keys_out=safe / "keys" / f"{name}.age")


def unpacking(safe: Path, house: str = "1", keys: str | None = "1") -> Unpacking:
    return Unpacking(
        house=safe / f"{house}.age",
        keys=safe / "keys" / f"{keys}.age" if keys else None,
        openers=[IDENTITY],
        advance=lambda _: None,
    )
