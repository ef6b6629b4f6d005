"""What can happen to a voice process, run inside a real one on a trigger word."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from server.voice import Spoken


def speak_or_fail(model_path: Path, config_path: Path, text: str, pace: float, finish):
    """Stand in for Piper: a second of tone, or the accident that the text names.

    Writes each text that it begins into the file at `model_path`, where there is one; "hold" lasts
    until somebody opens the pipe at `config_path` and closes it.
    """
    if model_path.exists():
        with model_path.open("a") as log:
            log.write(f"{text}\n")
    if "hold" in text:
        config_path.read_bytes()
    if "number" in text:
        time.sleep(0.15)  # as long as a real voice takes over a short sentence
    if "crash" in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "hang" in text:
        signal.pause()
    if "eat" in text:
        return np.ones(1 << 40)
    if "raise" in text:
        raise ValueError(f"espeak would not say {text}")
    if "nothing" in text:
        return None
    frames, _ = finish(np.sin(np.arange(22_050) / 10).astype(np.float32) / 4, 22_050)
    return Spoken(frames=frames)
