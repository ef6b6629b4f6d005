"""Covers come from the shelf with tag and version, and no web process draws one."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from flask_babel import force_locale
from PIL import Image

from server.render.catalogue import open_catalogue
from server.render.covers import TRACK_TITLES, Picture, read_picture, track_title
from server.render.warming import draw_all_covers
from server.script import TRACKS
from server.web.covers import (
    course_cover_address,
    house_cover_address,
    small_cover_address,
    track_cover_address,
)
from server.web.guides import find_guides
from server.web.library import HEADINGS
from server.web.rooms import get_rooms

COURSE = """slug: two-steps
title: Two steps
summary: A way.
why:
  - Because.
sittings:
  - practice: soft-ground
    minutes: 2
    why: It comes first.
  - practice: soft-ground
    minutes: 3
    why: Once more.
"""


@pytest.fixture
def no_worker(standing_by: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody draws covers."""
    monkeypatch.setattr("server.render.covers.read_picture", read_picture)


@pytest.fixture
def addresses(app: APIFlask, house) -> dict[str, str]:
    """The address of one cover of each kind, as pages and feeds name them."""
    courses = house.settings.scripts_path / "courses"
    courses.mkdir()
    (courses / "two-steps.yaml").write_text(COURSE, encoding="utf-8")
    with app.test_request_context():
        return {
            "house": house_cover_address(),
            "small": small_cover_address(get_rooms().catalogue.get("soft-ground").script),
            "track": track_cover_address("ground"),
            "course": course_cover_address(find_guides().courses[0]),
        }


def test_line_5_every_cover(client: FlaskClient, addresses: dict[str, str]):
    """F5: each is a square JPEG in RGB of 3,000 pixels, the small one of 600, named .jpg."""
    for kind, address in addresses.items():
        path, _, version = address.partition("?v=")
        assert path.endswith(".jpg")
        assert len(version) == 12
        answer = client.get(address)
        assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        picture = Image.open(io.BytesIO(answer.data))
        side_px = 600 if kind == "small" else 3000
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (side_px, side_px))
        assert len(answer.data) < (50_000 if kind == "small" else 500_000)


def test_line_5_a_new_picture_has_a_new_address(
    app: APIFlask, house, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    """F5: another title, or another drawing, and the address is another one."""
    course = house.settings.scripts_path / "courses" / "two-steps.yaml"
    course.write_text(COURSE.replace("Two steps", "Three steps"), encoding="utf-8")
    with app.test_request_context():
        assert course_cover_address(find_guides().courses[0]) != addresses["course"]
        monkeypatch.setattr("server.render.covers.COVER_VERSION", "next")
        assert house_cover_address() != addresses["house"]


def test_line_15_head_and_conditions(client: FlaskClient, addresses: dict[str, str]):
    """F15: HEAD has the headers of GET and no body; who has the picture already gets a 304."""
    for address in (*addresses.values(), "/covers/soft-ground.jpg?v=1"):
        got, head = client.get(address), client.head(address)
        assert (head.status_code, head.data) == (200, b"")
        names = ("Content-Length", "Content-Type", "ETag", "Cache-Control")
        assert [head.headers[n] for n in names] == [got.headers[n] for n in names]
        assert head.headers["Content-Length"] == str(len(got.data))
        assert not head.headers["ETag"].startswith("W/")
        again = client.get(address, headers={"If-None-Match": got.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_an_address_without_a_version_is_not_kept_for_ever(client: FlaskClient):
    """What another picture may be behind tomorrow is asked for again after an hour."""
    for path in ("/covers/soft-ground.jpg", "/covers/soft-ground.jpg?v=1", "/cover.jpg?v="):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=3600", path


def test_an_old_address_is_not_kept_for_ever(client: FlaskClient, house, addresses: dict[str, str]):
    """After a new title it leads to the new picture, which may be another one tomorrow."""
    course = house.settings.scripts_path / "courses" / "two-steps.yaml"
    course.write_text(COURSE.replace("Two steps", "Three steps"), encoding="utf-8")
    answer = client.get(addresses["course"])
    assert answer.status_code == 200
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["no-such.jpg", "small/no-such.jpg", "tracks/no-such.jpg", "courses/no-such.jpg"]
)
def test_a_cover_of_nothing(client: FlaskClient, path: str):
    """What is not there has no cover."""
    assert client.get(f"/covers/{path}").status_code == 404


@pytest.mark.usefixtures("no_worker")
def test_no_web_process_draws(
    client: FlaskClient, house, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    """A cover that is not there yet is answered at once: later, please. Then the worker drew it."""

    def refuse(*_args: object, **_kwargs: object) -> bytes:
        pytest.fail("a web process draws")

    with monkeypatch.context() as patched:
        patched.setattr(Picture, "draw", refuse)
        for address in addresses.values():
            answer = client.get(address)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "15"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.content_type == "application/problem+json"
    monkeypatch.setattr("server.audio.cover.SIDE_PX", 60)
    draw_all_covers(house.settings, open_catalogue(house.settings), house.database, house.shelf)
    for address in addresses.values():
        assert client.get(address).status_code == 200


@pytest.mark.usefixtures("no_worker")
def test_the_worker_draws_also_for_what_has_gone(
    client: FlaskClient, house, order: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    """A practice without its script is still in people's podcast apps, and so is its cover."""
    order()
    (house.settings.scripts_path / "soft-ground.md").unlink()
    monkeypatch.setattr("server.audio.cover.SIDE_PX", 60)
    draw_all_covers(house.settings, open_catalogue(house.settings), house.database, house.shelf)
    assert client.get("/covers/soft-ground.jpg").status_code == 200


def test_covers_of_tracks_are_headings(app: APIFlask):
    """A track's cover says what its shelf is called, in each language of the house."""
    for language, titles in TRACK_TITLES.items():
        with app.test_request_context(), force_locale(language):
            assert titles == {track: str(HEADINGS[track]) for track in TRACKS}


def test_a_track_is_named_in_the_language_of_its_practices(app: APIFlask, house):
    """Whoever asks: a picture has one address, so it has one language."""
    path: Path = house.settings.scripts_path / "soft-ground.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("language: en", "language: de"), encoding="utf-8")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        scripts = get_rooms().catalogue.scripts()
        assert track_title("ground", scripts) == "Boden unter den Füßen"
        assert track_title("obstacles", scripts) == "When something says no"
