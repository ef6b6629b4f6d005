"""Pauses: where nothing but the room and its bed is heard, and whether they are equally loud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from server.audio.ducking import LOOK_BACK_MS
from server.audio.mix import BED_FADE_MS, FADE_IN_MS, FADE_OUT_MS
from server.audio.report.tenths import TENTH_MS, Tenths, lufs_from_power
from server.audio.sounds import sound_frames
from server.timeline import (
    BedLevel,
    BedSegment,
    BedSound,
    OwnSound,
    Segment,
    SoundSegment,
    SpeechSegment,
    Timeline,
)
from server.units import Lufs, Ms, ms_from_frames

LEAST_MS = 2_000
AIR_MS = 500
"""What is left out on either side of a sentence or a sound."""

BED_CHANGE_MS = BED_FADE_MS + AIR_MS
"""As long as this one bed goes over into another."""

PIECE = 300
"""Tenths: a pause longer than half a minute is compared with itself as well."""

LONG, EDGE = 60, 20
"""In pauses of six seconds the first two are compared with the last two: a gain that follows the
sound, such as loudnorm's, does not make pauses unequal but makes each of them rise."""

CERTAINTY = 3.0
"""Standard errors. A long practice compares some fifty stretches, of which one lies two away."""

LEAST_VARIANCE = 0.04
"""Of a tenth of the room's tone, measured: with few pauses chance could make it look smaller."""

BLOCKS = (5, 10)
"""Tenths that are joined before they are compared, see _variance()."""

Bed = tuple[BedSound | OwnSound | None, BedLevel | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The inside of a pause: no word, no ringing bell, no fade in it."""

    start_ms: Ms
    end_ms: Ms
    bed: Bed
    """What lies under it; pauses over different beds are not compared."""

    def of(self, tenths: Tenths) -> np.ndarray:
        """The powers of the tenths of a second that lie wholly inside."""
        return tenths.powers[-(-self.start_ms // TENTH_MS) : self.end_ms // TENTH_MS]


def find_pauses(timeline: Timeline) -> tuple[Pause, ...]:
    """Find every stretch of at least LEAST_MS in which only the room and its bed are heard."""
    pauses: list[Pause] = []
    quiet_from: int = FADE_IN_MS
    lying: Bed = (None, None)
    closing = BedSegment(start_ms=timeline.total_ms, bed=None, level=BedLevel.LOW)
    for segment in (*timeline.segments, closing):
        if not isinstance(segment, SpeechSegment | SoundSegment | BedSegment):
            continue
        quiet_to = segment.start_ms - (FADE_OUT_MS if segment is closing else AIR_MS)
        if quiet_to - quiet_from >= LEAST_MS:
            pauses.append(Pause(start_ms=Ms(quiet_from), end_ms=Ms(quiet_to), bed=lying))
        if isinstance(segment, BedSegment):
            lying = (segment.bed, segment.level if segment.bed else None)
        quiet_from = max(quiet_from, _quiet_after(segment, has_bed=lying[0] is not None))
    return tuple(pauses)


def _quiet_after(segment: Segment, *, has_bed: bool) -> int:
    """From which moment on nothing of a segment is heard any more."""
    end_ms = segment.start_ms + segment.length_ms
    match segment:
        case BedSegment():
            return end_ms + BED_CHANGE_MS
        case SoundSegment(sound=OwnSound() as own):
            return max(segment.start_ms + own.length_ms, end_ms) + AIR_MS
        case SoundSegment():
            rings = sound_frames(segment.sound, segment.length_ms)
            return segment.start_ms + ms_from_frames(len(rings)) + AIR_MS
        case _:
            return end_ms + (LOOK_BACK_MS if has_bed else AIR_MS)


def bed_levels(pauses: Iterable[Pause], tenths: Tenths) -> dict[Bed, Lufs]:
    """How loud the pauses over each bed are, taken together."""
    return {
        bed: lufs_from_power(float(np.concatenate(groups).mean()))
        for bed, groups in _grouped(pauses, tenths).items()
    }


def pause_spread_db(pauses: Iterable[Pause], tenths: Tenths) -> float | None:
    """By how many dB pauses over the same bed differ, beyond chance; None without two to compare.

    Noise is never quite as loud in one window as in the next: two seconds of the room's tone vary
    by 0.2 dB from pause to pause (standard error), of some beds by more. So each stretch has a
    range in which its true level lies, CERTAINTY standard errors either way, and the difference
    is what lies between the lowest of the ranges and the highest. Measured on a practice of ten
    minutes: a pause of 26 s is found when it is 1 dB louder, one of 2 s with 2 dB, the whole
    second half with 0.8 dB, and pauses that rise by 1.5 dB each after the speech.
    """
    spreads = [
        spread
        for (bed, _), groups in _grouped(pauses, tenths).items()
        # A recording that somebody brought is as even as it is: music may well grow louder.
        if not isinstance(bed, OwnSound) and (spread := _spread_db(groups)) is not None
    ]
    return max(spreads, default=None)


def _grouped(pauses: Iterable[Pause], tenths: Tenths) -> dict[Bed, list[np.ndarray]]:
    groups: dict[Bed, list[np.ndarray]] = defaultdict(list)
    for pause in pauses:
        powers = pause.of(tenths)
        if len(powers):
            groups[pause.bed].append(powers)
    return groups


def _spread_db(groups: list[np.ndarray]) -> float | None:
    variance = _variance(groups)
    if variance is None:
        return None
    ranges = [_range_db(stretch, variance) for stretch in _stretches(groups)]
    lowest, highest = min(high for _, high in ranges), max(low for low, _ in ranges)
    return max(0.0, highest - lowest)


def _stretches(groups: list[np.ndarray]) -> Iterator[np.ndarray]:
    """What is compared: every pause, the thirds of all of them, their beginnings and ends."""
    for powers in groups:
        yield from np.array_split(powers, -(-len(powers) // PIECE))
    together = np.concatenate(groups)
    if len(together) >= 3:
        yield from np.array_split(together, 3)
    if long := [powers for powers in groups if len(powers) >= LONG]:
        yield np.concatenate([powers[:EDGE] for powers in long])
        yield np.concatenate([powers[-EDGE:] for powers in long])


def _variance(groups: list[np.ndarray]) -> float | None:
    """The relative variance of a tenth's power, as it counts for the mean of many.

    Taken inside each pause, so that pauses which differ do not widen their own range. Tenths
    of a slow sound are alike, so they are joined to blocks, and the length of block is taken
    at which the means vary most. None where too little is heard to tell.
    """
    mean = float(np.concatenate(groups).mean())
    found = []
    for length in BLOCKS:
        squares, freedom = 0.0, 0
        for powers in groups:
            count = len(powers) // length
            means = powers[: count * length].reshape(count, length).mean(axis=1)
            if count > 1:
                squares += float(((means - means.mean()) ** 2).sum())
                freedom += count - 1
        if freedom >= 4 and mean > 0:
            found.append(length * squares / freedom / mean**2)
    return max(*found, LEAST_VARIANCE) if found else None


def _range_db(powers: np.ndarray, variance: float) -> tuple[float, float]:
    """Between which levels the true one of a stretch lies."""
    error = min(0.9, CERTAINTY * float(np.sqrt(variance / len(powers))))
    level_db = lufs_from_power(float(powers.mean()))
    return level_db - 10 * float(np.log10(1 + error)), level_db - 10 * float(np.log10(1 - error))
