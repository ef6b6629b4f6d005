"""Speech, a bell or a breath → a line: AAC over room tone that can be joined to any other line.

A frame of AAC is heard over into the next one, so each line is encoded with room tone before and
after it, and cut out of that: where lines meet there is room on both sides.
"""

from __future__ import annotations

import numpy as np

from server.audio.adts import AAC_SAMPLES, frames_of_ms, split_adts, write_adts
from server.audio.encoding import encode_aac
from server.audio.live_mix import CLOSING_FRAMES, CLOSING_MS, ROOM_FRAMES
from server.audio.sounds import room_tone, sound_frames
from server.timeline import Sound
from server.units import Db, Ms, factor_from_db, frames_from_ms, ms_from_frames

_AROUND = 3
"""So many AAC frames of room tone are encoded before and after a line."""

_DELAY = 1
"""The encoder's own delay in AAC frames: what goes in with one is heard with the next."""

STROKE_LEAD_MS = Ms(50)
"""A bell is struck so long after its line begins: where lines meet nothing sudden may happen."""


def speech_of_line(clip: np.ndarray, *, gain_db: Db) -> np.ndarray:
    """Bring a clip's 16-bit frames to their level, as the mix does: float32."""
    return clip * np.float32(factor_from_db(gain_db) / 32768)


def sound_of_line(sound: Sound, length_ms: Ms) -> np.ndarray:
    """Give a bell or a breath that is over when its time is over: float32.

    In a practice a bell rings on under what follows; in a sitting nobody knows what follows.
    """
    frames = sound_frames(sound, length_ms)
    if sound not in (Sound.BREATH_IN, Sound.BREATH_OUT):
        frames = np.concatenate([np.zeros(frames_from_ms(STROKE_LEAD_MS), np.float32), frames])
    count = frames_of_ms(length_ms) * AAC_SAMPLES
    if len(frames) <= count:
        return frames
    way = np.linspace(2, 0, count, dtype=np.float32).clip(0, 1)  # the second half of it
    return np.asarray(frames[:count] * np.sin(way * (np.pi / 2)) ** 2, dtype=np.float32)


def line_bytes(sound: np.ndarray) -> bytes:
    """Encode a line for the shelf: float32 mono, filled up with room tone to whole grains."""
    count = frames_of_ms(ms_from_frames(len(sound)))
    around = np.zeros(_AROUND * AAC_SAMPLES, np.float32)
    filled = np.zeros(count * AAC_SAMPLES - len(sound), np.float32)
    whole = np.concatenate([around, sound, filled, around])
    return write_adts(_cut(whole + _room(len(whole)), _AROUND, count))


def room_bytes() -> bytes:
    """Encode the room for the shelf: its loop, and how it goes out. For read_room()."""
    loop = _cut(_room((ROOM_FRAMES + 2 * _AROUND) * AAC_SAMPLES), _AROUND, ROOM_FRAMES)
    out = _room((CLOSING_FRAMES + 2 * _AROUND) * AAC_SAMPLES)
    at = np.arange(len(out)) - _AROUND * AAC_SAMPLES
    out *= np.clip(1 - at / frames_from_ms(CLOSING_MS), 0, 1).astype(np.float32)
    return write_adts(loop + _cut(out, _AROUND, CLOSING_FRAMES))


def _room(count: int) -> np.ndarray:
    return np.take(room_tone(), np.arange(count), mode="wrap")


def _cut(sound: np.ndarray, first: int, count: int) -> list[bytes]:
    """Encode, and keep the AAC frames with which `count` of them are heard from `first` on."""
    frames = list(split_adts(encode_aac(sound)))
    return frames[first + _DELAY : first + _DELAY + count]
