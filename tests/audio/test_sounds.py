"""Bell, breath and room: made by code, alike every time, and without a click in them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from server.audio.sounds import BELL_PEAK_DB, ROOM_TONE_DB, bell, breath, room_tone, sound_frames
from server.timeline import Sound
from server.units import SAMPLE_RATE_HZ, Ms, factor_from_db, frames_from_ms


def rms_db(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(sound)))))


def test_the_bell_starts_softly_falls_and_ends_at_nothing():
    """A stroke peaks at its level within a tenth of a second, then only fades."""
    sound = bell()
    peak_at = int(np.abs(sound).argmax())
    assert abs(sound[0]) < 1e-4
    assert peak_at < SAMPLE_RATE_HZ / 10
    assert np.abs(sound).max() == pytest.approx(factor_from_db(BELL_PEAK_DB), rel=1e-3)
    seconds = sound[: len(sound) // SAMPLE_RATE_HZ * SAMPLE_RATE_HZ].reshape(-1, SAMPLE_RATE_HZ)
    levels = [rms_db(second) for second in seconds]
    assert all(later < earlier for earlier, later in pairwise(levels))
    assert abs(sound[-1]) < 1e-4


def test_the_bell_has_the_partials_of_a_bowl():
    """Its spectrum stands on the modes of a closed ring, not on harmonics."""
    sound = bell()[: 2 * SAMPLE_RATE_HZ]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    for ratio in (1.0, 2.76, 5.40):
        middle = round(196.0 * ratio * 2)
        around = spectrum[middle - 60 : middle + 60]
        assert abs(int(around.argmax()) - 60) <= 4
    assert spectrum[2 * 196 * 2] < spectrum[2 * 196] / 100


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
    assert max(levels) - min(levels) < 1.5
