"""Lines joined frame by frame, decoded by ffmpeg: no seam, nothing missing, no level off."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from server.audio import line_bytes, room_bytes, sound_frames, sound_of_line, speech_of_line
from server.audio.adts import (
    AAC_SAMPLES,
    GRAIN_FRAMES,
    GRAIN_MS,
    LineFrames,
    read_line,
    split_adts,
    write_adts,
)
from server.audio.clips import LEAD_MS, TAIL_MS
from server.audio.encoding import encode_aac
from server.audio.ffmpeg import PCM_FLOAT, ffmpeg_path
from server.audio.fmp4 import init_segment, media_segment
from server.audio.hls import count_frames
from server.audio.live_lines import STROKE_LEAD_MS
from server.audio.live_mix import (
    CLOSING_MS,
    ROOM_FRAMES,
    SEGMENT_FRAMES,
    SEGMENT_MS,
    SEGMENT_SAMPLES,
    PlacedLine,
    Room,
    frames_of_segment,
    lines_to_aac,
    read_room,
)
from server.audio.live_playlist import list_segments
from server.audio.sounds import ROOM_TONE_DB, room_tone
from server.timeline import Sound
from server.units import FRAMES_PER_MS, Db, Ms, frames_from_ms

GRAIN = GRAIN_FRAMES * AAC_SAMPLES


@pytest.fixture(scope="module")
def room() -> Room:
    return read_room(room_bytes())


@pytest.fixture(scope="module")
def speech(clip: np.ndarray) -> np.ndarray:
    """Three seconds of speech at their level, with the quiet around them that clips have."""
    padding = tuple(frames_from_ms(Ms(ms)) for ms in (LEAD_MS, TAIL_MS))
    return speech_of_line(np.pad(clip, padding), gain_db=Db(6.0))


@pytest.fixture(scope="module")
def line(speech: np.ndarray) -> LineFrames:
    return read_line(line_bytes(speech))


@pytest.fixture(scope="module")
def stroke() -> LineFrames:
    return read_line(line_bytes(sound_of_line(Sound.BELL_SMALL, Ms(6_000))))


def decoded(data: bytes, path: Path) -> np.ndarray:
    """Decode: each frame gives AAC_SAMPLES, in which the one before it is still heard."""
    path.write_bytes(data)
    done = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-i", str(path), *PCM_FLOAT, "pipe:1"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stderr == b""
    return np.frombuffer(done.stdout, "<f4")


def rms_db(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(sound))) + 1e-9))


def bend(sound: np.ndarray) -> float:
    """How sharply a sound bends at its sharpest: a click is all bend."""
    return float(np.abs(np.diff(sound, 3)).max())


def heard_of(frames: tuple[bytes, ...], tmp_path: Path) -> np.ndarray:
    """Decode frames of a stream; the decoder's first, in which it fades in, is left out."""
    return decoded(write_adts(frames), tmp_path / "heard.aac")[AAC_SAMPLES:]


def test_a_line_has_the_length_of_its_sound_in_whole_grains(line, speech):
    """Nothing is cut off, and less than a grain is added."""
    assert 0 <= line.length_ms - len(speech) / FRAMES_PER_MS < GRAIN_MS
    assert len(line.frames) * AAC_SAMPLES == frames_from_ms(line.length_ms)


def test_a_line_sounds_as_its_clip(line, speech, room, tmp_path):
    """In its place, to a few samples, and at its level."""
    heard = heard_of(room.loop[: 1 + GRAIN_FRAMES] + line.frames, tmp_path)[GRAIN:]
    part = speech[48_000:72_000]
    spectrum = np.fft.rfft(heard, 1 << 19) * np.conj(np.fft.rfft(part, 1 << 19))
    assert int(np.argmax(np.fft.irfft(spectrum))) == pytest.approx(48_000, abs=3)
    assert rms_db(heard[: len(speech)]) == pytest.approx(rms_db(speech), abs=0.5)


@pytest.mark.parametrize("late", [0, 1])
def test_nobody_hears_where_lines_meet(speech, line, room, tmp_path, late):
    """At each seam it is as even as if all had been encoded in one, and as quiet as the room.

    Were lines cut one frame too late, that would be found.
    """
    frames = line.frames[late:] + room.loop[:late]
    pieces = [room.loop[:45], frames, room.loop[45:90], frames, frames, room.loop[90:150]]
    starts = np.cumsum([0, *map(len, pieces)]) * AAC_SAMPLES
    spoken = np.zeros(starts[-1], np.float32)
    for number in (1, 3, 4):
        spoken[starts[number] :][: len(speech)] += speech
    in_one = split_adts(encode_aac(spoken + np.resize(room_tone(), len(spoken))))

    def at_seams(stream: Iterable[bytes]) -> list[np.ndarray]:
        """What is heard beside the speech, where a frame is heard over into the next."""
        heard = decoded(write_adts(stream), tmp_path / "heard.aac")[: len(spoken)] - spoken
        return [heard[at - 99 : at + AAC_SAMPLES + 99] for at in starts[1:-1]]

    found, wanted = at_seams(chain.from_iterable(pieces)), at_seams(list(in_one)[1:])
    is_sharp = max(map(bend, found)) > 2 * max(map(bend, wanted))
    is_loud = max(map(rms_db, found)) > ROOM_TONE_DB + 3
    assert (is_sharp or is_loud) == bool(late)


def test_pauses_are_as_loud_as_the_room(line, room, tmp_path):
    """Before, between and after lines, also where the loop goes round."""
    frames = room.loop[-75:] + room.loop[:75] + line.frames + room.loop[300:450]
    heard = heard_of(frames, tmp_path)
    parts = [heard[at * AAC_SAMPLES :][: 48 * AAC_SAMPLES] for at in (3, 51, 99)]
    parts.append(heard[(150 + len(line.frames) + 2) * AAC_SAMPLES :][: 100 * AAC_SAMPLES])
    for part in parts:
        assert rms_db(part) == pytest.approx(ROOM_TONE_DB, abs=0.5)


def test_the_room_goes_round_without_a_seam(room, tmp_path):
    """Two turns are heard as one sound: the second is the first again, sample by sample."""
    heard = heard_of(room.loop + room.loop[:200], tmp_path)
    turn = ROOM_FRAMES * AAC_SAMPLES
    first, again = heard[AAC_SAMPLES:100_000], heard[turn + AAC_SAMPLES : turn + 100_000]
    assert np.abs(first - again).max() < 1e-4
    bends = np.abs(np.diff(heard, 3))
    assert bends[turn - 2500 : turn + 2500].max() <= bends[: turn // 2].max()


def test_a_bell_is_over_when_its_time_is_over():
    """It is struck after a moment, fades within its length, and is whole where there is time."""
    short, whole = (sound_of_line(Sound.BELL_SMALL, Ms(ms)) for ms in (1_000, 20_000))
    lead = frames_from_ms(STROKE_LEAD_MS)
    assert lead > 2 * AAC_SAMPLES
    assert not short[:lead].any()
    assert len(short) == 16 * GRAIN
    assert np.abs(short[-480:]).max() < 1e-3 < np.abs(short).max()
    stroke = sound_frames(Sound.BELL_SMALL, Ms(20_000))
    assert np.array_equal(whole[lead:], stroke)
    assert np.array_equal(short[lead : len(short) // 2], stroke[: len(short) // 2 - lead])


@pytest.mark.parametrize("kind", [Sound.BREATH_IN, Sound.BREATH_OUT])
def test_a_breath_is_the_breath_of_a_practice(kind):
    """It begins and ends in nothing by itself."""
    assert np.array_equal(sound_of_line(kind, Ms(4_000)), sound_frames(kind, Ms(4_000)))


def test_the_room_goes_out_after_the_end(line, room, tmp_path):
    """Softly, and then it is silent."""
    total_ms = Ms(100 * GRAIN_MS)
    data = lines_to_aac(total_ms, [PlacedLine(start_ms=Ms(640), frames=line.frames)], room)
    heard = decoded(data, tmp_path / "ground.aac")
    second = [rms_db(heard[100 * GRAIN + at * 48_000 :][:24_000]) for at in (-1, 0, 1)]
    assert second[0] == pytest.approx(ROOM_TONE_DB, abs=1)
    assert second[0] > second[1] > second[2] > -70
    assert rms_db(heard[100 * GRAIN + frames_from_ms(CLOSING_MS) + AAC_SAMPLES :]) < -90


def test_segments_decode_to_what_the_lines_decode_to(line, stroke, room, tmp_path):
    """As fragments of MP4 and as one file of frames it is the same sound, to the sample."""
    lines = [
        PlacedLine(start_ms=Ms(GRAIN_MS * 7), frames=line.frames),
        PlacedLine(start_ms=Ms(GRAIN_MS * 80), frames=stroke.frames),
    ]
    total_ms = Ms(GRAIN_MS * 190)
    numbers = list_segments(Ms(0), total_ms, total_ms)
    segments = [media_segment(n, frames_of_segment(n, lines, room, total_ms)) for n in numbers]
    streamed = decoded(init_segment() + b"".join(segments), tmp_path / "all.mp4")
    whole = decoded(lines_to_aac(total_ms, lines, room), tmp_path / "all.aac")
    assert len(streamed) == len(numbers) * SEGMENT_SAMPLES
    assert np.array_equal(streamed, whole[: len(streamed)])


def test_any_segment_can_be_begun_with(line, room, tmp_path):
    """One from the middle, after the init segment, is AAC-LC that decodes without complaint."""
    lines = [PlacedLine(start_ms=Ms(9 * SEGMENT_MS), frames=line.frames)]
    segment = media_segment(9, frames_of_segment(9, lines, room))
    path = tmp_path / "part.mp4"
    assert len(decoded(init_segment() + segment, path)) == SEGMENT_SAMPLES
    said = subprocess.run([ffmpeg_path(), "-hide_banner", "-i", str(path)],
                          capture_output=True, text=True, check=False).stderr  # fmt: skip
    assert "Audio: aac (LC)" in said
    assert "48000 Hz, mono" in said


@pytest.mark.parametrize("number", [0, 1, 100_000])
def test_a_segment_begins_where_the_one_before_it_ends(number):
    """Its time is that of its number; its boxes are whole, and name the frames' sizes."""
    frames = tuple(bytes([at]) * (at + 1) for at in range(SEGMENT_FRAMES))
    segment = media_segment(number, frames)
    at = segment.index(b"tfdt")
    assert struct.unpack_from(">IQ", segment, at + 4) == (1 << 24, number * SEGMENT_SAMPLES)
    size = int.from_bytes(segment[:4], "big")
    assert count_frames(segment[:size]) == SEGMENT_SAMPLES
    assert segment[size + 4 :] == b"mdat" + b"".join(frames)
    assert int.from_bytes(segment[size : size + 4], "big") == len(segment) - size
    run = segment.index(b"trun")
    count, data_offset = struct.unpack_from(">II", segment, run + 8)
    assert (count, data_offset) == (SEGMENT_FRAMES, size + 8)
    assert struct.unpack_from(f">{count}I", segment, run + 16) == tuple(map(len, frames))
