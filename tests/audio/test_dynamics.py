"""Compression of speech: peaks come down, quiet stays, nothing clicks."""

from __future__ import annotations

import numpy as np
import pytest

from server.audio.dynamics import RATIO, THRESHOLD_DB, even_out
from server.units import FRAMES_PER_MS, SAMPLE_RATE_HZ


def tone(level_db: float, seconds: float = 1.0) -> np.ndarray:
    at = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * 1000 * at)).astype(np.float32)


def peak_db(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.abs(sound).max()))


@pytest.mark.parametrize("level_db", [-6.0, -12.0, -20.0])
def test_what_stands_above_the_threshold_comes_down_by_the_ratio(level_db):
    """A steady tone above the threshold rises by 1 dB where it rose by RATIO dB before."""
    settled = even_out(tone(level_db))[SAMPLE_RATE_HZ // 2 :]
    wanted = THRESHOLD_DB + (level_db - THRESHOLD_DB) / RATIO
    assert peak_db(settled) == pytest.approx(wanted, abs=0.2)


def test_what_lies_below_the_threshold_is_left_as_it_is():
    """A quiet sound passes unchanged."""
    quiet = tone(-40.0)
    assert np.allclose(even_out(quiet), quiet, atol=1e-6)


def test_an_onset_is_caught_and_let_go_slowly():
    """Two milliseconds after a jump the gain is down; a quarter of a second later it is back."""
    sound = np.concatenate([tone(-60, 0.2), tone(-6, 0.3), tone(-40, 0.6)])
    evened = even_out(sound)
    after_jump = slice(202 * FRAMES_PER_MS, 210 * FRAMES_PER_MS)
    assert peak_db(evened[after_jump]) < -16
    assert peak_db(evened[-100 * FRAMES_PER_MS :]) == pytest.approx(-40, abs=1)
    assert peak_db(evened[510 * FRAMES_PER_MS : 520 * FRAMES_PER_MS]) < -45


def test_the_gain_never_jumps():
    """From one frame to the next the gain changes by less than a hundredth."""
    sound = np.concatenate([tone(-60, 0.1), tone(-6, 0.2), tone(-60, 0.1)]) + np.float32(1e-4)
    evened = even_out(sound)
    is_clear = np.abs(sound) > 5e-5
    gain = np.interp(np.arange(len(sound)), np.flatnonzero(is_clear), (evened / sound)[is_clear])
    assert np.abs(np.diff(gain)).max() < 0.03


def test_nothing_stays_nothing():
    """An empty clip and a silent one come back as they are."""
    assert len(even_out(np.zeros(0, np.float32))) == 0
    assert not even_out(np.zeros(4800, np.float32)).any()
