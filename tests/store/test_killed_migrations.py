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

# The first goes through every statement there is, of which ./test tries every fourth; the last has
# rows in every table, and few statements left.
USUAL = [("0001", 4, 15), ("0009", 1, 20)]
EACH = [
    pytest.param(f"{number:04}", 1, 60, marks=pytest.mark.rig, id=f"{number:04} each")
    for number in range(1, 9)
]


@pytest.mark.parametrize(("revision", "every", "more_than"), [*USUAL, *EACH])
def test_killed_at_each_statement(
    tmp_path: Path, revision: str, every: int, more_than: int
) -> None:
    """From a database of this revision with rows in each table: the end is what it is unkilled."""
    path = tmp_path / "killed" / "stepback.db"
    path.parent.mkdir()
    _bring_to(path, revision, command.upgrade)
    assert fill(path) > 10
    unkilled = tmp_path / "unkilled" / "stepback.db"
    unkilled.parent.mkdir()
    shutil.copy(path, unkilled)
    migrate(unkilled)
    assert int(run_apart(KILLING, path, str(every))) > more_than
    check_schema(path)
    assert dump(path) == dump(unkilled)
    names = {f"stepback-{revision}.db", "stepback.db"}
    assert {each.name for each in path.parent.iterdir()} == names
