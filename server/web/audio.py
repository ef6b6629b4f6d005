"""Published sound and its transcripts, by key: ranges, conditions, and never a wrong byte."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import PreconditionFailed, RequestedRangeNotSatisfiable
from werkzeug.http import http_date

from server.errors import RenderNotFound
from server.store import Database, Shelf, find_render
from server.units import Bytes
from server.web.device import is_from_device
from server.web.ranges import Answer, Asked, Kept, decide

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

CONTENT_TYPES = {
    "mp3": "audio/mpeg",
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "json": "application/json+chapters",
}
"""What is served, by ending. A `report` stays in the house."""

AT_ONCE_BYTES = 1024 * 1024
"""A part up to this size is read at once and answered as one body."""

PIECE_BYTES = 256 * 1024
MOST_KNOWN = 1024
"""How many published files a process remembers."""

Stamp = tuple[int, int, int]
"""Inode, size and time of change of a file whose bytes were checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One file whose bytes were found to be those that were recorded."""

    path: Path
    kept: Kept
    stamp: Stamp
    device_hash: str | None
    """The only device that may hear it, where it holds a listener's own words; else None."""
    headers: tuple[tuple[str, str], ...]
    """All that an answer with bytes says about the file."""


class PublishedFiles:
    """Remembers published files, so that asking again costs no look into the database."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database, self._shelf = database, shelf
        self._known: dict[tuple[str, str], Published] = {}

    def open(self, key: str, kind: str) -> tuple[Published, int]:
        """Open a file for reading. Raises RenderNotFound when it is not there or not whole."""
        published = self._known.pop((key, kind), None)
        descriptor = None if published is None else _open_unchanged(published)
        if published is None or descriptor is None:
            published = self._check(key, kind)
            descriptor = _open_unchanged(published)
        if descriptor is None:
            raise RenderNotFound
        self._remember(key, kind, published)
        self._shelf.note_use(key)
        return published, descriptor

    def _remember(self, key: str, kind: str, published: Published) -> None:
        self._known[key, kind] = published  # at the end: the first are the longest unasked
        if len(self._known) > MOST_KNOWN:
            self._known.pop(next(iter(self._known)), None)

    def _check(self, key: str, kind: str) -> Published:
        with self._database.reading() as db:
            row = find_render(db, key)
            found = [r for r in row.renditions if r.kind == kind] if row else []
        if row is None or not found or row.finished_at is None or row.state != "done":
            raise RenderNotFound
        path = self._shelf.render_folder(key) / found[0].file_name
        modified_at = row.finished_at.astimezone(UTC).replace(microsecond=0)
        kept = Kept(
            size_bytes=Bytes(found[0].size_bytes),
            etag=f'"{found[0].sha256}"',
            modified_at=modified_at,
        )
        return Published(
            path=path,
            kept=kept,
            stamp=_checked_stamp(path, kept),
            device_hash=(row.device_hash or "") if row.is_private else None,
            headers=tuple(_headers(kind, kept, is_private=row.is_private)),
        )


def _open_unchanged(published: Published) -> int | None:
    """Open a file for reading; None when it is gone, or was touched since it was checked."""
    try:
        descriptor = os.open(published.path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    if _stamp(os.fstat(descriptor)) == published.stamp:
        return descriptor
    os.close(descriptor)
    return None


def _stamp(status: os.stat_result) -> Stamp:
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _checked_stamp(path: Path, kept: Kept) -> Stamp:
    """Compare a file's size and hash with what was recorded. Raises RenderNotFound."""
    try:
        with path.open("rb") as file:
            stamp = _stamp(os.fstat(file.fileno()))
            is_whole = stamp[1] == kept.size_bytes
            digest = hashlib.file_digest(file, "sha256").hexdigest() if is_whole else ""
    except OSError as error:
        log.warning("published file %s cannot be read: %s", path.name, error.strerror)
        raise RenderNotFound from error
    if f'"{digest}"' != kept.etag:
        log.error("published file %s is not what was recorded; it is not served", path.name)
        raise RenderNotFound
    return stamp


def _headers(kind: str, kept: Kept, *, is_private: bool) -> Iterator[tuple[str, str]]:
    yield "Content-Type", CONTENT_TYPES[kind]
    yield "Accept-Ranges", "bytes"
    yield "ETag", kept.etag
    yield "Last-Modified", http_date(kept.modified_at)
    yield "Cache-Control", f"{'private' if is_private else 'public'}, max-age=31536000, immutable"
    if is_private:
        yield "X-Robots-Tag", "noindex"
    elif kind != "mp3":
        yield "Access-Control-Allow-Origin", "*"  # podcast apps in a browser read transcripts


class Pieces:
    """Part of an open file as an iterator of pieces, closed when the client has it or goes."""

    def __init__(self, descriptor: int, start: int, length: int) -> None:
        self._descriptor = descriptor
        self._place, self._end = start, start + length

    def __iter__(self) -> Pieces:
        return self

    def __next__(self) -> bytes:
        if self._place >= self._end or self._descriptor < 0:
            self.close()
            raise StopIteration
        wanted = min(PIECE_BYTES, self._end - self._place)
        piece = os.pread(self._descriptor, wanted, self._place)
        if not piece:
            self.close()
            # Ends the connection: a client must see a broken answer, not a short file.
            raise EOFError("A published file became shorter while it was sent.")
        self._place += len(piece)
        return piece

    def close(self) -> None:
        """Close the file; safe to call again."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def answer_published(files: PublishedFiles, key: str, kind: str) -> Response:
    """Answer the current request for a published file."""
    published, descriptor = files.open(key, kind)
    if published.device_hash is not None and not is_from_device(request, published.device_hash):
        os.close(descriptor)
        raise RenderNotFound
    asked = _asked()
    answer = decide(asked, published.kept)
    if answer.length > AT_ONCE_BYTES and asked.method == "GET":
        return _with_bytes(Pieces(descriptor, answer.start, answer.length), answer, published)
    try:
        return _at_once(descriptor, asked, answer, published)
    finally:
        os.close(descriptor)


def _at_once(descriptor: int, asked: Asked, answer: Answer, published: Published) -> Response:
    if answer.status not in (200, 206):
        return _without_bytes(answer, published)
    if asked.method == "HEAD":
        return _with_bytes(b"", answer, published)
    body = os.pread(descriptor, answer.length, answer.start)
    if len(body) != answer.length:
        raise RenderNotFound
    return _with_bytes(body, answer, published)


def _asked() -> Asked:
    said = request.environ.get
    return Asked(
        method=said("REQUEST_METHOD", "GET"),
        range=said("HTTP_RANGE"),
        if_range=said("HTTP_IF_RANGE"),
        if_match=said("HTTP_IF_MATCH"),
        if_none_match=said("HTTP_IF_NONE_MATCH"),
        if_modified_since=said("HTTP_IF_MODIFIED_SINCE"),
        if_unmodified_since=said("HTTP_IF_UNMODIFIED_SINCE"),
    )


class _FileResponse(Response):
    """An answer whose headers are complete, so that they are not gone through once more."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """Hand on the headers as they are."""
        return self.headers


def _without_bytes(answer: Answer, published: Published) -> Response:
    if answer.status == 416:
        raise RequestedRangeNotSatisfiable(length=published.kept.size_bytes)
    if answer.status == 412:
        raise PreconditionFailed
    response = Response(status=304, headers=published.headers[1:])
    del response.headers["Content-Type"]
    return response


def _with_bytes(body: bytes | Pieces, answer: Answer, published: Published) -> Response:
    headers = [*published.headers, ("Content-Length", str(answer.length))]
    if answer.status == 206:
        last = answer.start + answer.length - 1
        headers.append(
            ("Content-Range", f"bytes {answer.start}-{last}/{published.kept.size_bytes}")
        )
    response = _FileResponse(status=answer.status, headers=headers, direct_passthrough=True)
    response.response = [body] if isinstance(body, bytes) else body
    return response


def make_audio(files: PublishedFiles) -> Blueprint:
    """Make the blueprint of /audio/."""
    audio = Blueprint("audio", __name__, url_prefix="/audio")

    @audio.get("/<key:key>.<any(mp3, vtt, srt, json):kind>")
    def show(key: str, kind: str) -> Response:
        return answer_published(files, key, kind)

    return audio
