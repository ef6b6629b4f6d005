"""What a house's processes do while faults meet in pairs: deeds, kept and sent again as by a phone.

What was refused waits in an outbox and is sent again by the same process, once other things have
gone well or as much waits as may. So whoever lifts a fault sees whether it is recovered from.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from server.errors import StepbackError
from server.render import Order, Product
from server.render.voices import Voices
from server.store import Shelf
from server.timeline import Utterance
from server.voice import Speaker
from tests.forked import Tell
from tests.rigs.crashing import open_crashing
from tests.rigs.deeds import DONE, Hand, outcome_of
from tests.rigs.house import RigHouse, produce

BEGIN = "begin"
THREADS = 2
MOST_WAITING = 6
"""So much that was refused one thread has before it does nothing new."""

WELL = 5
"""So often in a row something has to go well before something is tried again that was refused."""

FASTER = 20
"""So much faster time passes for who looks after silent workers: five seconds are a quarter."""

SWEEP_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one process is to do until it is told to stop."""

    first: int
    """The number of its first new deed."""
    again: tuple[int, ...] = ()
    """What both of its threads send first: deeds that others have begun."""
    crashing_path: Path | None = None
    """A file whose being there makes its voice crash; None for a voice that needs no process."""

    def do(self, house: RigHouse, tell: Tell) -> None:
        """Work until SIGTERM, then end in good order."""
        stopping = threading.Event()
        # Waited for in one place: a signal that another thread is given wakes nobody from a join().
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        house.worker.produce = _produce_spoken
        if self.crashing_path is not None:
            house.worker.voices = Voices(partial(_open_voice, self.crashing_path))
        numbers = itertools.count(self.first)  # to take the next one is one step, in any thread
        hands = [partial(self._work_on, Hand(house), numbers, stopping, tell)] * THREADS
        threads = [
            threading.Thread(target=_or_end, args=(work,))
            for work in (*hands, partial(_sweep, house, stopping))
        ]
        for each in threads:
            each.start()
        signal.sigwait({signal.SIGTERM})
        stopping.set()
        for each in threads:
            each.join()
        house.worker.voices.close()
        house.close()

    def _work_on(
        self, hand: Hand, numbers: Iterator[int], stopping: threading.Event, tell: Tell
    ) -> None:
        waiting, well = deque(self.again), WELL
        while not stopping.is_set():
            if waiting and (well >= WELL or len(waiting) >= MOST_WAITING):
                number = waiting.popleft()
            else:
                number = next(numbers)
                tell((BEGIN, number))
            said = outcome_of(hand, number)
            if said == DONE:
                well += 1
            else:
                well = 0
                waiting.append(number)
            tell((said, number))


def fall_asleep(house: RigHouse, number: int, tell: Tell) -> None:
    """Order a render, be stopped in the middle of making it, and come to its end when woken."""
    stops = []

    def stop_and_produce(order: Order, *, shelf: Shelf, **_: Any) -> Product:
        stops.append(os.kill(os.getpid(), signal.SIGSTOP))
        return produce(order, shelf=shelf)

    house.worker.produce = stop_and_produce
    hand, said = Hand(house), ""
    while not stops:  # on a slow machine it may be taken for silent before it begins
        said = outcome_of(hand, number)
    tell((said, number))
    house.close()


def make_what_waits(house: RigHouse) -> None:
    """Do what a worker does after everything: see what waits, and make what is in the queue."""
    house.tidy()
    while key := house.workshop.queue.take():
        house.worker.perform(key)


def _produce_spoken(order: Order, *, speaker: Speaker, shelf: Shelf, **_: Any) -> Product:
    """Have one sentence spoken, then publish as the rigs do."""
    for _ in speaker.speak([Utterance(text="Sit down.", pace=1.0)]):
        pass
    return produce(order, shelf=shelf)


def _open_voice(crashing_path: Path, _name: str) -> Speaker:
    return open_crashing(crashing_path)


def _sweep(house: RigHouse, stopping: threading.Event) -> None:
    """Take renders from who has fallen silent, as each worker does all the time."""
    sweeper = house.worker._sweeper
    sweeper.clock_s = lambda: time.monotonic() * FASTER
    while not stopping.wait(SWEEP_SECONDS):
        with suppress(StepbackError):
            sweeper.requeue_stale(datetime.now(UTC))


def _or_end(work: Callable[[], None]) -> None:
    """Do the work of a thread; should it fail, its process ends, and says why."""
    try:
        work()
    except BaseException:  # noqa: BLE001 - it is told, and nothing goes on
        traceback.print_exc()
        os._exit(1)
