"""Kills a house at one moment after the other, and holds what is left against the ledger.

Usage: kills.py FOLDER POINTS SEED. Prints a line of JSON with what was counted; ends with exit
code 1 and what is wrong as soon as something is.
"""

from __future__ import annotations

import itertools
import json
import random
import select
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.forked import Tell, fork, in_fork
from tests.rigs.deeds import Hand
from tests.rigs.house import RigHouse, open_house, settle
from tests.rigs.ledger import Ledger, find_troubles, send_again, warm

POINTS_A_HOUSE = 25
"""After so many a new house is begun: what is looked through would grow with each."""

AGAIN_EVERY = 5
"""After so many kills in a row everything unanswered is sent again."""

MOST_LINES, MOST_S = 14, 0.01
"""So much is told before a kill, at most, and so much later it comes, at most."""


@dataclass
class Killing:
    """Kills, and keeps count."""

    folder: Path
    random: random.Random
    points: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    """How many deeds were under way when their process was killed."""
    _ledger: Ledger = field(default_factory=Ledger)
    _house: RigHouse = field(init=False)

    def __post_init__(self) -> None:
        settle(self.folder / "template")
        self._renew()
        self._house = open_house(self.folder / "live")
        warm(self._house)  # and from here on it is opened in forks alone
        self._renew()

    def kill_on(self, points: int) -> list[str]:
        """Kill so many times, or until something is wrong."""
        while self.points < points:
            if self.points % POINTS_A_HOUSE == 0:
                self._renew()
            self._kill_once()
            if troubles := in_fork(lambda: self._look(self.points % AGAIN_EVERY == 0)):
                return troubles
            if self.points % AGAIN_EVERY == 0:
                self._ledger.done |= self._ledger.begun
        return []

    def _renew(self) -> None:
        self._ledger = Ledger()
        shutil.rmtree(self.folder / "live", ignore_errors=True)
        shutil.copytree(self.folder / "template", self.folder / "live")

    def _kill_once(self) -> None:
        first = max(self._ledger.begun, default=self.points * 1_000) + 1
        child = fork(lambda tell: self._work(first, tell))
        child.begin()
        child.hear_lines(self.random.randint(0, MOST_LINES))
        select.select([], [], [], self.random.uniform(0, MOST_S))
        child.kill()
        heard = child.hear()
        assert child.wait() == -9, "it ended by itself; why is told above"
        self.points += 1
        begun = {number for word, number in heard if word == "begin"}
        done = {number for word, number in heard if word == "done"}
        self._ledger.begun |= begun
        self._ledger.done |= done
        self.acknowledged += len(done)
        self.unanswered += len(begun - done)

    def _work(self, first: int, tell: Tell) -> None:
        hand = Hand(self._house)
        for number in itertools.count(first):
            tell(("begin", number))
            hand.do(number)
            tell(("done", number))

    def _look(self, is_sent_again: bool) -> list[str]:
        found = find_troubles(self._house, self._ledger)
        if not found and is_sent_again:
            found = send_again(self._house, self._ledger)
        self._house.close()
        return found


def main(folder: Path, points: int, seed: int) -> None:
    """Kill, and say how it went."""
    (folder / "template").mkdir(parents=True)
    killing = Killing(folder, random.Random(seed))
    if troubles := killing.kill_on(points):
        sys.exit(f"after kill {killing.points}: " + "; ".join(troubles))
    names = ("points", "acknowledged", "unanswered")
    print(json.dumps({name: getattr(killing, name) for name in names}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
