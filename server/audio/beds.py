"""Beds: what lies under a voice. Five are made here and in water.py, others are one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

import numpy as np

from server.audio.noise import LOOP_FRAMES, LOOP_MS, at_rms_1, drift, even, noise, widen
from server.audio.own_sounds import OwnLoop, PathOf
from server.audio.water import rain, stream
from server.timeline import BedLevel, BedSound, OwnSound
from server.units import SAMPLE_RATE_HZ, Db, Lufs, Ms, factor_from_db, seconds_from_ms

BED_LEVELS_DB: Mapping[BedLevel, Db] = MappingProxyType(
    {BedLevel.LOW: Db(-44.0), BedLevel.MEDIUM: Db(-38.0), BedLevel.HIGH: Db(-32.0)}
)
"""How loud a bed lies under speech, which is at -19 LUFS. A loop is at 0 LUFS, so that this gain
is a bed's loudness in LUFS as well. Low is near the room tone, high is still far below a voice."""

EVEN_OVER_MS = Ms(1_200)
"""Over so long a time a bed is always as loud as before: no pause is louder than another."""


class Loop(Protocol):
    """A bed without beginning and end, at 0 LUFS."""

    def read(self, start: int, end: int) -> np.ndarray:
        """Give the frames from `start` to before `end`, both from 0 on: float32, mono.

        They are the same in whatever portions they are asked for, and not the caller's to change.
        """


def open_bed(bed: BedSound | OwnSound, path_of: PathOf) -> Loop:
    """Open a bed; `path_of` gives the file of an own sound's key. Nothing has to be closed.

    Reading an own sound raises AudioError where its file is missing or damaged.
    """
    return OwnLoop(path_of(bed.key)) if isinstance(bed, OwnSound) else _MadeLoop(bed)


class _MadeLoop:
    """A bed of our own making, from its loop in memory."""

    def __init__(self, bed: BedSound) -> None:
        self._loop = bed_loop(bed)

    def read(self, start: int, end: int) -> np.ndarray:
        """Give the frames from `start` to before `end`."""
        return np.take(self._loop, np.arange(start, end), mode="wrap")


@lru_cache(maxsize=len(BedSound))  # 8 MB each, and nobody waits for one
def bed_loop(bed: BedSound) -> np.ndarray:
    """Make the loop of a bed, LOOP_MS long, at 0 LUFS; its values may be beyond ±1."""
    loop = _MAKERS[bed]()
    for _ in range(2):  # the second time evens what the first one moved
        loop = even(loop, over_ms=EVEN_OVER_MS)
    loop = at_rms_1(loop) * np.float32(factor_from_db(Db(-_LUFS_AT_RMS_1[bed])))
    loop.flags.writeable = False
    return loop


@lru_cache(maxsize=len(BedSound))
def largest_jump(bed: BedSound) -> float:
    """The largest third difference in a bed's loop at 0 LUFS: no click of its own is larger."""
    return float(np.abs(np.diff(bed_loop(bed), 3)).max())


_LUFS_AT_RMS_1: Mapping[BedSound, Lufs] = {
    BedSound.RAIN: Lufs(2.4),
    BedSound.STREAM: Lufs(0.4),
    BedSound.WIND: Lufs(-0.7),
    BedSound.DRONE: Lufs(-1.3),
    BedSound.BROWN: Lufs(-1.8),
}
"""How loud each loop is when its RMS is 1: the ear takes bright sounds for louder than dark ones.
Measured with ebur128 (ITU-R BS.1770); a test measures them again."""

# ── wind, drone, brown noise ─────────────────────────────────────────────────────────────────

_LOW_RATE_HZ = 6_000
_LOW_COUNT = LOOP_FRAMES * _LOW_RATE_HZ // SAMPLE_RATE_HZ
"""What has nothing above 3 kHz is made at this rate, eight times as quickly, and widened."""

_WIND_BANDS_HZ = tuple(np.geomspace(170, 1_150, 8))


def _wind() -> np.ndarray:
    """Air that sings a little where it passes: one broad resonance that moves with its speed.

    Around a branch or an edge of width d, eddies come off at about 0.2·v/d a second (Strouhal
    1878), so the tone rises and falls as the wind does.
    """
    speed = drift(slowest_s=14, quickest_s=2.5, seed=31, count=_LOW_COUNT)
    gusts = drift(slowest_s=2, quickest_s=0.5, seed=32, count=_LOW_COUNT)
    resonance = np.log2(400) + 0.3 * speed
    air = 0.5 * _low_noise(70, 260, slope=0.8, seed=33)
    for index, middle_hz in enumerate(_WIND_BANDS_HZ):
        band = _low_noise(middle_hz / 1.12, middle_hz * 1.12, slope=0, seed=34 + index)
        octaves_away = np.log2(middle_hz) - resonance
        air += band * np.exp(-((octaves_away / 0.5) ** 2) / 2)
    return widen(air * 10 ** (1.2 * gusts / 20), LOOP_FRAMES)


def _low_noise(low_hz: float, high_hz: float, *, slope: float, seed: int) -> np.ndarray:
    return noise(
        _LOW_COUNT, low_hz=low_hz, high_hz=high_hz, slope=slope, seed=seed, rate_hz=_LOW_RATE_HZ
    )


_DRONE_ROOT_HZ = 98.0
_DRONE_TONES = ((1.0, 0.8), (1.5, 0.5), (2.0, 0.65), (3.0, 0.3))
"""Ratio to the root, loudness: a low G, its fifth and its octaves, in tune with the small bell."""

_DRONE_HARMONICS = 7
_DRONE_VOICES_HZ = (-0.31, 0.0, 0.27)
"""Each tone is three a little apart; together they beat every few seconds."""


def _drone() -> np.ndarray:
    """Few warm tones that beat slowly with each other."""
    dice = np.random.default_rng(41)
    turn = 2 * np.pi * np.arange(_LOW_COUNT) / _LOW_COUNT
    sound = np.zeros(_LOW_COUNT)
    for ratio, loudness in _DRONE_TONES:
        for harmonic in range(1, _DRONE_HARMONICS + 1):
            for apart_hz in _DRONE_VOICES_HZ:
                pitch_hz = (_DRONE_ROOT_HZ * ratio + apart_hz) * harmonic
                turns = round(pitch_hz * seconds_from_ms(LOOP_MS))  # whole ones: the loop closes
                phase = dice.uniform(0, 2 * np.pi)
                sound += loudness * harmonic**-1.5 * np.sin(turns * turn + phase)
    return widen(sound, LOOP_FRAMES)


def _brown() -> np.ndarray:
    """Noise whose power falls with the square of frequency, like a waterfall far away."""
    return noise(LOOP_FRAMES, low_hz=45, high_hz=9_000, slope=1.0, seed=51)


_MAKERS: Mapping[BedSound, Callable[[], np.ndarray]] = {
    BedSound.RAIN: rain,
    BedSound.STREAM: stream,
    BedSound.WIND: _wind,
    BedSound.DRONE: _drone,
    BedSound.BROWN: _brown,
}
