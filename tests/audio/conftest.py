"""Timelines and clips for sound tests, as short as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate

import numpy as np
import pytest

from server.audio import Sources, mix_blocks, sound_frames
from server.audio.beds import Loop
from server.timeline import (
    Chapter,
    Segment,
    SilenceSegment,
    Sound,
    SoundSegment,
    SpeechSegment,
    Timeline,
    Utterance,
)
from server.units import SAMPLE_RATE_HZ, Db, Ms, frames_from_ms


@pytest.fixture
def tone() -> Callable[..., np.ndarray]:
    """Make 16-bit frames of a steady tone."""

    def make(length_ms: int, *, level: float = 0.1, hz: float = 440) -> np.ndarray:
        at = np.arange(frames_from_ms(Ms(length_ms))) / SAMPLE_RATE_HZ
        return np.round(32767 * level * np.sin(2 * np.pi * hz * at)).astype(np.int16)

    return make


class SteadyBed(Loop):
    """A bed of one value all over, so that a mix shows what was done to it."""

    def read(self, start: int, end: int) -> np.ndarray:
        """Read any stretch of it."""
        return np.ones(end - start, dtype=np.float32)


@pytest.fixture
def mix() -> Callable[..., Iterator[np.ndarray]]:
    """Mix segments with one clip for every sentence, or a function that gives one."""

    def make(segments, clip=None, *, gain_db: float = 0) -> Iterator[np.ndarray]:
        read = clip if callable(clip) else lambda _: clip
        sources = Sources(clip=read, sound=sound_frames, bed=lambda _: SteadyBed())
        return mix_blocks(
            getattr(segments, "segments", segments), sources, speech_gain_db=Db(gain_db)
        )

    return make


@pytest.fixture
def timeline() -> Callable[..., Timeline]:
    """Make a timeline of (kind, length_ms) pairs: a sentence's text, a Sound, or None."""

    def make(*parts: tuple[str | Sound | None, int]) -> Timeline:
        ends = list(accumulate(length for _, length in parts))
        segments: list[Segment] = []
        for (kind, length_ms), end_ms in zip(parts, ends, strict=True):
            place = {"start_ms": Ms(end_ms - length_ms), "length_ms": Ms(length_ms)}
            if kind is None:
                segments.append(SilenceSegment(**place))
            elif isinstance(kind, Sound):
                segments.append(SoundSegment(**place, sound=kind))
            else:
                segments.append(SpeechSegment(**place, utterance=Utterance(text=kind, pace=1.0)))
        chapter = Chapter(title="All of it", start_ms=Ms(0), end_ms=Ms(ends[-1]))
        return Timeline(segments=tuple(segments), chapters=(chapter,), total_ms=Ms(ends[-1]))

    return make
