"""ffmpeg's fragments → media segments that a playlist can list, and that playlist.

A fragment is a `moof` box and its `mdat`; a media segment is one or a few of them. The boxes are
ISO/IEC 14496-12's; the playlist is RFC 8216's, of type EVENT: it grows, and nothing in it changes.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from server.units import SAMPLE_RATE_HZ

FRAGMENT_FRAMES = 75 * 1024
"""AAC has 1,024 samples in a frame, so this is exactly 1,600 ms at SAMPLE_RATE_HZ."""

FIRST_SINGLE = 6
"""So many media segments at the beginning are one fragment each, for an early first sound."""

LATER_FRAGMENTS = 2
"""So many fragments make a later one: half as many requests on a bad line."""

TARGET_SECONDS = 4
"""No media segment is longer; players look for new ones about as often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSegment:
    """A stretch of sound that can be played once the init segment is there."""

    data: bytes
    frames: int
    """How many samples it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A media segment as a playlist names it."""

    file_name: str
    frames: int


def name_media(index: int, data: bytes) -> str:
    """Name a media segment by its place and its content."""
    return f"{index:05}-{hashlib.sha256(data).hexdigest()[:32]}.m4s"


def name_init(data: bytes) -> str:
    """Name an init segment by its content."""
    return f"init-{hashlib.sha256(data).hexdigest()[:32]}.mp4"


@dataclass(slots=True)
class Packager:
    """Takes what ffmpeg writes in any portions, and gives media segments as they are whole."""

    init: bytes = b""
    """The init segment; whole before the first media segment is given."""
    _left: bytearray = field(default_factory=bytearray)
    _moof: bytes = b""
    _gathered: list[tuple[bytes, int]] = field(default_factory=list)
    _given: int = 0

    def feed(self, data: bytes) -> Iterator[MediaSegment]:
        """Take the next bytes."""
        self._left += data
        for kind, box in _take_boxes(self._left):
            if kind in (b"ftyp", b"moov"):
                self.init += box
            elif kind == b"moof":
                self._moof = box
            elif kind == b"mdat":
                self._gathered.append((self._moof + box, count_frames(self._moof)))
                if len(self._gathered) >= (1 if self._given < FIRST_SINGLE else LATER_FRAGMENTS):
                    yield self._gather()

    def finish(self) -> Iterator[MediaSegment]:
        """Give what is left at the end."""
        if self._gathered:
            yield self._gather()

    def _gather(self) -> MediaSegment:
        gathered, self._gathered = self._gathered, []
        self._given += 1
        return MediaSegment(
            data=b"".join(data for data, _ in gathered),
            frames=sum(frames for _, frames in gathered),
        )


def _take_boxes(left: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Take whole boxes off the front; what is not whole yet stays."""
    while len(left) >= 8:
        size = int.from_bytes(left[:4], "big")
        if size < 8:
            raise ValueError("ffmpeg wrote a box whose size is not known.")
        if len(left) < size:
            return
        box = bytes(left[:size])
        del left[:size]
        yield box[4:8], box


def count_frames(moof: bytes) -> int:
    """Count the samples of sound in a fragment, from its track fragment boxes."""
    traf = _inner(moof[8:], b"traf")
    default = _default_duration(_inner(traf, b"tfhd"))
    trun = _inner(traf, b"trun")
    flags, count = int.from_bytes(trun[1:4], "big"), int.from_bytes(trun[4:8], "big")
    if not flags & 0x100:
        return count * default
    fields = sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    first = 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    return sum(struct.unpack_from(">I", trun, first + 4 * fields * i)[0] for i in range(count))


def _default_duration(tfhd: bytes) -> int:
    """Read a track fragment's usual sample duration; optional fields before it are passed over."""
    flags = int.from_bytes(tfhd[1:4], "big")
    place = 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
    return int(struct.unpack_from(">I", tfhd, place)[0]) if flags & 0x8 else 1024


def _inner(boxes: bytes, wanted: bytes) -> bytes:
    """Find the first box of a kind, and give what is in it."""
    for kind, box in _take_boxes(bytearray(boxes)):
        if kind == wanted:
            return box[8:]
    raise ValueError(f"ffmpeg wrote a fragment without {wanted.decode()}.")


def write_playlist(init_name: str, listed: Sequence[Listed], *, is_complete: bool) -> str:
    """Write the playlist of what is there."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{TARGET_SECONDS}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-START:TIME-OFFSET=0",  # or some players begin where it is being made
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{init_name}"',
    ]
    for each in listed:
        lines += [f"#EXTINF:{each.frames / SAMPLE_RATE_HZ:.5f},", each.file_name]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if is_complete else []), ""])


def read_playlist(text: str) -> tuple[Listed, ...]:
    """Read what a playlist of ours lists."""
    lines = text.splitlines()
    return tuple(
        Listed(file_name=name, frames=round(float(line[8:-1]) * SAMPLE_RATE_HZ))
        for line, name in pairwise(lines)
        if line.startswith("#EXTINF:")
    )
