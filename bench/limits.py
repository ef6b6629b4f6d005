"""What may take so long and no longer, each measured; ends badly where one of them takes more.

In seconds of the processor, and the best of RUNS, so that a busy machine is no excuse and no fault.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from bench.feeds import EPISODES, write_ours
from server.audio.beds import bed_loop
from server.errors import InputRefused, InvalidScript
from server.script import parse_script
from server.timeline import BedSound
from server.web.gate import read_json
from tests.script.conftest import FRONT
from tests.script.test_parse import SENTENCE, SHAPES
from tests.web.test_gate import WORST_BODIES

RUNS = 2
FEED_S, BED_S, MEGABYTE_S, BODY_S = 1.0, 2.0, 10.0, 0.25
TIMES, MORE_S = 40, 0.5
"""Ten times the text may take so many times as long, and so much more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How long something took, and may take."""

    name: str
    seconds: float
    most_s: float

    @property
    def is_met(self) -> bool:
        """True where it took no longer than it may."""
        return self.seconds < self.most_s


def main() -> None:
    """Measure all of them."""
    print(f"{'':<42} seconds   at most")
    is_met = True
    for each in measure_all():
        mark = "" if each.is_met else "   TOO LONG"
        print(f"{each.name:<42} {each.seconds:7.3f}   {each.most_s:7.3f}{mark}")
        is_met = is_met and each.is_met
    sys.exit(not is_met)


def measure_all() -> Iterator[Measured]:
    """The feed, the beds, the bodies of requests, and scripts of whatever shape."""
    name = f"a feed of {EPISODES} episodes"
    yield Measured(name=name, seconds=best_s(write_ours), most_s=FEED_S)
    for bed in BedSound:
        seconds = best_s(lambda bed=bed: make_bed(bed))
        yield Measured(name=f"the bed {bed}", seconds=seconds, most_s=BED_S)
    for body in WORST_BODIES:
        seconds = best_s(lambda body=body: read_body(body))
        yield Measured(name=f"a body of {body[:12]!r}", seconds=seconds, most_s=BODY_S)
    megabyte = "# A\n\n" + (SENTENCE * 9 + "\n\n") * 520
    seconds = best_s(lambda: read_script(megabyte))
    yield Measured(name="a script of one megabyte", seconds=seconds, most_s=MEGABYTE_S)
    for block in SHAPES:
        small_s, large_s = (script_s(block, length) for length in (10_000, 100_000))
        name = f"a script of {block[:20]!r}"
        yield Measured(name=name, seconds=large_s, most_s=TIMES * small_s + MORE_S)


def best_s(do: Callable[[], object]) -> float:
    """The shortest of RUNS times."""
    taken_s = []
    for _ in range(RUNS):
        began_s = time.process_time()
        do()
        taken_s.append(time.process_time() - began_s)
    return min(taken_s)


def make_bed(bed: BedSound) -> None:
    """Make it anew."""
    bed_loop.cache_clear()
    bed_loop(bed)


def read_body(body: bytes) -> None:
    """Read it, or refuse it."""
    with suppress(InputRefused):
        read_json(body)


def read_script(body: str) -> None:
    """Read it, or find its mistakes."""
    with suppress(InvalidScript):
        parse_script(FRONT + body, path="x.md")


def script_s(block: str, length: int) -> float:
    """How long a script of so many characters takes that is made of such blocks."""
    body = "# A\n\nBe here now.\n\n" + block * (length // len(block))
    return best_s(lambda: read_script(body))


if __name__ == "__main__":
    main()
