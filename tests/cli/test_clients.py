"""`stepback client`: a copy of all there is, and all of it deleted."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from server.cli.clients import say_belongings
from server.config import Settings
from server.store.care import Belongings, KeyRing
from tests.full_case import MARKER, Filling, files_with_it, settle_client


@pytest.fixture
def case(house, environment) -> Filling:
    """A client of whom there is everything."""
    settings = Settings.from_environment(environment)
    settings.scripts_path.mkdir()
    keys = KeyRing(settings.keys_path)
    filling = Filling(
        database=house.database,
        shelf=house.shelf,
        keys=keys,
        secret_path=settings.secret_path,
        client_id=settle_client(house.database, keys),
    )
    filling.fill()
    return filling


def places(environment: dict[str, str]) -> list[Path]:
    return [Path(environment[f"STEPBACK_{name}"]) for name in ("DATA", "CACHE", "KEYS")]


def test_a_client_is_erased_when_it_is_said(stepback, case: Filling, environment) -> None:
    """It says what there is, asks, and then nothing is left; once more is no error."""
    refused = stepback("client", "erase", case.client_id, typed="n\n")
    assert refused.exit_code == 1
    assert files_with_it(*places(environment)) != []
    result = stepback("client", "erase", case.client_id, typed="y\n")
    assert result.exit_code == 0
    assert result.output.startswith(
        "There is of this client: 3 worksheets, 4 entries of the log, 3 recordings of their own,"
        " 1 live sitting.\n"
    )
    assert "Erased, in " in result.output
    assert files_with_it(*places(environment)) == []
    again = stepback("client", "erase", case.client_id, "--yes")
    assert again.exit_code == 0
    assert again.output.startswith("There is of this client: 0 worksheets, 0 entries")
    shown = stepback("audit", "show", "--client", case.client_id, "--json")
    actions = [row["action"] for row in json.loads(shown.output)]
    assert actions == ["erase", "erased"]
    assert stepback("audit", "verify").exit_code == 0


def test_a_log_that_cannot_be_emptied_is_told(
    stepback, case: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1, and what to do."""
    monkeypatch.setattr("server.render.erasing.LOG_SECONDS", 0)
    monkeypatch.setattr("server.store.Database.empty_log", lambda _: False)
    result = stepback("client", "erase", case.client_id, "--yes")
    assert result.exit_code == 1
    assert "the same command again" in result.stderr


def test_all_there_is_of_a_client_is_copied(stepback, case: Filling, tmp_path: Path) -> None:
    """Into a zip of one's own; one that is there already is left alone."""
    out = tmp_path / "ines.zip"
    result = stepback("client", "export", case.client_id, "--out", str(out))
    assert result.exit_code == 0
    assert " records and 2 recordings.\n" in result.output
    with zipfile.ZipFile(out) as zipped:
        said = json.loads(zipped.read("client.json"))
    assert said["notes"][0]["text"] == f"{MARKER} private note"
    before = out.read_bytes()
    again = stepback("client", "export", case.client_id, "--out", str(out))
    assert (again.exit_code, out.read_bytes()) == (1, before)
    assert "is there already" in again.stderr


@pytest.mark.parametrize("command", [("erase", "--yes"), ("export", "--out", "x.zip")])
def test_nobody_is_found_who_is_not_there(
    stepback, house, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """An id of nothing is said calmly, and what is no id as typed wrong."""
    monkeypatch.chdir(tmp_path)
    name, *rest = command
    assert stepback("client", name, "f" * 32, *rest).exit_code == 1
    assert stepback("client", name, "Ines", *rest).exit_code == 2
    missing = stepback("client", "export", "f" * 32, "--out", "nowhere/x.zip")
    assert "There is no folder" in missing.stderr


def test_ones_and_manys_are_said_as_they_are() -> None:
    """One entry, two entries, no entries."""
    found = Belongings(submissions=1, entries=1, recordings=1, sittings=2)
    assert say_belongings(found) == (
        "There is of this client: 1 worksheet, 1 entry of the log, 1 recording of their own, "
        "2 live sittings."
    )
