"""The voice processes: sentences go in, clips come out, and an accident stays a sentence's own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from server.errors import (
    NothingSpoken,
    VoiceCrashed,
    VoiceOutOfMemory,
    VoiceTimedOut,
    VoiceUnavailable,
)
from server.timeline import Utterance, content_key
from server.voice import piper
from server.voice.model import Finish, Samples, Spoken, Urgency, Voice, no_urgency
from server.voice.speakable import speakable

SpeakOne = Callable[[Path, Path, str, float, Finish], Samples | None]

TIME_LIMIT_SECONDS = 30.0
"""For one sentence, the loading of the model included; a healthy one takes under two."""


class PiperSpeaker:
    """Speaks with Piper in processes of one inference thread each."""

    def __init__(
        self,
        voice: Voice,
        *,
        model_path: Path,
        config_path: Path,
        finish: Finish,
        processes: int,
        speak_one: SpeakOne = piper.speak_one,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
    ) -> None:
        self.voice = voice
        self._files = (model_path, config_path)
        self._finish = finish
        self._speak_one = speak_one
        self._time_limit_seconds = time_limit_seconds
        self._processes = processes
        self._pool = ProcessPool(
            max_workers=processes,
            initializer=piper.guard_process,
            # spawn: a forked child would inherit the worker's threads' locks in mid-use
            context=multiprocessing.get_context("spawn"),
        )

    def clip_key(self, utterance: Utterance) -> str:
        """Name the clip of an utterance: text as spoken, voice, model, pace."""
        return content_key(
            "clip",
            self.voice.key,
            f"{utterance.pace:.3f}",
            speakable(utterance.spoken or utterance.text),
        )

    def speak(
        self,
        utterances: Sequence[Utterance],
        *,
        urgency: Urgency = no_urgency,
        on_wait: Callable[[], None] = lambda: None,
        takes: int = 1,
    ) -> Iterator[tuple[Utterance, Spoken]]:
        """Speak in all processes at once, handing over each clip when it is done.

        No more sentences wait in the processes than keep them busy, so that two renders take
        turns and a stopped one leaves nothing behind.
        """
        waiting = iter(utterances)
        running: dict[Future[Samples | None], Utterance] = {}
        try:
            while True:
                while len(running) < self._processes + 1:
                    utterance = next(waiting, None)
                    if utterance is None:
                        break
                    running[self._start(utterance)] = utterance
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    spoken = Spoken(frames=_result(future, running[future]))
                    yield running.pop(future), spoken
        finally:
            for future in running:
                # What is being spoken is left to end: to stop it would cost the loaded model.
                if not future.running():
                    future.cancel()

    def warm(self) -> None:
        """Load the model in every process; returns when they are ready."""
        loads = [
            self._pool.schedule(piper.load_voice, args=self._files, timeout=TIME_LIMIT_SECONDS)
            for _ in range(self._processes)
        ]
        for load in loads:
            try:
                load.result()
            except (ProcessExpired, TimeoutError, OSError, RuntimeError) as error:
                raise VoiceUnavailable(f"{self.voice.title} cannot be loaded: {error}") from error

    def close(self) -> None:
        """Stop the processes at once."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _start(self, utterance: Utterance) -> Future[Samples | None]:
        text = speakable(utterance.spoken or utterance.text)
        if not text:
            raise NothingSpoken("A sentence of this practice has nothing in it that can be spoken.")
        future: Future[Samples | None] = self._pool.schedule(
            self._speak_one,
            args=(*self._files, text, utterance.pace, self._finish),
            timeout=self._time_limit_seconds,
        )
        return future


def _result(future: Future[Samples | None], utterance: Utterance) -> Samples:
    """Wait for a clip, or say in one of our own errors what happened to its process."""
    try:
        samples = future.result()
    except TimeoutError as error:
        raise VoiceTimedOut from error
    except MemoryError as error:
        raise VoiceOutOfMemory from error
    except ProcessExpired as error:
        raise VoiceCrashed(f"The voice's process ended with {error.exitcode}.") from error
    except (RuntimeError, ValueError, OSError) as error:
        if "bad_alloc" in str(error) or "allocate memory" in str(error):
            raise VoiceOutOfMemory from error
        raise VoiceCrashed(f"The voice failed: {type(error).__name__}.") from error
    if samples is None or not len(samples):
        raise NothingSpoken
    return samples
