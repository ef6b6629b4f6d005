"""What a process remembers of having noted, so that not every fetch is a write."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask, Response

from server.errors import Busy
from server.store.care.private_feed_tables import (
    PrivateFeedRow,
)
from server.web import fetch_notes
from server.web.fetch_notes import MOST_KNOWN, NOTED_EVERY_SECONDS, TRIED_AGAIN_SECONDS, FetchNotes


class Noting:
    """Notes whose clock and whose writes are the test's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.written, self.is_busy = 100.0, [], False
        self.notes, self.app = FetchNotes(clock=lambda: self.now), Flask("test")
        monkeypatch.setattr(fetch_notes, "_write", self.write)
        monkeypatch.setattr(fetch_notes, "get_rooms", lambda: SimpleNamespace(database=None))

    def write(self, _: object, row: PrivateFeedRow, network: str) -> None:
        if self.is_busy:
            raise Busy
        self.written.append((row.id, network))

    def fetch(self, address: str, token_hash: str = "a") -> None:
        before = list(self.written)
        row = PrivateFeedRow(id="feed", token_hash=token_hash)
        with self.app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            response = self.notes.note(row, Response("feed"))
        assert self.written == before, "nobody waits for it"
        response.close()


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


def test_what_could_not_be_noted_is_tried_again_a_little_later(noting: Noting):
    """A database that is busy fails nobody, and is not asked again by each request meanwhile."""
    noting.is_busy = True
    noting.fetch("198.51.100.1")
    noting.is_busy = False
    noting.now += TRIED_AGAIN_SECONDS - 1
    noting.fetch("198.51.100.1")
    assert noting.written == []
    noting.now += 1
    noting.fetch("198.51.100.1")
    assert noting.written == [("feed", "198.51.100.0/24")]


def test_no_more_is_remembered_than_fits(noting: Noting):
    """However many networks come, a process stays small."""
    for number in range(MOST_KNOWN + 10):
        noting.fetch(f"10.{number // 250}.{number % 250}.1")
    assert len(noting.notes._noted._kept) == MOST_KNOWN
