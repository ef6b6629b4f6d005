"""Sounds of one's own: made ready once, then read as bells and, in pieces, as beds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from server.audio.bells import BELL_PEAK_DB
from server.audio.clips import finish_recording
from server.audio.decode import look_at, read_file
from server.errors import AudioError, SoundRefused
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

MOST_MS = Ms(15 * 60_000)
BELL_MOST_MS = Ms(60_000)
"""As a bell no more than this of a sound is heard, so that memory stays small."""

_READY_LUFS = Lufs(-23.0)
_READY_PEAK_DB = Db(-1.0)
"""A sound that is made ready has this loudness; one with peaks so high above its loudness that
they would pass full scale stays softer, and is softer as a bed as well."""

LINE_MOST_MS = Ms(60_000)
"""So long may a person's own recording of one sentence be."""

_SEAM_MS = Ms(4_000)
"""A bed's end goes over into its beginning in this time, or in a quarter of a short sound."""

_BELL_FADE_MS = Ms(1_500)

PathOf = Callable[[str], Path]
"""Gives the file of a sound that was made ready, by its key."""


def no_own_sounds(key: str) -> Path:
    """Stand for a place without any own sound: raises AudioError."""
    raise AudioError(f"The sound {key} is not here.")


def make_ready(source: Path, target: Path) -> Ms:
    """Check a sound file and write it as FLAC at its loudness: mono, 48 kHz, whole milliseconds.

    Returns its length. Decodes twice rather than hold a quarter of an hour in memory. Raises
    SoundRefused with the reason, and then `target` is not whole; may raise FfmpegFailed.
    """
    found = look_at(source, most_ms=MOST_MS)
    most_factor = factor_from_db(_READY_PEAK_DB) / found.peak
    wanted = most_factor if found.lufs is None else factor_from_db(Db(_READY_LUFS - found.lufs))
    factor = np.float32(min(wanted, most_factor))
    with soundfile.SoundFile(
        target, "w", SAMPLE_RATE_HZ, channels=1, format="FLAC", subtype="PCM_16"
    ) as file:
        for block in read_file(source, most_ms=MOST_MS):
            file.write(block * factor)
        file.write(np.zeros(-found.frames % FRAMES_PER_MS, dtype=np.float32))
    return ms_from_frames(found.frames)


def line_clip(source: Path) -> np.ndarray:
    """Make a clip from a file in which a person speaks one sentence: see finish_recording().

    Raises SoundRefused with the reason; may raise FfmpegFailed.
    """
    look_at(source, most_ms=LINE_MOST_MS)
    frames = finish_recording(np.concatenate([*read_file(source, most_ms=LINE_MOST_MS)]))
    if not len(frames):
        raise SoundRefused("Nobody speaks in it.")
    return frames


def own_sound_frames(path: Path) -> np.ndarray:
    """Read a sound as a bell: float32, its peak where a bell's is, at most BELL_MOST_MS of it.

    Raises AudioError where the file is missing or damaged.
    """
    most = frames_from_ms(BELL_MOST_MS)
    frames = _read(path, 0, most)
    if len(frames) == most:
        fade = frames_from_ms(_BELL_FADE_MS)
        frames[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    peak = np.abs(frames).max(initial=1e-6)
    return np.asarray(frames * np.float32(factor_from_db(BELL_PEAK_DB) / peak))


class OwnLoop:
    """A sound of one's own as a bed, at 0 LUFS, read from its file as it is needed.

    Its last seconds are cross-faded into its first, so that it goes round without a seam.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._whole = _count(path)
        self._seam = min(frames_from_ms(_SEAM_MS), self._whole // 4)
        self._turn = self._whole - self._seam
        self._factor = np.float32(factor_from_db(Db(-_READY_LUFS)))

    def read(self, start: int, end: int) -> np.ndarray:
        """Give the frames from `start` to before `end`; the loop goes round as often as it must."""
        pieces = []
        while start < end:
            place = start % self._turn
            count = min(end - start, self._turn - place)
            pieces.append(self._piece(place, place + count))
            start += count
        return np.concatenate(pieces) * self._factor if pieces else np.zeros(0, np.float32)

    def _piece(self, start: int, end: int) -> np.ndarray:
        """Read within one turn; what lies in the seam has the sound's end under it."""
        frames = _read(self._path, start, end)
        inside = min(end, self._seam) - start
        if inside > 0:
            ending = _read(self._path, self._turn + start, self._turn + start + inside)
            # At equal power: two passages of one sound are not in step with each other.
            angle = np.arange(start, start + inside, dtype=np.float32) / self._seam * (np.pi / 2)
            frames[:inside] = frames[:inside] * np.sin(angle) + ending * np.cos(angle)
        return frames


def _count(path: Path) -> int:
    try:
        return int(soundfile.info(path).frames)
    except soundfile.LibsndfileError as error:
        raise AudioError(f"The sound {path.stem} is missing or damaged.") from error


def _read(path: Path, start: int, end: int) -> np.ndarray:
    """Read frames from `start` to before `end`, or to the file's end."""
    try:
        frames, _ = soundfile.read(path, frames=end - start, start=start, dtype="float32")
    except soundfile.LibsndfileError as error:
        raise AudioError(f"The sound {path.stem} is missing or damaged.") from error
    return np.asarray(frames)
