"""What a process remembers of having noted, so that not every fetch is a write."""

from __future__ import annotations

import pytest
from flask import Flask

from server.errors import Busy
from server.store.care.private_feed_tables import (
    PrivateFeedRow,
)
from server.web import fetch_notes
from server.web.fetch_notes import MOST_KNOWN, NOTED_EVERY_SECONDS, FetchNotes


class Noting:
    """Notes whose clock and whose writes are the test's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.written, self.is_busy = 100.0, [], False
        self.notes, self.app = FetchNotes(clock=lambda: self.now), Flask("test")
        monkeypatch.setattr(fetch_notes, "_write", self.write)

    def write(self, feed_id: str, network: str) -> None:
        if self.is_busy:
            raise Busy
        self.written.append((feed_id, network))

    def fetch(self, address: str, token_hash: str = "a") -> None:
        row = PrivateFeedRow(id="feed", token_hash=token_hash)
        with self.app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            self.notes.note(row)


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> Noting:
    return Noting(monkeypatch)


def test_a_network_is_noted_once_in_five_minutes(noting: Noting):
    """Another network, or another address of the feed, at once."""
    for at, address, token_hash, total in (
        (0, "198.51.100.1", "a", 1),
        (1, "198.51.100.200", "a", 1),
        (2, "198.51.101.1", "a", 2),
        (3, "198.51.100.1", "b", 3),
        (NOTED_EVERY_SECONDS - 1, "198.51.100.1", "a", 3),
        (NOTED_EVERY_SECONDS, "198.51.100.1", "a", 4),
    ):
        noting.now = 100.0 + at
        noting.fetch(address, token_hash)
        assert len(noting.written) == total, at


def test_what_could_not_be_noted_is_tried_with_the_next_fetch(noting: Noting):
    """A database that is busy fails nobody, and nothing is thought to have been noted."""
    noting.is_busy = True
    noting.fetch("198.51.100.1")
    noting.is_busy = False
    noting.fetch("198.51.100.1")
    assert noting.written == [("feed", "198.51.100.0/24")]


def test_no_more_is_remembered_than_fits(noting: Noting):
    """However many networks come, a process stays small."""
    for number in range(MOST_KNOWN + 10):
        noting.fetch(f"10.{number // 250}.{number % 250}.1")
    assert len(noting.notes._noted) == MOST_KNOWN
