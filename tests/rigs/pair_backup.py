"""A backup made while something is broken: whole or not there, and the next one is made."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from server.render.backing_up import back_up
from server.render.staging import Unpacking
from server.store import Database, SessionEntryRow
from server.store.backup import Identity
from server.store.care import SubmissionRow
from tests.forked import in_fork
from tests.rigs.deeds import CLIP, RENDER, id_of, kind_of
from tests.rigs.house import RigHouse
from tests.rigs.pairs import CLEAR, Scene, Second

MADE = "made"


@dataclass
class Backup(Second):
    """A backup is made, which is whole or not there; the next one is made in any case."""

    identity: Identity = field(default_factory=Identity.make)
    _known: dict[str, frozenset[int]] = field(default_factory=dict)
    """What had been acknowledged before each one that was made."""

    def prepare(self, scene: Scene) -> None:
        """Make the folders."""
        shutil.rmtree(scene.memory / "backups", ignore_errors=True)
        (scene.memory / "backups" / "keys").mkdir(parents=True)

    def happen(self, scene: Scene) -> None:
        """Make one while the house is at work."""
        said = self._make(scene, "first")
        assert said in CLEAR | {"BackupRefused", MADE}, said

    def look(self, scene: Scene) -> list[str]:
        """Make another one, and hold both against what was acknowledged before them."""
        said = self._make(scene, "second")
        left = [each.name for each in scene.house.rooms.settings.data_path.glob("*.part*")]
        return [
            *([] if said == MADE else [f"the next backup is not made: {said}"]),
            *(f"{name} was left" for name in left),
            *in_fork(lambda: [each for name in self._known for each in self._miss(scene, name)]),
        ]

    def _make(self, scene: Scene, name: str) -> str:
        out, keys_out = self._places(scene, name)
        child = scene.fork(lambda tell: tell(self._back_up(scene.house, out, keys_out)))
        known = frozenset(scene.ledger.done)
        child.begin()
        [said] = child.hear()
        assert child.wait() == 0
        assert out.exists() == (said == MADE)
        if said == MADE:
            self._known[name] = known
        return str(said)

    def _back_up(self, house: RigHouse, out: Path, keys_out: Path) -> str:
        try:
            back_up(house.rooms.settings, out, [self.identity.recipient], keys_out=keys_out)
        except Exception as error:  # noqa: BLE001 - its name is what is judged
            return "OSError" if isinstance(error, OSError) else type(error).__name__
        return MADE

    def _miss(self, scene: Scene, name: str) -> list[str]:
        """Unpack a backup as whoever puts it back does; say what is not in it."""
        out, keys_out = self._places(scene, name)
        folder = out.parent / "unpacked"
        unpacking = Unpacking(
            house=out, keys=keys_out, openers=[self.identity], advance=lambda _: None
        )
        database = Database(unpacking.stage(scene.house.rooms.settings, folder).database_path)
        with database.reading() as db:
            kept = {*db.scalars(select(SessionEntryRow.id)), *db.scalars(select(SubmissionRow.id))}
        database.close()
        shutil.rmtree(folder)
        return [
            f"{kind_of(each)} {each} was acknowledged before the {name} backup, and is not in it"
            for each in sorted(self._known[name])
            if kind_of(each) not in (CLIP, RENDER) and id_of(each) not in kept
        ]

    def _places(self, scene: Scene, name: str) -> tuple[Path, Path]:
        folder = scene.memory / "backups"
        return folder / f"{name}.age", folder / "keys" / f"{name}.age"
