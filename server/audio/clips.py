"""Raw speech → a clip that can be laid anywhere: trimmed, evened out, faded; pydub's home."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import soundfile
import soxr

from server.audio.dynamics import even_out
from server.errors import AudioError
from server.units import FRAMES_PER_MS, SAMPLE_RATE_HZ, Db, Ms, ms_from_frames

with warnings.catch_warnings():
    # It warns that there is no ffmpeg on the PATH; we never ask it to run one.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

QUIET_DB = Db(-52.0)
"""Below this a voice is not speaking; Piper's floor is near -65 dBFS, its faintest s at -45."""

LEAD_MS, TAIL_MS = 30, 90
"""What is kept of the quiet before and after: a word needs air around it."""

FADE_IN_MS, FADE_OUT_MS = 8, 15


def finish_clip(samples: np.ndarray, rate_hz: int) -> tuple[np.ndarray, Ms]:
    """Make a clip from raw float samples: 16-bit mono at SAMPLE_RATE_HZ, whole milliseconds.

    Also tells how much was cut off before it. The clip is empty where nothing is louder than
    QUIET_DB.
    """
    sound = soxr.resample(samples.astype(np.float32), rate_hz, SAMPLE_RATE_HZ)
    sound = even_out(sound)
    segment = _segment(np.round(np.clip(sound, -1, 1) * 32767).astype("<i2"))
    start_ms = detect_leading_silence(segment, QUIET_DB, chunk_size=5)
    if start_ms >= len(segment):
        return np.zeros(0, dtype="<i2"), Ms(0)
    end_ms = len(segment) - detect_leading_silence(segment.reverse(), QUIET_DB, chunk_size=5)
    cut_ms = Ms(max(0, start_ms - LEAD_MS))
    segment = segment[cut_ms : end_ms + TAIL_MS]
    segment = segment.fade_in(FADE_IN_MS).fade_out(FADE_OUT_MS)
    frames = np.frombuffer(segment.raw_data, dtype="<i2")
    return np.pad(frames, (0, -len(frames) % FRAMES_PER_MS)), cut_ms


def _segment(frames: np.ndarray) -> AudioSegment:
    return AudioSegment(
        data=frames.tobytes(), sample_width=2, frame_rate=SAMPLE_RATE_HZ, channels=1
    )


def clip_bytes(frames: np.ndarray) -> bytes:
    """Pack a clip for the shelf, as FLAC."""
    file = io.BytesIO()
    soundfile.write(file, frames, SAMPLE_RATE_HZ, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def read_clip(path: Path) -> np.ndarray:
    """Read a clip from the shelf: 16-bit mono frames. Raises AudioError for a damaged file."""
    try:
        frames, _ = soundfile.read(path, dtype="int16")
    except soundfile.LibsndfileError as error:
        raise AudioError(f"The clip {path.stem} is damaged.") from error
    return np.asarray(frames)


def clip_length_ms(path: Path) -> Ms:
    """Look up how long a clip is, without decoding it. Raises AudioError for a damaged file."""
    try:
        return ms_from_frames(soundfile.info(path).frames)
    except soundfile.LibsndfileError as error:
        raise AudioError(f"The clip {path.stem} is damaged.") from error
