"""Beds: plausible by their numbers, without a seam, and equally loud in every pause."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from server.audio import LoudnessMeter
from server.audio.beds import BED_LEVELS_DB, bed_loop, open_bed
from server.audio.level import TARGET_LUFS
from server.audio.noise import LOOP_FRAMES, drift, even, noise, scatter, widen
from server.timeline import BedLevel, BedSound
from server.units import SAMPLE_RATE_HZ, Db, Ms, factor_from_db

every_bed = pytest.mark.parametrize("bed", list(BedSound))


def no_path(key: str):
    raise AssertionError(f"asked for the file of {key}")


def loudness(sound: np.ndarray) -> float:
    with LoudnessMeter() as meter:
        meter.feed(np.round(sound * 32767).astype("<i2"))
        return meter.result().integrated_lufs


def share_between(sound: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Tell what part of the power lies between two frequencies."""
    power = np.abs(np.fft.rfft(sound.astype(np.float64))) ** 2
    frequency = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)
    return float(power[(frequency >= low_hz) & (frequency < high_hz)].sum() / power.sum())


def window_levels(sound: np.ndarray, seconds: float) -> np.ndarray:
    """The level in dB of every window of this length, begun every tenth of a second."""
    tenths = np.mean(np.square(sound.reshape(-1, SAMPLE_RATE_HZ // 10)), axis=1)
    width = round(seconds * 10)
    sums = np.cumsum(np.concatenate([[0], tenths, tenths[:width]]))
    return 10 * np.log10((sums[width:] - sums[:-width]) / width)


@every_bed
@pytest.mark.parametrize("level", list(BedLevel))
def test_all_beds_at_one_level_are_equally_loud(bed, level):
    """Whichever bed is chosen, it lies as loud under the voice as its level says."""
    heard = bed_loop(bed) * factor_from_db(BED_LEVELS_DB[level])
    assert loudness(heard) == pytest.approx(BED_LEVELS_DB[level], abs=0.3)
    assert loudness(heard) < TARGET_LUFS - 12


@every_bed
def test_no_pause_is_louder_than_another(bed):
    """In windows of three seconds and more the level stays within half a decibel."""
    for seconds in (3.0, 5.0, 10.0):
        levels = window_levels(bed_loop(bed), seconds)
        assert levels.max() - levels.min() < 0.5


@every_bed
def test_a_bed_goes_round_without_a_seam(bed):
    """Around the wrap the sound steps no more than it does everywhere else."""
    loop = bed_loop(bed)
    steps = np.abs(np.diff(np.concatenate([loop[-50:], loop[:50]])))
    everywhere = np.abs(np.diff(loop))
    assert steps.max() <= 1.01 * everywhere.max()
    assert abs(loop[0] - loop[-1]) <= np.quantile(everywhere, 0.999)


@every_bed
def test_a_bed_is_alike_every_time(bed):
    """Made anew it has the same frames."""
    first = bed_loop(bed).copy()
    bed_loop.cache_clear()
    again = bed_loop(bed)
    assert np.array_equal(first, again)
    assert again.dtype == np.float32
    assert len(again) == LOOP_FRAMES


@every_bed
def test_a_bed_reads_alike_in_any_portions(bed):
    """Whatever portions are asked for, across the end of the loop, the frames are the same."""
    loop = open_bed(bed, no_path)
    start, end = LOOP_FRAMES - 1_000, LOOP_FRAMES + 2_000
    whole = loop.read(start, end)
    cuts = [start, start + 1, start + 999, start + 1_000, start + 1_777, end]
    parts = [loop.read(a, b) for a, b in pairwise(cuts)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.array_equal(whole[1_000:], loop.read(0, 2_000))
    assert len(loop.read(5, 5)) == 0


def test_a_bed_cannot_be_changed_by_who_hears_it():
    """The loop in memory is shared, so nobody may write into it."""
    with pytest.raises(ValueError, match="read-only"):
        bed_loop(BedSound.BROWN)[0] = 1


@pytest.mark.parametrize(
    ("bed", "low_hz", "high_hz", "least", "most"),
    [
        (BedSound.RAIN, 1_000, 8_000, 0.65, 0.97),
        (BedSound.RAIN, 0, 400, 0.0, 0.1),
        (BedSound.STREAM, 250, 4_000, 0.8, 1.0),
        (BedSound.STREAM, 4_000, 24_000, 0.0, 0.1),
        (BedSound.WIND, 150, 1_200, 0.8, 1.0),
        (BedSound.WIND, 2_500, 24_000, 0.0, 0.01),
        (BedSound.DRONE, 90, 500, 0.9, 1.0),
        (BedSound.DRONE, 1_500, 24_000, 0.0, 0.01),
        (BedSound.BROWN, 30, 500, 0.8, 1.0),
    ],
)
def test_each_bed_has_its_colour(bed, low_hz, high_hz, least, most):
    """Rain is bright, a stream in the middle, wind and drone are dark, brown noise the darkest."""
    assert least <= share_between(bed_loop(bed), low_hz, high_hz) <= most


def test_brown_noise_falls_by_six_decibels_an_octave():
    """Its power goes with the square of frequency, from 100 Hz to 3.2 kHz."""
    loop = bed_loop(BedSound.BROWN)
    octaves = [share_between(loop, low, 2 * low) / low for low in (100, 200, 400, 800, 1_600)]
    falls = -10 * np.diff(np.log10(octaves))
    assert falls == pytest.approx([6.0] * 4, abs=0.4)


def test_rain_is_drops_and_a_stream_is_bubbles():
    """Single drops stand out of the hiss; noise alone has peaks of some 13 dB, and no such ones."""

    def crest_db(bed: BedSound) -> float:
        loop = bed_loop(bed)
        return float(20 * np.log10(np.abs(loop).max() / np.sqrt(np.mean(loop**2))))

    assert 17 < crest_db(BedSound.RAIN) < 23
    assert 14.5 < crest_db(BedSound.STREAM) < 20
    assert crest_db(BedSound.BROWN) < 14


def test_the_wind_moves():
    """The place of its resonance wanders: from moment to moment it is brighter or darker."""
    pieces = bed_loop(BedSound.WIND).reshape(40, -1)
    bright = [share_between(piece, 450, 1_500) for piece in pieces]
    assert max(bright) > 2 * min(bright)


def test_the_drone_stands_on_its_tones_and_beats_slowly():
    """Its power lies on G, D and their harmonics; each is three, less than a hertz apart."""
    loop = bed_loop(BedSound.DRONE)
    for tone_hz in (98.0, 147.0, 196.0, 294.0):
        assert share_between(loop, tone_hz - 1.5, tone_hz + 1.5) > 0.01
    between = share_between(loop, 102, 143) + share_between(loop, 151, 192)
    assert between < 1e-4
    lines = np.abs(np.fft.rfft(loop))[3_800:4_000]  # forty to a hertz
    assert sorted(3_800 + np.argsort(lines)[-3:]) == [3_908, 3_920, 3_931]


def test_even_takes_out_what_is_slow_and_leaves_what_is_quick():
    """A swell of ten seconds goes, a flutter of a tenth of a second stays; nothing clicks."""
    hiss = noise(LOOP_FRAMES, low_hz=300, high_hz=3_000, slope=0.0, seed=1)
    at = np.arange(LOOP_FRAMES) / LOOP_FRAMES
    swell = 1 + 0.5 * np.sin(2 * np.pi * 4 * at)
    flutter = 1 + 0.5 * np.sin(2 * np.pi * 400 * at)
    evened = even((hiss * swell * flutter).astype(np.float32), over_ms=Ms(1_200))
    levels = window_levels(evened, 3.0)
    assert levels.max() - levels.min() < 0.3
    power = np.abs(np.fft.rfft(np.square(evened.astype(np.float64))))
    assert power[400] > 20 * power[4]


def test_what_is_scattered_past_the_end_comes_in_at_the_beginning():
    """A drop at the last frame rings on at the first ones."""
    drop = np.array([4.0, 3.0, 2.0], dtype=np.float32)
    assert scatter(5, [(4, drop), (0, drop)]).tolist() == [7.0, 5.0, 2.0, 0.0, 4.0]


def test_a_loop_is_widened_to_the_same_sound():
    """A tone of a low rate is the same tone at the high one, at its level."""
    at = np.arange(600) / 600
    wide = widen(np.sin(2 * np.pi * 30 * at), 4_800)
    wanted = np.sin(2 * np.pi * 30 * np.arange(4_800) / 4_800)
    assert np.allclose(wide, wanted, atol=1e-4)


def test_a_drift_wraps_and_is_slow():
    """A curve of chance ends where it began, and moves little from point to point."""
    curve = drift(slowest_s=4, quickest_s=1, seed=5)
    steps = np.abs(np.diff(np.concatenate([curve, curve[:1]])))
    assert steps.max() < 0.5
    assert np.sqrt(np.mean(curve**2)) == pytest.approx(1, abs=1e-3)
    assert Db(curve.max()) < 4.5
