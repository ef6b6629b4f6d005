"""Noise and loops of our own making: seeded, and without a seam by the way they are made.

All are float32, mono, at SAMPLE_RATE_HZ unless a rate is named, and the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from server.units import FRAMES_PER_MS, SAMPLE_RATE_HZ, Ms, frames_from_ms, seconds_from_ms

LOOP_MS = Ms(40_000)
"""How long the loops of beds are: long enough that nobody hears them come again."""

LOOP_FRAMES = frames_from_ms(LOOP_MS)

SLOW_COUNT = 2_000
"""Points of a slow curve over a loop: one for every 20 ms."""

_BIN_MS = 20
"""A gain that evens a loop is found for each of these, and goes in straight lines between them."""


def noise(
    count: int,
    *,
    low_hz: float,
    high_hz: float,
    slope: float,
    seed: int,
    rate_hz: float = SAMPLE_RATE_HZ,
) -> np.ndarray:
    """Noise of RMS 1 that falls by frequency**-slope inside a band with soft edges.

    It is made from its spectrum, so that its end goes over into its beginning.
    """
    frequency = np.fft.rfftfreq(count, 1 / rate_hz)
    frequency[0] = frequency[1]
    edges = 1 / (1 + (low_hz / frequency) ** 4) / (1 + (frequency / high_hz) ** 4)
    size = edges * frequency**-slope
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(size))
    return at_rms_1(np.fft.irfft(size * np.exp(1j * phase), count))


def drift(*, slowest_s: float, quickest_s: float, seed: int, count: int = SLOW_COUNT) -> np.ndarray:
    """A curve of RMS 1 around 0 that wanders in waves of these lengths, and wraps after LOOP_MS."""
    rate_hz = count / seconds_from_ms(LOOP_MS)
    low_hz, high_hz = 1 / slowest_s, 1 / quickest_s
    return noise(count, low_hz=low_hz, high_hz=high_hz, slope=0.5, seed=seed, rate_hz=rate_hz)


def drawn_out(curve: np.ndarray) -> np.ndarray:
    """Draw a slow curve out over a whole loop, in straight lines; it still wraps."""
    return _in_lines(curve, LOOP_FRAMES // len(curve))


def at_rms_1(sound: np.ndarray) -> np.ndarray:
    """Scale a sound to RMS 1."""
    return np.asarray(sound / np.sqrt(np.mean(np.square(sound))), dtype=np.float32)


def scatter(count: int, sounds: Iterable[tuple[int, np.ndarray]]) -> np.ndarray:
    """Lay sounds into a loop, each at its frame; what passes the end goes on at the beginning.

    No sound may be longer than the loop.
    """
    line = np.zeros(2 * count, dtype=np.float32)
    for start, sound in sounds:
        line[start : start + len(sound)] += sound
    return np.asarray(line[:count] + line[count:])


def widen(loop: np.ndarray, count: int) -> np.ndarray:
    """Resample a loop of a low rate to `count` frames, through its spectrum: it stays a loop."""
    spectrum = np.zeros(count // 2 + 1, dtype=np.complex64)
    narrow = np.fft.rfft(loop)
    spectrum[: len(narrow)] = narrow
    return np.asarray(np.fft.irfft(spectrum, count) * (count / len(loop)), dtype=np.float32)


def even(loop: np.ndarray, *, over_ms: Ms) -> np.ndarray:
    """Hold a loop's power the same in every stretch of `over_ms`; what is quicker stays.

    Chance alone moves the level of dark noise by a decibel and more from one pause to the next,
    which is heard as unrest. The loop's length is a whole number of bins.
    """
    bins = loop.reshape(-1, _BIN_MS * FRAMES_PER_MS)
    power = np.mean(np.square(bins), axis=1, dtype=np.float64)
    width = over_ms // _BIN_MS
    window = np.zeros(len(bins))
    window[:width] = np.hanning(width)
    window = np.roll(window, -(width // 2)) / window.sum()
    around = np.fft.irfft(np.fft.rfft(power) * np.fft.rfft(window), len(bins))
    gains = np.sqrt(power.mean() / around).astype(np.float32)
    # A gain belongs to the middle of its bin.
    return np.asarray(loop * np.roll(_in_lines(gains, bins.shape[1]), bins.shape[1] // 2))


def _in_lines(curve: np.ndarray, steps: int) -> np.ndarray:
    """Go from each value to the next, and from the last to the first, in so many steps."""
    way = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)
    values = curve.astype(np.float32)[:, None]
    return np.asarray((values + (np.roll(values, -1, axis=0) - values) * way).ravel())
