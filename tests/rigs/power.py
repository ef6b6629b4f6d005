"""Power cuts: a writer is stopped, its disk is copied, and the copy is looked at."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.rigs.disk import copy_at_rest, make_image, mounted
from tests.rigs.house import RigHouse, open_house, settle
from tests.rigs.ledger import Ledger, find_troubles, send_again

ROOT = Path(__file__).parents[2]
CUTS_A_WRITER = 10
"""So often the power of one writer is cut before another one begins on a new disk."""

MOST_LINES, MOST_S = 30, 0.03
"""So much a writer says before the next cut, at most, and so much later it comes, at most."""

SILENT_S = 120
"""A writer that says nothing for so long has failed, however busy the machine is."""


@dataclass
class Writer:
    """The program that does deeds, and what it has said so far."""

    folder: Path
    errors_path: Path
    without: str | None = None
    ledger: Ledger = field(default_factory=Ledger)
    process: subprocess.Popen[bytes] = field(init=False)
    _half: str = ""

    def __post_init__(self) -> None:
        sabotage = ("--without", self.without) if self.without else ()
        with self.errors_path.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.rigs.writer", str(self.folder), "1", *sabotage],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        assert self.process.stdout is not None
        self._fd = self.process.stdout.fileno()

    def listen(self, seconds: float) -> bool:
        """Read what it says within this time; False when it has said nothing."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        said = os.read(self._fd, 1 << 20).decode()
        assert said, f"the writer has ended: {self.errors_path.read_text()}"
        whole, _, self._half = (self._half + said).rpartition("\n")
        self.ledger.take(whole and f"{whole}\n")
        return True

    def listen_for(self, lines: int) -> None:
        """Wait until it has said so many lines more."""
        wanted = lines + len(self.ledger.begun) + len(self.ledger.done)
        while len(self.ledger.begun) + len(self.ledger.done) < wanted:
            assert self.listen(SILENT_S), "the writer says nothing"

    def stop(self) -> None:
        """Stop it where it stands, all of its threads, and read all that it has said."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        while self.listen(0):
            pass

    def go_on(self) -> None:
        """Let it go on, unaware."""
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Kill it, if it is still there, and wait until it is gone."""
        self.process.kill()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@dataclass
class PowerRig:
    """Cuts the power again and again, and keeps count."""

    memory: Path
    random: random.Random
    without: str | None = None
    cuts: int = 0
    acknowledged: int = 0
    """How many acknowledged deeds were looked for, over all cuts."""
    troubles: list[str] = field(default_factory=list)
    _house: RigHouse | None = None

    def prepare(self) -> None:
        """Make the disk with a house on it that every writer begins with."""
        make_image(self._template)
        with mounted(self._template, self.memory / "live") as folder:
            settle(folder)

    def cut(self, times: int) -> None:
        """Cut so many times; where something is wrong, no more than needed to see it."""
        while self.cuts < times and not self.troubles:
            self._use_writer(min(CUTS_A_WRITER, times - self.cuts))

    @property
    def _template(self) -> Path:
        return self.memory / "template.img"

    def _use_writer(self, times: int) -> None:
        image = self.memory / "live.img"
        shutil.copyfile(self._template, image)
        with mounted(image, self.memory / "live") as folder:
            writer = Writer(folder, self.memory / "errors", self.without)
            try:
                while times and not self.troubles:
                    self._cut_once(writer, image)
                    times -= 1
            finally:
                writer.end()
        assert not (self.memory / "errors").read_text()

    def _cut_once(self, writer: Writer, image: Path) -> None:
        writer.listen_for(self.random.randint(1, MOST_LINES))
        select.select([], [], [], self.random.uniform(0, MOST_S))
        writer.stop()
        copy = self.memory / "copy.img"
        copy_at_rest(image, copy)
        self.cuts += 1
        self.acknowledged += len(writer.ledger.done)
        self._look_at(copy, writer.ledger)
        writer.go_on()

    def _look_at(self, copy: Path, ledger: Ledger) -> None:
        """Switch the power on again, and hold the house against the ledger."""
        with mounted(copy, self.memory / "copy") as folder:
            # One house for all copies, which lie in one place: it opens its files anew each time.
            house = self._house = self._house or open_house(folder)
            try:
                self.troubles += find_troubles(house, ledger)
                if not self.troubles:
                    self.troubles += send_again(house, ledger)
            finally:
                house.close()
