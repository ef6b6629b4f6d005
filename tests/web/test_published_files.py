"""Published files in one process: what is remembered, and what is never served."""

import logging
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from server.store import Database


def test_asking_again_costs_no_look_into_the_database(
    client: FlaskClient, published: str, monkeypatch: pytest.MonkeyPatch
):
    """The first request looks, the next ones know."""
    assert client.get(f"/audio/{published}.mp3").status_code == 200
    monkeypatch.setattr(Database, "reading", lambda self: pytest.fail("looked again"))
    answer = client.get(f"/audio/{published}.mp3", headers={"Range": "bytes=0-9"})
    assert answer.status_code == 206


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("damage", ["shorter", "longer", "empty", "flipped", "gone"])
def test_a_damaged_file_is_never_served(
    client: FlaskClient,
    house,
    published: str,
    damage: str,
    is_known: bool,
    caplog: pytest.LogCaptureFixture,
):
    """Whatever happened to the file, the answer is 404 with a line in the log, not wrong bytes."""
    if is_known:
        assert client.get(f"/audio/{published}.mp3").status_code == 200
    path = house.path(published, "mp3")
    content = path.read_bytes()
    changed = {
        "shorter": content[:-1],
        "longer": content + b"x",
        "empty": b"",
        "flipped": content[:99] + bytes([content[99] ^ 1]) + content[100:],
    }
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(changed[damage])
    with caplog.at_level(logging.WARNING):
        for headers in ({}, {"Range": "bytes=0-1"}, {"If-None-Match": "*"}):
            answer = client.get(f"/audio/{published}.mp3", headers=headers)
            assert answer.status_code == 404
            assert answer.content_type == "application/problem+json"
    assert path.name in caplog.text
    assert str(path.parent) not in caplog.text
    path.write_bytes(content)
    assert client.get(f"/audio/{published}.mp3").data == content


def test_a_damaged_recording_is_made_again(
    client: FlaskClient, house, order: Callable[..., str], published: str
):
    """What was found damaged is missing from then on, so an order begins it anew."""
    path = house.path(published, "mp3")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert client.get(f"/audio/{published}.mp3").status_code == 404
    assert order() == published
    assert client.get(f"/api/renders/{published}").get_json()["state"] == "queued"


def test_private_sound_is_kept_by_no_shared_cache(
    client: FlaskClient, house, order: Callable[..., str]
):
    """Cache-Control says private, no origin is let in, and no search engine is asked in."""
    key = order(place="the kitchen")
    house.publish(key)
    for kind in ("mp3", "vtt", "srt", "json"):
        headers = client.get(f"/audio/{key}.{kind}").headers
        assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["X-Robots-Tag"] == "noindex"


def test_only_finished_public_kinds_are_served(
    client: FlaskClient, order: Callable[..., str], published: str
):
    """The report stays in the house, and what is not finished is not there."""
    assert client.get(f"/audio/{published}.report").status_code == 404
    assert client.get(f"/audio/{published}.wav").status_code == 404
    assert client.get(f"/audio/{order(minutes=3)}.mp3").status_code == 404
    assert client.get(f"/audio/{'0' * 64}.mp3").status_code == 404
    assert client.get(f"/audio/{published.upper()}.mp3").status_code == 404
    assert client.get(f"/audio/{published}/../{published}.mp3").status_code == 404


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that remembers two files."""
    monkeypatch.setattr("server.web.audio.MOST_KNOWN", 2)


@pytest.mark.usefixtures("forgetful")
def test_no_more_than_a_bound_is_remembered(
    client: FlaskClient, house, order: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    """The longest unasked file is forgotten first."""
    key = order()
    house.publish(key)
    for kind in ("mp3", "vtt", "mp3", "srt"):
        assert client.get(f"/audio/{key}.{kind}").status_code == 200
    looked: list[str] = []
    real = Database.reading

    def counted(self: Database):
        looked.append("looked")
        return real(self)

    monkeypatch.setattr(Database, "reading", counted)
    assert client.get(f"/audio/{key}.mp3").status_code == 200
    assert looked == []
    assert client.get(f"/audio/{key}.vtt").status_code == 200
    assert looked == ["looked"]


def test_private_sound_is_for_its_device_alone(
    app, client: FlaskClient, house, order: Callable[..., str]
):
    """Whoever has only the address of a practice with own words hears and learns nothing."""
    key = order(place="the kitchen")
    house.publish(key)
    stranger = app.test_client()
    for path in (f"/audio/{key}.mp3", f"/audio/{key}.vtt", f"/api/renders/{key}"):
        assert client.get(path).status_code == 200
        refused = stranger.get(path)
        unknown = stranger.get(path.replace(key, "0" * 64))
        assert refused.status_code == 404
        assert refused.get_data() == unknown.get_data()
