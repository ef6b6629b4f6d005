"""Piper inside one voice process: text → samples, with one inference thread.

Only the pool's child processes run this module's functions, so that a crash, a hang or a
runaway in espeak or onnxruntime takes one sentence down and nothing else.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from server.voice.model import Finish, Samples

if TYPE_CHECKING:
    from piper import PiperVoice

MEMORY_LIMIT_BYTES = 2 * 1024**3
"""Address space of a voice process: a healthy one uses 1.3 GB of it and 0.35 GB of memory."""

GAP_SECONDS = 0.25
"""Between the pieces of a text that espeak splits although it was one sentence to us."""


def guard_process(memory_limit_bytes: int = MEMORY_LIMIT_BYTES) -> None:
    """Bound this process's memory, and let it not outlive the worker that started it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit_bytes, memory_limit_bytes))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def speak_one(
    model_path: Path, config_path: Path, text: str, pace: float, finish: Finish
) -> Samples | None:
    """Speak one speakable text; None where the voice made no sound."""
    import numpy as np
    from piper import SynthesisConfig

    voice = _load(model_path, config_path)
    # normalize_audio would scale every sentence to full peak by itself: whispers would shout.
    config = SynthesisConfig(length_scale=pace, normalize_audio=False)
    with _plain_errors():
        chunks = [chunk.audio_float_array for chunk in voice.synthesize(text, config)]
    if not chunks:
        return None
    rate_hz = voice.config.sample_rate
    gap = np.zeros(round(GAP_SECONDS * rate_hz), dtype=np.float32)
    pieces = [piece for chunk in chunks for piece in (chunk, gap)][:-1]
    return finish(np.concatenate(pieces), rate_hz)


def load_voice(model_path: Path, config_path: Path) -> int:
    """Load the voice into this process and keep it; returns the process id."""
    _load(model_path, config_path)
    return os.getpid()


@lru_cache(maxsize=1)
def _load(model_path: Path, config_path: Path) -> PiperVoice:
    # Set before the first import of onnxruntime, which reads it once.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime
    from piper import PiperVoice
    from piper.config import PiperConfig

    options = onnxruntime.SessionOptions()
    # Threads of one session wait for each other by spinning: one each, and a process per core.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    with _plain_errors():
        session = onnxruntime.InferenceSession(
            model_path, options, providers=["CPUExecutionProvider"]
        )
    config = PiperConfig.from_dict(json.loads(config_path.read_text()))
    return PiperVoice(session=session, config=config)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Raise onnxruntime's own kinds of error as RuntimeError, which any process can read."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    kinds = [kind for kind in vars(state).values() if isinstance(kind, type)]
    errors = tuple(kind for kind in kinds if issubclass(kind, Exception))
    try:
        yield
    except errors as error:
        raise RuntimeError(str(error)) from None
