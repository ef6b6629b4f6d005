"""The sounds of our own making: a bell from its partials, a breath and a room from noise.

All are float32, mono, at SAMPLE_RATE_HZ, and the same on every machine: their noise is seeded.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from server.timeline import OwnSound, Sound
from server.units import SAMPLE_RATE_HZ, Db, Ms, factor_from_db, frames_from_ms

BELL_RING_MS = Ms(12_000)
"""From the stroke until nothing is left; longer than its segment, so that it fades under words."""

BELL_PEAK_DB = Db(-15.0)
ROOM_TONE_DB = Db(-48.0)
"""Loud enough that podcast apps do not take a pause for silence and cut it (they listen at
about -50 dB), and dark enough that it is heard as a room and not as a hiss."""

BREATH_DB = Db(-34.0)
ROOM_TONE_LOOP_MS = Ms(20_000)

_BELL_FUNDAMENTAL_HZ = 196.0
_BELL_PARTIALS = (
    # ratio to the fundamental, loudness, seconds to fall by 60 dB, beating in Hz
    (1.00, 1.00, 11.0, 0.35),
    (2.76, 0.55, 7.5, 0.60),
    (5.40, 0.24, 4.2, 0.90),
    (8.93, 0.09, 2.2, 1.30),
    (13.34, 0.03, 1.1, 0.0),
)
"""A small bowl struck with felt: the modes of a free bar that is closed to a ring (ratios after
Fletcher & Rossing, The Physics of Musical Instruments). A ring is never quite round, so each
mode is a pair a little apart, which is heard as a slow beating."""

_BELL_TWIN = 0.3
"""How strong the second of a pair is: at 1 the tone would die away and come back at every beat."""


def sound_frames(sound: Sound | OwnSound, length_ms: Ms) -> np.ndarray:
    """Make the sound of a segment; a bell rings on beyond `length_ms`, a breath fills it."""
    match sound:
        case Sound.BELL_SMALL:
            return bell()
        case Sound.BREATH_IN:
            return breath(length_ms, rises=True)
        case _:  # air that goes out
            return breath(length_ms, rises=False)


@lru_cache(maxsize=1)
def bell() -> np.ndarray:
    """One stroke of the bell."""
    time_s = np.arange(frames_from_ms(BELL_RING_MS)) / SAMPLE_RATE_HZ
    tone = np.zeros_like(time_s)
    for ratio, loudness, fall_s, beat_hz in _BELL_PARTIALS:
        frequency_hz = _BELL_FUNDAMENTAL_HZ * ratio
        fall = 10 ** (-3 * time_s / fall_s)
        pair = np.sin(2 * np.pi * frequency_hz * time_s)
        pair += _BELL_TWIN * np.sin(2 * np.pi * (frequency_hz + beat_hz) * time_s)
        tone += loudness * fall * pair
    felt = 1 - np.exp(-time_s / 0.006)
    ending = np.minimum(1, (time_s[-1] - time_s) / 1.5)
    tone *= felt * ending
    stroke = tone / np.abs(tone).max() * factor_from_db(BELL_PEAK_DB)
    return np.asarray(stroke, dtype=np.float32)


@lru_cache(maxsize=8)
def breath(length_ms: Ms, *, rises: bool) -> np.ndarray:
    """Air that comes in, growing and brightening, or goes out, fading and darkening."""
    count = frames_from_ms(length_ms)
    dark = _noise(count, low_hz=150, high_hz=500, slope=1.0, seed=3)
    bright = _noise(count, low_hz=400, high_hz=1600, slope=0.5, seed=4)
    way = np.linspace(0, 1, count, dtype=np.float32)
    swell = np.sin(np.pi * way ** (1.6 if rises else 0.5)) ** 2
    colour = way if rises else 1 - way
    air = (dark * (1 - colour) + bright * colour) * swell
    return np.asarray(air * factor_from_db(BREATH_DB), dtype=np.float32)


@lru_cache(maxsize=1)
def room_tone() -> np.ndarray:
    """A loop without a seam: the quiet of a room, under everything."""
    count = frames_from_ms(ROOM_TONE_LOOP_MS)
    tone = _noise(count, low_hz=60, high_hz=800, slope=1.3, seed=1)
    return np.asarray(tone * factor_from_db(ROOM_TONE_DB), dtype=np.float32)


def _noise(count: int, *, low_hz: float, high_hz: float, slope: float, seed: int) -> np.ndarray:
    """Noise of RMS 1 that falls by frequency**-slope inside a band with soft edges.

    It is made from its spectrum, so that its end goes over into its beginning.
    """
    frequency = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    frequency[0] = frequency[1]
    edges = 1 / (1 + (low_hz / frequency) ** 4) / (1 + (frequency / high_hz) ** 4)
    size = edges * frequency**-slope
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(size))
    sound = np.fft.irfft(size * np.exp(1j * phase), count)
    return np.asarray(sound / np.sqrt(np.mean(sound**2)), dtype=np.float32)
