"""Raw speech → a clip that can be laid anywhere: trimmed, evened out, faded; pydub's home."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import soundfile
import soxr

from server.audio.dynamics import even_out
from server.audio.level import TARGET_LUFS, LoudnessMeter
from server.errors import AudioError
from server.units import (
    FRAMES_PER_MS,
    SAMPLE_RATE_HZ,
    Db,
    Lufs,
    Ms,
    factor_from_db,
    frames_from_ms,
    ms_from_frames,
)

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

_VOICE_LUFS = Lufs(-23.0)
"""A recording is brought to about the loudness of Piper before it is evened out like Piper."""

_MOST_QUIET_DB = Db(-40.0)
"""However noisy a room is, nothing louder than this is taken for quiet."""

_PIECE = frames_from_ms(Ms(10))


def finish_clip(samples: np.ndarray, rate_hz: int) -> tuple[np.ndarray, Ms]:
    """Make a clip from raw float samples: 16-bit mono at SAMPLE_RATE_HZ, whole milliseconds.

    Also tells how much was cut off before it. The clip is empty where nothing is louder than
    QUIET_DB.
    """
    sound = soxr.resample(samples.astype(np.float32), rate_hz, SAMPLE_RATE_HZ)
    return _trim(even_out(sound), QUIET_DB)


def finish_recording(sound: np.ndarray) -> np.ndarray:
    """Make a clip from a person's own recording: float32, mono, at SAMPLE_RATE_HZ.

    It is evened out and trimmed like the voice's clips, and it comes out at TARGET_LUFS, where
    the voice only comes by its gain: the mix plays it with a gain of 0 dB. The result is empty
    where nobody speaks.
    """
    sound = even_out(_levelled(sound, _VOICE_LUFS))
    frames, _ = _trim(sound, _quiet_db(sound))
    return _as_frames(_levelled(frames / np.float32(32767), TARGET_LUFS))


def _levelled(sound: np.ndarray, target: Lufs) -> np.ndarray:
    """Bring a sound to a loudness; silence stays silence."""
    # Several times over: less than 0.4 s has no loudness by itself.
    rounds = 1 + frames_from_ms(Ms(1_000)) // max(1, len(sound))
    with LoudnessMeter() as meter:
        for _ in range(rounds):
            meter.feed(_as_frames(sound))
        lufs = meter.result().integrated_lufs
    return sound if lufs is None else sound * np.float32(factor_from_db(Db(target - lufs)))


def _quiet_db(sound: np.ndarray) -> Db:
    """The level below which nobody speaks in a recording: a little above its own quiet."""
    pieces = sound[: len(sound) // _PIECE * _PIECE].reshape(-1, _PIECE)
    if not len(pieces):
        return QUIET_DB
    levels_db = 10 * np.log10(np.mean(np.square(pieces), axis=1) + 1e-12)
    return Db(float(np.clip(np.quantile(levels_db, 0.1) + 6, QUIET_DB, _MOST_QUIET_DB)))


def _trim(sound: np.ndarray, quiet_db: Db) -> tuple[np.ndarray, Ms]:
    """Cut off the quiet at both ends, all but a little air, and fade what is left in and out.

    Also tells how much was cut off before it.
    """
    segment = _segment(_as_frames(sound))
    start_ms = detect_leading_silence(segment, quiet_db, chunk_size=5)
    if start_ms >= len(segment):
        return np.zeros(0, dtype="<i2"), Ms(0)
    end_ms = len(segment) - detect_leading_silence(segment.reverse(), quiet_db, chunk_size=5)
    cut_ms = Ms(max(0, start_ms - LEAD_MS))
    segment = segment[cut_ms : end_ms + TAIL_MS]
    segment = segment.fade_in(FADE_IN_MS).fade_out(FADE_OUT_MS)
    frames = np.frombuffer(segment.raw_data, dtype="<i2")
    return np.pad(frames, (0, -len(frames) % FRAMES_PER_MS)), cut_ms


def _as_frames(sound: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(np.clip(sound, -1, 1) * 32767), dtype="<i2")


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
