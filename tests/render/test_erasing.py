"""Erasing a client: nothing of theirs is left anywhere, and of everybody else all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from server.config import Settings
from server.errors import CaseNotFound, KeyGone, StepbackError
from server.render import Sittings, erasing, open_catalogue
from server.render.erasing import Erased, erase_client
from server.store import (
    Database,
    SessionEntryRow,
    Shelf,
    claim_render,
    delete_render,
    find_render,
    hash_device,
)
from server.store.care import (
    AuditRow,
    ClientDeviceRow,
    ClientRow,
    Deed,
    KeyRing,
    check_audit,
    list_deeds,
    open_audited,
)
from server.store.care.private_feeds import feed_owner
from server.store.columns import Base
from server.store.shelves import open_shelf
from tests.full_case import MARKER, NOON, Filling, files_with_it, has_marker, settle_client
from tests.new_database import database_environ, make_database


@dataclass(frozen=True, kw_only=True)
class Practice:
    """A house with two clients of whom there is everything; the other one's markers differ."""

    settings: Settings
    database: Database
    keys: KeyRing
    sittings: Sittings
    ines: str
    case: Filling
    other: Filling

    def places(self) -> tuple[Path, ...]:
        return (self.settings.data_path, self.settings.cache_path, self.settings.keys_path)

    def erase(self, client_id: str | None = None) -> Erased:
        deed = Deed(actor="operator", action="erase", client_id=client_id or self.ines)
        return erase_client(self.sittings, self.keys, deed)

    def rows_of(self, client_id: str, device_hash: str) -> dict[str, int]:
        """How many rows of which table name a client or their device."""
        found = {}
        with self.database.reading() as db:
            for table in Base.metadata.tables.values():
                for column, value in (
                    ("client_id", client_id),
                    ("device_hash", device_hash),
                    ("device_hash", hash_device(feed_owner(client_id))),
                ):
                    if column in table.c and table.name != "audit":
                        query = text(f'SELECT count(*) FROM "{table.name}" WHERE {column}=:value')
                        count = db.execute(query, {"value": value}).scalar()
                        if count:
                            found[table.name] = found.get(table.name, 0) + count
        return found

    def actions(self, client_id: str) -> list[str]:
        with self.database.reading() as db:
            assert check_audit(db).number is None
            return [row.action for row in list_deeds(db, client_id=client_id)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "scripts").mkdir()
    return Settings.from_environment(
        {
            "STEPBACK_DATA": str(tmp_path / "data"),
            "STEPBACK_KEYS": str(tmp_path / "keys"),
            "STEPBACK_CACHE": str(tmp_path / "cache"),
            "STEPBACK_SCRIPTS": str(tmp_path / "scripts"),
            "STEPBACK_VOICE": "silent",
            **database_environ(),
        }
    )


@pytest.fixture
def practice(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    make_database(settings.database_address)
    database = open_audited(settings.database_address, settings.keys_path)
    keys, shelf = KeyRing(settings.keys_path), open_shelf(settings)
    ines = settle_client(database, keys)
    with monkeypatch.context() as patched:
        patched.setattr("tests.full_case.MARKER", "other words")
        jo = settle_client(database, keys, "e" * 64)
        other = _filling(settings, database, shelf, keys, jo)
        other.fill()
    case = _filling(settings, database, shelf, keys, ines)
    yield Practice(
        settings=settings,
        database=database,
        keys=keys,
        sittings=Sittings(
            settings=settings, database=database, shelf=shelf, catalogue=open_catalogue(settings)
        ),
        ines=ines,
        case=case,
        other=other,
    )
    database.close()


def _filling(
    settings: Settings, database: Database, shelf: Shelf, keys: KeyRing, client_id: str
) -> Filling:
    return Filling(
        database=database,
        shelf=shelf,
        keys=keys,
        secret_path=settings.secret_path,
        client_id=client_id,
    )


@pytest.mark.sqlite
def test_nothing_is_left(practice: Practice) -> None:
    """No byte of a marker in data, cache or keys, also in a database that somebody just reads."""
    practice.case.fill()
    practice.database.empty_log()
    found = files_with_it(*practice.places())
    assert "stepback.db" in found  # titles, and words of sittings and orders, until they end
    assert len(found) == 8
    others = practice.rows_of(practice.other.client_id, "e" * 64)
    erased = practice.erase()
    assert erased.is_log_empty
    assert (erased.was.submissions, erased.was.entries) == (3, 4)
    assert (erased.was.recordings, erased.was.sittings) == (3, 1)
    assert files_with_it(*practice.places()) == []
    assert practice.rows_of(practice.ines, "d" * 64) == {}
    with pytest.raises(KeyGone):
        practice.keys.get(practice.ines)
    assert practice.actions(practice.ines) == ["erase", "erased"]
    # And of the other client everything is as it was.
    assert practice.rows_of(practice.other.client_id, "e" * 64) == others
    assert len(others) == 16
    assert practice.keys.get(practice.other.client_id)
    assert practice.other.sitting_folder.is_dir()
    for kind in ("clip", "followed clip"):
        assert practice.sittings.shelf.has_clip(practice.other.key(kind))


def test_what_a_device_did_once_it_was_removed_stays(practice: Practice) -> None:
    """It may be in other hands by then; what came before goes, as from every device."""
    practice.case.fill()
    with practice.database.writing() as db:
        device = db.get(ClientDeviceRow, "d" * 64)
        assert device is not None
        device.removed_at = NOON + timedelta(days=1)
        for number in (2, 3):
            later = db.get(SessionEntryRow, practice.case.id("entry", number))
            assert later is not None
            later.received_at, later.title = NOON + timedelta(days=2), "somebody else's"
    assert practice.erase().was.entries == 2
    assert files_with_it(*practice.places()) == []
    assert practice.rows_of(practice.ines, "d" * 64) == {"session_entries": 2}


def test_what_a_device_had_before_it_joined_stays(practice: Practice) -> None:
    """It was there without any therapist, and no therapist can take it away."""
    practice.case.fill()
    with practice.database.writing() as db:
        earlier = db.get(SessionEntryRow, practice.case.id("entry", 1))
        assert earlier is not None
        earlier.received_at, earlier.title = NOON - timedelta(days=2), "their own"
    before = len(practice.rows_of(practice.ines, "d" * 64))
    practice.erase()
    assert before > 1
    assert practice.rows_of(practice.ines, "d" * 64) == {"session_entries": 1}


def test_every_table_that_names_a_client_goes_with_them() -> None:
    """A table that is added later cannot be forgotten: the database deletes its rows itself."""
    named = [
        (table.name, column.name, key.ondelete)
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in ("clients", "submissions", "session_entries")
    ]
    assert len(named) >= 10
    assert [each for each in named if each[2] != "CASCADE"] == []
    free = {
        table.name
        for table in Base.metadata.tables.values()
        if "client_id" in table.c and not table.c.client_id.foreign_keys
    }
    assert free == {"audit"}


def test_a_long_case_is_erased_within_a_minute(practice: Practice) -> None:
    """Two thousand submissions and five hundred entries, with everything else there is."""
    practice.case.fill(submissions=2000, entries=500)
    erased = practice.erase()
    assert erased.took_s < 60
    assert (erased.was.submissions, erased.was.entries) == (2000, 500)
    assert files_with_it(*practice.places()) == []
    assert practice.rows_of(practice.ines, "d" * 64) == {}


class KilledError(BaseException):
    """Nobody catches it, as nobody catches a kill."""


STEPS: tuple[tuple[object, str], ...] = (
    (KeyRing, "forget"),
    (Sittings, "remove"),
    (Shelf, "remove_sitting"),
    (Shelf, "remove_render"),
    (Shelf, "remove_clips"),
    (erasing, "delete_render"),
    (erasing, "finish_erasure"),
    (Database, "empty_log"),
)


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _, name in STEPS])
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
def test_a_crash_anywhere_is_finished_by_another_time(
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
    owner: object,
    name: str,
    is_done: bool,
) -> None:
    """Killed before or after any step: once more, and nothing is left."""
    practice.case.fill()
    real = getattr(owner, name)

    def dying(*arguments: object, **named: object) -> object:
        if is_done:
            real(*arguments, **named)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, dying)
        with pytest.raises(KilledError):
            practice.erase()
    practice.erase()
    assert files_with_it(*practice.places()) == []
    assert practice.rows_of(practice.ines, "d" * 64) == {}
    with practice.database.reading() as db:
        assert db.get(ClientRow, practice.ines) is None
    with pytest.raises(KeyGone):
        practice.keys.get(practice.ines)
    assert practice.actions(practice.ines)[-1] == "erased"


@pytest.mark.sqlite
def test_other_copies_beside_the_database_go_too(practice: Practice) -> None:
    """Of before a migration, and of a killed backup: they hold what stands in the open of them."""
    (practice.settings.data_path / ".checking").mkdir()
    names = ("stepback-0008.db", "backup.part.db", "backup.part.db-wal", ".checking/stepback.db")
    copies = [practice.settings.data_path / name for name in names]
    for copy in copies:
        copy.write_bytes(practice.settings.database_path.read_bytes())
    practice.erase()
    assert not any(copy.exists() for copy in copies)
    assert practice.keys.list_erased() == {practice.ines}


def test_the_key_goes_first(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stops it afterwards: what was written can be read by nobody any more."""
    practice.case.fill()

    def fail(*_: object) -> None:
        raise StepbackError

    monkeypatch.setattr(Shelf, "remove_render", fail)
    with pytest.raises(StepbackError):
        practice.erase()
    with pytest.raises(KeyGone):
        practice.keys.get(practice.ines)
    assert practice.actions(practice.ines) == ["erase"]


def test_what_cannot_be_removed_is_said(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that stays is no erasure: the row stays, too, and the next time finishes it."""
    practice.case.fill()
    with monkeypatch.context() as patched:
        patched.setattr("server.store.shelf.shutil.rmtree", lambda *_, **__: None)
        patched.setattr(erasing, "WORKER_SECONDS", 0.3)
        with pytest.raises(StepbackError, match="cannot be removed from"):
            practice.erase()
    practice.erase()
    assert files_with_it(*practice.places()) == []


def test_nobody_is_erased_who_is_not_there(practice: Practice) -> None:
    """An id of nothing changes nothing; one who was erased before is no error."""
    with pytest.raises(CaseNotFound):
        practice.erase("f" * 32)
    assert practice.actions("f" * 32) == []
    practice.erase()
    again = practice.erase()
    assert (again.was.submissions, again.was.entries) == (0, 0)


def test_a_restored_database_is_erased_again(practice: Practice) -> None:
    """Rows that came back with a backup go, though the audit says that they went before."""
    practice.case.fill()
    practice.erase()
    with practice.database.writing() as db:
        db.execute(delete(AuditRow).where(AuditRow.number > 99))
    with practice.database.reading() as db:
        therapist = db.execute(text("SELECT id, room_id FROM therapists")).first()
    assert therapist is not None
    with practice.database.writing() as db:
        db.add(
            ClientRow(
                id=practice.ines,
                room_id=therapist.room_id,
                therapist_id=therapist.id,
                sealed_name=MARKER.encode(),
                made_at=datetime.now(UTC),
            )
        )
    practice.erase()
    assert files_with_it(*practice.places()) == []
    with practice.database.reading() as db:
        assert db.get(ClientRow, practice.ines) is None


def test_a_worker_in_the_middle_is_waited_for(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It publishes once more, lets go, and then its folder goes, too."""
    practice.case.fill()
    key, owner, shelf = practice.case.key("queued"), "elsewhere:1:a", practice.sittings.shelf
    with practice.database.writing() as db:
        assert claim_render(db, key, owner, datetime.now(UTC))
    real, looks = erasing._remove_render, []

    def remove(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        looks.append(1)
        if len(looks) == 4:  # in the meantime it has published once more, and let go
            with practice.database.writing() as db:
                row = find_render(db, key)
                assert row is not None
                assert (row.state, row.owner) == ("cancelled", owner)
                shelf.publish(shelf.render_folder(key) / "late.mp3", MARKER.encode())
                shelf.publish(shelf.clip_path(practice.case.key("late")), MARKER.encode())
                row.clip_keys = [practice.case.key("late")]
                row.owner = None

    monkeypatch.setattr(erasing, "_remove_render", remove)
    practice.erase()
    assert len(looks) > 2
    assert files_with_it(*practice.places()) == []
    with practice.database.reading() as db:
        assert find_render(db, key) is None


def test_a_worker_that_does_not_let_go_is_told(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that something is left; once the worker is gone, another time takes it."""
    practice.case.fill()
    key = practice.case.key("queued")
    with practice.database.writing() as db:
        assert claim_render(db, key, "elsewhere:1:a", datetime.now(UTC))
    monkeypatch.setattr(erasing, "WORKER_SECONDS", 0.3)
    with pytest.raises(StepbackError, match="once more in a minute"):
        practice.erase()
    with practice.database.writing() as db:
        delete_render(db, key)
    practice.erase()
    assert files_with_it(*practice.places()) == []


@pytest.fixture
def reader(practice: Practice) -> Iterator[Callable[[], None]]:
    """Somebody who is in the middle of reading, until they are told to stop."""
    other = Database(practice.settings.database_address)
    reading = other.reading()
    db = reading.__enter__()
    db.execute(text("SELECT count(*) FROM clients")).all()
    is_open = [True]

    def stop() -> None:
        if is_open.pop() and not is_open:
            reading.__exit__(None, None, None)
            is_open.append(False)

    yield stop
    stop()
    other.close()


@pytest.mark.sqlite
def test_a_log_that_others_read_is_told(
    practice: Practice, reader: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is still in the log is said; once they have done, another time empties it."""
    practice.case.fill()
    monkeypatch.setattr(erasing, "LOG_SECONDS", 0.2)
    assert not practice.erase().is_log_empty
    assert files_with_it(*practice.places()) != []
    reader()
    assert practice.erase().is_log_empty
    assert files_with_it(*practice.places()) == []


def test_markers_are_found_where_they_are() -> None:
    """The search itself is tried: each form is seen, and other words are not."""
    assert has_marker(f"before {MARKER} after".encode())
    assert has_marker(MARKER.encode("utf-16-le"))
    assert not has_marker(b"other words")
