"""The Opus file of a recording is served as its MP3 is, and told of in feeds."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.feed import Alternate, Episode
from server.store import find_render
from server.web.episodes import Announcement, make_episode
from server.web.rooms import get_rooms

OPUS = b"OggS" + random.Random(3).randbytes(480_000)
"""Of a recording of 120 s: 32 kbit/s."""


@pytest.fixture
def key(house, order: Callable[..., str], files: dict[str, bytes]) -> str:
    """A finished recording with an Opus file."""
    made = order()
    house.publish(made, {**files, "opus": OPUS})
    return made


def test_it_is_served_as_the_mp3_is(client: FlaskClient, key: str):
    """Its own type, ranges, a strong tag of its bytes, for ever; and HEAD says the same."""
    path = f"/audio/{key}.opus"
    whole, head = client.get(path), client.head(path)
    assert (whole.status_code, whole.data) == (200, OPUS)
    assert whole.headers["Content-Type"] == "audio/ogg; codecs=opus"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["ETag"] == f'"{hashlib.sha256(OPUS).hexdigest()}"'
    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Access-Control-Allow-Origin" not in whole.headers
    assert (head.status_code, head.data) == (200, b"")
    names = ("Content-Length", "Content-Type", "ETag", "Accept-Ranges", "Cache-Control")
    assert [head.headers[name] for name in names] == [whole.headers[name] for name in names]
    part = client.get(path, headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.data) == (206, OPUS[4:10])
    again = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304


def test_a_recording_of_before_has_none(
    client: FlaskClient, house, order: Callable[..., str], app: APIFlask
):
    """What was recorded before there was Opus has no such address, and no alternate."""
    key = order()
    house.publish(key)
    assert client.get(f"/audio/{key}.opus").status_code == 404
    assert episode(app, key).alternates == ()


def episode(app: APIFlask, key: str) -> Episode:
    """The episode of a recording, as a feed makes it."""
    with app.test_request_context():
        rooms = get_rooms()
        with rooms.database.reading() as db:
            row = find_render(db, key)
        assert row is not None
        news = Announcement(
            guid="9b024349-ccf0-5f69-a609-6b82873eab3c",
            title="Soft ground",
            summary="Standing.",
            page_url="https://sit.example/practices/soft-ground",
            image_url="https://sit.example/covers/soft-ground.jpg",
            published_at=datetime(2026, 1, 1, tzinfo=UTC),
            file_url=lambda kind: f"https://sit.example/feed/audio/{key}.{kind}",
        )
        return make_episode(rooms, row, news)


def test_line_11_opus_is_an_alternate(app: APIFlask, key: str):
    """F11: the enclosure stays the MP3; Opus is beside it with length, bit rate and codecs."""
    made = episode(app, key)
    assert made.enclosure.content_type == "audio/mpeg"
    assert made.alternates == (
        Alternate(
            url=f"https://sit.example/feed/audio/{key}.opus",
            size_bytes=len(OPUS),
            content_type="audio/ogg; codecs=opus",
            bitrate=round(len(OPUS) * 8 / 120),
            title="Opus",
        ),
    )
