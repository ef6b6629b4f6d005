"""Timeline + clips → the practice as sound, a second at a time, in memory that does not grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from server.audio.sounds import room_tone, sound_frames
from server.timeline import (
    SoundSegment,
    SpeechSegment,
    Timeline,
    Utterance,
)
from server.units import SAMPLE_RATE_HZ, Db, Ms, factor_from_db, frames_from_ms

BLOCK_FRAMES = SAMPLE_RATE_HZ

FADE_IN_MS, FADE_OUT_MS = Ms(400), Ms(2_500)
"""The room opens and closes; nothing starts or stops with a click."""

ReadClip = Callable[[Utterance], np.ndarray]


@dataclass(slots=True)
class _Placed:
    """A sound that is being heard, and the frame at which it began."""

    start: int
    frames: np.ndarray


def mix_blocks(
    timeline: Timeline, read_clip: ReadClip, *, speech_gain_db: Db
) -> Iterator[np.ndarray]:
    """Mix a practice: float32 mono blocks of one second, the last one shorter.

    `read_clip` gives an utterance's 16-bit frames; it is asked once for each time the
    utterance is heard, shortly before. Speech is raised by one gain; bells, breaths and the
    room have levels of their own.
    """
    total = frames_from_ms(timeline.total_ms)
    waiting = iter([s for s in timeline.segments if isinstance(s, SpeechSegment | SoundSegment)])
    upcoming = next(waiting, None)
    heard: list[_Placed] = []
    speech_factor = factor_from_db(speech_gain_db) / 32768
    for start in range(0, total, BLOCK_FRAMES):
        end = min(start + BLOCK_FRAMES, total)
        while upcoming is not None and frames_from_ms(upcoming.start_ms) < end:
            frames = _frames(upcoming, read_clip, speech_factor)
            heard.append(_Placed(frames_from_ms(upcoming.start_ms), frames))
            upcoming = next(waiting, None)
        block = _room(start, end)
        for placed in heard:
            _add(block, start, placed)
        heard = [placed for placed in heard if placed.start + len(placed.frames) > end]
        yield _fade(block, start, total)


def _frames(
    segment: SpeechSegment | SoundSegment, read_clip: ReadClip, speech_factor: float
) -> np.ndarray:
    if isinstance(segment, SpeechSegment):
        return read_clip(segment.utterance) * np.float32(speech_factor)
    return sound_frames(segment.sound, segment.length_ms)


def _room(start: int, end: int) -> np.ndarray:
    """The room tone between two frames, its loop going round."""
    loop = room_tone()
    return np.take(loop, np.arange(start, end), mode="wrap")


def _add(block: np.ndarray, start: int, placed: _Placed) -> None:
    """Add what of a sound lies inside the block that begins at frame `start`."""
    first = max(start, placed.start)
    last = min(start + len(block), placed.start + len(placed.frames))
    if first < last:
        block[first - start : last - start] += placed.frames[
            first - placed.start : last - placed.start
        ]


def _fade(block: np.ndarray, start: int, total: int) -> np.ndarray:
    """Open and close the whole practice softly."""
    fade_in, fade_out = frames_from_ms(FADE_IN_MS), frames_from_ms(FADE_OUT_MS)
    if start < fade_in or start + len(block) > total - fade_out:
        at = np.arange(start, start + len(block), dtype=np.float32)
        block *= np.clip(at / fade_in, 0, 1) * np.clip((total - at) / fade_out, 0, 1)
    return block
