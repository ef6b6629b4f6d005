"""A workshop in a folder of the test's own, with one practice, and producers that make no sound."""

from __future__ import annotations

import hashlib
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.config import Settings
from server.render import (
    Catalogue,
    OnProgress,
    Order,
    Phase,
    Product,
    Progress,
    RenderQueue,
    Workshop,
)
from server.render.voices import Voices
from server.render.worker import Worker
from server.store import Database, NewRendition, RenderRow, Shelf, get_render
from server.store.shelves import open_shelf
from server.units import Ms
from server.voice import Speaker
from tests.new_database import database_environ, make_database
from tests.render.home import Home
from tests.render.live import House, SilenceInTheNameOf

ROOT = Path(__file__).parents[2]

SCRIPT = """---
title: A small step
slug: small-step
track: obstacles
summary: A practice for tests.
intention: To be short.
minutes: [1, 2, 3]
language: en
voice: joe
pace: 1.0
words:
  obstacle:
    ask: What is in the way?
    default: nothing much
    longest: 40
credits: Our own words.
---

# Arriving

Here is what is in the way: {obstacle}. [3s]

[silence fill]

# Going on

That was all. [bell]
"""


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Look again and again until something is so, or fail."""
    end_s, pause = time.monotonic() + seconds, threading.Event()
    while not is_so():
        assert time.monotonic() < end_s, "it did not come about in time"
        pause.wait(0.02)


@pytest.fixture(autouse=True)
def little_covers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker draws forty covers when it starts; here they are as small as in a list."""
    monkeypatch.setattr("server.audio.cover.SIDE_PX", 60)


@pytest.fixture
def environment(tmp_path: Path, store_url: str) -> dict[str, str]:
    """The settings of a test's own workshop, with one practice in its scripts folder."""
    return {**_environment(tmp_path), "STEPBACK_STORE_URL": store_url}


def _environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "small-step.md").write_text(SCRIPT)
    return {
        "STEPBACK_DATA": str(tmp_path / "data"),
        "STEPBACK_KEYS": str(tmp_path / "keys"),
        "STEPBACK_CACHE": str(tmp_path / "audio_cache"),
        "STEPBACK_SCRIPTS": str(tmp_path / "scripts"),
        "STEPBACK_SOUNDS": str(tmp_path / "sounds"),
        "STEPBACK_VOICE": "silent",
        "STEPBACK_LEAST_FREE_MB": "1",
        **database_environ(),
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    settings = Settings.from_environment(environment)
    make_database(settings.database_address)
    return settings


@pytest.fixture
def workshop(settings: Settings) -> Iterator[Workshop]:
    workshop = _workshop(settings)
    yield workshop
    workshop.database.close()


def _workshop(settings: Settings) -> Workshop:
    return Workshop(
        settings=settings,
        database=Database(settings.database_address),
        shelf=open_shelf(settings),
        catalogue=Catalogue(settings.scripts_path),
        queue=RenderQueue(settings.queue_path),
    )


@pytest.fixture
def house(workshop: Workshop) -> House:
    """A counter of live sittings in which no line is made yet."""
    return House(workshop)


@pytest.fixture(scope="session")
def made_lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lines of the practice of those sittings, made once for all tests."""
    path = tmp_path_factory.mktemp("lines")
    environment = _environment(path)
    settings = Settings.from_environment(environment)
    make_database(settings.database_address)
    workshop = _workshop(settings)
    House(workshop).prepare(has_buttons=True)
    workshop.database.close()
    return settings.cache_path / "lines"


@pytest.fixture
def open_house(house: House, made_lines: Path) -> House:
    """A counter of live sittings whose lines are made."""
    shutil.copytree(made_lines, house.workshop.shelf.root / "lines")
    return house


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A house to be backed up and lost, with a script and a sound of its own."""
    home = Home(tmp_path / "home")
    home.build()
    return home


@pytest.fixture
def new_home(tmp_path: Path) -> Home:
    """Where it is put back: nothing is there."""
    return Home(tmp_path / "new")


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    """Where backups are kept, with a folder for those of the keys."""
    (tmp_path / "safe" / "keys").mkdir(parents=True)
    return tmp_path / "safe"


@pytest.fixture
def row_of(workshop: Workshop) -> Callable[[str], RenderRow]:
    def row_of(key: str) -> RenderRow:
        with workshop.database.reading() as db:
            return get_render(db, key)

    return row_of


@dataclass
class FakeProducer:
    """Publishes a text in place of sound; remembers its orders; waits where it is told to."""

    orders: list[Order] = field(default_factory=list)
    error: Exception | None = None
    """Raised in place of a product."""
    hold: bool = False
    """Goes on showing progress until `gate` is set."""
    begun: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)

    def __call__(
        self, order: Order, *, speaker: Speaker, shelf: Shelf, on_progress: OnProgress, **_: object
    ) -> Product:
        """Publish, wait or fail, as told."""
        self.orders.append(order)
        self.begun.set()
        if self.error is not None:
            raise self.error
        while True:
            on_progress(
                Progress(
                    phase=Phase.SPEAKING, stage="Arriving", done_ms=Ms(1_000), total_ms=Ms(2_000)
                )
            )
            if not self.hold or self.gate.wait(0.05):
                break
        data = f"sound of {order.render_key}".encode()
        digest = hashlib.sha256(data).hexdigest()
        shelf.publish(shelf.render_folder(order.render_key) / f"{digest}.mp3", data)
        file = NewRendition(
            kind="mp3",
            file_name=f"{digest}.mp3",
            content_type="audio/mpeg",
            sha256=digest,
            size_bytes=len(data),
        )
        return Product(
            files=(file,), report={"lufs": -19.0}, duration_ms=Ms(60_000), private_clip_keys=()
        )


@pytest.fixture
def producer() -> FakeProducer:
    return FakeProducer()


@pytest.fixture
def make_worker(settings: Settings) -> Iterator[Callable[[FakeProducer], Worker]]:
    """Make a worker of this process; it is stopped when the test ends."""
    workers: list[Worker] = []

    def make(producer: FakeProducer) -> Worker:
        voices = Voices(SilenceInTheNameOf)
        workers.append(Worker(settings=settings, produce=producer, voices=voices))
        return workers[-1]

    yield make
    for worker in workers:
        worker.stop()
        worker._workshop.database.close()


class Program:
    """A program of this folder in a process of its own; its lines are what a test waits for."""

    def __init__(self, name: str, environment: dict[str, str], *arguments: str) -> None:
        path = Path(__file__).with_name(name)
        self.process = subprocess.Popen(
            [sys.executable, str(path), *arguments],
            cwd=ROOT,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line)
        self._queue.put(None)

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Wait for a line that holds this text, and give it; what came before is passed over."""
        until_s = time.monotonic() + seconds
        while True:
            try:
                line = self._queue.get(timeout=max(0.0, until_s - time.monotonic()))
            except queue.Empty:
                line = None
            assert line is not None, f"no line with {text!r} came in {self.lines}"
            self.lines.append(line)
            if text in line:
                return line

    def tell(self, text: str) -> None:
        """Send the program a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def send(self, signum: int) -> None:
        """Send the program a signal."""
        self.process.send_signal(signum)

    def end(self) -> None:
        """Kill it, if it is still there, and wait until it is gone."""
        self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def run_program(
    settings: Settings, environment: dict[str, str]
) -> Iterator[Callable[..., Program]]:
    """Start a program of this folder; it is killed when the test ends."""
    programs: list[Program] = []

    def run(name: str, *arguments: str) -> Program:
        programs.append(Program(name, environment, *arguments))
        return programs[-1]

    yield run
    for program in programs:
        program.end()
