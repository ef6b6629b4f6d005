"""The voice processes: calls go in, answers come out, and an accident stays a call's own."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from server.errors import VoiceCrashed, VoiceOutOfMemory, VoiceTimedOut, VoiceUnavailable
from server.units import SAMPLE_RATE_HZ
from server.voice import piper
from server.voice.model import Urgency
from server.voice.turns import Turns
from server.watch.meters import count_speech

Answer = TypeVar("Answer")

_Done = SimpleQueue[tuple[int, Future[Any] | None]]

WAIT_SECONDS = 0.2
"""How often somebody who waits for a sentence is asked whether to go on."""

TAKING_SECONDS = 60.0
"""In which a process takes a call that it was given, the start of a new one included: half a
minute was too little where two cores had a dozen things to do."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _InHand:
    """A task that a pool was given, and has not answered."""

    task: _Task
    pool: ProcessPool
    begun_s: float

    def is_lost(self, future: Future[Any]) -> bool:
        """True where pebble will not answer, as where no process took the call.

        So it is with one that it was given while it broke, and where a process was stopped, or
        killed with its hand on what all of them share (pebble's issues 153 and 163).
        """
        limit_s = TAKING_SECONDS + (self.task.call.seconds if future.running() else 0.0)
        return not self.pool.active or time.monotonic() - self.begun_s > limit_s


class VoiceProcesses:
    """Processes that several threads share, each call given to the one who needs it first.

    A process gets its next call when it has finished the last: a call that waited in a process
    could not be overtaken there, and handing over takes no time that is worth it.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = _new_pool(count)
        self._turns: Turns[_Task] = Turns(most_untaken=2 * count + 2)
        self._in_hand: dict[Future[Any], _InHand] = {}
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
            pools = {self._pool, *(each.pool for each in self._in_hand.values())}
        for pool in pools:
            _end(pool)

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
            self._give_up_lost()
            on_wait()

    def _hand_out(self) -> None:
        """Give every free process something to do; the lock is held."""
        while len(self._in_hand) < self.count and not self._is_closed:
            turn = self._turns.begin_next()
            if turn is None:
                return
            _, task = turn
            if not task.call.is_needed():
                task.done.put((task.number, None))
                continue
            future = self._start(task.call)
            self._in_hand[future] = _InHand(task=task, pool=self._pool, begun_s=time.monotonic())
            future.add_done_callback(self._finish)

    def _finish(self, future: Future[Any]) -> None:
        """Keep the process busy first, then tell the one who waits."""
        with self._lock:
            ended = self._in_hand.pop(future)
            self._end_unused(ended.pool)
            try:
                self._hand_out()
            finally:
                ended.task.done.put((ended.task.number, future))
        _count(ended.task.call, future, time.monotonic() - ended.begun_s)

    def _give_up_lost(self) -> None:
        """Tell those who wait for what was lost, and go on with a new pool."""
        with self._lock:
            if self._is_closed:
                return
            lost = [future for future, each in self._in_hand.items() if each.is_lost(future)]
            if any(self._in_hand[future].pool is self._pool for future in lost):
                self._replace_pool()
        for future in lost:
            future.cancel()

    def _start(self, call: Call) -> Future[Any]:
        try:
            return _schedule(self._pool, call)
        except RuntimeError:
            # A process that dies between two sentences costs pebble its whole pool.
            self._replace_pool()
        try:
            return _schedule(self._pool, call)
        except RuntimeError as error:
            failed: Future[Any] = Future()
            failed.set_exception(error)
            return failed

    def _replace_pool(self) -> None:
        """Begin a new pool; what the old one has in hand, it may finish. The lock is held."""
        old, self._pool = self._pool, _new_pool(self.count)
        self._end_unused(old)

    def _end_unused(self, pool: ProcessPool) -> None:
        """End a pool that was replaced when it has nothing more in hand; the lock is held."""
        is_used = any(each.pool is pool for each in self._in_hand.values())
        if not is_used and pool is not self._pool and not self._is_closed:
            threading.Thread(target=_end, args=(pool,), daemon=True).start()


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


def result(future: Future[Answer]) -> Answer:
    """Take an answer.

    Raises, where there is none, the VoiceError that says what happened to its process; nothing of
    the sentence is in it.
    """
    try:
        return future.result()
    except TimeoutError as error:
        raise VoiceTimedOut from error
    except MemoryError as error:
        raise VoiceOutOfMemory from error
    except CancelledError:
        raise VoiceCrashed("The voice's process did not answer.") from None
    except ProcessExpired as error:
        raise VoiceCrashed(f"The voice's process ended with {error.exitcode}.") from error
    except (RuntimeError, ValueError, OSError) as error:
        if "bad_alloc" in str(error) or "allocate memory" in str(error):
            raise VoiceOutOfMemory from error
        raise VoiceCrashed(f"The voice failed: {type(error).__name__}.") from error
