"""A house without a worker: the test does the worker's part, as slowly as it likes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page

from server.store import Database, Shelf, beat_render, claim_render, fail_render
from tests.growing import Encoded, Growing

OWNER = "here:1:test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A running web part over a store that the test works in."""

    url: str
    database: Database
    shelf: Shelf
    scripts_path: Path
    group: int | None = None
    """Its processes, as a group; None where it runs inside of the test's own."""

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Take connections and answer nothing while the block lasts."""
        assert self.group is not None
        os.killpg(self.group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.group, signal.SIGCONT)

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
