"""`stepback move`: as an operator types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import Settings
from server.store import check_schema
from server.store.care import KeyRing
from tests.full_case import settle_client


def test_a_house_goes_on_elsewhere(stepback, house, environment, tmp_path: Path) -> None:
    """It says how much is there, goes nowhere while somebody is at it, and may be repeated."""
    keys = KeyRing(Settings.from_environment(environment).keys_path)
    settle_client(house.database, keys)
    url = f"sqlite:///{tmp_path}/new/stepback.db"
    busy = stepback("move", "--to-database", url)
    assert (busy.exit_code, busy.stdout) == (1, "")
    assert "Stop Stepback" in busy.stderr
    house.database.close()
    moved = stepback("move", "--to-database", url)
    assert moved.exit_code == 0
    assert moved.stdout.startswith("All 4 rows are there, and the same as here; 4 were written")
    assert "; 0 were written" in stepback("move", "--to-database", url).stdout
    assert stepback("move", "--to-database", url, "--quiet").output == ""
    check_schema(tmp_path / "new" / "stepback.db")


@pytest.mark.parametrize("url", ["/srv/new.db", "sqlite://new.db", "sqlite:///new.db", "", "x:y"])
def test_what_is_no_address_is_said(stepback, house, url: str) -> None:
    """Exit code 1, and what it should be."""
    result = stepback("move", "--to-database", url)
    assert result.exit_code == 1
    assert "or sqlite:////" in result.stderr


@pytest.mark.sqlite
def test_a_house_is_not_moved_into_itself(stepback, house, environment) -> None:
    """The same file by any name."""
    path = Settings.from_environment(environment).database_path
    result = stepback("move", "--to-database", f"sqlite:///{path.parent}/../data/stepback.db")
    assert result.exit_code == 1
    assert "is to be moved" in result.stderr
