"""Bells: on their partials, at their peak, falling as bells fall, without a click."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from server.audio.bells import BELL_PEAK_DB, bell
from server.timeline import BELL_MS, Sound
from server.units import SAMPLE_RATE_HZ, factor_from_db, ms_from_frames

BELLS = (Sound.BELL_SMALL, Sound.BELL_LARGE, Sound.BELL_SINGING)
every_bell = pytest.mark.parametrize("kind", BELLS)


def rms_db(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(sound)))))


def strength(sound: np.ndarray, hz: float, half_width_hz: float = 4.0) -> float:
    """The strongest line of the spectrum around a frequency."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    frequency = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)
    return float(spectrum[np.abs(frequency - hz) <= half_width_hz].max())


def fall_s(sound: np.ndarray, hz: float) -> float:
    """How long a partial takes to fall by 60 dB, from its beats' mean in two stretches."""
    early, late = (sound[s * SAMPLE_RATE_HZ : (s + 4) * SAMPLE_RATE_HZ] for s in (1, 6))
    fallen_db = 20 * np.log10(strength(early, hz) / strength(late, hz))
    return 60 * 5 / fallen_db


@every_bell
def test_a_stroke_starts_softly_and_ends_at_nothing(kind):
    """It peaks at its level, early, and is quiet at both ends; it rings beyond its segment."""
    sound = bell(kind)
    assert np.abs(sound).max() == pytest.approx(factor_from_db(BELL_PEAK_DB), rel=1e-3)
    assert np.abs(sound).argmax() < SAMPLE_RATE_HZ / 2
    assert abs(sound[0]) < 1e-4
    assert abs(sound[-1]) < 1e-4
    assert ms_from_frames(len(sound)) > BELL_MS + 4_000
    with pytest.raises(ValueError, match="read-only"):
        sound[0] = 1


@every_bell
def test_a_stroke_falls(kind):
    """Over a beat's length or two it is never louder than before."""
    sound = bell(kind)
    width = 2 * SAMPLE_RATE_HZ
    levels = [rms_db(piece) for piece in sound[: len(sound) // width * width].reshape(-1, width)]
    assert all(later < earlier for earlier, later in pairwise(levels))
    assert levels[0] - levels[2] > 2


@every_bell
def test_a_stroke_does_not_step(kind):
    """From one frame to the next it moves no more than its highest partial must."""
    assert np.abs(np.diff(bell(kind))).max() < 0.06


@pytest.mark.parametrize(
    ("kind", "pitch_hz", "ratios"),
    [
        (Sound.BELL_SMALL, 196.0, (1.0, 2.76, 5.40)),
        (Sound.BELL_LARGE, 146.8, (0.5, 1.0, 1.2, 1.5, 2.0, 3.01, 4.17)),
        (Sound.BELL_SINGING, 220.0, (1.0, 2.83, 5.42)),
    ],
)
def test_a_bell_stands_on_its_partials(kind, pitch_hz, ratios):
    """Its spectrum has its modes, and nothing at a place between them."""
    sound = bell(kind)[: 2 * SAMPLE_RATE_HZ]
    loudest = strength(sound, pitch_hz)
    assert [r for r in ratios if strength(sound, pitch_hz * r) < loudest / 80] == []
    assert strength(sound, pitch_hz * 1.75) < loudest / 100


def test_the_small_bell_is_no_chord():
    """A ring has no harmonics: at twice its pitch there is nothing."""
    sound = bell(Sound.BELL_SMALL)[: 2 * SAMPLE_RATE_HZ]
    assert strength(sound, 392) < strength(sound, 196) / 100


@pytest.mark.parametrize(
    ("kind", "hz", "seconds"),
    [
        (Sound.BELL_SMALL, 196.0, 11.0),
        (Sound.BELL_LARGE, 73.4, 26.0),
        (Sound.BELL_LARGE, 146.8, 17.0),
        (Sound.BELL_LARGE, 293.6, 9.0),
        (Sound.BELL_SINGING, 220.0, 34.0),
    ],
)
def test_low_partials_outlast_high_ones(kind, hz, seconds):
    """Each partial takes its own time to die away; the hum and the bowl's first take longest."""
    assert fall_s(bell(kind), hz) == pytest.approx(seconds, rel=0.2)


def test_the_singing_bowl_beats_deeply_and_slowly():
    """Its tone swells and sinks about every two seconds, the small bell's hardly."""

    def sway_db(kind: Sound) -> float:
        pieces = bell(kind)[SAMPLE_RATE_HZ : 9 * SAMPLE_RATE_HZ].reshape(-1, SAMPLE_RATE_HZ // 5)
        levels = np.array([rms_db(piece) for piece in pieces])
        at = np.arange(len(levels))
        rest = levels - np.polyval(np.polyfit(at, levels, 1), at)
        return float(rest.max() - rest.min())

    assert sway_db(Sound.BELL_SINGING) > 9
    assert sway_db(Sound.BELL_SMALL) < 8


def test_the_singing_bowl_is_pushed_and_not_struck():
    """It grows for a tenth of a second where the others are there at once."""

    def first_ms(kind: Sound) -> float:
        sound = np.abs(bell(kind))
        return float(np.argmax(sound > sound.max() / 2) / 48)

    assert first_ms(Sound.BELL_SINGING) > 30
    assert first_ms(Sound.BELL_SMALL) < 15
    assert first_ms(Sound.BELL_LARGE) < 15
