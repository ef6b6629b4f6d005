"""Breath and room: made by code, alike every time, and without a click in them."""

from __future__ import annotations

import numpy as np
import pytest

from server.audio.bells import bell
from server.audio.sounds import ROOM_TONE_DB, breath, room_tone, sound_frames
from server.errors import AudioError
from server.timeline import OwnSound, Sound
from server.units import SAMPLE_RATE_HZ, Ms, frames_from_ms


def rms_db(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(sound)))))


@pytest.mark.parametrize("rises", [True, False])
def test_a_breath_fills_its_segment_and_touches_nothing_at_its_ends(rises):
    """Air comes and goes within exactly its length, from silence to silence."""
    sound = breath(Ms(4000), rises=rises)
    assert len(sound) == frames_from_ms(Ms(4000))
    assert np.abs(sound[:200]).max() < 5e-4
    assert np.abs(sound[-200:]).max() < 5e-4
    assert np.abs(sound).max() < 0.2


def test_breaths_in_and_out_are_told_apart():
    """Air in grows towards its end, air out is strongest at its beginning."""
    half = frames_from_ms(Ms(2000))
    air_in, air_out = (sound_frames(kind, Ms(4000)) for kind in (Sound.BREATH_IN, Sound.BREATH_OUT))
    assert rms_db(air_in[half:]) > rms_db(air_in[:half]) + 3
    assert rms_db(air_out[:half]) > rms_db(air_out[half:]) + 3


def test_the_room_loops_without_a_seam():
    """The step from the loop's end to its beginning is like every other step in it."""
    sound = room_tone()
    assert rms_db(sound) == pytest.approx(ROOM_TONE_DB, abs=0.1)
    steps = np.abs(np.diff(np.concatenate([sound, sound[:1]])))
    assert steps[-1] <= steps[:-1].max()
    seconds = sound.reshape(-1, SAMPLE_RATE_HZ)
    levels = [rms_db(second) for second in seconds]
    assert max(levels) - min(levels) < 0.75
    three_seconds = [
        rms_db(np.concatenate([sound, sound])[at:][: 3 * SAMPLE_RATE_HZ])
        for at in range(0, len(sound), SAMPLE_RATE_HZ // 10)
    ]
    assert max(three_seconds) - min(three_seconds) < 0.4


def test_each_sound_is_given_by_its_name():
    """A bell is its whole ring, whatever its segment; an own sound that is not there is told."""
    for kind in (Sound.BELL_SMALL, Sound.BELL_LARGE, Sound.BELL_SINGING):
        assert np.array_equal(sound_frames(kind, Ms(6_000)), bell(kind))
    with pytest.raises(AudioError, match="not here"):
        sound_frames(OwnSound(name="gong", key="a" * 64, length_ms=Ms(1_000)), Ms(1_000))
