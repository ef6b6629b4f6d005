"""The sound that public feeds announce: as /audio/ answers it, and counted without knowing whom."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from server.config import Settings
from server.errors import RenderNotFound
from server.render.recent import Recent
from server.store import (
    NOT_WRITTEN,
    Database,
    SentPart,
    find_for_feeds,
    find_practice,
    note_sent,
)
from server.web.audio import PublishedFiles, answer_published
from server.web.networks import find_address

log = logging.getLogger(__name__)

PROBE_BYTES = 2
"""Apps ask for so few to learn whether ranges are known; nobody has heard anything by them."""

MOST_KNOWN = 4096
MOST_STANDINGS = 40


class Followed:
    """A body whose bytes are counted as they are handed over; tells how many when it ends.

    A piece counts once the server asks for the next one: by then the system's socket has taken
    all of it. What lies in the socket when a line breaks cannot be told from what arrived.
    """

    def __init__(self, body: Iterable[bytes], on_end: Callable[[int], None]) -> None:
        self._body, self._pieces = body, iter(body)
        self._on_end: Callable[[int], None] | None = on_end
        self._handed_bytes = self._sent_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._sent_bytes += self._handed_bytes
        self._handed_bytes = 0
        piece = next(self._pieces, None)
        if piece is None:
            self._end()
            raise StopIteration
        self._handed_bytes = len(piece)
        return piece

    def close(self) -> None:
        """Close the body; safe to call again."""
        if close := getattr(self._body, "close", None):
            close()
        self._end()

    def _end(self) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(self._sent_bytes)


class DownloadCounter:
    """Says which files a feed may have announced, and counts who has all of one."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._is_on = database, settings.counts_downloads
        self._guids: Recent[str, str] = Recent(MOST_KNOWN)

    def admit(self, key: str) -> str:
        """Give the guid of the practice that a public recording is of.

        It is looked up once, since both stay. Raises RenderNotFound for what no feed announces.
        """
        if known := self._guids.get(key):
            return known
        with self._database.reading() as db:
            row = find_for_feeds(db, key)
            practice = row and find_practice(db, row.slug)
        if not practice:
            raise RenderNotFound
        return self._guids.put(key, practice.guid)

    def follow(self, response: Response, guid: str) -> None:
        """Follow the bytes of an answer to the current request, unless nothing is to be counted."""
        length = response.content_length or 0
        is_sound = request.method == "GET" and response.status_code in (200, 206)
        if not (self._is_on and is_sound and length > PROBE_BYTES):
            return
        part = response.content_range
        start = part.start or 0
        whole, file_hash = part.length or length, response.get_etag()[0] or ""
        address, user_agent = str(find_address() or ""), request.headers.get("User-Agent", "")

        def note(sent_bytes: int) -> None:
            if sent_bytes:
                sent = SentPart(
                    guid=guid,
                    file_hash=file_hash,
                    size_bytes=whole,
                    piece=(start, start + sent_bytes),
                    address=address,
                    user_agent=user_agent,
                )
                self._note(sent)

        response.response = Followed(response.response, note)  # type: ignore[arg-type]

    def _note(self, sent: SentPart) -> None:
        try:
            with self._database.writing() as db:
                note_sent(db, sent, datetime.now(UTC))
        except NOT_WRITTEN as error:
            log.warning("a download was not counted: %s", type(error).__name__)


def make_feed_audio(files: PublishedFiles, counter: DownloadCounter) -> Blueprint:
    """Make the blueprint of /feed/audio/."""
    feed_audio = Blueprint("feed_audio", __name__, url_prefix="/feed/audio")

    @feed_audio.get("/<key:key>.<any(mp3, opus):kind>")
    @feed_audio.get(f"/<int(min=2, max={MOST_STANDINGS}):standing>/<key:key>.<any(mp3, opus):kind>")
    def show(key: str, kind: str, standing: int = 1) -> Response:
        """Answer a file; where it stands in a feed for the second time it has a second name."""
        guid = counter.admit(key)
        response = answer_published(files, key, kind, is_counted=True)
        response.headers["Access-Control-Allow-Origin"] = "*"
        counter.follow(response, guid)
        return response

    return feed_audio
