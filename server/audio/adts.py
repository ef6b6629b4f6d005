"""Lines as they lie on the shelf: frames of AAC, each after a header of its own (ADTS).

Here a frame is AAC's, of 1,024 samples. Three of them last exactly 64 ms, the grain of a sitting,
on which each line begins and ends; so lines are joined frame by frame. Nothing here makes sound,
and nothing here loads what sound is made with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.errors import AudioError
from server.units import FRAMES_PER_MS, Ms

AAC_SAMPLES = 1024
"""How many samples a frame of AAC holds."""

GRAIN_FRAMES = 3
"""So many frames are the first whole number of milliseconds."""

GRAIN_MS = Ms(GRAIN_FRAMES * AAC_SAMPLES // FRAMES_PER_MS)

_HEADER_BYTES = 7
_FIXED = bytes((0xFF, 0xF1, 0x4C, 0x40))
"""The sync word, MPEG-4, no checksum; AAC-LC at 48 kHz; one channel. The rest is the length."""

_FIXED_MASK = bytes((0xFF, 0xFF, 0xFD, 0xC0))
"""Which bits of a header are the same in all that we write."""

_MOST_BYTES = (1 << 13) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFrames:
    """One line, ready to be laid into a stream."""

    frames: tuple[bytes, ...]
    """Raw AAC, without headers; a multiple of GRAIN_FRAMES."""

    @property
    def length_ms(self) -> Ms:
        """How long it is heard; a multiple of GRAIN_MS."""
        return ms_of_frames(len(self.frames))


def ms_of_frames(count: int) -> Ms:
    """Convert a number of frames that is whole grains."""
    return Ms(count // GRAIN_FRAMES * GRAIN_MS)


def frames_of_ms(length_ms: Ms) -> int:
    """Count the frames of a length, the last grain begun included."""
    return -(-length_ms // GRAIN_MS) * GRAIN_FRAMES


def read_line(data: bytes) -> LineFrames:
    """Read a line from the shelf. Raises AudioError where it is not one, or damaged."""
    frames = tuple(split_adts(data))
    if not frames or len(frames) % GRAIN_FRAMES:
        raise AudioError("The line does not end on a grain.")
    return LineFrames(frames=frames)


def split_adts(data: bytes) -> Iterator[bytes]:
    """Take the headers off. Raises AudioError at a frame that is not whole, or not of our kind."""
    at = 0
    while at < len(data):
        header = data[at : at + _HEADER_BYTES]
        fixed = bytes(byte & mask for byte, mask in zip(header, _FIXED_MASK, strict=False))
        if len(header) < _HEADER_BYTES or fixed != _FIXED:
            raise AudioError("The line is damaged.")
        size = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
        if size <= _HEADER_BYTES or at + size > len(data):
            raise AudioError("The line is damaged.")
        yield data[at + _HEADER_BYTES : at + size]
        at += size


def write_adts(frames: Iterable[bytes]) -> bytes:
    """Put a header before each frame: together they are a file that players know as .aac."""
    return b"".join(_header(len(frame)) + frame for frame in frames)


def _header(frame_bytes: int) -> bytes:
    size = _HEADER_BYTES + frame_bytes
    if size > _MOST_BYTES:
        raise AudioError("A frame of AAC is too large.")
    # The bits after the length say that the rate varies, and that the header is of one frame.
    rest = (_FIXED[3] | size >> 11, size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC)
    return _FIXED[:3] + bytes(rest)
