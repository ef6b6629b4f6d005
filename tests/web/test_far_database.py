"""PostgreSQL in trouble, as a phone sees it: told soon, lost nothing, and well again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from server.store import Database
from tests import postgresql
from tests.proxy import Mode, Proxy
from tests.ticks import Ticks
from tests.web.conftest import FILES, House, house_in

OPERATIONS = 1_000
TROUBLE: dict[int, Mode] = {150: "hang", 350: "cut", 550: "refuse", 750: "slow"}
"""After how many entries what happens to the way to the server, and for as many as TRIES."""

TRIES = 3
TOLD_S = 2.2
"""Two seconds, and what a busy machine takes for the rest of an answer."""


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """The way to the server, over which it can be made to misbehave."""
    with Proxy(postgresql.server_path() / ".s.PGSQL.5432", delay_s=0.3) as proxy:
        yield proxy


@pytest.fixture
def house(tmp_path: Path, proxy: Proxy) -> Iterator[House]:
    """A house whose database is behind the proxy; the test itself looks past it."""
    direct = postgresql.free_url()
    url = f"postgresql://postgres@127.0.0.1:{proxy.port}/{postgresql.name_of(direct)}"
    built = house_in(tmp_path, STEPBACK_DATABASE_URL=url)
    built.database.close()
    database = Database(direct)
    yield replace(built, database=database)
    database.close()
    postgresql.drop(direct)


@pytest.fixture
def phone(house: House) -> Iterator[FlaskClient]:
    """A device there."""
    app = create_app(house.settings)
    yield app.test_client()
    app.extensions["stepback"].database.close()


def entry() -> dict[str, object]:
    """One of a log, as a phone sends it."""
    return {
        "id": uuid4().hex,
        "practice": "soft-ground",
        "minutes": 2,
        "started_at": datetime.now(UTC).isoformat(),
        "practised_ms": 60_000,
        "outcome": "completed",
    }


def test_each_entry_is_kept_once_or_its_phone_is_told(
    house: House, phone: FlaskClient, proxy: Proxy
) -> None:
    """1,000 of them: whoever is told 503 sends again, and in the end each is there once."""
    acknowledged, waiting, told = [], [], 0
    for number in range(OPERATIONS):
        mode = TROUBLE.get(number)
        for _ in range(TRIES if mode else 0):
            proxy.be(mode)
            sent = entry()
            with Ticks() as ticks:
                answer = phone.post("/api/session-entries", json=sent)
            assert (answer.status_code, answer.mimetype) == (503, "application/problem+json"), mode
            assert int(answer.headers["Retry-After"]) > 0
            assert ticks.seconds < TOLD_S, mode
            waiting.append(sent)
            told += 1
        proxy.be("pass")
        sent = entry()
        assert phone.post("/api/session-entries", json=sent).status_code == 201, "well again"
        acknowledged.append(sent["id"])
    for sent in waiting * 2:
        assert phone.post("/api/session-entries", json=sent).status_code in (200, 201)
    assert told == len(TROUBLE) * TRIES
    kept = {each["id"] for each in phone.get("/api/session-entries").get_json()["entries"]}
    assert kept <= {*acknowledged, *(sent["id"] for sent in waiting)}
    with house.database.reading() as db:
        rows = db.connection().exec_driver_sql("SELECT id FROM session_entries").scalars().all()
    assert sorted(rows) == sorted([*acknowledged, *(str(sent["id"]) for sent in waiting)])


def test_sound_goes_on_beside_a_database_that_hangs(
    house: House, phone: FlaskClient, proxy: Proxy
) -> None:
    """Whoever is listening asks for the next range, which costs no look into the database."""
    order = {"practice": "soft-ground", "minutes": 2}
    key = phone.post("/api/renders", json=order).get_json()["key"]
    house.publish(key)
    assert phone.get(f"/audio/{key}.mp3", headers={"Range": "bytes=0-9"}).status_code == 206
    proxy.be("hang")
    with Ticks() as ticks:
        later = phone.get(f"/audio/{key}.mp3", headers={"Range": "bytes=1000000-"})
        alive = phone.get("/health")
    assert (later.status_code, alive.status_code) == (206, 200)
    assert later.data == FILES["mp3"][1_000_000:]
    assert ticks.seconds < TOLD_S / 2
    assert phone.post("/api/session-entries", json=entry()).status_code == 503
