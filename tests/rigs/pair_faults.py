"""The faults of pairs: the one that comes first, and the one that meets it.

The first stands for as long as its block lasts, and has been met when the block begins. Of a power
cut or a kill it is the putting right that lasts. The second happens within that block.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.store.once_file import make_durable
from tests.forked import in_fork
from tests.rigs.deeds import RENDER, options_of
from tests.rigs.house import RigHouse
from tests.rigs.pair_backup import Backup
from tests.rigs.pair_work import fall_asleep
from tests.rigs.pairs import Scene, Second

LINES = 30
"""So much is said before something happens, at most."""


@dataclass(frozen=True)
class First:
    """The fault that is there already."""

    stand: Callable[[Scene], AbstractContextManager[None]]
    is_over: bool = False
    """True for what ends all processes, so that those who put it right meet the second."""
    is_queue_far: bool = False
    has_voice: bool = False


def meet(scene: Scene, first: First, second: Second) -> list[str]:
    """Have two faults meet, take both away, see the house recover, and say what is wrong then."""
    scene.begin()
    scene.listen(LINES)
    if not first.is_over:
        second.prepare(scene)
    with first.stand(scene):
        if first.is_over:
            second.prepare(scene)
        scene.listen(scene.random.randint(1, LINES))
        second.happen(scene)
    scene.recover()
    return scene.look() or second.look(scene)


# ── the first one ────────────────────────────────────────────────────────────────────────────


@contextmanager
def power_cut(scene: Scene) -> Iterator[None]:
    """The power goes, and comes back."""
    scene.cut_power()
    scene.begin(sorted(scene.ledger.unanswered))
    yield


@contextmanager
def kill(scene: Scene) -> Iterator[None]:
    """All processes are killed, and begun anew."""
    scene.kill()
    scene.begin(sorted(scene.ledger.unanswered))
    yield


@contextmanager
def full_disk(scene: Scene) -> Iterator[None]:
    """Somebody else's file takes all the room there is."""
    ballast = scene.folder / "ballast"
    _fill(ballast)
    try:
        _wait_for_refusals(scene)
        yield
    finally:
        ballast.unlink(missing_ok=True)  # the power may have gone before it was on the disk
        make_durable(scene.folder)  # from here on its room is free


@contextmanager
def failing_sync(scene: Scene) -> Iterator[None]:
    """The disk fails whenever something is to be on it for good."""
    with scene.failing_calls("inject=fsync,fdatasync:error=EIO"):
        _wait_for_refusals(scene)
        yield


@contextmanager
def queue_gone(scene: Scene) -> Iterator[None]:
    """Redis cannot be reached.

    What is ordered and made meanwhile is done without it; what is only ordered waits in its row,
    and is made by whoever asks the queue once that is back.
    """
    scene.queue.be("cut")
    try:
        number = scene.new_render()
        in_fork(lambda: _order(scene.house, number))
        scene.ledger.begun.add(number)
        scene.ledger.done.add(number)
        scene.listen_for(RENDER)
        yield
    finally:
        scene.queue.be("pass")


@contextmanager
def voice_crashes(scene: Scene) -> Iterator[None]:
    """Each sentence ends the process that is to speak it."""
    scene.crashing_path.touch()
    try:
        _wait_for_refusals(scene, 1, of=RENDER)
        yield
    finally:
        scene.crashing_path.unlink()


def _fill(path: Path) -> None:
    piece = bytes(1 << 16)
    with path.open("wb", buffering=0) as file:
        while piece:
            try:
                file.write(piece)
            except OSError:  # there is no room for so much; for less there may be
                piece = piece[: len(piece) // 2]
        os.fsync(file.fileno())


def _order(house: RigHouse, number: int) -> str:
    """Order a render that nobody is there to make."""
    key = house.workshop.order("small-step", options_of(number), house.device).key
    house.close()
    return key


def _wait_for_refusals(scene: Scene, times: int = 3, *, of: str = "") -> None:
    """Go on when the fault has been met so many times, by deeds of this kind."""

    def count() -> int:
        return sum(scene.refused[what] for what in scene.refused if what.startswith(of))

    wanted = count() + times
    scene.listen_until(lambda: count() >= wanted)


FIRSTS = {
    "power": First(power_cut, is_over=True),
    "kill": First(kill, is_over=True),
    "full": First(full_disk),
    "sync": First(failing_sync),
    "queue": First(queue_gone, is_queue_far=True),
    "voice": First(voice_crashes, has_voice=True),
}


# ── the second one ───────────────────────────────────────────────────────────────────────────


class PowerCut(Second):
    """The power goes."""

    def happen(self, scene: Scene) -> None:
        """Cut it, and leave it to whoever comes next to begin anew."""
        scene.cut_power()


class Kill(Second):
    """All processes are killed."""

    def happen(self, scene: Scene) -> None:
        """Kill them, and leave it to whoever comes next to begin anew."""
        scene.kill()


class FullDisk(Second):
    """The disk is full for a while, also for whoever puts right what came first."""

    def happen(self, scene: Scene) -> None:
        """Let it be met, and take it away again."""
        with full_disk(scene):
            scene.listen(LINES)


class Restart(Second):
    """All processes are stopped in good order, and another one begins."""

    def happen(self, scene: Scene) -> None:
        """The new one meets the first fault as well."""
        scene.stop()
        scene.begin(sorted(scene.ledger.unanswered))
        scene.listen(LINES)


class Asleep(Second):
    """A worker sleeps past its lease, another one makes what it had, and it wakes."""

    def prepare(self, scene: Scene) -> None:
        """Have one fall asleep in the middle of a render, and that render made by another."""
        number = scene.new_render()
        self._sleeper = scene.add(lambda tell: fall_asleep(scene.house, number, tell))
        os.waitid(os.P_PID, self._sleeper.pid, os.WSTOPPED)
        scene.ledger.begun.add(number)
        scene.begin([number])
        scene.listen_until(lambda: number in scene.ledger.done)

    def happen(self, scene: Scene) -> None:
        """Wake it, and let it come to its end."""
        os.kill(self._sleeper.pid, signal.SIGCONT)
        scene.bury(self._sleeper, 0)


class Resend(Second):
    """A phone sends everything again, to another process, while the first one is at it."""

    def happen(self, scene: Scene) -> None:
        """Both of the other one's threads send all that was ever begun."""
        scene.begin(sorted(scene.ledger.begun))
        scene.listen(2 * LINES)


SECONDS: dict[str, type[Second]] = {
    "power": PowerCut,
    "kill": Kill,
    "full": FullDisk,
    "restart": Restart,
    "asleep": Asleep,
    "resend": Resend,
    "backup": Backup,
}

PAIRS = [
    (first, second) for first in FIRSTS for second in SECONDS if (first, second) != ("full",) * 2
]
"""Each of the first with each of the second; a disk cannot be fuller than full."""
