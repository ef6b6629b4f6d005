"""Mild compression of speech: the one part of the mix that no library at hand does for a clip.

ffmpeg's acompressor would do it, at the price of a process for each sentence.
"""

from __future__ import annotations

import numpy as np

from server.units import FRAMES_PER_MS, Db

THRESHOLD_DB = Db(-28.0)
RATIO = 2.5
ATTACK_MS, RELEASE_MS = 1.0, 120.0
"""Piper's peaks stand 22 dB above its loudness, which leaves no room for a level that phones can
play. Measured on the shipped practices: 17 dB afterwards, and the limiter has little to do."""

_ATTACK, _RELEASE = (float(np.exp(-1 / ms)) for ms in (ATTACK_MS, RELEASE_MS))
_FLOOR = 1e-6


def even_out(sound: np.ndarray) -> np.ndarray:
    """Lower what stands above the threshold: mono float32 at SAMPLE_RATE_HZ, same length.

    The peak of each millisecond steers the gain; the gain follows it down at once and comes
    back slowly, and goes in straight lines between milliseconds, so that it never clicks.
    """
    if not len(sound):
        return sound
    padded = np.pad(np.abs(sound), (0, -len(sound) % FRAMES_PER_MS))
    peaks = padded.reshape(-1, FRAMES_PER_MS).max(axis=1)
    peaks_db = 20 * np.log10(peaks + _FLOOR)
    wanted_db = np.maximum(0, peaks_db - THRESHOLD_DB) * (1 / RATIO - 1)
    gains = 10 ** (np.array(_follow(wanted_db.tolist()), dtype=np.float32) / 20)
    # A gain belongs to the beginning of its millisecond: it is there when the onset comes.
    ways = np.linspace(gains, np.append(gains[1:], gains[-1]), FRAMES_PER_MS, endpoint=False)
    return np.asarray(sound * ways.T.ravel()[: len(sound)], dtype=np.float32)


def _follow(wanted_db: list[float]) -> list[float]:
    """Move towards each wanted gain, quickly down and slowly up."""
    gain_db, gains_db = 0.0, []
    for wanted in wanted_db:
        share = _ATTACK if wanted < gain_db else _RELEASE
        gain_db = wanted + (gain_db - wanted) * share
        gains_db.append(gain_db)
    return gains_db
