"""Tries things that might go wrong with a voice's files in a child process that may be killed."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from server.errors import VoiceCrashed, VoiceRefused, VoiceTimedOut
from server.voice.piper import guard_process, plain_errors

TIME_LIMIT_SECONDS = 60.0

INPUTS = frozenset({"input", "input_lengths", "scales"})
SPEAKER_INPUT = "sid"
"""What a Piper model wants to be given; the last one only where it has several speakers."""


def check_model(model_path: Path, *, has_speakers: bool) -> None:
    """Load a model and look at what it wants. Raises VoiceRefused where it is not Piper's."""
    wanted = INPUTS | {SPEAKER_INPUT} if has_speakers else INPUTS
    found = _in_child(_list_inputs, model_path)
    if found is None:
        raise VoiceRefused(f"{model_path} is not an ONNX model that can be loaded.")
    if set(found) != wanted:
        raise VoiceRefused(
            f"{model_path} is not a model for Piper: it wants {', '.join(sorted(found))} "
            f"where {', '.join(sorted(wanted))} would be right."
        )


def list_phonemes(config_path: Path, texts: Sequence[str]) -> tuple[str, ...]:
    """Write each text in the sounds that the voice will be given, as far as it uses espeak."""
    return tuple(_in_child(_phonemize, config_path, tuple(texts)))


def _list_inputs(model_path: Path) -> list[str] | None:
    # Set before the first import of onnxruntime, which reads it once.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        with plain_errors():
            session = onnxruntime.InferenceSession(
                model_path, options, providers=["CPUExecutionProvider"]
            )
    except RuntimeError:
        return None
    return [each.name for each in session.get_inputs()]


def _phonemize(config_path: Path, texts: tuple[str, ...]) -> list[str]:
    from piper.phonemize_espeak import EspeakPhonemizer

    config = json.loads(config_path.read_text(encoding="utf-8"))
    if config.get("phoneme_type", "espeak") != "espeak":
        return list(texts)
    phonemizer = EspeakPhonemizer()
    espeak_voice = config["espeak"]["voice"]
    return [
        " ".join("".join(sentence) for sentence in phonemizer.phonemize(espeak_voice, text))
        for text in texts
    ]


def _in_child(function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
    """Call a function in a process of its own, bounded in time and memory.

    Raises VoiceTimedOut or VoiceCrashed.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(sender, function, arguments), daemon=True)
    with receiver:
        with sender:
            child.start()
        try:
            if not receiver.poll(TIME_LIMIT_SECONDS):
                raise VoiceTimedOut("The voice took too long and was stopped.")
            return receiver.recv()
        except EOFError as error:
            raise VoiceCrashed("The voice's process ended before it had an answer.") from error
        finally:
            child.kill()
            child.join()


def _answer(sender: Connection, function: Callable[..., Any], arguments: tuple[object]) -> None:
    guard_process()
    with sender:
        sender.send(function(*arguments))
