"""A house whose practice can be sat with live: its lines are on the shelf, and time is a test's.

The frames of its lines are no sound but say which line they are of, so that a media segment can
be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import create_app, open_rooms
from server.audio.adts import frames_of_ms, write_adts
from server.audio.live_mix import CLOSING_FRAMES, ROOM_FRAMES
from server.config import Settings
from server.render import Sittings, house_voices
from server.render.live_lines import every_program, needs_of, room_line_key
from server.render.secret import private_line_key, server_secret
from server.render.sitting_book import read_extras
from server.store import (
    NewEvent,
    Shelf,
    WordsState,
    add_event,
    end_words,
    find_sitting,
    list_words,
)
from server.units import Ms
from server.web.rooms import Rooms
from tests.sitting.small import BODY, FRONT, SENTENCE_MS

SLUG = "a-practice"
CRISIS = """\
en:
  title: You are not alone
  text: Please ring somebody.
  phrases: [end it all]
  numbers:
    - {who: Somebody who listens, call: '116 123', when: day and night}
de:
  title: Du bist nicht allein
  text: Bitte ruf an.
  phrases: [schluss machen mit allem]
"""
OWN_MS = Ms(2_048)

PASSAGES = {
    "live-buttons": "You have buttons.",
    "live-stay": "We can stay.",
    "live-back": "We go back.",
    "live-danger": "Please find somebody.",
}


def sitting_id(number: int) -> str:
    """An id as a phone makes it."""
    return f"{number:032x}"


@dataclass
class LiveHouse:
    """A house, a browser, and a clock that stands still unless it is moved."""

    settings: Settings
    now_at: datetime = field(default_factory=lambda: datetime(2026, 11, 28, 12, tzinfo=UTC))
    app: APIFlask = field(init=False)
    rooms: Rooms = field(init=False)
    client: FlaskClient = field(init=False)
    moves: int = 0

    def __post_init__(self) -> None:
        self.app, self.rooms = self.open()
        self.client = self.app.test_client()

    def open(self) -> tuple[APIFlask, Rooms]:
        """Open one more process's rooms over the same data."""
        rooms = open_rooms(self.settings)
        sittings = Sittings(
            settings=self.settings,
            database=rooms.database,
            shelf=rooms.shelf,
            catalogue=rooms.catalogue,
            now=lambda: self.now_at,
        )
        rooms = replace(rooms, sittings=sittings)
        return create_app(self.settings, rooms=rooms), rooms

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_at += timedelta(seconds=seconds)

    def begin(self, number: int = 1, **said: object) -> TestResponse:
        """Begin a sitting."""
        body = {"id": sitting_id(number), "practice": SLUG, "minutes": 5, **said}
        return self.client.post("/api/sittings", json=body)

    def begun(self, number: int = 1, **said: object) -> dict[str, Any]:
        """Begin a sitting that can begin."""
        answer = self.begin(number, **said)
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def move(self, move: str, *, id: str = "", number: int = 1, **said: object) -> TestResponse:
        """Make a move."""
        self.moves += 1
        body = {"id": id or f"{self.moves:032x}", "move": move, **said}
        return self.client.post(f"/api/sittings/{sitting_id(number)}/moves", json=body)

    def look(self, number: int = 1) -> dict[str, Any]:
        """See how a sitting is."""
        answer = self.client.get(f"/api/sittings/{sitting_id(number)}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def sound(self, name: str, number: int = 1, **headers: str) -> TestResponse:
        """Ask for a part of a sitting's sound."""
        return self.client.get(f"/sittings/{sitting_id(number)}/{name}", headers=headers)

    def voice_words(self, number: int = 1) -> None:
        """Do what a worker does with words that wait, at once."""
        sittings = self.rooms.sittings
        with self.rooms.database.reading() as db:
            row = find_sitting(db, sitting_id(number))
            words = [w for w in list_words(db, sitting_id(number)) if w.state == "waiting"]
        assert row is not None
        program = sittings.look_at(row).program
        folder_key = sittings.folder_key(row)
        secret = server_secret(self.settings.secret_path)
        for each in words:
            places = program.private_lines(each.texts, each.number)
            for place in places:
                key = private_line_key(secret, folder_key, each.number, place)
                put_line(
                    self.rooms.shelf, self.rooms.shelf.private_line_path(folder_key, key), OWN_MS
                )
            clock = self.now_at - row.began_at
            event = NewEvent(
                kind="voiced",
                at_ms=round(clock.total_seconds() * 1000),
                words=each.number,
                lengths=dict.fromkeys(places, OWN_MS),
            )
            with self.rooms.database.writing() as db:
                assert end_words(db, row.id, each.number, WordsState.VOICED)
                add_event(db, row.id, event)

    def close(self) -> None:
        """Close what is open."""
        self.rooms.database.close()


def put_line(shelf: Shelf, path: Any, length_ms: Ms) -> None:
    """Put a line on the shelf whose frames say which line they are of."""
    frames = [f"<{path.stem[:12]} {n}>".encode() for n in range(frames_of_ms(length_ms))]
    shelf.publish(path, write_adts(frames))


def put_room(shelf: Shelf) -> None:
    """Put room tone on the shelf whose frames are counted."""
    loop = [f"<room {n}>".encode() for n in range(ROOM_FRAMES)]
    out = [f"<out {n}>".encode() for n in range(CLOSING_FRAMES)]
    shelf.publish(shelf.room_line_path(room_line_key()), write_adts([*loop, *out]))


def put_lines(rooms: Rooms, slug: str = SLUG) -> None:
    """Put every line that a practice needs on the shelf."""
    loaded, additions = rooms.catalogue.get(slug), rooms.catalogue.additions(slug)
    extras = read_extras(rooms.catalogue.passages(), additions)
    voice = house_voices(rooms.settings).describe(rooms.settings.voice)
    needs = needs_of(every_program(loaded.script, extras, additions), voice.key)
    for key in needs.sentences:
        put_line(rooms.shelf, rooms.shelf.line_path(key), SENTENCE_MS)
    for key, (_, length_ms) in needs.sounds.items():
        put_line(rooms.shelf, rooms.shelf.line_path(key), length_ms)
    put_room(rooms.shelf)


def write_live_scripts(settings: Settings, body: str = BODY) -> None:
    """Write the practice, what live sittings say, and the crisis cards."""
    files: Mapping[str, str] = {
        f"{SLUG}.md": FRONT + body,
        "crisis.yaml": CRISIS,
        **{f"passages/{name}.md": text + "\n" for name, text in PASSAGES.items()},
    }
    for name, text in files.items():
        path = settings.scripts_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def words_in(segment: bytes) -> Iterator[str]:
    """What the frames of a media segment say, each line's name once for each of its frames."""
    data = segment[segment.index(b"mdat") + 4 :].decode()
    yield from data.strip("<>").split("><")
