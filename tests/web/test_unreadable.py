"""A disk that fails while a file is read: a clear answer, nothing half, and it is made again."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from server.render.covers import Picture, draw_missing, read_picture
from server.store import Database
from server.store.care import make_id
from server.web.covers import small_cover_address
from server.web.rooms import get_rooms
from tests.broken_disk import failing_reads
from tests.growing import Growing, encode

ME = os.getpid()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_recording_that_cannot_be_read_is_made_again(
    client: FlaskClient,
    house,
    files: dict[str, bytes],
    order: Callable[..., str],
    published: str,
    is_known: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is 404 with a line in the log, whoever orders it has it made, and then it is whole."""
    address, some = f"/audio/{published}.mp3", {"Range": "bytes=0-99"}
    if is_known:
        assert client.get(address, headers=some).status_code == 206
    with failing_reads(ME, house.path(published, "mp3")), caplog.at_level(logging.WARNING):
        for _ in range(2):
            answer = client.get(address, headers=some)
            assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert "Input/output error" in caplog.text
    assert client.get(f"/audio/{published}.vtt").status_code == 200
    assert order() == published
    assert client.get(f"/api/renders/{published}").get_json()["state"] == "queued"
    house.publish(published)
    assert client.get(address).data == files["mp3"]


def test_a_piece_that_cannot_be_read_is_not_there(
    client: FlaskClient, house, order: Callable[..., str], tmp_path, caplog
) -> None:
    """Neither is its playlist for as long as that cannot be read: 503, to be asked again."""
    key = order()
    folder = tmp_path / "encoded"
    folder.mkdir()
    growing = Growing(shelf=house.shelf, key=key, encoded=encode(folder, 3.3))
    growing.grow(2)
    path = house.shelf.stream_folder(key)
    name = growing.piece_name(1)
    with failing_reads(ME, path / name, path / "playlist.m3u8"):
        assert client.get(f"/audio/{key}/{name}").status_code == 404
        answer = client.get(f"/audio/{key}/playlist.m3u8")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert f"{name} cannot be read" in caplog.text
    assert client.get(f"/audio/{key}/{growing.piece_name(0)}").status_code == 200
    assert client.get(f"/audio/{key}/playlist.m3u8").status_code == 200
    assert not (path / name).exists()  # so a worker that takes over puts it there again


def test_a_cover_that_cannot_be_read_is_drawn_again(
    app, client: FlaskClient, house, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then it is a picture that is still being drawn."""
    monkeypatch.setattr("server.render.covers.read_picture", read_picture)
    picture = Picture(title="Soft ground", track="ground", is_small=True)
    draw_missing(house.shelf, [picture])
    with app.test_request_context():
        address = small_cover_address(get_rooms().catalogue.get("soft-ground").script)
    assert client.get(address).status_code == 200
    with failing_reads(ME, picture.path(house.shelf)):
        answer = client.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    draw_missing(house.shelf, [picture])
    assert client.get(address).status_code == 200


@pytest.mark.sqlite
@pytest.mark.parametrize("is_open", [True, False])
def test_a_database_that_cannot_be_read_is_told(
    app, client: FlaskClient, house, published: str, is_open: bool
) -> None:
    """503 with Retry-After for all that needs it, sound goes on, and so does the house after it."""
    database: Database = app.extensions["stepback"].database
    address, entry = f"/api/renders/{published}", _entry()
    assert client.get(address).status_code == 200
    assert client.get(f"/audio/{published}.mp3").status_code == 200
    path = house.settings.database_path
    with failing_reads(ME, path, path.with_name(f"{path.name}-wal")):
        if not is_open:
            database.close()
        for answer in (client.get(address), client.post("/api/session-entries", json=entry)):
            if not is_open:
                assert answer.status_code == 503, answer.text
                assert answer.headers["Retry-After"] == "60"
            assert answer.status_code in (200, 201, 503)  # what is in memory need not be read
        assert client.get(f"/audio/{published}.mp3").status_code == 200
    assert client.get(address).status_code == 200
    assert client.post("/api/session-entries", json=entry).status_code in (200, 201)


def _entry() -> dict[str, object]:
    return {
        "id": make_id(),
        "practice": "soft-ground",
        "minutes": 2,
        "started_at": datetime.now(UTC).isoformat(),
        "practised_ms": 60_000,
        "outcome": "completed",
    }
