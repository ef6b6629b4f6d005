"""Sounds of one's own: taken in or refused with a reason, level, without a seam, in flat memory."""

from __future__ import annotations

import subprocess
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from server.audio import LoudnessMeter
from server.audio.beds import open_bed
from server.audio.decode import look_at, read_file
from server.audio.ffmpeg import ffmpeg_path
from server.audio.own_sounds import (
    BELL_MOST_MS,
    MOST_MS,
    OwnLoop,
    make_ready,
    own_sound_frames,
)
from server.audio.sounds import sound_frames
from server.errors import AudioError, SoundRefused
from server.timeline import OwnSound
from server.units import SAMPLE_RATE_HZ, Ms, factor_from_db, frames_from_ms

FORMATS = ("wav", "mp3", "m4a", "ogg", "flac")
every_format = pytest.mark.parametrize("ending", FORMATS)
KEY = "a" * 64


@pytest.fixture
def recorded(tmp_path) -> Callable[..., Path]:
    """Make a stereo file of a given format with ffmpeg: noise like a sea, or what is asked."""

    def make(
        ending: str, seconds: float = 8, source: str = "anoisesrc=c=pink:a=0.1", *extra: str
    ) -> Path:
        path = tmp_path / f"sea.{ending}"
        command = [ffmpeg_path(), "-v", "error", "-y", "-f", "lavfi", "-i", source]
        command += ["-t", str(seconds), "-ar", "44100", "-ac", "2", *extra, str(path)]
        subprocess.run(command, check=True)
        return path

    return make


def ready(source: Path) -> Path:
    target = source.with_name(f"{KEY}.flac")
    make_ready(source, target)
    return target


def loudness(sound: np.ndarray) -> float:
    with LoudnessMeter() as meter:
        meter.feed(np.round(sound * 32767).astype("<i2"))
        return meter.result().integrated_lufs


# ── taken in ─────────────────────────────────────────────────────────────────────────────────


@every_format
def test_each_format_is_taken_in(recorded, ending):
    """Eight seconds of stereo become eight seconds of mono at 48 kHz, at one loudness."""
    source = recorded(ending)
    target = source.with_name("ready.flac")
    length_ms = make_ready(source, target)
    assert length_ms == pytest.approx(8_000, abs=30)
    info = soundfile.info(target)
    assert (info.samplerate, info.channels, info.format) == (SAMPLE_RATE_HZ, 1, "FLAC")
    assert info.frames == frames_from_ms(length_ms)
    assert loudness(soundfile.read(target, dtype="float32")[0]) == pytest.approx(-23.0, abs=0.2)


@pytest.mark.parametrize("level_db", [-40, -6])
def test_soft_and_loud_files_are_equally_loud_as_beds(recorded, level_db):
    """However a file was recorded, its bed is at 0 LUFS before the level is applied."""
    source = recorded("wav", 8, f"anoisesrc=c=pink,volume={level_db}dB")
    loop = open_bed(OwnSound(name="sea", key=KEY, length_ms=Ms(8_000)), lambda _: ready(source))
    heard = loop.read(0, 6 * SAMPLE_RATE_HZ)
    assert loudness(heard * factor_from_db(-30.0)) == pytest.approx(-30.0, abs=0.5)


def test_a_sound_with_tall_peaks_is_not_clipped(recorded):
    """Where the loudness would lift peaks past full scale, the sound stays softer instead."""
    source = recorded("wav", 6, "aevalsrc='0.9*exp(-200*mod(t,2))*sin(2*PI*800*t)'")
    frames, _ = soundfile.read(ready(source), dtype="float32")
    assert np.abs(frames).max() == pytest.approx(factor_from_db(-1.0), rel=0.01)
    assert loudness(frames) < -23.5


def test_as_a_bell_a_sound_peaks_like_a_bell(recorded):
    """Its own beginning is its stroke, unfaded, and its peak is where a bell's is."""
    source = recorded("wav", 3, "aevalsrc='0.3*exp(-2*t)*cos(2*PI*300*t)'")
    path = ready(source)
    frames = own_sound_frames(path)
    sound = OwnSound(name="gong", key=KEY, length_ms=Ms(3_000))
    assert np.array_equal(sound_frames(sound, Ms(3_000), lambda _: path), frames)
    assert np.abs(frames).max() == pytest.approx(factor_from_db(-15.0), rel=1e-3)
    assert np.abs(frames[:100]).max() > 0.9 * np.abs(frames).max()
    assert len(frames) == pytest.approx(frames_from_ms(Ms(3_000)), abs=50)


def test_of_a_long_sound_a_bell_is_only_the_beginning(recorded):
    """Nobody fills the memory with a bell: after a minute it is faded out."""
    frames = own_sound_frames(ready(recorded("flac", 70)))
    assert len(frames) == frames_from_ms(BELL_MOST_MS)
    assert abs(frames[-1]) < 1e-4


# ── as a loop ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seconds", [0.3, 5, 20])
def test_an_own_bed_goes_round_without_a_seam(recorded, seconds):
    """A tone that ends elsewhere than it began does not click at the turn, and keeps its level."""
    source = recorded("wav", seconds, "sine=f=440.7,volume=-12dB")
    loop = OwnLoop(ready(source))
    turn = loop._turn
    heard = loop.read(0, 3 * turn)
    assert np.array_equal(heard[:turn], heard[turn : 2 * turn])
    steps = np.abs(np.diff(heard))
    assert steps[turn - 1] <= steps[: turn - 1].max()
    pieces = heard[: 2 * turn // 2_400 * 2_400].reshape(-1, 2_400)
    levels = 20 * np.log10(np.sqrt(np.mean(pieces**2, axis=1)))
    assert levels.max() - levels.min() < (6 if seconds < 1 else 12)


def test_an_own_bed_of_noise_is_as_loud_at_its_seam(recorded):
    """Where its end goes over into its beginning, a bed of noise neither swells nor sinks."""
    loop = OwnLoop(ready(recorded("wav", 30)))
    at = loop._turn - SAMPLE_RATE_HZ
    around = loop.read(at, at + 6 * SAMPLE_RATE_HZ).reshape(6, -1)
    levels = 20 * np.log10(np.sqrt(np.mean(around**2, axis=1)))
    assert levels.max() - levels.min() < 1.5


def test_an_own_bed_reads_alike_in_any_portions(recorded):
    """Blocks of any size, across seam and turn, hold the same frames."""
    loop = OwnLoop(ready(recorded("mp3", 6)))
    end = 2 * loop._turn + 777
    cuts = [0, 1, 4_800, loop._seam - 3, loop._seam + 5, loop._turn - 1, loop._turn + 1, end]
    parts = [loop.read(a, b) for a, b in pairwise(cuts)]
    assert np.array_equal(np.concatenate(parts), loop.read(0, end))
    assert len(loop.read(7, 7)) == 0


@pytest.mark.long
def test_a_quarter_of_an_hour_takes_little_memory(recorded):
    """Taking in and reading the longest sound stays far below the 173 MB that it would fill."""
    source = recorded("wav", MOST_MS / 1000, "sine=f=300")
    tracemalloc.start()
    loop = OwnLoop(ready(source))
    for second in range(0, 900, 50):
        assert len(loop.read(second * SAMPLE_RATE_HZ, (second + 1) * SAMPLE_RATE_HZ))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


# ── refused ──────────────────────────────────────────────────────────────────────────────────


def refusal(path: Path, most_ms: Ms = MOST_MS) -> str:
    with pytest.raises(SoundRefused) as caught:
        look_at(path, most_ms=most_ms)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"These are words.\n" * 100,
        b"\x00" * 50_000,
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:///etc/passwd\n",
    ],
)
@every_format
def test_what_is_no_sound_is_refused(tmp_path, ending, content):
    """Words, nothing, zeros and lists of other files: none of them is opened as a sound."""
    path = tmp_path / f"words.{ending}"
    path.write_bytes(content)
    assert "cannot be read as sound" in refusal(path)


@pytest.mark.long
def test_too_short_and_too_long_are_refused(recorded):
    """Less than a fifth of a second is no sound to hear; more than the most is told with it."""
    assert refusal(recorded("wav", 0.15)) == "It is shorter than 0.2 s."
    assert refusal(recorded("wav", 3), Ms(2_000)) == "It is longer than 2 s."
    assert refusal(recorded("wav", 901, "sine=f=300")) == "It is longer than 15 min."


def test_too_large_is_refused_unread(tmp_path):
    """A file beyond the limit is not even opened."""
    path = tmp_path / "large.wav"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    assert refusal(path) == "It is larger than 200 MB."


@pytest.mark.parametrize("source", ["anullsrc", "anoisesrc=a=0.0003"])
def test_only_silence_is_refused(recorded, source):
    """Digital silence and the noise of a cable are not what somebody wanted to hear."""
    assert refusal(recorded("wav", 2, source)) == "There is only silence in it."


@pytest.mark.parametrize("ending", ["wav", "mp3", "flac"])
def test_a_file_that_was_cut_off_is_refused(recorded, ending):
    """A download that stopped half-way is told from a short sound."""
    path = recorded(ending)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    assert refusal(path) == "It is damaged or cut off: some of it cannot be read."


@pytest.mark.parametrize("flags", [(), ("-movflags", "+faststart")])
def test_an_m4a_that_was_cut_off_is_refused(recorded, flags):
    """With its index at the end it cannot be read at all, with it in front not to the end."""
    path = recorded("m4a", 8, "anoisesrc=c=pink:a=0.1", *flags)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    assert ("cut off" if flags else "cannot be read") in refusal(path)


@pytest.mark.parametrize("ending", ["mp3", "m4a", "ogg", "flac"])
def test_a_damaged_file_is_refused(recorded, ending):
    """Rubbish in its middle, of which the decoder loses a part, is noticed."""
    path = recorded(ending)
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 6_000] = np.random.default_rng(1).bytes(6_000)
    path.write_bytes(data)
    assert "damaged" in refusal(path)


def test_rubbish_at_the_end_harms_nothing(recorded):
    """Many players append tags of their own; the sound before them is whole."""
    path = recorded("mp3")
    path.write_bytes(path.read_bytes() + b"APETAGEX" + b"\x01" * 3_000)
    assert look_at(path, most_ms=MOST_MS).frames == pytest.approx(8 * SAMPLE_RATE_HZ, abs=3_000)


def test_numbers_that_are_none_are_refused(tmp_path):
    """A file of floats that holds infinity would silence everything around it."""
    path = tmp_path / "broken.wav"
    frames = np.full(48_000, 0.1, dtype=np.float32)
    frames[30_000] = np.inf
    soundfile.write(path, frames, SAMPLE_RATE_HZ, subtype="FLOAT")
    assert "damaged" in refusal(path)


def test_a_missing_sound_is_told(tmp_path):
    """A key whose file is gone or damaged is an error of sound, not an accident."""
    path = tmp_path / f"{KEY}.flac"
    with pytest.raises(AudioError, match="missing or damaged"):
        OwnLoop(path)
    path.write_bytes(b"no flac")
    with pytest.raises(AudioError, match="missing or damaged"):
        own_sound_frames(path)


def test_a_file_of_many_channels_and_another_rate_is_mixed_down(tmp_path):
    """Whatever its rate and channels, what comes out is mono at 48 kHz."""
    path = tmp_path / "surround.wav"
    frames = np.random.default_rng(2).normal(0, 0.05, (8_000 * 2, 6)).astype(np.float32)
    soundfile.write(path, frames, 8_000)
    assert sum(len(block) for block in read_file(path, most_ms=MOST_MS)) == 2 * SAMPLE_RATE_HZ
