"""`stepback move`: as an operator types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import Settings
from server.store import check_schema
from server.store.care import KeyRing
from server.store.far import Far
from tests import s3_server
from tests.full_case import settle_client

pytestmark = pytest.mark.xdist_group("s3")  # one server for all of these


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


def test_recordings_go_into_a_store(stepback, house, monkeypatch, environment) -> None:
    """All that is finished and everybody's; again it sends only what is not there."""
    for name, value in s3_server.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    url = s3_server.new_url()
    done, under_way = house.order("a"), house.order("b")
    house.make(done, size=5000)
    shelf = house.shelf
    shelf.publish(shelf.stream_folder(done) / "playlist.m3u8", b"#EXTM3U")
    shelf.publish(shelf.stream_folder(under_way) / "playlist.m3u8", b"#EXTM3U")
    shelf.publish(shelf.clip_path("c" * 64), b"clip")
    shelf.publish(shelf.temporary_path(".mp3"), b"work in progress")
    moved = stepback("move", "--to-store", url)
    assert moved.exit_code == 0, moved.output
    assert moved.stdout.startswith("All 3 files are there, and the same as here; 3 were sent")
    far = Far(url)
    names = {name for name in far.list_names("") if name != "house"}
    assert {path.split("/")[0] for path in names} == {"clips", "renders"}
    assert far.read(f"renders/aa/{done}/a.mp3") == bytes(5000)
    assert "; 0 were sent" in stepback("move", "--to-store", url).stdout
    far.put(f"clips/cc/{'c' * 64}.flac", b"something else")
    assert "; 1 were sent" in stepback("move", "--to-store", url).stdout
    assert far.read(f"clips/cc/{'c' * 64}.flac") == b"clip"
    assert shelf.clip_path("c" * 64).exists(), "the folder stays"


def test_another_houses_store_is_refused(stepback, house, monkeypatch) -> None:
    """Nothing is sent there."""
    for name, value in s3_server.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    url = s3_server.new_url()
    Far(url).put("house", b"another")
    house.shelf.publish(house.shelf.clip_path("c" * 64), b"clip")
    moved = stepback("move", "--to-store", url)
    assert moved.exit_code == 1
    assert "another house's" in moved.stderr
    assert Far(url).list_names("") == ["house"]


def test_one_thing_at_a_time(stepback, house) -> None:
    """Neither both nor none of the two."""
    assert stepback("move").exit_code == 2
    assert stepback("move", "--to-store", "s3://x/y", "--to-database", "x").exit_code == 2
    assert stepback("move", "--to-store", "/srv").exit_code == 1


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
