"""How the bytes of a published file, or a part of them, become an answer."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import PreconditionFailed, RequestedRangeNotSatisfiable

from server.errors import RenderNotFound
from server.units import Bytes
from server.web.nginx import HAND_OVER, is_alike_from_nginx
from server.web.ranges import Answer, Asked, Kept, decide

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

AT_ONCE_BYTES = 1024 * 1024
"""A part up to this size is read at once and answered as one body."""

PIECE_BYTES = 128 * 1024

Stamp = tuple[int, int, int]
"""Inode, size and time of change of a file whose bytes were checked."""

HeaderPairs = Sequence[tuple[str, str]]
"""All that an answer with bytes says about a file, its Content-Type among them."""


def stamp_of(status: os.stat_result) -> Stamp:
    """What tells a file that was checked from one that was touched since."""
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def open_unchanged(path: Path, stamp: Stamp) -> int | None:
    """Open a file for reading; None when it is gone, or was touched since it was checked."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    if stamp_of(os.fstat(descriptor)) == stamp:
        return descriptor
    os.close(descriptor)
    return None


def _doubt(descriptor: int) -> None:
    """Touch a file that could not be read to where it should end: whoever has checked it once, in
    this process or another, looks at all of its bytes again before sending any.
    """
    with suppress(OSError):  # another account's; then it is told each time
        os.utime(descriptor)


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
        piece = _read_part(self._descriptor, wanted, self._place)
        if not piece:
            self.close()
            # Ends the connection: a client must see a broken answer, not a short file.
            raise EOFError("A published file could not be read to its end while it was sent.")
        self._place += len(piece)
        return piece

    def close(self) -> None:
        """Close the file; safe to call again."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def _read_part(descriptor: int, length: int, start: int) -> bytes:
    """Read a part of a file; less than that, or nothing, where it cannot be read."""
    try:
        part = os.pread(descriptor, length, start)
    except OSError as error:
        log.error("a published file cannot be read: %s", error.strerror)  # noqa: TRY400 - that is all
        part = b""
    if len(part) < length:
        _doubt(descriptor)
    return part


def send_file_part(
    descriptor: int, kept: Kept, headers: HeaderPairs, *, begins_at: int = 0, inside: str = ""
) -> Response:
    """Answer the current request with what it gets of an open file, and see to its closing.

    Where only what follows `begins_at` is shown of the file, `kept` is of that alone. `inside` is
    where the nginx in front finds the whole file: it sends whatever it answers as we do.
    """
    asked = _asked()
    answer = decide(asked, kept)
    if inside and is_alike_from_nginx(asked, answer):
        os.close(descriptor)
        return _FileResponse(headers=[*headers, (HAND_OVER, inside), ("Content-Length", "0")])
    start = begins_at + answer.start
    if answer.length > AT_ONCE_BYTES and asked.method == "GET":
        return _with_bytes(Pieces(descriptor, start, answer.length), answer, kept, headers)
    try:
        if asked.method == "HEAD" or answer.status not in (200, 206):
            return _answer(b"", answer, kept, headers)
        body = _read_part(descriptor, answer.length, start)
        if len(body) != answer.length:
            raise RenderNotFound
        return _answer(body, answer, kept, headers)
    finally:
        os.close(descriptor)


def send_content(content: bytes, content_type: str, *, cache_control: str) -> Response:
    """Answer the current request with what it gets of some bytes in memory, named by their hash."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    kept = Kept(size_bytes=Bytes(len(content)), etag=f'"{digest}"', modified_at=None)
    headers = [
        ("Content-Type", content_type),
        ("Accept-Ranges", "bytes"),
        ("ETag", kept.etag),
        ("Cache-Control", cache_control),
    ]
    if not cache_control.startswith("public"):
        headers.append(("X-Robots-Tag", "noindex"))
    asked = _asked()
    answer = decide(asked, kept)
    body = content[answer.start : answer.start + answer.length]
    return _answer(b"" if asked.method == "HEAD" else body, answer, kept, headers)


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


def _answer(body: bytes, answer: Answer, kept: Kept, headers: HeaderPairs) -> Response:
    if answer.status == 416:
        raise RequestedRangeNotSatisfiable(length=kept.size_bytes)
    if answer.status == 412:
        raise PreconditionFailed
    if answer.status == 304:
        response = Response(status=304, headers=list(headers))
        del response.headers["Content-Type"]
        return response
    return _with_bytes(body, answer, kept, headers)


def _with_bytes(body: bytes | Pieces, answer: Answer, kept: Kept, headers: HeaderPairs) -> Response:
    pairs = [*headers, ("Content-Length", str(answer.length))]
    if answer.status == 206:
        last = answer.start + answer.length - 1
        pairs.append(("Content-Range", f"bytes {answer.start}-{last}/{kept.size_bytes}"))
    response = _FileResponse(status=answer.status, headers=pairs, direct_passthrough=True)
    response.response = [body] if isinstance(body, bytes) else body
    return response
