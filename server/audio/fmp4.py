"""Frames of AAC → an init segment and media segments of fragmented MP4 (ISO/IEC 14496-12).

Written by ourselves, since a media segment is put together when it is asked for, in a web
process, which starts no ffmpeg. All of a sitting is one track without an edit: its times go on
without a break, so that no player has to be told of a discontinuity.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache

from server.audio.adts import AAC_SAMPLES
from server.audio.live_mix import SEGMENT_SAMPLES
from server.units import SAMPLE_RATE_HZ

_TRACK = 1
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
"""The unit matrix: a track of sound is not turned."""

_AUDIO_SPECIFIC_CONFIG = bytes((0x11, 0x88))
"""AAC-LC (2, 5 bits), 48 kHz (3, 4 bits), one channel (1, 4 bits): ISO/IEC 14496-3, 1.6.2.1."""

_SYNC_SAMPLE = 0x02000000
"""Depends on no other sample: each can be begun with."""


def _box(kind: bytes, *parts: bytes) -> bytes:
    inner = b"".join(parts)
    return struct.pack(">I4s", 8 + len(inner), kind) + inner


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


@lru_cache(maxsize=1)
def init_segment() -> bytes:
    """Write what a player must know before any media segment: AAC-LC, 48 kHz, mono."""
    movie = struct.pack(">5IHH8x", 0, 0, SAMPLE_RATE_HZ, 0, 0x10000, 0x0100, 0)
    track = struct.pack(">5I8xhhHH", 0, 0, _TRACK, 0, 0, 0, 0, 0x0100, 0)
    extends = struct.pack(">5I", _TRACK, 1, AAC_SAMPLES, 0, _SYNC_SAMPLE)
    return _box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6", b"mp41") + _box(
        b"moov",
        _full(b"mvhd", 0, 0, movie, _MATRIX, bytes(24), struct.pack(">I", _TRACK + 1)),
        # Flag 1: the track is heard; 2: it belongs to the presentation.
        _box(b"trak", _full(b"tkhd", 0, 3, track, _MATRIX, bytes(8)), _media()),
        _box(b"mvex", _full(b"trex", 0, 0, extends)),
    )


def _media() -> bytes:
    undetermined = 0x55C4  # the language "und", five bits for each letter
    return _box(
        b"mdia",
        _full(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, SAMPLE_RATE_HZ, 0, undetermined, 0)),
        _full(b"hdlr", 0, 0, bytes(4), b"soun", bytes(12), b"sound\0"),
        _box(
            b"minf",
            _full(b"smhd", 0, 0, bytes(4)),
            # Flag 1: the sound is in this same file.
            _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1))),
            _sample_table(),
        ),
    )


def _sample_table() -> bytes:
    """Describe the samples; where they are is told by each fragment."""
    entry = struct.pack(">6xH8xHH4xI", 1, 1, 16, SAMPLE_RATE_HZ << 16)
    none = bytes(4)
    return _box(
        b"stbl",
        _full(b"stsd", 0, 0, struct.pack(">I", 1), _box(b"mp4a", entry, _decoder())),
        _full(b"stts", 0, 0, none),
        _full(b"stsc", 0, 0, none),
        _full(b"stsz", 0, 0, none, none),
        _full(b"stco", 0, 0, none),
    )


def _decoder() -> bytes:
    """Describe the decoder (ISO/IEC 14496-1, 7.2.6): one descriptor inside the other."""
    specific = _descriptor(5, _AUDIO_SPECIFIC_CONFIG)
    # 0x40: AAC of MPEG-4; 0x15: a stream of sound; then buffer and bit rates, which are not told.
    config = _descriptor(4, bytes((0x40, 0x15)) + bytes(11) + specific)
    return _full(b"esds", 0, 0, _descriptor(3, bytes(3) + config + _descriptor(6, b"\x02")))


def _descriptor(tag: int, inner: bytes) -> bytes:
    return bytes((tag, len(inner))) + inner


def media_segment(number: int, frames: Sequence[bytes]) -> bytes:
    """Write the media segment of this number, from 0; it begins where the one before it ends."""
    begins = struct.pack(">Q", number * SEGMENT_SAMPLES)
    sizes = struct.pack(f">{len(frames)}I", *(len(frame) for frame in frames))
    # Default base is this fragment; a sample's length and flags are those of all.
    header = _full(b"tfhd", 0, 0x020028, struct.pack(">3I", _TRACK, AAC_SAMPLES, _SYNC_SAMPLE))

    def fragment(data_offset: int) -> bytes:
        run = struct.pack(">II", len(frames), data_offset)
        return _box(
            b"moof",
            _full(b"mfhd", 0, 0, struct.pack(">I", number + 1)),
            # Flags of the run: it says where its data begins, and each sample's size.
            _box(
                b"traf", header, _full(b"tfdt", 1, 0, begins), _full(b"trun", 0, 0x201, run, sizes)
            ),
        )

    data_offset = len(fragment(0)) + 8
    return fragment(data_offset) + _box(b"mdat", *frames)
