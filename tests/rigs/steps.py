"""Stepping: a fault at the first call of a kind, then at the second, until none is left to meet.

strace puts the fault where it is wanted: a call that fails, a call that fails and all after it, or
the end of the process. What a deed does is the same each time, so every call has its turn.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.forked import Child, Tell, fork, in_fork
from tests.rigs.deeds import DONE, Hand, kind_of, outcome_of
from tests.rigs.house import RigHouse, open_house, settle
from tests.rigs.ledger import Ledger, find_troubles, send_again, warm

CALLS = (
    *("write", "pwrite64", "ftruncate"),
    *("fsync", "fdatasync"),
    *("rename", "link", "unlink", "mkdir", "chmod"),
)
"""What changes a disk. What the C library or SQLite calls otherwise is not called here."""

KILL = "SIGKILL"
MOST_STEPS = 1_000

CLEAR = {
    "ENOSPC": {"StorageFull", "DatabaseUnavailable", "507", "503"},
    "EIO": {"OSError", "DatabaseUnavailable", "507", "503"},
}
"""What may be said of a fault: a full disk by its name, a broken one as the house sees it. Where
SQLite's shared memory has no room, SQLite itself speaks of a broken one. The door never says
500.
"""


@dataclass(frozen=True)
class Fault:
    """What happens at a call."""

    what: str
    """`ENOSPC`, `EIO` or `SIGKILL`."""
    is_lasting: bool = False
    """True where all later calls of the kind fail, too."""

    def rule(self, call: str, number: int) -> str:
        """The same for strace."""
        what = f"signal={self.what}" if self.what == KILL else f"error={self.what}"
        return f"inject={call}:{what}:when={number}{'+' * self.is_lasting}"


@dataclass
class StepRig:
    """Has a house do one deed again and again, each time on a new disk and with another fault."""

    folder: Path
    random: random.Random
    steps: int = 0
    """How many faults have been met so far."""
    said: dict[str, int] = field(default_factory=dict)
    """How often what was said of them."""
    _house: RigHouse = field(init=False)

    def __post_init__(self) -> None:
        self._template.mkdir(parents=True)
        settle(self._template)
        self._renew()
        self._house = open_house(self._live)
        warm(self._house)  # and from here on it is opened in forks alone

    def step_through(self, kind: str, fault: Fault) -> None:
        """Put a fault at each call of a deed of this kind in turn."""
        for call in CALLS:
            number = 1
            while self._is_met(kind, fault, call, number):
                number += 1
                assert number < MOST_STEPS
            self.steps += number - 1

    @property
    def _template(self) -> Path:
        return self.folder / "template"

    @property
    def _live(self) -> Path:
        return self.folder / "live"

    def _renew(self) -> None:
        shutil.rmtree(self._live, ignore_errors=True)
        shutil.copytree(self._template, self._live)

    def _is_met(self, kind: str, fault: Fault, call: str, at: int) -> bool:
        """Do the deed with the fault at one call; False where there is no such call any more."""
        self._renew()
        deed = self._choose(kind)
        child = fork(lambda tell: self._try(deed, tell, is_again=not fault.is_lasting))
        heard, code, is_met = self._watch(child, fault, fault.rule(call, at))
        place = f"{kind}, {fault}, {call} {at}: {heard}"
        self._judge(fault, heard, code, is_met, place)
        ledger = Ledger(begun={deed}, done={deed} if DONE in heard else set())
        troubles = in_fork(lambda: self._look(ledger))
        assert troubles == [], f"{place}: {troubles}"
        return is_met

    def _choose(self, kind: str) -> int:
        while kind_of(number := self.random.randrange(10**6)) != kind:
            pass
        return number

    def _try(self, deed: int, tell: Tell, *, is_again: bool) -> None:
        """In the fork: do the deed, and where it fails, once more without a fault."""
        hand = Hand(self._house)
        for _ in range(2):
            said = outcome_of(hand, deed)
            tell(said)
            if said == DONE or not is_again:
                break
            self._house.tidy()  # a render that was given up by nobody is found by the sweeper
        self._house.close()

    def _watch(self, child: Child, fault: Fault, rule: str) -> tuple[list[str], int, bool]:
        """Let it run with its fault; what it said, how it ended, and whether it met the fault."""
        log = self.folder / "strace.log"
        words = ["strace", "-p", str(child.pid), "-o", str(log), "-e", rule]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr is not None
            assert "attached" in (first := strace.stderr.readline()), first
            child.begin()
            heard = child.hear()
            code = child.wait()
        seen = log.read_text(errors="replace")
        return heard, code, "(INJECTED)" in seen or "killed by SIGKILL" in seen

    def _judge(self, fault: Fault, heard: list[str], code: int, is_met: bool, place: str) -> None:
        """Hold what was said against what may be said."""
        if fault.what == KILL:
            assert code == (-9 if is_met else 0), place
            return
        assert heard, place
        for said in heard:
            self.said[said] = self.said.get(said, 0) + is_met
        assert set(heard[:1]) <= CLEAR[fault.what] | {DONE}, place
        if not fault.is_lasting or not is_met:
            assert heard[-1] == DONE, place
        if not is_met:
            assert heard == [DONE], place

    def _look(self, ledger: Ledger) -> list[str]:
        """In the fork: see what is there, then send it again, with no fault in the way."""
        found = find_troubles(self._house, ledger) or send_again(self._house, ledger)
        self._house.close()
        return found
