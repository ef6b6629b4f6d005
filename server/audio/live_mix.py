"""Lines in their places → the frames of any stretch of a sitting's sound.

Nothing is decoded and nothing encoded: frames of lines are chosen where there are lines, and
frames of the room where there are none. So a web process makes a media segment in microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.audio.adts import AAC_SAMPLES, frames_of_ms, ms_of_frames, split_adts, write_adts
from server.errors import AudioError
from server.units import Ms

SEGMENT_FRAMES = 48
"""A media segment has so many AAC frames: sixteen grains."""

SEGMENT_MS = ms_of_frames(SEGMENT_FRAMES)
"""1,024 ms."""

SEGMENT_SAMPLES = SEGMENT_FRAMES * AAC_SAMPLES

ROOM_FRAMES = 1875
"""40 s: the first length at which two turns of the room tone's loop end where a grain ends."""

CLOSING_FRAMES = 144
"""3,072 ms: the room goes out, and then there is a media segment's length of silence, so that
the last media segment is whole wherever the end lies."""

CLOSING_MS = Ms(2_048)
"""So long the room takes to go out, after the end of all that is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLine:
    """A line and its moment."""

    start_ms: Ms
    """A multiple of adts.GRAIN_MS."""
    frames: tuple[bytes, ...]
    """As read_line() gives them."""

    @property
    def end_ms(self) -> Ms:
        """Where it ends."""
        return Ms(self.start_ms + ms_of_frames(len(self.frames)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The room tone in frames."""

    loop: tuple[bytes, ...]
    """ROOM_FRAMES that go round without a seam."""
    closing: tuple[bytes, ...]
    """CLOSING_FRAMES in which it goes out."""


def read_room(data: bytes) -> Room:
    """Read what room_bytes() gave. Raises AudioError where it is not that, or damaged."""
    frames = tuple(split_adts(data))
    if len(frames) != ROOM_FRAMES + CLOSING_FRAMES:
        raise AudioError("The room tone is damaged.")
    return Room(loop=frames[:ROOM_FRAMES], closing=frames[ROOM_FRAMES:])


def segment_span(number: int) -> tuple[Ms, Ms]:
    """Tell from when to when a media segment is heard: no line outside of this matters to it."""
    return Ms(number * SEGMENT_MS), Ms((number + 1) * SEGMENT_MS)


def frames_of_segment(
    number: int, lines: Iterable[PlacedLine], room: Room, total_ms: Ms | None = None
) -> tuple[bytes, ...]:
    """Choose the SEGMENT_FRAMES of a media segment.

    `lines` do not overlap; those that are not heard in it are passed over. `total_ms` is the
    sitting's length where it is known: from there on the room goes out, and then it is silent.
    """
    first = number * SEGMENT_FRAMES
    return _choose(first, first + SEGMENT_FRAMES, lines, room, total_ms)


def lines_to_aac(length_ms: Ms, lines: Iterable[PlacedLine], room: Room) -> bytes:
    """Write lines as one .aac file that any player plays by itself; the room goes out after it."""
    last = frames_of_ms(length_ms) + CLOSING_FRAMES
    return write_adts(_choose(0, last, lines, room, length_ms))


def _choose(
    first: int, last: int, lines: Iterable[PlacedLine], room: Room, total_ms: Ms | None
) -> tuple[bytes, ...]:
    """Choose the frames from `first` to before `last`, counted from the stream's beginning."""
    chosen = [room.loop[at % ROOM_FRAMES] for at in range(first, last)]
    for line in lines:
        _lay(chosen, first, line)
    if total_ms is not None:
        _lay(chosen, first, PlacedLine(start_ms=total_ms, frames=room.closing))
    return tuple(chosen)


def _lay(chosen: list[bytes], first: int, line: PlacedLine) -> None:
    """Lay what of a line lies inside over what was chosen."""
    at = frames_of_ms(line.start_ms) - first
    start, end = max(0, at), min(len(chosen), at + len(line.frames))
    if start < end:
        chosen[start:end] = line.frames[start - at : end - at]
