"""A database that a newer Stepback has written: no command touches it, and each says why."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click
import pytest

from server.cli import main
from server.config import Settings

NEEDED = {
    "audit show": [],
    "backup": ["FILE"],
    "cache prune": ["--older-than", "1d"],
    "move": ["--to-database", "sqlite:////none/x.db"],
    "client erase": ["1" * 32, "--yes"],
    "client export": ["1" * 32, "--out", "FILE"],
    "feed list": [],
    "people add-therapist": ["a@sit.example", "--name", "Ada", "--room", "Linden"],
    "people end": ["a@sit.example"],
    "people reset-password": ["a@sit.example"],
    "people reset-second-factor": ["a@sit.example"],
    "renders cancel": ["a" * 64],
    "serve": ["--migrate"],
    "worker": ["--migrate"],
}
"""What has to be typed after a command."""

WITHOUT = {
    *("check", "render", "worksheet-script", "pronounce", "line", "report", "doctor"),
    *("voices", "voices install", "voices remove", "voices preview"),
    *("sounds", "sounds add", "sounds preview", "backup-key", "restore", "demo"),
}
"""Commands that open no database, or say what is wrong with it among other things."""


def all_commands(group: click.Group, before: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        is_group = isinstance(command, click.Group)
        if not is_group or command.invoke_without_command:
            found.append(before + name)
        if is_group:
            found += all_commands(command, f"{before}{name} ")
    return found


@pytest.mark.parametrize(
    "given",
    [name.split() for name in all_commands(main) if name not in WITHOUT]
    + [
        ["serve", "plain"],
        ["worker", "plain"],
    ],
    ids=" ".join,
)
@pytest.mark.sqlite
def test_no_command_touches_a_newer_database(
    stepback, house, environment: dict[str, str], tmp_path: Path, given: list[str]
) -> None:
    """Exit code 1, one sentence, and the file is as it was, byte for byte."""
    house.database.close()
    path = Settings.from_environment(environment).database_path
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    more = [] if given[-1] == "plain" else NEEDED.get(" ".join(given), [])
    words = [word for word in given if word != "plain"]
    result = stepback(*words, *(str(tmp_path / "x") if w == "FILE" else w for w in more))
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("The database was written by a newer Stepback (revision 9999)")
    assert path.read_bytes() == before
    assert not (tmp_path / "x").exists()
