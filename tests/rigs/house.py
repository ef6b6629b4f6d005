"""A house on a disk of its own, opened anew by every process that works in it."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from apiflask import APIFlask

from server.app import create_app
from server.care import Worksheet
from server.config import Settings
from server.render import Order, Product, Workshop, get_worksheet
from server.render.documents import Documents, SoundFiles
from server.render.publish import publish
from server.render.voices import Voices
from server.render.worker import Worker
from server.store import Database, Shelf
from server.store.care import KeyRing
from server.units import Ms
from server.voice import SilentSpeaker
from server.web.rooms import Rooms
from tests.new_database import make_database
from tests.render.conftest import SCRIPT
from tests.web.filled_worksheets import bring_worksheets
from tests.web.people_house import settle_people

PEOPLE = "people.json"
MOST_BYTES = 60_000


def settle(folder: Path) -> None:
    """Build a house in an empty folder, with one practice, one worksheet and one client."""
    scripts = folder / "scripts"
    scripts.mkdir()
    (scripts / "small-step.md").write_text(SCRIPT.replace("voice: joe", "voice: silent"))
    worksheet = bring_worksheets(scripts)
    settings = _settings(folder)
    make_database(settings.database_path)
    app = create_app(settings)
    people = settle_people(app)
    rooms: Rooms = app.extensions["stepback"]
    rooms.database.close()
    about = {
        "client": people.ines,
        "device": people.devices[people.ines],
        "worksheet": worksheet.name,
    }
    (folder / PEOPLE).write_text(json.dumps(about))


@dataclass(frozen=True, kw_only=True)
class RigHouse:
    """A house as one process has opened it."""

    app: APIFlask
    rooms: Rooms
    worker: Worker
    device: str
    """The token of the client's phone."""
    client_id: str
    worksheet: Worksheet
    """The one that is answered."""

    @property
    def database(self) -> Database:
        """The same for all that happens in this process."""
        return self.rooms.database

    @property
    def shelf(self) -> Shelf:
        """The same for all that happens in this process."""
        return self.rooms.shelf

    @property
    def workshop(self) -> Workshop:
        """Where renders are ordered."""
        return self.rooms.workshop

    @property
    def keys(self) -> KeyRing:
        """The keys of the clients."""
        return self.rooms.keys

    def tidy(self) -> None:
        """Do now what a worker's sweeper does an hour after somebody has died."""
        sweeper, now_at, later = self.worker._sweeper, datetime.now(UTC), timedelta(hours=1)
        sweeper.requeue_stale(now_at)  # who was stopped and not killed is silent from here on
        sweeper._tidied_at = None  # one that has just started looks everywhere
        sweeper.clock_s = lambda: time.monotonic() + later.total_seconds()
        sweeper.sweep(now_at + later)
        sweeper.clock_s = time.monotonic

    def close(self) -> None:
        """Close this process's connections; what was being logged is folded into the file."""
        for workshop in (self.workshop, self.worker._workshop):
            workshop.database.close()
            workshop.queue.close()


def open_house(folder: Path, *, queue_url: str = "") -> RigHouse:
    """Open the house in a folder: the app as it is served, and a worker that is called by hand."""
    settings = _settings(folder, queue_url)
    app = create_app(settings)
    people = json.loads((folder / PEOPLE).read_text())
    logging.getLogger("server").setLevel(logging.CRITICAL)  # what a rig breaks is not worth a line
    return RigHouse(
        app=app,
        rooms=app.extensions["stepback"],
        worker=Worker(settings=settings, produce=produce, voices=Voices(lambda _: SilentSpeaker())),
        device=people["device"],
        client_id=people["client"],
        worksheet=get_worksheet(settings.scripts_path, people["worksheet"]),
    )


def produce(order: Order, *, shelf: Shelf, **_: Any) -> Product:
    """Publish as the real producer does, with bytes that tell whose they are in place of sound."""
    mp3, opus = shelf.temporary_path(".mp3"), shelf.temporary_path(".opus")
    try:
        mp3.write_bytes(bytes_of(f"{order.render_key}.mp3"))
        opus.write_bytes(bytes_of(f"{order.render_key}.opus"))
        files = publish(
            order.render_key,
            SoundFiles(mp3=mp3, opus=opus),
            Documents(vtt=b"WEBVTT", srt=b"1", chapters=b"{}"),
            {"render": order.render_key},
            shelf,
        )
    finally:
        mp3.unlink(missing_ok=True)
        opus.unlink(missing_ok=True)
    return Product(files=files, report={}, duration_ms=Ms(60_000), private_clip_keys=())


def sounds_of(render_key: str) -> dict[str, str]:
    """The hash that each kind of sound of a render has to have."""
    return {
        kind: hashlib.sha256(bytes_of(f"{render_key}.{kind}")).hexdigest()
        for kind in ("mp3", "opus")
    }


@cache
def bytes_of(name: str) -> bytes:
    """The bytes that belong to a name, and to no other: some thousand, and never the same many."""
    digest = hashlib.sha256(name.encode()).digest()
    return hashlib.shake_256(digest).digest(1 + int.from_bytes(digest[:4], "big") % MOST_BYTES)


def _settings(folder: Path, queue_url: str = "") -> Settings:
    return Settings.from_environment(
        {
            "STEPBACK_DATA": str(folder / "data"),
            "STEPBACK_KEYS": str(folder / "keys"),
            "STEPBACK_CACHE": str(folder / "audio_cache"),
            "STEPBACK_SCRIPTS": str(folder / "scripts"),
            "STEPBACK_SOUNDS": str(folder / "sounds"),
            "STEPBACK_VOICE": "silent",
            "STEPBACK_QUEUE_URL": queue_url,
            "STEPBACK_LEAST_FREE_MB": "1",
            "STEPBACK_PUBLIC_URL": "http://sit.example",
        }
    )
