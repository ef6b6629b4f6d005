"""How a bed makes room for speech: a gain that is a pure function of absolute time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from server.units import Db, Ms, frames_from_ms

DUCK_DB = Db(6.0)
"""So much lower a bed lies under speech: the voice is clear, and the bed is still there."""

ATTACK_MS = Ms(400)
"""It goes down before the first word, so that no word has to push it."""

RELEASE_MS = Ms(1_200)
"""It comes back slowly, like attention to the room."""

LOOK_AHEAD_MS = LOOK_BACK_MS = Ms(ATTACK_MS + RELEASE_MS)
"""Where speech pauses for less than this there is no time to come back and go down again: it
stays down. So the gain at a moment depends on the speech within this time after it and before."""


def duck_gain(start: int, end: int, speech: Sequence[tuple[int, int]]) -> np.ndarray:
    """The gain of a bed in the frames from `start` to before `end`: float32, one for each.

    `speech` are the stretches of speech in order, as their first frame and the one after their
    last; they do not overlap. Those that are farther away than LOOK_BACK_MS and LOOK_AHEAD_MS may
    be left out, so the same gain comes out in whatever portions it is asked for.
    """
    attack, release = frames_from_ms(ATTACK_MS), frames_from_ms(RELEASE_MS)
    if not any(a - attack < end and b + release > start for a, b in speech):
        return np.ones(end - start, dtype=np.float32)
    far = end + attack + release
    firsts = np.array([a for a, _ in speech] + [far])
    lasts = np.array([start - attack - release] + [b for _, b in speech])
    at = np.arange(start, end)
    # For each frame the last stretch that has begun, and the next one.
    index = np.searchsorted(firsts[:-1], at, side="right")
    since, until = at - lasts[index], firsts[index] - at
    down = np.maximum(1 - since / release, 1 - until / attack)
    down[(since < 0) | (since + until < attack + release)] = 1
    share = (1 - np.cos(np.pi * np.clip(down, 0, 1))) / 2
    return np.asarray(10 ** (-DUCK_DB * share / 20), dtype=np.float32)
