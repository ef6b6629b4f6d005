"""Pairs: two faults at once in one house, whose disk can lose its power, be full, or fail.

A scene is a house with its processes. Faults are done to it by `pair_faults.py`; what its processes
do meanwhile is in `pair_work.py`.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.forked import Child, Tell, fork, in_fork
from tests.proxy import Proxy
from tests.rigs.deeds import DONE, KINDS, RENDER, kind_of
from tests.rigs.disk import copy_at_rest, make_image, mounted
from tests.rigs.house import RigHouse, open_house, settle
from tests.rigs.ledger import Ledger, find_troubles, send_again, warm
from tests.rigs.pair_work import BEGIN, Work, make_what_waits

NUMBERS_EACH = 100_000
"""So many numbers each process has for new deeds of its own."""

CLEAR = {"StorageFull", "DatabaseUnavailable", "OSError", "503", "507"}
"""What may be said while something is broken. The door never says 500."""


@dataclass
class PairRig:
    """Makes one scene after the other, each on a new disk."""

    memory: Path
    random: Random
    queue: Proxy
    """The way to a Redis, for scenes in which the queue can be gone."""
    queue_number: int
    _houses: list[RigHouse] = field(default_factory=list)
    """The same house, with its queue in a file and in Redis."""

    def prepare(self) -> None:
        """Make the disk with a house on it that every scene begins with."""
        make_image(self._template)
        with mounted(self._template, self._live) as folder:
            settle(folder)
        shutil.copyfile(self._template, self.memory / "warm.img")
        far = f"redis://127.0.0.1:{self.queue.port}/{self.queue_number}"
        with mounted(self.memory / "warm.img", self._live):
            self._houses = [open_house(self._live, queue_url=url) for url in ("", far)]
            warm(self._houses[0])  # and from here on they are opened in forks alone
        (self.memory / "warm.img").unlink()

    @contextmanager
    def scene(self, *, is_queue_far: bool = False, has_voice: bool = False) -> Iterator[Scene]:
        """A new house; on leaving, whoever is still at work in it is killed."""
        image = self.memory / "live.img"
        shutil.copyfile(self._template, image)
        scene = Scene(
            house=self._houses[is_queue_far],
            queue=self.queue,
            image=image,
            folder=self._live,
            memory=self.memory,
            random=self.random,
            has_voice=has_voice,
        )
        with scene.power:
            scene.power.enter_context(mounted(image, self._live))
            try:
                yield scene
            finally:
                for child in scene.at_work:
                    child.kill()
                    child.wait()

    @property
    def _template(self) -> Path:
        return self.memory / "template.img"

    @property
    def _live(self) -> Path:
        return self.memory / "live"


@dataclass
class Scene:
    """A house on a disk, the processes at work in it, and what they have said."""

    house: RigHouse
    queue: Proxy
    image: Path
    folder: Path
    """Where its disk is mounted."""
    memory: Path
    """A folder that outlives its disk."""
    random: Random
    has_voice: bool
    """True where what is made needs a voice process."""
    power: ExitStack = field(default_factory=ExitStack)
    """Holds the disk as long as there is power."""
    ledger: Ledger = field(default_factory=Ledger)
    at_work: list[Child] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    """How often what was said instead of done."""
    lines: int = 0
    failing: str = ""
    """What strace has fail in all processes, while something does."""
    _begun: int = 0
    _tracers: list[subprocess.Popen[str]] = field(default_factory=list)
    _done: list[int] = field(default_factory=list)

    # ── processes ────────────────────────────────────────────────────────────────────────────

    @property
    def crashing_path(self) -> Path:
        """As long as this file is there, the voice crashes."""
        return self.memory / "crashing"

    def begin(self, again: Sequence[int] = ()) -> None:
        """Begin a process of the house, which sends these deeds first."""
        work = Work(
            first=1 + NUMBERS_EACH * self._begun,
            again=tuple(again),
            crashing_path=self.crashing_path if self.has_voice else None,
        )
        self._begun += 1
        self.add(lambda tell: work.do(self.house, tell))

    def add(self, work: Callable[[Tell], None]) -> Child:
        """Have another process of the house do deeds, and tell of them."""
        child = self.fork(work)
        self.at_work.append(child)
        child.begin()
        return child

    def fork(self, work: Callable[[Tell], None]) -> Child:
        """Have another process ready to begin, to which happens what happens to the others."""
        child = fork(work)
        if self.failing:
            self._trace(child)
        return child

    def new_render(self) -> int:
        """The number of a render that nobody has ordered."""
        first = 1 + NUMBERS_EACH * self._begun
        self._begun += 1
        return next(each for each in range(first, first + NUMBERS_EACH) if kind_of(each) == RENDER)

    def stop(self) -> None:
        """Let all processes end in good order."""
        for child in self.at_work:
            os.kill(child.pid, signal.SIGTERM)
        while self.at_work:
            self.bury(self.at_work[0], 0)

    def kill(self) -> None:
        """Kill all processes where they stand."""
        for child in self.at_work:
            child.kill()
        while self.at_work:
            self.bury(self.at_work[0], -signal.SIGKILL)

    def bury(self, child: Child, code: int) -> None:
        """Hear what a process says until its end, which has to be this one."""
        while (said := child.hear_some()) is not None:
            self._note(said)
        self.at_work.remove(child)
        assert child.wait() == code, "it ended otherwise; why is told above"

    # ── listening ────────────────────────────────────────────────────────────────────────────

    def listen_until(self, is_enough: Callable[[], bool]) -> None:
        """Take down what is said until it is enough."""
        while not is_enough():
            lines = {child.line: child for child in self.at_work}
            for line in select.select(list(lines), [], [])[0]:
                said = lines[line].hear_some()
                assert said is not None, "a process has ended by itself; why is told above"
                self._note(said)

    def listen(self, lines: int) -> None:
        """Take down so many lines more."""
        wanted = self.lines + lines
        self.listen_until(lambda: self.lines >= wanted)

    def listen_for(self, *kinds: str) -> None:
        """Wait until something of each of these kinds is done that is not done yet."""
        known = len(self._done)
        self.listen_until(lambda: set(kinds) <= {kind_of(each) for each in self._done[known:]})

    def _note(self, said: list[tuple[str, int]]) -> None:
        for what, number in said:
            self.lines += 1
            if what == BEGIN:
                self.ledger.begun.add(number)
            elif what == DONE:
                self.ledger.done.add(number)
                self._done.append(number)
            else:
                assert what in CLEAR, f"{kind_of(number)}: {what}"
                self.refused[f"{kind_of(number)} {what}"] += 1

    # ── the disk ─────────────────────────────────────────────────────────────────────────────

    def cut_power(self) -> None:
        """End everything, and switch on again what is on the disk: no more than was synced."""
        for child in self.at_work:
            os.kill(child.pid, signal.SIGSTOP)
            os.waitid(os.P_PID, child.pid, os.WSTOPPED)
        copy = self.memory / "copy.img"
        copy_at_rest(self.image, copy)
        self.kill()
        self.power.close()
        copy.replace(self.image)
        self.power.enter_context(mounted(self.image, self.folder))

    @contextmanager
    def failing_calls(self, rule: str) -> Iterator[None]:
        """Have system calls of all processes fail, of those that are begun meanwhile as well."""
        self.failing = rule
        for child in self.at_work:
            self._trace(child)
        try:
            yield
        finally:
            self.failing = ""
            for tracer in self._tracers:
                tracer.terminate()  # it lets go of whom it has traced
                tracer.communicate()
            self._tracers.clear()

    def _trace(self, child: Child) -> None:
        words = ("strace", "-f", "-p", str(child.pid), "-o", "/dev/null", "-e", self.failing)
        tracer = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        self._tracers.append(tracer)
        assert tracer.stderr is not None
        assert "attached" in (first := tracer.stderr.readline()), first

    # ── what comes of it ─────────────────────────────────────────────────────────────────────

    def recover(self) -> None:
        """Nothing is broken any more: whoever is at work goes on, and what was refused is done."""
        waiting = self.ledger.unanswered
        if not self.at_work:
            self.begin(sorted(waiting))
        self.listen_for(*KINDS)
        self.listen_until(lambda: waiting <= self.ledger.done)
        self.stop()

    def look(self) -> list[str]:
        """Say what is not as the ledger says, once a worker has made what still waits."""
        return list(in_fork(self._look))

    def _look(self) -> list[str]:
        make_what_waits(self.house)
        found = find_troubles(self.house, self.ledger) or send_again(self.house, self.ledger)
        self.house.close()
        return found


class Second:
    """The fault that comes while the first one stands."""

    def prepare(self, scene: Scene) -> None:
        """Do what has to be done before the first one stands."""

    def happen(self, scene: Scene) -> None:
        """Come."""

    def look(self, scene: Scene) -> list[str]:
        """Say what is not as it should be afterwards, beside what the ledger says."""
        return []
