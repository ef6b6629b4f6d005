"""The rules of the report: each broken alone in a real file, and none where nothing is wrong."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from server.audio import judge, judge_alone, measure_file, refuse_unless_met
from server.audio.beds import bed_loop, open_bed
from server.audio.ffmpeg import ffmpeg_path
from server.audio.report.seams import SeamListener, seams_of
from server.audio.report.tenths import SHORT_TERM, TenthsMeter, lufs_from_power
from server.audio.sounds import room_tone
from server.errors import ReportRefused
from server.timeline import (
    BedLevel,
    BedSegment,
    BedSound,
    OwnSound,
    Sound,
    SoundSegment,
    Timeline,
)
from server.units import SAMPLE_RATE_HZ, Ms, frames_from_ms

long = pytest.mark.long
"""Of cases that are alike, ./test hears the hardest to tell."""


@pytest.fixture
def line(timeline) -> Timeline:
    """A bell, three sentences and pauses: a minute and a half."""
    return timeline(
        (Sound.BELL_SMALL, 6000), ("a", 3000), (None, 12_000), ("b", 3000), (None, 20_000),
        ("c", 3000), (None, 9000), ("d", 3000), (None, 25_000), (Sound.BELL_SMALL, 14_000),
    )  # fmt: skip


def at(moment_ms: int) -> int:
    return frames_from_ms(Ms(moment_ms))


def over(line, bed, level=BedLevel.LOW) -> Timeline:
    """Lay a bed under a whole timeline."""
    lying = BedSegment(start_ms=Ms(0), bed=bed, level=level)
    return replace(line, segments=(lying, *line.segments))


def missed(path, line, *, has_voice=True) -> list[str]:
    findings = judge(measure_file(path, line), line, has_voice=has_voice)
    return [finding.rule for finding in findings if not finding.is_met]


def with_gain(mix, start_ms: int, end_ms: int, gain_db: float):
    """Make a stretch louder, with soft edges, so that nothing clicks."""
    count = at(end_ms) - at(start_ms)
    edges = np.clip(np.minimum(np.arange(count), np.arange(count)[::-1]) / at(100), 0, 1)
    mix = mix.copy()
    mix[at(start_ms) : at(end_ms)] *= 10 ** (gain_db * edges / 20)
    return mix


def with_step(mix, moment_ms: float, level_db: float):
    """Plant a click: a step that falls back to nothing within some milliseconds."""
    mix, start = mix.copy(), round(moment_ms * 48)
    step = 10 ** (level_db / 20) * np.exp(-np.arange(at(40)) / at(5))
    mix[start : start + at(40)] += step[: len(mix) - start].astype(np.float32)
    return mix


# ── nothing is wrong ─────────────────────────────────────────────────────────────────────────


def test_a_good_file_meets_every_rule(line, mixed, encoded):
    """What the mixer makes passes, and the report knows it in figures."""
    measured = measure_file(encoded(mixed(line)), line)
    findings = judge(measured, line, has_voice=True)
    refuse_unless_met(findings)
    assert [finding.rule for finding in findings] == [
        "length", "true peak", "speech loudness", "sentences without sound", "clicks at seams",
        "difference between pauses", "taken for silence",
    ]  # fmt: skip
    assert measured.clicks_ms == measured.unheard_ms == ()
    assert measured.pause_spread_db == 0
    assert [(p.start_ms, p.end_ms) for p in measured.pauses] == [
        (12_500, 20_500), (24_500, 43_500), (47_500, 55_500), (59_500, 83_500),
    ]  # fmt: skip


@pytest.mark.parametrize("bed", BedSound)
@pytest.mark.parametrize("level", [pytest.param(BedLevel.LOW, marks=long), BedLevel.HIGH])
def test_every_bed_passes(line, mixed, encoded, bed, level):
    """Softly and strongly, from beginning to end."""
    bedded = over(line, bed, level)
    assert missed(encoded(mixed(bedded)), bedded) == []


@pytest.mark.parametrize("bell", [Sound.BELL_SMALL, Sound.BELL_LARGE, Sound.BELL_SINGING])
def test_every_bell_passes(timeline, mixed, encoded, bell):
    """A stroke is sharp and no click, and its ring is no louder pause."""
    line = timeline((bell, 6000), (None, 30_000), ("a", 3000), (None, 12_000), (bell, 6000))
    assert missed(encoded(mixed(line)), line) == []


def drops(count: int, dice) -> np.ndarray:
    """Rain: many small drops and some large ones, each with a sharp onset."""
    sound = np.zeros(count)
    for rate, loudness in ((400, 1.0), (4, 5.0)):
        for place in dice.integers(0, count - 300, rate * count // SAMPLE_RATE_HZ):
            fall = np.exp(-np.arange(300) / 40) * np.sin(np.arange(300) * dice.uniform(0.2, 0.8))
            sound[place : place + 300] += dice.exponential(loudness) * fall
    return sound


def waves(count: int, dice) -> np.ndarray:
    """Dark noise that swells and falls within a second."""
    noise = np.convolve(dice.normal(size=count), np.ones(48) / 48, "same")
    return noise * (1 + 0.2 * np.sin(np.arange(count) * 2 * np.pi / SAMPLE_RATE_HZ))


def tones(count: int, _dice) -> np.ndarray:
    """Tones that beat twice a second."""
    turns = 2 * np.pi * np.arange(count) / SAMPLE_RATE_HZ
    return np.sin(110 * turns) + 0.5 * np.sin(112 * turns) + 0.4 * np.sin(331 * turns)


@pytest.mark.parametrize("make", [drops, waves, tones])
@pytest.mark.parametrize("level_db", [pytest.param(-44, marks=long), -32])
def test_a_bed_is_no_fault(line, mixed, encoded, make, level_db):
    """Rain full of drops, swelling noise and beating tones pass, softly and strongly."""
    mix = mixed(line)
    bed = make(SAMPLE_RATE_HZ * 20, np.random.default_rng(3))
    bed *= 10 ** (level_db / 20) / np.sqrt(np.mean(bed**2))
    ways = np.clip(np.minimum(np.arange(len(mix)), np.arange(len(mix))[::-1]) / at(2500), 0, 1)
    mix += (np.resize(bed, len(mix)) * ways).astype(np.float32)
    bedded = over(line, BedSound.RAIN, BedLevel.LOW)
    assert missed(encoded(mix), bedded) == []


def test_a_bed_that_begins_is_no_difference_between_pauses(line, mixed, encoded):
    """Pauses over different beds are not compared; over the same one they are."""
    begins_ms = 47_000  # where the third pause does
    mix = with_gain(mixed(line), begins_ms, line.total_ms, 6)
    assert "difference between pauses" in missed(encoded(mix), line)
    begun = BedSegment(start_ms=Ms(begins_ms), bed=BedSound.BROWN, level=BedLevel.LOW)
    segments = sorted((*line.segments, begun), key=lambda s: (s.start_ms, s.length_ms))
    bedded = replace(line, segments=tuple(segments))
    assert "difference between pauses" not in missed(encoded(mix), bedded)


def test_a_bed_that_somebody_brought_may_grow(line, mixed, encoded):
    """Music gets louder as it likes: over an own sound pauses are not compared."""
    mix = with_gain(mixed(line), 47_000, 57_000, 6)
    music = OwnSound(name="music", key="0" * 64, length_ms=Ms(60_000))
    bedded = over(line, music, BedLevel.LOW)
    measured = measure_file(encoded(mix), bedded)
    assert measured.pauses
    assert measured.pause_spread_db is None


def test_a_sound_that_somebody_brought_rings_as_long_as_it_is(line, mixed, encoded):
    """A pause begins when an own sound is over, also where its segment is shorter."""
    gong = OwnSound(name="gong", key="0" * 64, length_ms=Ms(15_000))
    segments = (
        SoundSegment(start_ms=Ms(0), length_ms=Ms(6000), sound=gong), *line.segments[1:]
    )  # fmt: skip
    struck = replace(line, segments=segments)
    assert measure_file(encoded(mixed(line)), struck).pauses[0].start_ms == 15_500


def test_the_fades_of_a_short_file_are_no_pause_cut_off(timeline, mixed, encoded):
    """In half a minute the fades alone are more than a hundredth; that is allowed."""
    line = timeline(("a", 3000), (None, 27_000))
    measured = measure_file(encoded(mixed(line)), line)
    assert measured.removed_ms > line.total_ms / 100
    refuse_unless_met(judge(measured, line, has_voice=True))


# ── one rule is broken, and no other ─────────────────────────────────────────────────────────


def test_speech_that_is_too_loud_is_refused(line, mixed, encoded):
    """0.8 dB beside the target."""
    assert missed(encoded(mixed(line, louder_db=0.8)), line) == ["speech loudness"]
    assert missed(encoded(mixed(line, louder_db=-0.8)), line) == ["speech loudness"]


def test_a_peak_above_the_limit_is_refused(line, mixed, tmp_path):
    """Six milliseconds at -0.2 dBFS in a sentence, encoded without the limiter."""
    mix = mixed(line)
    burst = 0.98 * np.hanning(288) * np.sin(np.arange(288) * 2 * np.pi / 96)
    mix[at(7500) : at(7500) + 288] += burst.astype(np.float32)
    path = tmp_path / "peak.mp3"
    subprocess.run(
        [ffmpeg_path(), "-v", "error", "-f", "f32le", "-ar", "48000", "-ac", "1", "-i", "-",
         "-af", "volume=1/0.95", "-c:a", "libmp3lame", "-b:a", "64k", path],
        input=mix.astype("<f4").tobytes(), check=True,
    )  # fmt: skip
    assert missed(path, line) == ["true peak"]


def test_a_file_that_is_cut_short_is_refused(line, mixed, encoded):
    """A tenth of a second is missing at its end."""
    assert missed(encoded(mixed(line)[: -at(100)]), line) == ["length"]


@pytest.mark.parametrize(
    "level_db", [pytest.param(-20, marks=long), pytest.param(-30, marks=long), -40]
)
@pytest.mark.parametrize("seam_ms", [9000, 21_000, 44_000, 84_000])
def test_a_click_at_a_seam_is_refused(line, mixed, encoded, level_db, seam_ms):
    """A step at the beginning or the end of a sentence or a bell, loud or nearly not heard."""
    mix = with_step(mixed(line), seam_ms + 2.5, level_db)
    measured = measure_file(encoded(mix), line)
    findings = judge(measured, line, has_voice=True)
    assert [f.rule for f in findings if not f.is_met] == ["clicks at seams"]
    assert measured.clicks_ms == (seam_ms,)


def test_a_file_that_begins_with_a_jump_is_refused(line, mixed, encoded):
    """Before its beginning a sound is silent, so a jump there clicks as well."""
    mix = with_step(mixed(line), 1, -25)
    assert missed(encoded(mix), line) == ["clicks at seams"]


def test_a_tone_cut_off_in_the_middle_is_refused(timeline, mixed, encoded):
    """A clip without a fade ends with a click, wherever its wave happens to stand."""
    line = timeline(("a", 3000), (None, 8000), ("b", 3000), (None, 8000))
    mix = mixed(line)
    tone = 0.1 * np.sin(np.arange(at(500)) * 2 * np.pi * 233 / SAMPLE_RATE_HZ + 0.9)
    tone *= np.clip(np.arange(at(500)) / at(100), 0, 1)
    mix[at(2500) : at(3000)] += tone.astype(np.float32)
    assert "clicks at seams" in missed(encoded(mix), line)


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "gain_db"),
    [(24_000, 43_900, 1.5), (47_100, 55_900, -2.0), (44_500, 85_000, 1.2)],
)
def test_a_pause_that_is_louder_or_softer_is_refused(
    line, mixed, encoded, start_ms, end_ms, gain_db
):
    """One long pause, a shorter one, everything from the middle on except speech."""
    mix, louder = mixed(line), with_gain(mixed(line), start_ms, end_ms, gain_db)
    louder[at(56_000) : at(59_000)] = mix[at(56_000) : at(59_000)]
    assert "difference between pauses" in missed(encoded(louder), line)


def test_pauses_that_rise_after_the_speech_are_refused(timeline, mixed, encoded):
    """A gain that follows the sound makes every pause rise alike, which is a difference too."""
    line = timeline(*[("a", 3000), (None, 15_000)] * 10)
    mix = mixed(line)
    since = np.arange(at(15_000)) / SAMPLE_RATE_HZ
    rise_db = 3 * (1 - np.exp(-since / 3)) * np.clip(since[::-1] / 0.3, 0, 1)
    for start_ms in range(3000, line.total_ms, 18_000):
        mix[at(start_ms) : at(start_ms + 15_000)] *= (10 ** (rise_db / 20)).astype(np.float32)
    assert missed(encoded(mix), line) == ["difference between pauses"]


def test_a_room_that_podcast_apps_take_for_silence_is_refused(line, mixed, encoded):
    """The same practice in a room that is 6 dB quieter loses its pauses."""
    mix = mixed(line)
    mix -= np.take(room_tone(), np.arange(len(mix)), mode="wrap") / 2
    # What the opening and closing fades leave of the room is less than was taken away.
    for fade in (mix[: at(400)], mix[-at(2500) :]):
        fade[:] = 0
    broken = missed(encoded(mix), line)
    assert broken == ["taken for silence"]


def test_a_sentence_without_sound_is_refused(line, mixed, encoded):
    """The clip of the second sentence is silent; a draft without a voice may be."""
    path = encoded(mixed(line, silent="b"))
    assert missed(path, line) == ["sentences without sound"]
    assert measure_file(path, line).unheard_ms == (21_000,)
    silent_line = mixed(line, louder_db=-90)
    assert missed(encoded(silent_line), line, has_voice=False) == []


def test_a_sentence_under_a_loud_bed_has_to_be_louder_than_it(line, mixed, encoded):
    """A bed near the level of speech does not pass for a sentence."""
    mix = mixed(line, silent="b")
    noise = waves(SAMPLE_RATE_HZ * 20, np.random.default_rng(1))
    noise *= 0.05 / np.sqrt(np.mean(noise**2))
    mix += np.resize(noise, len(mix)).astype(np.float32)
    mix[at(20_500) : at(24_500)] *= 0.5  # the bed makes room for what should have been said
    bedded = over(line, BedSound.BROWN, BedLevel.HIGH)
    assert measure_file(encoded(mix), bedded).unheard_ms == (21_000,)


def test_the_reason_names_every_missed_rule_and_stays_short(line, mixed, encoded):
    """Many clicks are counted, the first of them with their moments."""
    mix = mixed(line, louder_db=2)
    for seam_ms in (9000, 21_000, 24_000, 44_000, 47_000, 56_000, 59_000, 84_000):
        mix = with_step(mix, seam_ms + 1, -25)
    findings = judge(measure_file(encoded(mix), line), line, has_voice=True)
    with pytest.raises(ReportRefused) as refused:
        refuse_unless_met(findings)
    said = str(refused.value)
    assert "speech loudness: −17.0 LUFS, wanted −19.0 LUFS" in said
    assert "clicks at seams: 8, at 0:09.0, 0:21.0, 0:24.0 and 5 more" in said
    assert len(said) < 500


# ── what is measured ─────────────────────────────────────────────────────────────────────────


def test_the_tenths_agree_with_ebur128(line, mixed, encoded):
    """Short-term loudness from the tenths is ffmpeg's, within a tenth of a LU."""
    path = encoded(mixed(line))
    tenths = measure_file(path, line).tenths
    said = subprocess.run(
        [ffmpeg_path(), "-hide_banner", "-i", path, "-af",
         "ebur128=metadata=1,ametadata=print:key=lavfi.r128.S:file=-", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    theirs = [float(row.partition("=")[2]) for row in said.splitlines() if "r128.S=" in row]
    theirs = theirs[SHORT_TERM - 1 :]
    means = np.convolve(tenths.powers, np.ones(SHORT_TERM) / SHORT_TERM, "valid")
    ours = [lufs_from_power(mean) for mean in means]
    assert len(ours) == len(theirs)
    assert np.abs(np.array(ours) - theirs).max() < 0.1


def test_tenths_are_the_same_in_whatever_portions_they_come(tone):
    """Blocks of any size give the same numbers; what is left over at the end is not counted."""
    sound = tone(1050)
    whole, portions = TenthsMeter(), TenthsMeter()
    whole.feed(sound)
    for start in range(0, len(sound), 701):
        portions.feed(sound[start : start + 701])
    assert len(whole.result().powers) == 10
    assert np.allclose(whole.result().powers, portions.result().powers)
    assert whole.result().peaks.max() == pytest.approx(0.1, rel=0.01)


def test_a_picture_of_a_long_practice_is_as_small_as_of_a_short_one():
    """An envelope has at most 600 points, and no peak is lost in it."""
    meter = TenthsMeter()
    for second in range(5400):
        meter.feed(np.full(SAMPLE_RATE_HZ, 30_000 if second == 4321 else 100, np.int16))
    tenths = meter.result()
    peaks, step_ms = tenths.envelope()
    assert len(peaks) * step_ms == 5400 * 1000
    assert len(peaks) <= 600
    assert peaks[4321 * 1000 // step_ms] == pytest.approx(0.916, abs=0.001)
    loudness, step_ms = tenths.loudness()
    assert len(loudness) <= 600
    assert len(loudness) * step_ms >= 5400 * 1000


def test_nothing_at_all_can_be_measured(timeline, encoded):
    """Half a second of nothing has no loudness, no peak and no pause."""
    line = timeline((None, 40))
    measured = measure_file(encoded(np.zeros(at(40), np.float32)), line)
    assert measured.tenths.envelope()[0] == measured.tenths.loudness()[0] == []
    assert (measured.speech_lufs, measured.pause_spread_db, measured.pauses) == (None, None, ())


def test_a_file_without_a_timeline_is_measured_as_far_as_it_can_be(line, mixed, encoded):
    """All of it counts as speech; level, peak and silence are there, seams and pauses not."""
    measured = measure_file(encoded(with_step(mixed(line), 21_001, -25)))
    assert -23 < measured.speech_lufs < -19
    assert (measured.clicks_ms, measured.pauses, measured.unheard_ms) == ((), (), ())
    findings = judge_alone(measured)
    assert [(f.rule, f.is_met) for f in findings] == [
        ("true peak", True), ("taken for silence", True)
    ]  # fmt: skip


def test_a_drop_of_rain_on_a_seam_is_no_click(timeline, mix):
    """Seams are laid on the sharpest drops of a rain: none is taken for a click, and a planted
    click that is larger than any drop is found all the same.
    """
    jumps = np.abs(np.diff(bed_loop(BedSound.RAIN), 3, append=np.zeros(3))).reshape(-1, 480)
    jumps = jumps.max(axis=1)
    sharpest = sorted(10 * int(at) for at in np.argsort(jumps)[-200:] if 500 < at < 3900)
    lengths = np.diff([0, *sharpest, 40_000]).tolist()
    line = timeline(*((None, length) for length in lengths))
    rain = BedSegment(start_ms=Ms(0), bed=BedSound.RAIN, level=BedLevel.HIGH)
    line = replace(line, segments=(rain, *line.segments))
    heard = np.concatenate(list(mix(line, bed=lambda bed: open_bed(bed, Path))))
    frames = np.round(np.clip(heard, -1, 1) * 32767).astype("<i2")

    def clicks(sound: np.ndarray) -> tuple[Ms, ...]:
        listener = SeamListener(seams_of(line))
        listener.feed(sound)
        return listener.result()

    assert clicks(frames) == ()
    at = frames_from_ms(Ms(sharpest[50]))
    frames[at : at + 20] += np.int16(20_000)
    assert sharpest[50] in clicks(frames)
