"""Piper inside one voice process: text → clip and words, with one inference thread.

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

from server.units import ms_from_frames
from server.voice.model import Finish, Spoken, WordTime
from server.voice.words import Phoneme, shift_words, time_words

if TYPE_CHECKING:
    from piper import AudioChunk, PiperVoice

MEMORY_LIMIT_BYTES = 2 * 1024**3
"""Address space of a voice process: a healthy one uses 1.3 GB of it and 0.4 GB of memory."""

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
) -> Spoken | None:
    """Speak one speakable text; None where the voice made no sound."""
    import numpy as np
    from piper import SynthesisConfig

    voice = _load(model_path, config_path)
    # normalize_audio would scale every sentence to full peak by itself: whispers would shout.
    config = SynthesisConfig(length_scale=pace, normalize_audio=False)
    with plain_errors():
        chunks = list(voice.synthesize(text, config, include_alignments=True))
    if not chunks:
        return None
    rate_hz = voice.config.sample_rate
    gap = np.zeros(round(GAP_SECONDS * rate_hz), dtype=np.float32)
    pieces = [piece for chunk in chunks for piece in (chunk.audio_float_array, gap)][:-1]
    frames, cut_ms = finish(np.concatenate(pieces), rate_hz)
    words = _words(text, chunks, voice)
    length_ms = ms_from_frames(len(frames))
    return Spoken(frames=frames, words=shift_words(words, cut_ms=cut_ms, length_ms=length_ms))


def _words(text: str, chunks: list[AudioChunk], voice: PiperVoice) -> tuple[WordTime, ...]:
    """Tell when each word is said; nothing where the model does not tell of its phonemes."""
    if not all(chunk.phoneme_alignments for chunk in chunks):
        return ()

    def pronounce(word: str) -> list[str]:
        return [symbol for sentence in voice.phonemize(word) for symbol in sentence]

    return time_words(text, list(_phonemes(chunks)), pronounce)


def _phonemes(chunks: list[AudioChunk]) -> Iterator[Phoneme]:
    """Place every phoneme in the raw speech of all pieces."""
    from piper.const import BOS, EOS

    piece_s = 0.0
    for chunk in chunks:
        end_s = piece_s
        for each in chunk.phoneme_alignments or ():
            start_s, end_s = end_s, end_s + int(each.num_samples) / chunk.sample_rate
            if each.phoneme not in (BOS, EOS):
                yield Phoneme(symbol=each.phoneme, start_ms=start_s * 1000, end_ms=end_s * 1000)
        piece_s += len(chunk.audio_float_array) / chunk.sample_rate + GAP_SECONDS


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
    with plain_errors():
        session = onnxruntime.InferenceSession(
            _telling_model(model_path), options, providers=["CPUExecutionProvider"]
        )
    config = PiperConfig.from_dict(json.loads(config_path.read_text()))
    return PiperVoice(session=session, config=config)


def _telling_model(model_path: Path) -> Path | bytes:
    """Make the model tell how long each phoneme is, where the package onnx is there to do it.

    It costs 0.2 s more for loading and 90 MB more of memory; speaking is as fast.
    """
    try:
        import onnx
        from google.protobuf.message import DecodeError
        from piper.patch_voice_with_alignment import add_alignment_output
    except ImportError:
        return model_path
    try:
        model = onnx.load(model_path)
        add_alignment_output(model)
    except (DecodeError, ValueError):
        return model_path  # it tells already, or cannot; what is damaged, onnxruntime will say
    patched: bytes = model.SerializeToString()
    return patched


@contextmanager
def plain_errors() -> Iterator[None]:
    """Raise onnxruntime's own kinds of error as RuntimeError, which any process can read."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    kinds = [kind for kind in vars(state).values() if isinstance(kind, type)]
    errors = tuple(kind for kind in kinds if issubclass(kind, Exception))
    try:
        yield
    except errors as error:
        raise RuntimeError(str(error)) from None
