"""One sound by itself, in a file: what it is like, before it lies under a practice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from server.audio import open_bed, sound_frames
from server.config import Settings
from server.errors import StepbackError
from server.render.own_files import check_folder, put_file
from server.render.own_sounds import list_own_sounds
from server.script import BEDS, BELLS
from server.store.shelves import open_shelf
from server.timeline import BELL_MS, BedSound, OwnSound, Sound
from server.units import SAMPLE_RATE_HZ, Db, Ms, factor_from_db, frames_from_ms

FORMATS = {".wav": ("WAV", "PCM_16"), ".mp3": ("MP3", "MPEG_LAYER_III")}

_BED_DB = Db(-26.0)
"""Louder than a bed ever lies under a voice, so that its details are heard."""

_LEAST_MS, _BEYOND_MS, _MOST_MS = Ms(30_000), Ms(5_000), Ms(60_000)
"""So long is a bed heard; of a short sound of one's own, until it has gone round."""

_FADE_MS = Ms(1_000)


def write_preview(settings: Settings, name: str, out: Path) -> None:
    """Write a bell as it is struck, or a bed for half a minute or more, as WAV or MP3.

    A sound of one's own is heard as a bed. Raises StepbackError for an unknown name or ending, or
    where the file cannot be written; then there is none.
    """
    if out.suffix.lower() not in FORMATS:
        raise StepbackError(f"{out.name} should end in .wav or .mp3.")
    check_folder(out)
    frames = _frames(settings, name)
    kind, subtype = FORMATS[out.suffix.lower()]

    def write(part: Path) -> None:
        with part.open("wb") as file:
            soundfile.write(file, frames, SAMPLE_RATE_HZ, format=kind, subtype=subtype)

    put_file(out, write)


def _frames(settings: Settings, name: str) -> np.ndarray:
    own = {sound.name: sound for sound in list_own_sounds(settings)}
    if name in BELLS:
        return sound_frames(Sound(f"bell-{name}"), BELL_MS)
    if name in BEDS:
        return _bed(settings, BedSound(name), _LEAST_MS)
    if name in own:
        around_ms = Ms(own[name].length_ms + _BEYOND_MS)
        return _bed(settings, own[name], min(_MOST_MS, max(_LEAST_MS, around_ms)))
    known = ", ".join((*BEDS, *BELLS, *own))
    raise StepbackError(f"There is no sound named '{name}'. There are {known}.")


def _bed(settings: Settings, bed: BedSound | OwnSound, length_ms: Ms) -> np.ndarray:
    frames = open_bed(bed, open_shelf(settings).sound_path).read(0, frames_from_ms(length_ms))
    fade = np.linspace(0, 1, frames_from_ms(_FADE_MS), dtype=np.float32)
    frames = frames * np.float32(factor_from_db(_BED_DB))
    frames[: len(fade)] *= fade
    frames[-len(fade) :] *= fade[::-1]
    return np.asarray(frames)
