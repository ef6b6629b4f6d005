"""Clicks: whether a finished sound jumps where one segment meets another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from server.audio.beds import BED_LEVELS_DB, largest_jump
from server.audio.mix import BED_FADE_MS
from server.timeline import BedSegment, OwnSound, Timeline
from server.units import FRAMES_PER_MS, Ms, factor_from_db, frames_from_ms, ms_from_frames

NEAR_MS = 5
"""So far on either side of a seam a click is looked for."""

LEAST_JUMP = 0.004
"""What a step of -45 dBFS leaves in the third difference after LAME; below it nothing is heard."""

OUT_OF_PROPORTION = 10.0
"""How far a jump stands above the milliseconds around it. Measured on the shipped practices,
decoded from their MP3: words that begin sharply, with an s, and strokes of the bell reach 6;
planted steps from -20 to -42 dBFS never fall below 16. Only a click that an s covers is missed."""

OUT_OF_CHARACTER = 8.0
"""How far it stands above the peaks of the tenth of a second beside it, on the quieter side.
Planted steps in the room's quiet stand above 50."""

_NEAR = NEAR_MS * FRAMES_PER_MS
_AROUND = slice(40, 192)
"""Frames from a jump that are its surroundings: beyond LAME's ringing, within four milliseconds."""

_BESIDE_FROM, _BESIDE_TO = 10 * FRAMES_PER_MS, 110 * FRAMES_PER_MS
_REACH = _BESIDE_TO + _NEAR
_QUIETEST = 1e-4
"""Three units of 16 bits: what rounding alone leaves in a third difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """Where a segment begins or ends."""

    frame: int
    least_jump: float
    """A jump that is no larger cannot be told from what lies under it."""


def seams_of(timeline: Timeline) -> tuple[Seam, ...]:
    """Every seam of a timeline, in order.

    The largest drops of a rain are clicks by every measure, and one in a thousand falls on a
    seam: so over a bed a jump has to be larger than any that the bed makes by itself. What a bed
    of the house's own makes is not known, and nothing is looked for over one.
    """
    seams: dict[int, float] = {}
    lying, left, left_at_ms = 0.0, 0.0, -math.inf
    for segment in timeline.segments:
        if isinstance(segment, BedSegment):
            left, left_at_ms, lying = lying, segment.start_ms, _largest_jump(segment)
        fading = left if segment.start_ms < left_at_ms + BED_FADE_MS else 0.0
        frame = frames_from_ms(segment.start_ms)
        seams[frame] = max(seams.get(frame, 0.0), LEAST_JUMP, lying + fading)
    seams.setdefault(frames_from_ms(timeline.total_ms), max(LEAST_JUMP, lying))
    return tuple(Seam(frame=frame, least_jump=jump) for frame, jump in sorted(seams.items()))


def _largest_jump(segment: BedSegment) -> float:
    if segment.bed is None:
        return 0.0
    if isinstance(segment.bed, OwnSound):
        return math.inf
    return largest_jump(segment.bed) * factor_from_db(BED_LEVELS_DB[segment.level])


class SeamListener:
    """Takes 16-bit frames in any portions and tells at which seams there is a click.

    Before its beginning and after its end a sound is taken to be silent, so that one that begins
    or ends with a jump clicks as well.
    """

    def __init__(self, seams: tuple[Seam, ...]) -> None:
        self._seams = iter(seams)
        self._next = next(self._seams, None)
        self._kept = np.zeros(_REACH, dtype="<i2")
        self._start = -_REACH
        self._clicks: list[Ms] = []

    def feed(self, frames: np.ndarray) -> None:
        """Hand over the next frames: mono, 16 bit, SAMPLE_RATE_HZ."""
        kept, start = np.concatenate((self._kept, frames)), self._start
        while self._next is not None and self._next.frame + _REACH <= start + len(kept):
            at = self._next.frame - start
            if _is_click(kept[at - _REACH : at + _REACH], self._next.least_jump):
                self._clicks.append(ms_from_frames(self._next.frame))
            self._next = next(self._seams, None)
        self._kept = kept[-2 * _REACH :]
        self._start = start + len(kept) - len(self._kept)

    def result(self) -> tuple[Ms, ...]:
        """End the sound; gives the moments of the seams that click, in order."""
        self.feed(np.zeros(_REACH, dtype="<i2"))
        return tuple(self._clicks)


def _is_click(frames: np.ndarray, least_jump: float) -> bool:
    """Look for a click in the middle of 2 x _REACH frames.

    The third difference all but removes what swings below a kilohertz, and leaves a step as one
    peak. A click is a peak that is out of proportion to the milliseconds around it (a sharp
    consonant is not: more of the same follows) and to the tenth of a second beside it.
    """
    jumps = np.abs(np.diff(frames / np.float32(32768), 3))
    middle = len(jumps) // 2
    at = middle - _NEAR + int(jumps[middle - _NEAR : middle + _NEAR].argmax())
    if jumps[at] <= least_jump:
        return False
    before, after = jumps[:at][::-1], jumps[at + 1 :]
    around = max(_rms(before[_AROUND]), _rms(after[_AROUND]))
    beside = min(
        _usual_peak(jumps[middle - _BESIDE_TO : middle - _BESIDE_FROM]),
        _usual_peak(jumps[middle + _BESIDE_FROM : middle + _BESIDE_TO]),
    )
    return bool(jumps[at] > OUT_OF_PROPORTION * around and jumps[at] > OUT_OF_CHARACTER * beside)


def _rms(jumps: np.ndarray) -> float:
    return max(float(np.sqrt(np.mean(jumps**2))), _QUIETEST / 2)


def _usual_peak(jumps: np.ndarray) -> float:
    """The peak that a quarter of the stretches of five milliseconds exceed."""
    stretches = jumps[: len(jumps) // _NEAR * _NEAR].reshape(-1, _NEAR)
    return max(float(np.percentile(stretches.max(axis=1), 75)), _QUIETEST)
