"""Clips: trimmed, faded, whole milliseconds, and found whole or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from server.audio import clip_bytes, clip_length_ms, finish_clip, read_clip
from server.audio.clips import LEAD_MS, TAIL_MS
from server.errors import AudioError
from server.units import FRAMES_PER_MS


def voice_like(quiet_s: float, loud_s: float, rate_hz: int = 22_050) -> np.ndarray:
    tone = 0.3 * np.sin(np.arange(round(loud_s * rate_hz)) * 2 * np.pi * 200 / rate_hz)
    quiet = np.zeros(round(quiet_s * rate_hz))
    return np.concatenate([quiet, tone, quiet]).astype(np.float32)


def test_the_quiet_around_speech_is_trimmed_to_a_little_air():
    """Half a second of quiet at both ends becomes the lead and the tail that words need."""
    frames, cut_ms = finish_clip(voice_like(0.5, 1.0), 22_050)
    assert cut_ms == pytest.approx(500 - LEAD_MS, abs=10)
    length_ms = len(frames) / FRAMES_PER_MS
    assert length_ms == pytest.approx(1000 + LEAD_MS + TAIL_MS, abs=25)
    assert length_ms == int(length_ms)


def test_both_ends_are_faded_to_zero():
    """Even a clip that is loud from its first to its last sample has soft ends."""
    frames, cut_ms = finish_clip(voice_like(0.0, 1.0), 22_050)
    assert cut_ms == 0
    assert abs(int(frames[0])) <= 1
    assert np.abs(frames[-24:]).max() < np.abs(frames).max() / 10


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_a_clip_without_sound_is_empty(seconds):
    """Where nothing is heard there is no clip, and no division by zero."""
    frames, _ = finish_clip(np.zeros(round(seconds * 22_050), np.float32), 22_050)
    assert len(frames) == 0


def test_a_clip_survives_the_shelf(tmp_path):
    """What is written is what is read, to the frame, and its length is known unread."""
    frames, _ = finish_clip(voice_like(0.1, 0.7), 22_050)
    path = tmp_path / "clip.flac"
    path.write_bytes(clip_bytes(frames))
    assert np.array_equal(read_clip(path), frames)
    assert clip_length_ms(path) * FRAMES_PER_MS == len(frames)


@pytest.mark.parametrize("read", [read_clip, clip_length_ms])
def test_a_damaged_clip_is_told(tmp_path, read):
    """A file that is no FLAC is an error that names the clip."""
    path = tmp_path / "abc.flac"
    path.write_bytes(b"not a clip")
    with pytest.raises(AudioError, match="abc"):
        read(path)
