"""From mixed blocks to a measured MP3: level, peak, length, header, and a report that refuses."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import pytest

from server.audio import (
    LoudnessMeter,
    encode,
    gain_for,
    judge,
    measure_file,
    refuse_unless_met,
)
from server.audio.ffmpeg import ffmpeg_path
from server.audio.level import SILENCE, parse_ebur128
from server.errors import AudioError, ReportRefused
from server.timeline import Sound
from server.units import Lufs, Ms, frames_from_ms


@pytest.fixture
def practice(timeline):
    """A bell, sentences of noise with the crest of speech, pauses: half a minute."""
    line = timeline(
        (Sound.BELL_SMALL, 6000), ("a", 3000), (None, 4000), ("b", 3000), (None, 9000), ("a", 3000),
        (None, 5000),
    )  # fmt: skip
    at = np.arange(frames_from_ms(Ms(3000)))
    dark = np.convolve(np.random.default_rng(7).normal(0, 4000, len(at)), np.ones(16) / 16, "same")
    clip = (dark * np.abs(np.sin(at / 9000))).astype(np.int16)
    meter = LoudnessMeter()
    for _ in range(3):
        meter.feed(clip)
    return line, clip, gain_for(meter.result().integrated_lufs)


@pytest.fixture
def mp3(practice, tmp_path, mix):
    """The practice, mixed and encoded."""
    line, clip, gain_db = practice
    path = tmp_path / "practice.mp3"
    encode(mix(line, clip, gain_db=gain_db), path)
    return path


def test_speech_is_at_the_target_and_the_peak_below_its_limit(mp3, practice):
    """The decoded file has speech at -19 LUFS, a true peak of at most -1 dBTP, and its length."""
    line, _, _ = practice
    measured = measure_file(mp3, line)
    assert measured.speech_lufs == pytest.approx(-19.0, abs=0.5)
    assert measured.true_peak_db <= -1.0
    assert abs(measured.length_ms - line.total_ms) <= 50
    refuse_unless_met(judge(measured, line, has_voice=True))


def test_opus_sounds_the_same(practice, tmp_path, mix):
    """Opus beside the MP3: as loud within half a LU, its peak below the limit, as long in ms."""
    line, clip, gain_db = practice
    mp3, opus = tmp_path / "practice.mp3", tmp_path / "practice.opus"
    encode(mix(line, clip, gain_db=gain_db), mp3, opus_path=opus)
    measured = [measure_file(path, line) for path in (mp3, opus)]
    assert measured[1].speech_lufs == pytest.approx(measured[0].speech_lufs, abs=0.5)
    assert measured[1].true_peak_db <= -1.0
    assert abs(measured[1].length_ms - measured[0].length_ms) <= 50
    assert opus.stat().st_size < 0.75 * mp3.stat().st_size
    assert opus.read_bytes()[:4] == b"OggS"


def test_pauses_are_not_taken_for_silence(practice, timeline, tmp_path, mix):
    """What podcast apps do to save time removes less than a hundredth of a practice."""
    _, clip, gain_db = practice
    line = timeline(
        ("a", 3000), (None, 60_000), ("b", 3000), (None, 90_000), (Sound.BELL_SMALL, 6000)
    )
    path = tmp_path / "pauses.mp3"
    encode(mix(line, clip, gain_db=gain_db), path)
    left = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-i", str(path), "-af",
         "silenceremove=stop_periods=-1:stop_duration=0.3:stop_threshold=-50dB",
         "-f", "s16le", "-ac", "1", "-ar", "48000", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert len(left) / 2 / 48 >= 0.99 * line.total_ms


def test_the_header_knows_the_length(mp3):
    """The file has a Xing or Info header and a constant bit rate, so that players seek exactly."""
    data = mp3.read_bytes()
    assert b"Info" in data[:200]
    assert b"Xing" not in data[:200]
    said = subprocess.run(
        [ffmpeg_path(), "-hide_banner", "-i", str(mp3)], capture_output=True, text=True, check=False
    ).stderr
    assert re.search(r"48000 Hz, mono, \S+, 64 kb/s", said)


def test_silent_drafts_are_judged_without_loudness(timeline, tmp_path, mix):
    """A draft by the silent voice has no loudness of speech, and passes."""
    line = timeline(("a", 2000), (None, 3000))
    path = tmp_path / "draft.mp3"
    encode(mix(line, np.zeros(96_000, np.int16)), path)
    measured = measure_file(path, line)
    refuse_unless_met(judge(measured, line, has_voice=False))
    with pytest.raises(ReportRefused):
        refuse_unless_met(judge(measured, line, has_voice=True))


def test_silence_has_no_loudness():
    """A meter that hears nothing says so, and asks for no gain."""
    meter = LoudnessMeter()
    meter.feed(np.zeros(96_000, np.int16))
    assert meter.result() == SILENCE
    assert gain_for(SILENCE.integrated_lufs) == 0
    assert gain_for(Lufs(-30.0)) == 11


def test_an_unreadable_summary_is_an_error():
    """When ffmpeg prints no summary, nothing is made up."""
    with pytest.raises(AudioError):
        parse_ebur128("no summary here")
