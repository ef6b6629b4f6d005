"""The files of a private feed: their addresses, and sound without the tag that names it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from flask import url_for

from server.render.feed_items import file_signature
from server.store.care.private_feed_tables import PrivateFeedRow
from server.units import Bytes
from server.web.audio import Published
from server.web.ranges import Kept
from server.web.sending import Stamp, stamp_of

FILE_CACHE = "private, no-cache"
"""Whoever keeps a file asks each time whether it may still be used: it may have been revoked."""

NEUTRAL_KINDS = ("mp3", "vtt", "srt")
"""What a neutral feed has of an episode. Chapters are named on a phone's lock screen, and Opus has
its titles in the midst of its sound."""

_HEAD_BYTES = 10
_FOOTER = 0x10


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Makes the whole addresses of one private feed's files."""

    public_url: str
    secret: bytes = field(repr=False)
    """The server's; what an answer needs of it, it reads once."""
    row: PrivateFeedRow

    def of(self, name: str, *, version: str = "") -> str:
        """The address of a file; a version is added where its content may change."""
        path: str = url_for(
            "private_feed.show_file",
            feed_id=self.row.id,
            signature=file_signature(self.secret, self.row, name),
            name=name,
            v=version or None,
        )
        return self.public_url + path


def is_signed(secret: bytes, row: PrivateFeedRow, name: str, signature: str) -> bool:
    """True where this house signed this file of this feed, at the address that it has now."""
    return hmac.compare_digest(file_signature(secret, row, name), signature)


def file_stem(secret: bytes, row: PrivateFeedRow, render_key: str) -> str:
    """How the names of a recording's files begin in one feed.

    Nobody can compare it with another feed's, nor with the public address of the same sound:
    that would name the practice.
    """
    return _keyed(secret, row, b"private feed names", render_key)


def _keyed(secret: bytes, row: PrivateFeedRow, purpose: bytes, text: str) -> str:
    key = hmac.digest(secret, purpose, "sha256")
    return hmac.digest(key, f"{row.id}:{text}".encode(), "sha256").hex()


def private_headers(published: Published, kept: Kept) -> list[tuple[str, str]]:
    """What an answer says about a file that was published, where it is one feed's alone."""
    left_out = {
        "cache-control",
        "access-control-allow-origin",
        "x-robots-tag",
        "etag",
        "last-modified",
    }
    said = [pair for pair in published.headers if pair[0].lower() not in left_out]
    return [*said, ("ETag", kept.etag), ("Cache-Control", FILE_CACHE)]


def as_sent(
    secret: bytes, row: PrivateFeedRow, published: Published, kind: str
) -> tuple[Kept, int]:
    """What a feed says of a file, and where in it begins what is sent: in a neutral feed behind
    the tag of an MP3. Raises OSError.

    The tag of the answer is this feed's own, and there is no time: both would be the same at the
    public address of the same sound.
    """
    begins_at = tag_bytes(published.path) if row.is_neutral and kind == "mp3" else 0
    etag = _keyed(secret, row, b"private feed tags", f"{published.kept.etag}:{begins_at}")
    size = Bytes(published.kept.size_bytes - begins_at)
    return Kept(size_bytes=size, etag=f'"{etag}"', modified_at=None), begins_at


def tag_bytes(path: Path) -> int:
    """How many bytes the ID3v2 tag at the beginning of a published file takes; 0 without one.

    It is looked at once, and again where the file was lost and has been made anew. Raises OSError.
    """
    return _read_tag_bytes(path, stamp_of(path.stat()))


@lru_cache(maxsize=512)
def _read_tag_bytes(path: Path, _stamp: Stamp) -> int:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES or head[:3] != b"ID3":
        return 0
    size = 0
    for byte in head[6:]:  # seven bits of each, so that none looks like the start of sound
        size = size << 7 | byte & 0x7F
    return _HEAD_BYTES + size + (_HEAD_BYTES if head[5] & _FOOTER else 0)
