"""A voice whose process ends in the middle of a word, for as long as a file is there."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np

from server.units import FRAMES_PER_MS, Ms
from server.voice import SILENT, Finish, Spoken
from server.voice.speaker import PiperSpeaker


def open_crashing(crashing_path: Path) -> PiperSpeaker:
    """Open a real voice process; it crashes as long as there is this file."""
    return PiperSpeaker(
        SILENT,
        model_path=crashing_path,
        config_path=crashing_path,
        finish=_leave,
        processes=1,
        speak_one=_speak_or_crash,
    )


def _speak_or_crash(
    crashing_path: Path, _config_path: Path, _text: str, _pace: float, _finish: Finish
) -> Spoken:
    """Stand in for Piper, in its process: a moment of silence, or the end of the process."""
    if crashing_path.exists():
        os.kill(os.getpid(), signal.SIGSEGV)
    return Spoken(frames=np.zeros(100 * FRAMES_PER_MS, dtype=np.int16))


def _leave(samples: Any, _rate_hz: int) -> tuple[Any, Ms]:
    return samples, Ms(0)
