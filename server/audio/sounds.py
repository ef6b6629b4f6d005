"""The sounds of a practice: bells, breaths, sounds of one's own, and the room they stand in."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from server.audio.bells import bell
from server.audio.noise import at_rms_1, even, noise
from server.audio.own_sounds import PathOf, no_own_sounds, own_sound_frames
from server.timeline import OwnSound, Sound
from server.units import Db, Ms, factor_from_db, frames_from_ms

ROOM_TONE_DB = Db(-48.0)
"""Loud enough that podcast apps do not take a pause for silence and cut it (they listen at
about -50 dB), and dark enough that it is heard as a room and not as a hiss."""

BREATH_DB = Db(-34.0)
ROOM_TONE_LOOP_MS = Ms(20_000)
ROOM_TONE_EVEN_OVER_MS = Ms(1_200)


def sound_frames(
    sound: Sound | OwnSound, length_ms: Ms, path_of: PathOf = no_own_sounds
) -> np.ndarray:
    """Give the sound of a segment: float32, mono; a bell rings on beyond `length_ms`.

    `path_of` gives the file of an own sound's key. Raises AudioError where that is not there.
    """
    match sound:
        case OwnSound(key=key):
            return own_sound_frames(path_of(key))
        case Sound.BREATH_IN:
            return breath(length_ms, rises=True)
        case Sound.BREATH_OUT:
            return breath(length_ms, rises=False)
        case _:
            return bell(sound)


@lru_cache(maxsize=8)
def breath(length_ms: Ms, *, rises: bool) -> np.ndarray:
    """Air that comes in, growing and brightening, or goes out, fading and darkening."""
    count = frames_from_ms(length_ms)
    dark = noise(count, low_hz=150, high_hz=500, slope=1.0, seed=3)
    bright = noise(count, low_hz=400, high_hz=1600, slope=0.5, seed=4)
    way = np.linspace(0, 1, count, dtype=np.float32)
    swell = np.sin(np.pi * way ** (1.6 if rises else 0.5)) ** 2
    colour = way if rises else 1 - way
    air = (dark * (1 - colour) + bright * colour) * swell
    return np.asarray(air * factor_from_db(BREATH_DB), dtype=np.float32)


@lru_cache(maxsize=1)
def room_tone() -> np.ndarray:
    """A loop without a seam: the quiet of a room, under everything."""
    count = frames_from_ms(ROOM_TONE_LOOP_MS)
    tone = noise(count, low_hz=60, high_hz=800, slope=1.3, seed=1)
    tone = at_rms_1(even(tone, over_ms=ROOM_TONE_EVEN_OVER_MS))
    return np.asarray(tone * factor_from_db(ROOM_TONE_DB), dtype=np.float32)
