"""Bells from their partials: a small bowl, a large bell and a singing bowl."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from server.timeline import Sound
from server.units import SAMPLE_RATE_HZ, Db, Ms, factor_from_db, frames_from_ms

BELL_PEAK_DB = Db(-15.0)

_ENDING_S = 1.5
"""Whatever still rings at the end is faded out in this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bell:
    """A bell as physics describes it."""

    ring_ms: Ms
    """From the stroke until nothing is left; longer than its segment, so it fades under words."""
    pitch_hz: float
    partials: tuple[tuple[float, float, float, float], ...]
    """Ratio to the pitch, loudness, seconds to fall by 60 dB, beating in Hz."""
    twin: float
    """Nothing cast or hammered is quite round, so each mode is a pair a little apart, which is
    heard as a slow beating. This is how strong the second is: at 1 the tone would die away and
    come back at every beat."""
    felt_s: float
    """How softly it is struck: the time in which the stroke grows."""


_BELLS: Mapping[Sound, _Bell] = {
    # A small bowl struck with felt: the modes of a free bar that is closed to a ring (ratios
    # after Fletcher & Rossing, The Physics of Musical Instruments).
    Sound.BELL_SMALL: _Bell(
        ring_ms=Ms(12_000),
        pitch_hz=196.0,
        partials=(
            (1.00, 1.00, 11.0, 0.35),
            (2.76, 0.55, 7.5, 0.60),
            (5.40, 0.24, 4.2, 0.90),
            (8.93, 0.09, 2.2, 1.30),
            (13.34, 0.03, 1.1, 0.0),
        ),
        twin=0.3,
        felt_s=0.006,
    ),
    # A large bell of a temple or a tower, struck with wood: hum, prime, tierce, quint, nominal,
    # and above them the superquint and the octave nominal (Rossing & Perrin 1987, Vibrations of
    # bells). The hum outlasts everything; what lies high is gone soon. The ear hears the pitch
    # of the prime in the series of nominal, superquint and octave nominal.
    Sound.BELL_LARGE: _Bell(
        ring_ms=Ms(20_000),
        pitch_hz=146.8,
        partials=(
            (0.50, 0.50, 26.0, 0.22),
            (1.00, 0.80, 17.0, 0.45),
            (1.20, 0.60, 14.0, 0.70),
            (1.50, 0.16, 8.0, 0.50),
            (2.00, 1.00, 9.0, 0.85),
            (2.51, 0.22, 5.0, 0.60),
            (3.01, 0.45, 5.0, 1.10),
            (4.17, 0.28, 3.2, 1.40),
            (5.43, 0.12, 2.0, 1.70),
            (6.80, 0.05, 1.2, 0.0),
        ),
        twin=0.35,
        felt_s=0.003,
    ),
    # A singing bowl, pushed softly with a padded stick: the modes of a thin ring, n(n²-1)/√(n²+1)
    # for n = 2, 3 … (Rayleigh 1894, The Theory of Sound, §233). That its sound beats, deeply and
    # always, and that the first modes carry nearly all of it, is in Inácio, Henrique & Antunes
    # 2006, The dynamics of Tibetan singing bowls.
    Sound.BELL_SINGING: _Bell(
        ring_ms=Ms(24_000),
        pitch_hz=220.0,
        partials=(
            (1.00, 1.00, 34.0, 0.50),
            (2.83, 0.38, 22.0, 0.75),
            (5.42, 0.08, 10.0, 1.10),
            (8.77, 0.015, 4.0, 0.0),
        ),
        twin=0.7,
        felt_s=0.09,
    ),
}


@lru_cache(maxsize=len(_BELLS))
def bell(kind: Sound) -> np.ndarray:
    """One stroke of a bell, its peak at BELL_PEAK_DB: float32, mono, not to be changed."""
    form = _BELLS[kind]
    time_s = np.arange(frames_from_ms(form.ring_ms)) / SAMPLE_RATE_HZ
    tone = np.zeros_like(time_s)
    for ratio, loudness, fall_s, beat_hz in form.partials:
        frequency_hz = form.pitch_hz * ratio
        fall = 10 ** (-3 * time_s / fall_s)
        pair = np.sin(2 * np.pi * frequency_hz * time_s)
        pair += form.twin * np.sin(2 * np.pi * (frequency_hz + beat_hz) * time_s)
        tone += loudness * fall * pair
    felt = 1 - np.exp(-time_s / form.felt_s)
    ending = np.minimum(1, (time_s[-1] - time_s) / _ENDING_S)
    tone *= felt * ending
    factor = factor_from_db(BELL_PEAK_DB) / np.abs(tone).max()
    stroke: np.ndarray = (tone * factor).astype(np.float32)
    stroke.flags.writeable = False
    return stroke
