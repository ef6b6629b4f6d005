"""The database as it was before a migration stays beside it for a while, and no longer."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command

from server.errors import StorageFull
from server.store import migrate
from server.store.former import FORMER_LASTS, forget_formers, keep_former, list_formers
from tests.store.filling import fill
from tests.store.kill_migrations import dump
from tests.store.test_schema import _bring_to


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of before, with something in each table."""
    path = tmp_path / "stepback.db"
    _bring_to(path, "0008", command.upgrade)
    fill(path)
    return path


def test_what_was_there_stays_beside_it(path: Path) -> None:
    """For its owner alone, named by its revision, and an older Stepback could go on with it."""
    before = dump(path)
    migrate(path)
    former = path.with_name("stepback-0008.db")
    assert list(list_formers(path)) == [former]
    assert former.stat().st_mode & 0o777 == 0o600
    passing = ('INSERT INTO "sitting', 'INSERT INTO "renders"')
    kept = [line for line in dump(former) if not line.startswith(passing)]
    assert kept == [line for line in before if not line.startswith(passing)]
    _bring_to(former, "0008", command.upgrade)
    assert sorted(each.name for each in path.parent.iterdir()) == [former.name, path.name]


def test_words_that_are_passing_do_not_stay(path: Path) -> None:
    """Those of live sittings, and of recordings that were being made."""
    raw = sqlite3.connect(path)
    raw.execute("UPDATE sitting_words SET texts = '\"quittenmus\"'")
    raw.execute('UPDATE renders SET is_private = 1, "order" = \'"quittenmus"\'')
    raw.commit()
    raw.close()
    migrate(path)
    assert b"quittenmus" not in path.with_name("stepback-0008.db").read_bytes()


def test_a_migration_that_has_nothing_to_do_makes_none(path: Path) -> None:
    """Nor does a new house; a copy of before goes when it is old, not earlier."""
    migrate(path)
    former = path.with_name("stepback-0008.db")
    past_s = time.time() - FORMER_LASTS.total_seconds()
    for then_s, is_there in ((past_s + 3600, True), (past_s - 3600, False)):
        os.utime(former, (then_s, then_s))
        migrate(path)
        assert former.exists() == is_there
    migrate(path.parent / "new" / "stepback.db")
    assert [each.name for each in (path.parent / "new").iterdir()] == ["stepback.db"]


def test_the_newest_takes_the_place_of_all(path: Path) -> None:
    """And nothing else goes: another database's, or what is only named like one."""
    for name in ("stepback-0003.db", "stepback-0003.db.bak", "other-0003.db", "stepback-3.db"):
        shutil.copy(path, path.with_name(name))
    raw = sqlite3.connect(path)
    keep_former(raw, path, "0008")
    raw.close()
    assert {each.name for each in path.parent.iterdir()} == {
        *("stepback.db", "stepback-0008.db"),
        *("stepback-0003.db.bak", "other-0003.db", "stepback-3.db"),
    }
    forget_formers(path, older_than=timedelta(hours=1))
    assert path.with_name("stepback-0008.db").exists()
    forget_formers(path)
    assert not path.with_name("stepback-0008.db").exists()


def test_without_room_for_it_nothing_is_migrated(path: Path, monkeypatch) -> None:
    """It is said calmly, and the database is what it was."""

    class Full:
        """A driver whose disk is full."""

        def execute(self, *_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    before = dump(path)
    with monkeypatch.context() as patched:
        patched.setattr(
            "server.store.sqlite.keep_former",
            lambda _, path, revision: keep_former(Full(), path, revision),
        )
        with pytest.raises(StorageFull):
            migrate(path)
    assert dump(path) == before
    assert [each.name for each in path.parent.iterdir()] == ["stepback.db"]
