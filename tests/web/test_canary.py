"""Own words are found nowhere but where they belong, and after the sitting nowhere at all.

Markers that stand nowhere else are given as words in every way there is, and then everything
that a house writes or tells is searched for them.
"""

import json
import logging
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import inspect, text
from werkzeug.test import TestResponse

from server.render.live_lines import line_key
from server.render.sitting_sweeper import KEPT_AFTERWARDS, SittingSweeper
from server.store import Database, find_sitting
from tests.web.live_house import LiveHouse, sitting_id

FIRST, LATER, DANGER, LONG, NAME, BROKEN, FAULT = (
    f"quïttenmus {n}" for n in ("eins", "zwei", "drei", "vier", "funf", "sechs", "sieben")
)
MARKER = "quïttenmus"
FORMS = tuple(
    {
        MARKER.encode(),
        MARKER.encode("utf-16-le"),
        MARKER.encode("latin-1"),
        quote(MARKER).encode(),
        json.dumps(MARKER).strip('"').encode(),
        b"ttenmus",
    }
)
"""The marker as it may be written: plain, in an address, in JSON, or in part."""

OWN_TABLE = "sitting_words"


def has_marker(data: bytes) -> bool:
    return any(form in data for form in FORMS)


def headers_of(answer: TestResponse) -> bytes:
    return "\n".join(f"{name}: {value}" for name, value in answer.headers).encode()


def files_with_it(*roots: Path) -> list[Path]:
    """Files whose name or content holds a marker."""
    paths = [path for root in roots for path in root.rglob("*")]
    return [
        path
        for path in paths
        if has_marker(str(path).encode()) or (path.is_file() and has_marker(path.read_bytes()))
    ]


def tables_with_it(database: Database) -> list[str]:
    """Tables of the database in which a marker stands."""
    with database.reading() as db:
        names = inspect(db.connection()).get_table_names()
        rows = {name: repr(db.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names}
    return [name for name, said in rows.items() if has_marker(said.encode())]


def shared_places(live: LiveHouse) -> list[Path]:
    settings = live.settings
    return [settings.scripts_path, settings.cache_path, settings.data_path]


@pytest.fixture
def answers(live_house: LiveHouse, monkeypatch: pytest.MonkeyPatch) -> list[TestResponse]:
    """Every answer that the house gives."""
    given: list[TestResponse] = []
    ask = live_house.client.open

    def open_and_keep(*args: object, **kwargs: object) -> TestResponse:
        given.append(ask(*args, **kwargs))
        return given[-1]

    monkeypatch.setattr(live_house.client, "open", open_and_keep)
    return given


def give_words_in_every_way(live: LiveHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are meant to be given, and as they are not."""
    live.begun(words={"obstacle": FIRST})
    live.voice_words()
    live.wait(12)
    assert live.move("step-back", words={"obstacle": LATER}).status_code == 200
    live.voice_words()
    assert live.move("step-back", words={"obstacle": f"end it all {DANGER}"}).status_code == 200
    assert live.begin(2, words={"obstacle": f"end it all {DANGER}"}).status_code == 200
    assert live.begin(2, words={"obstacle": LONG * 20}).status_code == 422
    assert live.begin(2, words={NAME: "x"}).status_code == 422
    assert live.move("met", words={"obstacle": LATER}).status_code == 422
    assert live.move("step-back", number=7, words={"obstacle": LATER}).status_code == 404
    broken = f'{{"words": {{"obstacle": "{BROKEN}"'
    answer = live.client.post("/api/sittings", data=broken, content_type="application/json")
    assert answer.status_code == 400

    def fail(*_: object) -> None:
        raise ZeroDivisionError(FAULT)

    with monkeypatch.context() as patched:
        patched.setattr("server.render.sittings.Sittings.move", fail)
        assert live.move("step-back", words={"obstacle": FAULT}).status_code == 500


@pytest.mark.sqlite
def test_own_words_are_nowhere_but_with_their_sitting(
    live_house: LiveHouse,
    answers: list[TestResponse],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    """In its own row and in what its own device is told; then it is over, and they are gone."""
    caplog.set_level(logging.DEBUG)
    give_words_in_every_way(live_house, monkeypatch)
    told = live_house.look()
    assert [rung["words"] for rung in told["ladder"]][:2] == [FIRST, LATER]
    assert any(has_marker(line["text"].encode()) for line in told["lines"] if line["is_own"])

    # While it goes on: one table, and nothing that others can come by.
    assert tables_with_it(live_house.rooms.database) == [OWN_TABLE]
    on_disk = files_with_it(*shared_places(live_house))
    assert {path.name.partition("-")[0] for path in on_disk} == {"stepback.db"}
    names = own_names(live_house)
    files = [path.stem for path in live_house.settings.cache_path.rglob("*") if path.is_file()]
    assert not set(names) & set(files)
    playlist = live_house.sound("playlist.m3u8")
    assert not has_marker(playlist.data)
    for address in ("/ready", "/health", "/my-practice", "/", "/feed", "/api/openapi.json"):
        assert not has_marker(live_house.client.get(address).data), address

    # When it is over and its time is up: nowhere.
    sweeper = SittingSweeper(sittings=live_house.rooms.sittings)
    live_house.wait(600)
    sweeper.sweep(live_house.now_at)
    assert live_house.look()["station"] == "over"
    live_house.wait(KEPT_AFTERWARDS.total_seconds() + 1)
    sweeper.sweep(live_house.now_at)
    assert live_house.client.get(f"/api/sittings/{sitting_id(1)}").status_code == 404
    assert files_with_it(*shared_places(live_house)) == []
    assert list((live_house.settings.cache_path / "sittings").rglob("*.aac")) == []

    # Never: a log, an address, a header.
    assert caplog.records
    logged = "\n".join(f"{each.getMessage()} {each.__dict__}" for each in caplog.records)
    assert not has_marker(logged.encode())
    assert not any(has_marker(headers_of(answer)) for answer in answers)
    assert not any(has_marker(answer.request.url.encode()) for answer in answers)
    outside = [a for a in answers if not a.request.path.startswith("/api/sittings")]
    assert outside
    assert not any(has_marker(answer.data) for answer in outside)


def own_names(live: LiveHouse) -> list[str]:
    """The names that the lines with own words would have if they were everybody's."""
    sittings = live.rooms.sittings
    with live.rooms.database.reading() as db:
        row = find_sitting(db, sitting_id(1))
        assert row is not None
        voice_key = str(row.order["voice_key"])
    program = sittings.look_at(row).program
    own = [
        utterance
        for number, words in ((1, FIRST), (2, LATER))
        for utterance in program.private_lines({"obstacle": words}, number).values()
    ]
    assert own
    return [line_key(utterance, voice_key) for utterance in own]


@pytest.mark.sqlite
def test_forgotten_words_are_nowhere_at_once(
    live_house: LiveHouse, monkeypatch: pytest.MonkeyPatch
):
    """Whoever deletes a sitting need not wait for the sweeper."""
    give_words_in_every_way(live_house, monkeypatch)
    assert files_with_it(*shared_places(live_house)) != []
    answer = live_house.client.delete(f"/api/sittings/{sitting_id(1)}")
    assert answer.status_code == 204
    assert files_with_it(*shared_places(live_house)) == []
    assert list((live_house.settings.cache_path / "sittings").rglob("*.aac")) == []
