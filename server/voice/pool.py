"""The voice processes: sentences go in, clips come out, and an accident stays a sentence's own."""

from __future__ import annotations

import math
import multiprocessing
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median
from typing import Any

from pebble import ProcessExpired, ProcessPool

from server.errors import (
    NothingSpoken,
    VoiceCrashed,
    VoiceOutOfMemory,
    VoiceTimedOut,
    VoiceUnavailable,
)
from server.timeline import Utterance
from server.units import SAMPLE_RATE_HZ, Db
from server.voice import piper
from server.voice.model import Finish, Spoken, Urgency, Voice, no_urgency
from server.voice.speakable import speakable
from server.voice.takes import choose_take, level_db
from server.voice.turns import Turns
from server.watch.meters import count_speech

SpeakOne = Callable[[Path, Path, str, float, Finish], Spoken | None]
_Done = SimpleQueue[tuple[int, Future[Any] | None]]

TIME_LIMIT_SECONDS = 30.0
"""For one sentence, the loading of the model included; a healthy one takes under two."""

WAIT_SECONDS = 0.2
"""How often somebody who waits for a sentence is asked whether to go on."""

LEVELS_KEPT = 99
"""How many sentences the voice's usual level is taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a voice process is to do."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    seconds: float
    """After which its process is ended."""
    voice: str = ""
    """Whose sentence it speaks; empty where it speaks none."""
    is_needed: Callable[[], bool] = lambda: True
    """Asked when its turn comes, as Urgency is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A call of somebody's, and where they wait for it."""

    number: int
    call: Call
    done: _Done


class VoiceProcesses:
    """Processes that several threads share, each call given to the one who needs it first.

    A process gets its next call when it has finished the last: a call that waited in a process
    could not be overtaken there, and handing over takes no time that is worth it.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = _new_pool(count)
        self._turns: Turns[_Task] = Turns(most_untaken=2 * count + 2)
        self._busy = 0
        self._is_closed = False
        # Re-entrant: a caller may be collected, and so leave, in a thread that holds it already.
        self._lock = threading.RLock()

    def do(
        self, calls: Sequence[Call], *, urgency: Urgency, on_wait: Callable[[], None]
    ) -> Generator[tuple[int, Future[Any]], None, None]:
        """Have calls done, begun in this order; gives each one's number and future when done.

        Raises what `on_wait` raises, and VoiceUnavailable where the processes are closed.
        """
        done = _Done()
        tasks = [_Task(number=number, call=call, done=done) for number, call in enumerate(calls)]
        with self._lock:
            caller = self._turns.enter(tasks, urgency)
            self._hand_out()
        try:
            for _ in tasks:
                number, future = self._wait(done, on_wait)
                if future is not None:
                    yield number, future
                with self._lock:
                    caller.untaken -= 1
                    self._hand_out()
        finally:
            # What is being spoken is left to end: to stop it would cost the loaded model.
            with self._lock:
                self._turns.leave(caller)

    def close(self) -> None:
        """Stop the processes at once; whoever waits for them is told."""
        with self._lock:
            self._is_closed = True
        _end(self._pool)

    def _wait(self, done: _Done, on_wait: Callable[[], None]) -> tuple[int, Future[Any] | None]:
        while True:
            try:
                finished = done.get(timeout=WAIT_SECONDS)
            except Empty:
                finished = None
            if self._is_closed:  # pebble tells some of those it had in hand that it broke
                raise VoiceUnavailable("The voice has been stopped.")
            if finished is not None:
                return finished
            on_wait()

    def _hand_out(self) -> None:
        """Give every free process something to do; the lock is held."""
        while self._busy < self.count and not self._is_closed:
            turn = self._turns.begin_next()
            if turn is None:
                return
            _, task = turn
            if not task.call.is_needed():
                task.done.put((task.number, None))
                continue
            self._busy += 1
            finish = partial(self._finish, task, time.monotonic())
            self._start(task.call).add_done_callback(finish)

    def _finish(self, task: _Task, begun_s: float, future: Future[Any]) -> None:
        """Keep the process busy first, then tell the one who waits."""
        with self._lock:
            self._busy -= 1
            try:
                self._hand_out()
            finally:
                task.done.put((task.number, future))
        _count(task.call, future, time.monotonic() - begun_s)

    def _start(self, call: Call) -> Future[Any]:
        try:
            return _schedule(self._pool, call)
        except RuntimeError:
            # A process that dies between two sentences costs pebble its whole pool.
            threading.Thread(target=_end, args=(self._pool,)).start()
            self._pool = _new_pool(self.count)
        try:
            return _schedule(self._pool, call)
        except RuntimeError as error:
            failed: Future[Any] = Future()
            failed.set_exception(error)
            return failed


def _count(call: Call, future: Future[Any], took_s: float) -> None:
    """Tell the meters of a sentence that was spoken."""
    if call.voice and not future.cancelled() and future.exception() is None:
        spoken = future.result()
        spoken_s = len(spoken.frames) / SAMPLE_RATE_HZ if spoken else 0.0
        count_speech(call.voice, spoken_s=spoken_s, took_s=took_s)


def _schedule(pool: ProcessPool, call: Call) -> Future[Any]:
    future: Future[Any] = pool.schedule(call.function, args=call.args, timeout=call.seconds)
    return future


def _new_pool(count: int) -> ProcessPool:
    return ProcessPool(
        max_workers=count,
        initializer=piper.guard_process,
        # spawn: a forked child would inherit the worker's threads' locks in mid-use
        context=multiprocessing.get_context("spawn"),
    )


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


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
        self._processes = VoiceProcesses(processes)
        self._levels_db: deque[Db] = deque(maxlen=LEVELS_KEPT)

    def speak(
        self,
        utterances: Sequence[Utterance],
        *,
        urgency: Urgency = no_urgency,
        on_wait: Callable[[], None] = lambda: None,
        is_needed: Callable[[Utterance], bool] = lambda _: True,
        takes: int = 1,
    ) -> Iterator[tuple[Utterance, Spoken]]:
        """Speak in as many processes as are free, handing over each clip when it is done."""
        calls = [self._call(each, is_needed) for each in utterances for _ in range(takes)]
        made: dict[int, list[Spoken]] = defaultdict(list)
        with closing(self._processes.do(calls, urgency=urgency, on_wait=on_wait)) as done:
            for number, future in done:
                made[index := number // takes].append(_result(future))
                if len(made[index]) == takes:
                    yield utterances[index], self._choose(made.pop(index))

    def warm(self) -> None:
        """Load the model in every process; returns when they are ready."""
        call = Call(function=piper.load_voice, args=self._files, seconds=TIME_LIMIT_SECONDS)
        loads = self._processes.do(
            [call] * self._processes.count, urgency=lambda: -math.inf, on_wait=lambda: None
        )
        with closing(loads):
            for _, load in loads:
                try:
                    load.result()
                except (ProcessExpired, TimeoutError, OSError, RuntimeError) as error:
                    reason = f"{self.voice.title} cannot be loaded: {error}"
                    raise VoiceUnavailable(reason) from error

    def close(self) -> None:
        """Stop the processes at once."""
        self._processes.close()

    def _call(self, utterance: Utterance, is_needed: Callable[[Utterance], bool]) -> Call:
        text = speakable(utterance.spoken or utterance.text)
        if not text:
            raise NothingSpoken("A sentence of this practice has nothing in it that can be spoken.")
        return Call(
            function=self._speak_one,
            args=(*self._files, text, utterance.pace, self._finish),
            seconds=self._time_limit_seconds,
            voice=self.voice.name,
            is_needed=partial(is_needed, utterance),
        )

    def _choose(self, takes: Sequence[Spoken]) -> Spoken:
        """Keep one take, and remember how loud the voice usually is."""
        if len(takes) == 1:
            return takes[0]
        usual_db = Db(median(self._levels_db)) if self._levels_db else None
        kept = choose_take(takes, usual_db)
        self._levels_db.append(level_db(kept))
        return kept


def _result(future: Future[Spoken | None]) -> Spoken:
    """Take a clip, or say in one of our own errors what happened to its process."""
    try:
        spoken = future.result()
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
    if spoken is None or not len(spoken.frames):
        raise NothingSpoken
    return spoken
