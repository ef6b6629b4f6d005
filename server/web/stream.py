"""A practice that can be heard while it is being made: its playlist, which grows, and its pieces.

The playlist, the captions and the chapters are replaced while they grow, so each answer names
their content in its ETag and no cache keeps them unasked. The pieces never change: each carries
the beginning of its own SHA-256 in its name, and is served only when its bytes fit that name.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.http import http_date

from server.errors import RenderNotFound
from server.render import MEDIA_TYPES
from server.render.recent import Recent
from server.store import (
    CAPTIONS,
    CHAPTERS,
    PLAYLIST,
    Database,
    RenderState,
    Shelf,
    find_render,
)
from server.store.broken import is_broken
from server.units import Bytes
from server.web.device import is_from_device
from server.web.ranges import Kept
from server.web.sending import (
    Stamp,
    open_unchanged,
    send_content,
    send_file_part,
    stamp_of,
)

log = logging.getLogger(__name__)

CONTENT_TYPES = {
    PLAYLIST: "application/vnd.apple.mpegurl",
    CAPTIONS: MEDIA_TYPES["vtt"],
    CHAPTERS: MEDIA_TYPES["json"],
}
"""What grows, by name."""

PIECE_TYPE = "audio/mp4"
MOST_KNOWN = 4096
"""How many pieces, and how many public renders, a process remembers."""

_EXTINF = re.compile(rb"^#EXTINF:([0-9]+(?:\.[0-9]+)?)", re.MULTILINE)


class Streams:
    """The streams on the shelf, and who may hear them."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database, self._shelf = database, shelf
        self._public: Recent[str, bool] = Recent(MOST_KNOWN)
        self._pieces: Recent[tuple[str, str], Stamp] = Recent(MOST_KNOWN)

    def admit(self, key: str) -> bool:
        """Let the current request in; True when the render is its device's alone.

        A public render is looked up once, since it stays public. A private one is looked up each
        time, so that forgetting it acts at once. Raises RenderNotFound.
        """
        if self._public.get(key):
            return False
        with self._database.reading() as db:
            row = find_render(db, key)
        if row is None:
            raise RenderNotFound
        if not row.is_private:
            self._public.put(key, True)
            return False
        if row.state == RenderState.CANCELLED or not is_from_device(request, row.device_hash):
            raise RenderNotFound
        return True

    def answer_document(self, key: str, name: str) -> Response:
        """Answer the current request for what grows."""
        is_private = self.admit(key)
        try:
            content = self._shelf.read_growing(self._shelf.stream_folder(key) / name)
        except FileNotFoundError as error:
            raise RenderNotFound from error
        cache_control = f"{_whose(is_private=is_private)}, no-cache"
        return send_content(content, CONTENT_TYPES[name], cache_control=cache_control)

    def answer_piece(self, key: str, name: str) -> Response:
        """Answer the current request for a piece of the sound."""
        is_private = self.admit(key)
        descriptor, stamp = self._open_piece(key, name, is_private=is_private)
        self._shelf.note_use(key)
        modified_at = datetime.fromtimestamp(stamp[2] // 1_000_000_000, UTC)
        kept = Kept(
            size_bytes=Bytes(stamp[1]), etag=f'"{_digest_in(name)}"', modified_at=modified_at
        )
        headers = [
            ("Content-Type", PIECE_TYPE),
            ("Accept-Ranges", "bytes"),
            ("ETag", kept.etag),
            ("Last-Modified", http_date(modified_at)),
            ("Cache-Control", f"{_whose(is_private=is_private)}, max-age=31536000, immutable"),
        ]
        if is_private:
            headers.append(("X-Robots-Tag", "noindex"))
        return send_file_part(descriptor, kept, headers)

    def _open_piece(self, key: str, name: str, *, is_private: bool) -> tuple[int, Stamp]:
        """Open a piece whose bytes fit its name. Raises RenderNotFound."""
        path = self._shelf.stream_folder(key) / name
        stamp = self._pieces.get((key, name))
        descriptor = None if stamp is None else open_unchanged(path, stamp)
        if stamp is None or descriptor is None:
            with self._shelf.lend(path, is_own=is_private) as here:
                stamp = self._checked_stamp(here, name)
                descriptor = open_unchanged(here, stamp)
        if descriptor is None:
            raise RenderNotFound
        self._pieces.put((key, name), stamp)
        return descriptor, stamp

    def _checked_stamp(self, path: Path, name: str) -> Stamp:
        """Compare a piece's bytes with its name. Raises RenderNotFound.

        What is not so is deleted: whoever takes the making over puts it there again.
        """
        try:
            with path.open("rb") as file:
                stamp = stamp_of(os.fstat(file.fileno()))
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise RenderNotFound from error
        except OSError as error:
            log.error("piece %s cannot be read: %s", name, error.strerror)  # noqa: TRY400 - that is all
            if is_broken(error):
                self._shelf.drop_broken(path)
            raise RenderNotFound from error
        if not digest.startswith(_digest_in(name)):
            log.error("piece %s is not what its name says; it is not served", name)
            self._shelf.drop_broken(path)
            raise RenderNotFound
        return stamp


def find_streamed_seconds(shelf: Shelf, key: str) -> float | None:
    """How much of a render can be heard as a stream; None while not even a beginning can."""
    try:
        playlist = shelf.read_growing(shelf.stream_folder(key) / PLAYLIST)
    except FileNotFoundError:
        return None
    lengths = [float(length) for length in _EXTINF.findall(playlist)]
    return round(sum(lengths), 3) if lengths else None


def _digest_in(name: str) -> str:
    return name.partition("-")[2].partition(".")[0]


def _whose(*, is_private: bool) -> str:
    """Whose caches may keep an answer."""
    return "private" if is_private else "public"


def make_stream(streams: Streams) -> Blueprint:
    """Make the blueprint of what lies under /audio/<key>/."""
    stream = Blueprint("stream", __name__, url_prefix="/audio/<key:key>")

    @stream.get(f"/<any({', '.join(map(repr, CONTENT_TYPES))}):name>")
    def show_document(key: str, name: str) -> Response:
        return streams.answer_document(key, name)

    @stream.get("/<piece:name>")
    def show_piece(key: str, name: str) -> Response:
        return streams.answer_piece(key, name)

    return stream
