"""How loud a sound is, measured by ffmpeg's ebur128 while the sound is still being made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

import numpy as np

from server.audio.ffmpeg import PCM_INT, Ffmpeg
from server.errors import AudioError
from server.units import Db, Lufs

TARGET_LUFS = Lufs(-19.0)
"""For mono speech (EBU R128's -23 is for broadcast; podcasts ask for -16 stereo, -19 mono)."""

TOLERANCE_LU = 0.5
PEAK_LIMIT_DB = Db(-1.0)
"""True peak that the finished file must not exceed, in dBTP."""

MEASURE_DEADLINE_SECONDS = 3600.0
"""A meter stays open while the voice speaks; this only bounds one that hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """What a meter found."""

    integrated_lufs: Lufs | None
    """None where everything was below the gate at -70 LUFS: silence."""
    true_peak_db: Db | None
    """None where it was not asked for, or there was no sound."""


class LoudnessMeter:
    """Takes 16-bit frames in any portions, then tells how loud they are."""

    def __init__(self, *, wants_peak: bool = False) -> None:
        peak = ":peak=true" if wants_peak else ""
        self._ffmpeg = Ffmpeg(
            *PCM_INT, "-i", "pipe:0", "-af", f"ebur128=framelog=quiet{peak}", "-f", "null", "-",
            deadline_seconds=MEASURE_DEADLINE_SECONDS,
        )  # fmt: skip
        self._has_sound = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ffmpeg.close()

    def feed(self, frames: np.ndarray) -> None:
        """Hand over the next frames: mono, 16 bit, SAMPLE_RATE_HZ."""
        self._has_sound = self._has_sound or bool(frames.any())
        self._ffmpeg.write(frames.astype("<i2", copy=False).tobytes())

    def result(self) -> Loudness:
        """End the measurement."""
        said = self._ffmpeg.finish()
        return parse_ebur128(said) if self._has_sound else SILENCE


SILENCE = Loudness(integrated_lufs=None, true_peak_db=None)


def parse_ebur128(said: str) -> Loudness:
    """Read the summary that ffmpeg's ebur128 filter prints at the end."""
    summary = said.rpartition("Summary:")[2]
    integrated = re.search(r"I:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[\d.]+|-inf) dBFS", summary)
    if integrated is None:
        raise AudioError("The loudness could not be measured.")
    lufs = float(integrated.group(1))
    return Loudness(
        integrated_lufs=Lufs(lufs) if lufs > -70 else None,
        true_peak_db=Db(float(peak.group(1))) if peak and peak.group(1) != "-inf" else None,
    )


def gain_for(lufs: Lufs | None) -> Db:
    """The one gain that brings speech of this loudness to the target; 0 for silence."""
    return Db(0.0) if lufs is None else Db(TARGET_LUFS - lufs)
