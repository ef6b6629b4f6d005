"""/health and /ready: what they say of a house, and what they keep to themselves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from server.config import Settings
from server.render import Catalogue, run_checks
from server.render.checks import check_keys
from server.store import beat_worker
from tests import postgresql
from tests.web.people_house import People


@pytest.fixture
def checks(house) -> Callable[[], dict[str, object]]:
    """Run the checks; gives them by name."""

    def run() -> dict[str, object]:
        catalogue = Catalogue(house.settings.scripts_path)
        found = run_checks(house.settings, house.database, catalogue, datetime.now(UTC))
        return {check.name: check for check in found}

    return run


@pytest.fixture
def worker(house) -> Callable[..., None]:
    """Let a worker show life."""

    def beat(*, ago: float = 0, voice_ok: bool = True) -> None:
        now_at = datetime.now(UTC) - timedelta(seconds=ago)
        with house.database.writing() as db:
            beat_worker(db, "here:1:x", started_at=now_at, voice_ok=voice_ok, now_at=now_at)

    return beat


def lose(settings: Settings) -> None:
    """Take the database away."""
    if settings.database_url:
        postgresql.drop(settings.database_url)
    else:
        settings.database_path.unlink()


def test_health_asks_nothing(client: FlaskClient, house):
    """The process answers, also when everything else is broken."""
    lose(house.settings)
    answer = client.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_house_with_a_worker_is_ready(
    client: FlaskClient, worker: Callable[..., None], checks: Callable
):
    """200, and every check by its name."""
    worker()
    answer = client.get("/ready")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["failing"] == []
    names = ["database", "schema", "disk", "ffmpeg", "voice", "worker", "scripts", "keys"]
    assert [check["name"] for check in answer.get_json()["checks"]] == names
    assert all(check.detail and not check.what_to_do for check in checks().values())


@pytest.mark.parametrize("state", [{}, {"ago": 6}, {"voice_ok": False}])
def test_without_a_worker_it_is_not_ready(
    client: FlaskClient, worker: Callable[..., None], state: dict[str, object]
):
    """No worker, one that has gone quiet, and one whose voice cannot speak."""
    if state:
        worker(**state)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.get_json()["failing"] == ["worker"]
    assert answer.headers["Retry-After"] == "10"


@pytest.mark.parametrize(
    ("name", "failing"),
    [
        ("no database", {"database", "schema", "worker", "keys"}),
        pytest.param("rubbish", {"database", "schema", "worker", "keys"}, marks=pytest.mark.sqlite),
        ("old schema", {"schema", "worker", "keys"}),
        ("script", {"scripts"}),
        ("ffmpeg", {"ffmpeg"}),
    ],
)
def test_each_fault_is_named_without_a_path(
    client: FlaskClient,
    house,
    worker: Callable[..., None],
    checks: Callable,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    failing: set[str],
):
    """503 names what fails; where it is and what to do are for the operator alone."""
    worker()
    house.database.close()
    if name == "no database":
        lose(house.settings)
    elif name == "rubbish":
        house.settings.database_path.write_bytes(b"rubbish" * 999)
    elif name == "old schema":
        with house.database.writing() as db:
            db.execute(text("UPDATE alembic_version SET version_num = 'x'"))
        house.database.close()
    elif name == "script":
        (house.settings.scripts_path / "broken.md").write_text("[nonsense", encoding="utf-8")
    else:
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert set(answer.get_json()["failing"]) == failing
    assert str(house.settings.data_path) not in answer.text
    assert "/" not in answer.text
    found = checks()
    assert {key for key, check in found.items() if not check.ok} == failing
    assert all(check.what_to_do for check in found.values() if not check.ok)


def test_a_full_disk_is_named(client: FlaskClient, worker: Callable[..., None], monkeypatch):
    """Less free space than the operator wants is not ready."""
    worker()
    usage = type("Usage", (), {"free": 5})
    monkeypatch.setattr("server.render.checks.shutil.disk_usage", lambda _: usage)
    assert client.get("/ready").get_json()["failing"] == ["disk"]


def test_an_unknown_voice_is_named(house, worker: Callable[..., None]):
    """A voice that is not installed fails its check with the known ones."""
    worker()
    settings = replace(house.settings, voice="jo")
    catalogue = Catalogue(settings.scripts_path)
    found = run_checks(settings, house.database, catalogue, datetime.now(UTC))
    voice = next(check for check in found if check.name == "voice")
    assert not voice.ok
    assert "joe" in voice.detail


def test_the_keys_are_looked_at_once_there_is_a_client(
    client: FlaskClient, worker: Callable[..., None], people: People
):
    """Their folder is there, and open to nobody else; the operator is told what to do."""
    keys = people.keys.path

    def failing() -> list[str]:
        worker()  # a busy machine may have been busy for longer than a sign of life counts
        found: list[str] = client.get("/ready").get_json()["failing"]
        return found

    assert failing() == []
    keys.chmod(0o750)
    assert failing() == ["keys"]
    keys.chmod(0o700)
    away = keys.rename(keys.with_name("away"))
    assert failing() == ["keys"]
    away.rename(keys)
    assert failing() == []


def test_keys_that_cannot_be_written_are_named(people: People, monkeypatch: pytest.MonkeyPatch):
    """Root may write everywhere, so the question itself is answered with no."""
    monkeypatch.setattr("server.render.checks.os.access", lambda *_: False)
    check = check_keys(people.keys.path, people.database)
    assert not check.ok
    assert "not Stepback's" in check.detail
    assert "chmod 700" in check.what_to_do


def test_without_a_client_no_key_is_missed(house):
    """Who has no clients need not make a folder for their keys."""
    assert not house.settings.keys_path.exists()
    assert check_keys(house.settings.keys_path, house.database).ok
