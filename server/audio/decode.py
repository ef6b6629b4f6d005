"""A sound file that somebody brought → frames, or the reason why it cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from server.audio.ffmpeg import PCM_FLOAT, Ffmpeg
from server.audio.level import LoudnessMeter
from server.errors import FfmpegFailed, SoundRefused
from server.units import Db, Lufs, Ms, factor_from_db, ms_from_frames

MOST_BYTES = 200_000_000
LEAST_MS = Ms(200)
SILENCE_PEAK_DB = Db(-60.0)
"""A sound whose loudest frame is softer than this is only silence, or the noise of a cable."""

_DEMUXERS = "wav,w64,mp3,mov,ogg,flac"
"""No playlist and no list of other files is ever followed, whatever a file's name says it is."""

_DEADLINE_SECONDS = 300.0
_CANNOT_BE_READ = "It cannot be read as sound. Use a whole WAV, MP3, M4A, OGG or FLAC file."
_DAMAGED = "It is damaged or cut off: some of it cannot be read."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a whole sound was found to be."""

    frames: int
    peak: float
    """Of its largest frame; 1.0 is full scale."""
    lufs: Lufs | None
    """Integrated loudness; None for less than 0.4 s of sound, which is too short to have one."""


def read_file(path: Path, *, most_ms: Ms) -> Iterator[np.ndarray]:
    """Decode a file to the end: blocks of float32 frames, mono, at SAMPLE_RATE_HZ.

    Raises SoundRefused where the file is too large, cannot be read as sound, is damaged, or is
    shorter than LEAST_MS or longer than `most_ms`; what was read before is then of no use. A file
    that was cut off so cleanly that nothing in it tells is taken as it is.
    """
    if path.stat().st_size > MOST_BYTES:
        raise SoundRefused(f"It is larger than {MOST_BYTES // 1_000_000} MB.")
    frames = 0
    with Ffmpeg(
        "-format_whitelist", _DEMUXERS, "-i", str(path.absolute()), "-map", "0:a:0",
        "-t", f"{most_ms + 1_000}ms", *PCM_FLOAT, "pipe:1",
        deadline_seconds=_DEADLINE_SECONDS,
    ) as ffmpeg:  # fmt: skip
        for piece in ffmpeg.read_blocks():
            block = np.frombuffer(piece, dtype="<f4", count=len(piece) // 4)
            if not np.isfinite(block).all():
                raise SoundRefused(_DAMAGED)
            frames += len(block)
            yield block
        try:
            said = ffmpeg.finish()
        except FfmpegFailed as error:
            raise SoundRefused(_DAMAGED if frames else _CANNOT_BE_READ) from error
    _refuse_by_length(ms_from_frames(frames), said, most_ms)


def _refuse_by_length(length_ms: Ms, said: str, most_ms: Ms) -> None:
    if length_ms > most_ms:
        most = f"{most_ms // 60_000} min" if most_ms > 60_000 else f"{most_ms // 1000} s"
        raise SoundRefused(f"It is longer than {most}.")
    if _is_damaged(length_ms, said):
        raise SoundRefused(_DAMAGED)
    if length_ms < LEAST_MS:
        raise SoundRefused(f"It is shorter than {LEAST_MS / 1000} s.")


def _is_damaged(length_ms: Ms, said: str) -> bool:
    """Judge by what is missing; a little rubbish at its end harms no file."""
    if "corrupt input packet" in said:
        return True
    declared = re.search(r"Duration: (\d+):(\d+):(\d+)\.(\d+)", said)
    if declared is None or "Estimating duration" in said:
        return False
    hours, minutes, seconds, hundredths = map(int, declared.groups())
    declared_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
    missing_ms = declared_ms - length_ms
    has_complained = "Invalid data found" in said or "CRC mismatch" in said
    return missing_ms > (20 if has_complained else max(1_000, declared_ms // 50))


def look_at(path: Path, *, most_ms: Ms) -> Found:
    """Read a whole file and measure it, in memory that does not grow.

    Raises SoundRefused as read_file() does, and where there is only silence in it.
    """
    frames, peak = 0, 0.0
    with LoudnessMeter() as meter:
        for block in read_file(path, most_ms=most_ms):
            frames += len(block)
            peak = max(peak, float(np.abs(block).max(initial=0)))
            meter.feed(np.round(np.clip(block, -1, 1) * 32767).astype("<i2"))
        lufs = meter.result().integrated_lufs
    if peak < factor_from_db(SILENCE_PEAK_DB):
        raise SoundRefused("There is only silence in it.")
    return Found(frames=frames, peak=peak, lufs=lufs)
