"""A migration that is killed anywhere has changed nothing, and the next one does all of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic import command

from server.store import check_schema, migrate
from tests.store.apart import run_apart
from tests.store.filling import fill
from tests.store.kill_migrations import dump
from tests.store.test_schema import _bring_to

KILLING = Path(__file__).with_name("kill_migrations.py")

# The first goes through every statement there is; the last has rows in every table, and few
# statements left.
REVISIONS = [f"{number:04}" for number in range(1, 10)]


@pytest.mark.rig
@pytest.mark.parametrize("revision", REVISIONS)
def test_killed_at_each_statement(tmp_path: Path, revision: str) -> None:
    """From a database of this revision with rows in each table: the end is what it is unkilled."""
    path = tmp_path / "killed" / "stepback.db"
    path.parent.mkdir()
    _bring_to(path, revision, command.upgrade)
    assert fill(path) > 10
    unkilled = tmp_path / "unkilled" / "stepback.db"
    unkilled.parent.mkdir()
    shutil.copy(path, unkilled)
    migrate(unkilled)
    assert int(run_apart(KILLING, path)) > (20 if revision == REVISIONS[-1] else 60)
    check_schema(path)
    assert dump(path) == dump(unkilled)
    names = {f"stepback-{revision}.db", "stepback.db"}
    assert {each.name for each in path.parent.iterdir()} == names
