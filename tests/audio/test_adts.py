"""Lines on the shelf: frames with headers, read as they were written, or refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import sitting
from server.audio.adts import (
    AAC_SAMPLES,
    GRAIN_FRAMES,
    GRAIN_MS,
    LineFrames,
    frames_of_ms,
    ms_of_frames,
    read_line,
    split_adts,
    write_adts,
)
from server.errors import AudioError
from server.units import FRAMES_PER_MS, Ms

FRAMES = st.lists(st.binary(min_size=1, max_size=400), min_size=1, max_size=5).map(
    lambda frames: frames * GRAIN_FRAMES
)
LINE = write_adts([b"one", b"two", b"three"])


def test_the_grain_is_that_of_a_sitting():
    """A sitting's moments are whole frames of AAC: three of them, to the sample."""
    assert GRAIN_MS == sitting.GRAIN_MS
    assert GRAIN_MS * FRAMES_PER_MS == GRAIN_FRAMES * AAC_SAMPLES


def test_what_a_web_process_takes_loads_nothing_that_makes_sound():
    """The muxer and the mix of frames need no numpy, no pydub and no ffmpeg."""
    program = (
        "import sys, server.audio.adts, server.audio.live_mix, server.audio.live_playlist;"
        "import server.audio.fmp4;"
        "heavy = ('numpy', 'pydub', 'soundfile', 'soxr', 'subprocess', 'imageio_ffmpeg');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


@given(frames=FRAMES)
def test_a_line_reads_as_it_was_written(frames):
    """What comes out is what went in, whatever is in the frames."""
    line = read_line(write_adts(frames))
    assert line == LineFrames(frames=tuple(frames))
    assert line.length_ms == len(frames) // GRAIN_FRAMES * GRAIN_MS


@pytest.mark.parametrize(
    "damaged",
    [
        LINE[:-1],
        LINE[:3],
        LINE + b"\xff",
        b"\0" + LINE[1:],
        LINE[:2] + b"\x50" + LINE[3:],
        LINE[:4] + b"\0\0" + LINE[6:],
        b"ID3 and no sound at all",
    ],
    ids=["cut off", "a piece", "a byte more", "no sync", "44.1 kHz", "no length", "another file"],
)
def test_a_damaged_line_is_refused(damaged):
    """A frame that is not whole, or is none of ours, is never handed on."""
    with pytest.raises(AudioError, match="damaged"):
        read_line(damaged)


@pytest.mark.parametrize("data", [b"", write_adts([b"one"]), LINE + write_adts([b"four"])])
def test_a_line_ends_on_a_grain(data):
    """What would shift all that follows by a third of a grain is no line."""
    with pytest.raises(AudioError, match="grain"):
        read_line(data)


def test_a_frame_that_no_header_can_tell_the_length_of_is_refused():
    """13 bits hold the length of a frame with its header."""
    most = b"x" * (8191 - 7)
    assert list(split_adts(write_adts([most]))) == [most]
    with pytest.raises(AudioError, match="too large"):
        write_adts([most + b"x"])


@given(length_ms=st.integers(0, 10**6))
def test_lengths_are_rounded_up_to_grains(length_ms):
    """Nothing is cut off, and less than a grain is added."""
    rounded = ms_of_frames(frames_of_ms(Ms(length_ms)))
    assert rounded % GRAIN_MS == 0
    assert 0 <= rounded - length_ms < GRAIN_MS
