"""Segments + clips → the practice as sound, a second at a time, in memory that does not grow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from server.audio.beds import BED_LEVELS_DB, Loop, bed_loop
from server.audio.bells import bell
from server.audio.ducking import LOOK_AHEAD_MS, LOOK_BACK_MS, duck_gain
from server.audio.sounds import room_tone
from server.timeline import (
    BedSegment,
    BedSound,
    OwnSound,
    Segment,
    Sound,
    SoundSegment,
    SpeechSegment,
    Utterance,
)
from server.units import SAMPLE_RATE_HZ, Db, Ms, factor_from_db, frames_from_ms

BLOCK_FRAMES = SAMPLE_RATE_HZ

FADE_IN_MS, FADE_OUT_MS = Ms(400), Ms(2_500)
"""The room opens and closes; nothing starts or stops with a click."""

BED_FADE_MS = Ms(3_000)
"""How slowly a bed comes and goes, and one goes over into another."""

AHEAD = frames_from_ms(Ms(max(LOOK_AHEAD_MS, FADE_OUT_MS)))
"""How far beyond a block the segments must be known: a bed makes room before a word begins,
and the end of the whole is heard coming."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the mix gets its sounds."""

    clip: Callable[[Utterance], np.ndarray]
    """An utterance's 16-bit frames; asked once for each time it is heard, shortly before."""
    sound: Callable[[Sound | OwnSound, Ms], np.ndarray]
    """A bell's or a breath's float frames, at their own level."""
    bed: Callable[[BedSound | OwnSound], Loop]
    """A bed's loop."""


def mix_blocks(
    segments: Iterable[Segment], sources: Sources, *, speech_gain_db: Db
) -> Iterator[np.ndarray]:
    """Mix a practice: float32 mono blocks of one second, the last one shorter.

    `segments` come in order and touch; they are asked for a few seconds before they are heard,
    and may take their time. Speech is raised by one gain and its own level, a person's own
    recording by its level alone; bells, breaths, beds and the room have levels of their own.
    """
    score = _Score(segments=iter(segments), sources=sources, speech_gain_db=speech_gain_db)
    start = 0
    while score.reaches(start):
        score.look_to(start + BLOCK_FRAMES + AHEAD)
        end = min(start + BLOCK_FRAMES, score.known)
        block = _room(start, end)
        score.add_beds(block, start)
        score.add_sounds(block, start)
        yield _fade(block, start, score.total)
        start = end


def make_sounds() -> None:
    """Make all sounds of our own now, which takes a second, so that no press of play waits."""
    room_tone()
    for kind in (Sound.BELL_SMALL, Sound.BELL_LARGE, Sound.BELL_SINGING):
        bell(kind)
    for bed in BedSound:
        bed_loop(bed)


@dataclass(slots=True)
class _Placed:
    """A sound that is being heard, and the frame at which it began."""

    start: int
    frames: np.ndarray


@dataclass(slots=True)
class _Lying:
    """A bed from the frame at which it came to the one at which it goes, if that is known."""

    loop: Loop
    factor: float
    start: int
    end: int | None = None


@dataclass(slots=True, kw_only=True)
class _Score:
    """What of the practice is known by now, and what of it can still be heard."""

    segments: Iterator[Segment]
    sources: Sources
    speech_gain_db: Db
    known: int = 0
    """Up to this frame everything is known."""
    total: int | None = None
    """The frame at which the practice ends; None while it is not known."""
    sounds: list[_Placed] = field(default_factory=list)
    beds: list[_Lying] = field(default_factory=list)
    speech: list[tuple[int, int]] = field(default_factory=list)
    """Where speech begins and ends, as far as a bed still makes room for it."""

    def reaches(self, frame: int) -> bool:
        """Tell whether there is anything to be heard from this frame on."""
        self.look_to(frame + 1)
        return frame < self.known

    def look_to(self, frame: int) -> None:
        """Get to know all segments that begin before a frame."""
        while self.total is None and self.known < frame:
            segment = next(self.segments, None)
            if segment is None:
                self.total = self.known
                return
            self._place(segment)
            self.known = frames_from_ms(Ms(segment.start_ms + segment.length_ms))

    def _place(self, segment: Segment) -> None:
        start = frames_from_ms(segment.start_ms)
        if isinstance(segment, SpeechSegment):
            self.sounds.append(_Placed(start, self._speech(segment)))
            self.speech.append((start, start + frames_from_ms(segment.length_ms)))
        elif isinstance(segment, SoundSegment):
            frames = self.sources.sound(segment.sound, segment.length_ms)
            self.sounds.append(_Placed(start, frames))
        elif isinstance(segment, BedSegment):
            self._change_bed(segment, start)

    def _speech(self, segment: SpeechSegment) -> np.ndarray:
        own_db = 0.0 if segment.utterance.recording else self.speech_gain_db
        factor = factor_from_db(Db(own_db + segment.level_db)) / 32768
        return self.sources.clip(segment.utterance) * np.float32(factor)

    def _change_bed(self, segment: BedSegment, start: int) -> None:
        for lying in self.beds:
            lying.end = start if lying.end is None else lying.end
        if segment.bed is not None:
            factor = factor_from_db(BED_LEVELS_DB[segment.level])
            self.beds.append(_Lying(self.sources.bed(segment.bed), factor, start))

    def add_sounds(self, block: np.ndarray, start: int) -> None:
        """Add speech, bells and breaths to the block that begins at a frame."""
        end = start + len(block)
        for placed in self.sounds:
            _add(block, start, placed)
        self.sounds = [each for each in self.sounds if each.start + len(each.frames) > end]

    def add_beds(self, block: np.ndarray, start: int) -> None:
        """Add the beds, lower where somebody speaks."""
        end = start + len(block)
        if any(_is_heard(bed, start, end) for bed in self.beds):
            ducked = duck_gain(start, end, self.speech)
            for bed in self.beds:
                _add_bed(block, start, bed, ducked)
        back = frames_from_ms(LOOK_BACK_MS)
        self.speech = [stretch for stretch in self.speech if stretch[1] + back > end]
        fade = frames_from_ms(BED_FADE_MS)
        self.beds = [bed for bed in self.beds if bed.end is None or bed.end + fade > end]


def _is_heard(bed: _Lying, start: int, end: int) -> bool:
    gone = end if bed.end is None else bed.end + frames_from_ms(BED_FADE_MS)
    return bed.start < end and gone > start


def _add_bed(block: np.ndarray, start: int, bed: _Lying, ducked: np.ndarray) -> None:
    """Add what of a bed lies inside the block; it comes and goes on a slow curve."""
    first = max(start, bed.start)
    end = start + len(block)
    if first >= end:
        return
    # Whole numbers: beyond 2**24 frames, which is not six minutes, a float32 is too coarse.
    at = np.arange(first, end)
    fade = frames_from_ms(BED_FADE_MS)
    share = np.clip((at - bed.start) / fade, 0, 1)
    if bed.end is not None:
        share = np.minimum(share, np.clip(1 - (at - bed.end) / fade, 0, 1))
    gain = (
        np.sin(share * (np.pi / 2)).astype(np.float32)
        * ducked[first - start :]
        * np.float32(bed.factor)
    )
    block[first - start :] += bed.loop.read(first - bed.start, end - bed.start) * gain


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


def _fade(block: np.ndarray, start: int, total: int | None) -> np.ndarray:
    """Open and close the whole practice softly; an end that is not known is not near."""
    fade_in, fade_out = frames_from_ms(FADE_IN_MS), frames_from_ms(FADE_OUT_MS)
    is_closing = total is not None and start + len(block) > total - fade_out
    if start < fade_in or is_closing:
        at = np.arange(start, start + len(block))
        block *= np.clip(at / fade_in, 0, 1).astype(np.float32)
        if total is not None:
            block *= np.clip((total - at) / fade_out, 0, 1).astype(np.float32)
    return block
