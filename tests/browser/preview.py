"""A house without a worker: the test does the worker's part, as slowly as it likes.

Its web part runs in threads of the test's own process: what it imports is there already. How
processes of their own answer is shown by the houses that run as `./run` starts them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from apiflask import APIFlask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from server.store import Database, Shelf, beat_render, claim_render, fail_render
from tests.growing import Encoded, Growing

OWNER = "here:1:test"


@dataclass(frozen=True, slots=True)
class Gate:
    """An application that answers only while it is open, and hangs up while it is gone."""

    app: APIFlask
    is_open: threading.Event = field(default_factory=threading.Event)
    is_gone: threading.Event = field(default_factory=threading.Event)

    def __call__(self, *given: object) -> Iterable[bytes]:
        """Answer a request, in its time."""
        self.is_open.wait()
        if self.is_gone.is_set():
            raise ConnectionResetError  # Werkzeug's server then closes the line without a word
        return _closed_in_the_end(self.app(*given))


def _closed_in_the_end(answer: Iterable[bytes]) -> Iterator[bytes]:
    """Close what is sent, also where a browser went away: Werkzeug's server forgets to then."""
    try:
        yield from answer
    finally:
        if hasattr(answer, "close"):
            answer.close()


@contextmanager
def serve_app(app: APIFlask) -> Iterator[tuple[str, Gate]]:
    """Answer on a free port of this machine; gives the address, and what stands before it."""
    gate = Gate(app)
    gate.is_open.set()
    server = make_server("127.0.0.1", 0, gate, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}", gate
    finally:
        gate.is_open.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A running web part over a store that the test works in."""

    url: str
    database: Database
    shelf: Shelf
    scripts_path: Path
    gate: Gate

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Take connections and answer nothing while the block lasts."""
        self.gate.is_open.clear()
        try:
            yield
        finally:
            self.gate.is_open.set()

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Be out of reach while the block lasts: for pages and whatever works behind them alike.

        A browser that is told to be without a network lets a request of a page that is only just
        opened through now and then.
        """
        self.gate.is_gone.set()
        try:
            yield
        finally:
            self.gate.is_gone.clear()

    def begin(self, page: Page, encoded: Encoded) -> Growing:
        """Press Begin, and claim what was ordered as a worker does."""
        with page.expect_response("**/api/renders") as answered:
            page.click("#begin")
        key = answered.value.json()["key"]
        self.claim(key)
        return Growing(shelf=self.shelf, key=key, encoded=encoded)

    def claim(self, key: str) -> None:
        """Take a render in hand."""
        with self.database.writing() as db:
            assert claim_render(db, key, OWNER, datetime.now(UTC)) is not None

    def beat(self, key: str, *, done_ms: int, total_ms: int) -> None:
        """Tell how far the speaking has come."""
        with self.database.writing() as db:
            assert beat_render(
                db, key, OWNER, datetime.now(UTC),
                phase="speaking", stage="Arriving", done_ms=done_ms, total_ms=total_ms,
            )  # fmt: skip

    def fail(self, key: str) -> None:
        """Give a render up in the middle."""
        with self.database.writing() as db:
            assert fail_render(db, key, OWNER, reason="The disk is full.", now_at=datetime.now(UTC))


@contextmanager
def growth(growing: Growing, *, times_as_fast: float) -> Iterator[None]:
    """Let a practice grow beside what the block does, so many times as fast as it is played."""
    stop = threading.Event()

    def grow() -> None:
        while not growing.is_whole:
            piece = growing.encoded.pieces[growing.made]
            if stop.wait(piece.seconds / times_as_fast):
                return
            growing.grow()

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
