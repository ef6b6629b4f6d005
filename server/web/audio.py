"""Published sound and its transcripts, by key: ranges, conditions, and never a wrong byte."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.http import http_date

from server.errors import RenderNotFound, StoreUnavailable
from server.render import MEDIA_TYPES
from server.render.recent import Recent
from server.store import Database, RenderRow, RenderState, RenditionRow, Shelf, find_render
from server.store.broken import is_broken
from server.units import Bytes
from server.web.device import is_from_device
from server.web.elsewhere import Elsewhere
from server.web.networks import is_through_proxy
from server.web.nginx import inside_address
from server.web.ranges import Kept
from server.web.sending import Stamp, open_unchanged, send_file_part, stamp_of

log = logging.getLogger(__name__)

SOUNDS = ("mp3", "opus")

SPARE_TIME = timedelta(hours=1)
"""For pauses, beyond twice the length of a recording."""

MOST_KNOWN = 1024
"""How many published files a process remembers."""


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

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        *,
        is_by_nginx: bool = False,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._database, self._shelf = database, shelf
        self._is_by_nginx, self._elsewhere = is_by_nginx, elsewhere
        self._known: Recent[tuple[str, str], Published] = Recent(MOST_KNOWN)

    def open(self, key: str, kind: str) -> tuple[Published, int]:
        """Open a file for reading. Raises RenderNotFound when it is not there or not whole."""
        published = self._known.get((key, kind))
        descriptor = None if published is None else open_unchanged(published.path, published.stamp)
        if published is None or descriptor is None:
            published, descriptor = self._check(key, kind)
        if descriptor is None:
            raise RenderNotFound
        self._known.put((key, kind), published)
        self._shelf.note_use(key)
        return published, descriptor

    def find_inside(self, published: Published) -> str:
        """Where the nginx in front finds a file; empty where it is to be sent from here."""
        if not self._is_by_nginx or not is_through_proxy() or not published.path.is_file():
            return ""  # a listener's own words may be here for the moment of an answer alone
        return inside_address(published.path.relative_to(self._shelf.root))

    def lead(self, key: str, kind: str) -> Response | None:
        """The answer that leads to a recording of everybody's elsewhere, for two times its length;
        None where it is to be sent from here. Raises RenderNotFound.
        """
        if self._elsewhere is None:
            return None
        row, rendition = self._find(key, kind)
        if row.is_private:
            return None
        self._shelf.note_use(key)
        lasts = 2 * timedelta(milliseconds=row.duration_ms or 0) + SPARE_TIME
        path = self._shelf.render_folder(key) / rendition.file_name
        try:
            return self._elsewhere.lead(path, lasts)
        except StoreUnavailable:
            return None

    def _find(self, key: str, kind: str) -> tuple[RenderRow, RenditionRow]:
        """Look up a file of a finished render."""
        with self._database.reading() as db:
            row = find_render(db, key)
            found = [r for r in row.renditions if r.kind == kind] if row else []
        if row is None or not found or row.state != RenderState.DONE:
            raise RenderNotFound
        return row, found[0]

    def _check(self, key: str, kind: str) -> tuple[Published, int | None]:
        row, rendition = self._find(key, kind)
        if row.finished_at is None:
            raise RenderNotFound
        path = self._shelf.render_folder(key) / rendition.file_name
        modified_at = row.finished_at.astimezone(UTC).replace(microsecond=0)
        kept = Kept(
            size_bytes=Bytes(rendition.size_bytes),
            etag=f'"{rendition.sha256}"',
            modified_at=modified_at,
        )
        with self._shelf.lend(path, is_own=row.is_private) as here:
            stamp = self._checked_stamp(here, kept)
            descriptor = open_unchanged(here, stamp)
        published = Published(
            path=path,
            kept=kept,
            stamp=stamp,
            device_hash=(row.device_hash or "") if row.is_private else None,
            headers=tuple(_headers(kind, kept, is_private=row.is_private)),
        )
        return published, descriptor

    def _checked_stamp(self, path: Path, kept: Kept) -> Stamp:
        """Compare a file's size and hash with what was recorded. Raises RenderNotFound.

        What is not so is deleted: then whoever orders the recording has it made again.
        """
        try:
            with path.open("rb") as file:
                stamp = stamp_of(os.fstat(file.fileno()))
                is_whole = stamp[1] == kept.size_bytes
                digest = hashlib.file_digest(file, "sha256").hexdigest() if is_whole else ""
        except OSError as error:
            log.warning("published file %s cannot be read: %s", path.name, error.strerror)
            if is_broken(error):
                self._shelf.drop_broken(path)
            raise RenderNotFound from error
        if f'"{digest}"' != kept.etag:
            log.error("published file %s is not what was recorded; it is not served", path.name)
            self._shelf.drop_broken(path)
            raise RenderNotFound
        return stamp


def _headers(kind: str, kept: Kept, *, is_private: bool) -> Iterator[tuple[str, str]]:
    yield "Content-Type", MEDIA_TYPES[kind]
    yield "Accept-Ranges", "bytes"
    yield "ETag", kept.etag
    yield "Last-Modified", http_date(kept.modified_at)
    yield "Cache-Control", f"{'private' if is_private else 'public'}, max-age=31536000, immutable"
    if is_private:
        yield "X-Robots-Tag", "noindex"
    elif kind not in SOUNDS:
        yield "Access-Control-Allow-Origin", "*"  # podcast apps in a browser read transcripts


def answer_published(
    files: PublishedFiles, key: str, kind: str, *, is_counted: bool = False
) -> Response:
    """Answer the current request for a published file; from here where its bytes are counted.

    What a script asks for is sent from here, too: it may read nothing of another origin.
    """
    is_script = request.headers.get("Sec-Fetch-Dest") == "empty"
    if kind in SOUNDS and request.method == "GET" and not (is_counted or is_script):
        led = files.lead(key, kind)
        if led is not None:
            return led
    published, descriptor = files.open(key, kind)
    if published.device_hash is not None and not is_from_device(request, published.device_hash):
        os.close(descriptor)
        raise RenderNotFound
    inside = files.find_inside(published) if kind in SOUNDS and not is_counted else ""
    return send_file_part(descriptor, published.kept, published.headers, inside=inside)


def make_audio(files: PublishedFiles) -> Blueprint:
    """Make the blueprint of /audio/."""
    audio = Blueprint("audio", __name__, url_prefix="/audio")

    @audio.get("/<key:key>.<any(mp3, opus, vtt, srt, json):kind>")
    def show(key: str, kind: str) -> Response:
        return answer_published(files, key, kind)

    return audio
