"""Timelines and clips for sound tests, as short as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from server.audio import LoudnessMeter, Sources, encode, gain_for, mix_blocks, sound_frames
from server.audio.beds import Loop, open_bed
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

Mixed = Callable[..., np.ndarray]


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

    def make(
        segments, clip=None, *, gain_db: float = 0, bed=lambda _: SteadyBed()
    ) -> Iterator[np.ndarray]:
        read = clip if callable(clip) else lambda _: clip
        sources = Sources(clip=read, sound=sound_frames, bed=bed)
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


@pytest.fixture(scope="session")
def clip() -> np.ndarray:
    """Three seconds that have the crest of speech and begin and end softly, as clips do."""
    count = frames_from_ms(Ms(3000))
    noise = np.random.default_rng(7).normal(0, 4000, count)
    dark = np.convolve(noise, np.ones(16) / 16, "same")
    syllables = np.abs(np.sin(np.arange(count) / 9000))
    edges = np.clip(np.minimum(np.arange(count), np.arange(count)[::-1]) / 3000, 0, 1)
    return np.asarray(dark * syllables * edges).astype(np.int16)


@pytest.fixture(scope="session")
def mixed(clip: np.ndarray) -> Mixed:
    """Mix a timeline, every sentence of it that clip at its level; sentences may be silent."""
    with LoudnessMeter() as meter:
        for _ in range(3):
            meter.feed(clip)
        gain_db = gain_for(meter.result().integrated_lufs)

    def mix(line: Timeline, *, louder_db: float = 0.0, silent: str = "") -> np.ndarray:
        sources = Sources(
            clip=lambda utterance: clip * (utterance.text != silent),
            sound=sound_frames,
            bed=lambda bed: open_bed(bed, Path),
        )
        gain = Db(gain_db + louder_db)
        return np.concatenate(list(mix_blocks(line.segments, sources, speech_gain_db=gain)))

    return mix


@pytest.fixture
def encoded(tmp_path: Path) -> Callable[[np.ndarray], Path]:
    """Encode a mix as a practice is encoded."""

    def write(mix: np.ndarray) -> Path:
        path = tmp_path / "mix.mp3"
        encode((mix[at : at + SAMPLE_RATE_HZ] for at in range(0, len(mix), SAMPLE_RATE_HZ)), path)
        return path

    return write
