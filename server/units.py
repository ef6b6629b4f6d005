"""The units that numbers carry, and the only conversions between them."""

from typing import NewType

Ms = NewType("Ms", int)
"""A length or a moment in whole milliseconds; the only unit of time inside the house."""

Bytes = NewType("Bytes", int)
"""A size on disk or on the wire."""

BYTES_PER_MB = 1_000_000

Db = NewType("Db", float)
"""A gain or a level relative to full scale, in decibels."""

Lufs = NewType("Lufs", float)
"""Integrated loudness by ITU-R BS.1770, relative to full scale."""

SAMPLE_RATE_HZ = 48_000
"""The one rate of every clip and every mix: a millisecond is exactly 48 frames of it."""

FRAMES_PER_MS = SAMPLE_RATE_HZ // 1000


def ms_from_minutes(minutes: int) -> Ms:
    """Convert whole minutes."""
    return Ms(minutes * 60_000)


def seconds_from_ms(length_ms: Ms) -> float:
    """Convert for writers whose formats speak in seconds (RSS, JSON, ffmpeg)."""
    return length_ms / 1000


def frames_from_ms(length_ms: Ms) -> int:
    """Count the frames of a length at SAMPLE_RATE_HZ; exact."""
    return length_ms * FRAMES_PER_MS


def ms_from_frames(frames: int) -> Ms:
    """Count the milliseconds that hold these frames, the last one begun included."""
    return Ms(-(-frames // FRAMES_PER_MS))


def factor_from_db(gain_db: Db) -> float:
    """Convert a gain to the factor by which samples are multiplied."""
    return float(10 ** (gain_db / 20))
