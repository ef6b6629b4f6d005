"""Water: rain and a stream, drop by drop and bubble by bubble, as loops without a seam."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from server.audio.noise import LOOP_FRAMES, LOOP_MS, at_rms_1, drawn_out, drift, noise, scatter
from server.units import SAMPLE_RATE_HZ, seconds_from_ms

_LOOP_S = seconds_from_ms(LOOP_MS)

# ── rain ─────────────────────────────────────────────────────────────────────────────────────

_DROPS_PER_S = 220
_DROP_MM = (0.8, 1.2, 1.7, 2.3, 3.0, 4.0)
_DROP_FALL_PER_MM = 2.5
"""Few drops are large: their number falls as exp(-Λ·D). Marshall & Palmer (1948), The
distribution of raindrops with size: Λ = 4.1·R^-0.21 per mm, here for R = 10 mm of rain an hour."""

_NEAREST_M, _FARTHEST_M = 2.5, 10.0
_LOUDER = 0.7
"""A drop of twice the size is louder by 2**0.7. Real ones differ more; here none shall startle."""


def rain() -> np.ndarray:
    """Near drops one by one, of all sizes, over the hiss of all that fall farther away."""
    hiss = noise(LOOP_FRAMES, low_hz=450, high_hz=7_500, slope=0.35, seed=11)
    gusts = drift(slowest_s=3, quickest_s=0.3, seed=12)
    hiss *= drawn_out(10 ** (1.2 * gusts / 20))
    drops = at_rms_1(scatter(LOOP_FRAMES, _drops()))
    return hiss + 0.5 * drops


def _drops() -> Iterator[tuple[int, np.ndarray]]:
    """Each near drop: its frame and its sound, softer the farther away it falls."""
    dice = np.random.default_rng(13)
    shares = np.exp(-_DROP_FALL_PER_MM * np.array(_DROP_MM))
    shares *= np.array(_DROP_MM)  # a large drop is heard from a wider ground
    kinds = [[_drop(size_mm, seed) for seed in range(5)] for size_mm in _DROP_MM]
    count = round(_DROPS_PER_S * _LOOP_S)
    starts = dice.integers(0, LOOP_FRAMES, count)
    sizes = dice.choice(len(_DROP_MM), count, p=shares / shares.sum())
    away_m = np.sqrt(dice.uniform(_NEAREST_M**2, _FARTHEST_M**2, count))  # even over the ground
    forms = dice.integers(0, 5, count)
    for start, size, metres, form in zip(starts, sizes, away_m, forms, strict=True):
        yield int(start), kinds[size][form] / np.float32(metres)


def _drop(size_mm: float, seed: int) -> np.ndarray:
    """One drop on leaves or a roof: a knock and a short ring, lower and longer for large drops."""
    dice = np.random.default_rng(seed + round(1000 * size_mm))
    fall_s = 0.0012 * size_mm * dice.uniform(0.8, 1.25)
    pitch_hz = 5_200 * size_mm**-0.8 * dice.uniform(0.8, 1.25)
    time_s = np.arange(round(8 * fall_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    knock = 0.6 * dice.normal(0, 1, len(time_s)) * np.exp(-time_s / (0.4 * fall_s))
    ring = np.sin(2 * np.pi * pitch_hz * time_s) * np.exp(-time_s / fall_s)
    soft = 1 - np.exp(-time_s / 0.0002)
    return np.asarray(size_mm**_LOUDER * soft * (knock + ring), dtype=np.float32)


# ── stream ───────────────────────────────────────────────────────────────────────────────────

_BUBBLES_PER_S = 200
_BUBBLE_MM = np.geomspace(0.9, 6.5, 14)
_BUBBLE_RARER = 1.9
"""Small bubbles are many, large ones few: by radius**-1.9."""


def stream() -> np.ndarray:
    """Bubbles that ring as they close, over the rush of water in two bands."""
    rush = noise(LOOP_FRAMES, low_hz=250, high_hz=1_100, slope=0.6, seed=21)
    spray = noise(LOOP_FRAMES, low_hz=1_200, high_hz=6_000, slope=0.5, seed=22)
    low = drift(slowest_s=1.2, quickest_s=0.2, seed=23)
    high = drift(slowest_s=1, quickest_s=0.15, seed=24)
    water = rush * drawn_out(10 ** (2.2 * low / 20))
    water += 0.4 * spray * drawn_out(10 ** (1.8 * high / 20))
    return np.asarray(water + 0.9 * at_rms_1(scatter(LOOP_FRAMES, _bubbles())))


def _bubbles() -> Iterator[tuple[int, np.ndarray]]:
    """Each bubble: its frame and its sound."""
    dice = np.random.default_rng(25)
    shares = _BUBBLE_MM**-_BUBBLE_RARER
    count = round(_BUBBLES_PER_S * _LOOP_S)
    kinds = [[_bubble(radius_mm, rise) for rise in (0, 0.06, 0.12)] for radius_mm in _BUBBLE_MM]
    starts = dice.integers(0, LOOP_FRAMES, count)
    sizes = dice.choice(len(_BUBBLE_MM), count, p=shares / shares.sum())
    loud = dice.uniform(0.1, 1, count) ** 2
    rises = dice.integers(0, 3, count)
    for start, size, factor, rise in zip(starts, sizes, loud, rises, strict=True):
        yield int(start), kinds[size][rise] * np.float32(factor)


def _bubble(radius_mm: float, rise: float) -> np.ndarray:
    """A bubble's ring: 3 kHz for a radius of 1 mm (Minnaert 1933, On musical air-bubbles).

    How fast it falls, and that it rises in pitch as the bubble nears the surface, is after van
    den Doel (2005), Physically based models for liquid sounds.
    """
    radius_m = radius_mm / 1000
    pitch_hz = 3.0 / radius_m
    fall_per_s = 0.13 / radius_m + 0.0072 * radius_m**-1.5
    time_s = np.arange(round(7 / fall_per_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    turns = pitch_hz * (time_s + rise * fall_per_s * time_s**2 / 2)
    soft = 1 - np.exp(-time_s * pitch_hz)
    ring = np.sin(2 * np.pi * turns) * np.exp(-fall_per_s * time_s) * soft
    return np.asarray(radius_mm**0.5 * ring, dtype=np.float32)
