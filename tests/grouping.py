"""Tests that share a house, or would be in one another's way, are run by one process.

`--dist loadgroup` is meant to see to that, but pytest-xdist 3.8 writes the group into a field that
pytest 9.2 no longer reads (pytest-xdist's issue 1386): each process then starts every house anew.
So the group is read where it is written, in the test's file. What has none stays with its file,
and with what the file's tests have made for each other.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController

ROOT = Path(__file__).parents[1]
BROWSER = "browser "
"""How the names of groups begin of which a browser is a part."""

FIRST = (
    *("tests/render/", "tests/deploy/", "tests/audio/", "tests/cli/", "tests/test_cli.py"),
    *("tests/rigs/test_texts.py", "tests/rigs/test_kills.py"),
    "tests/store/test_killed_migrations.py",
    *("tests/rigs/test_steps.py", "tests/rigs/test_fuzz.py", "tests/rigs/test_pairs.py"),
    "tests/rigs/test_power_cuts.py",
)
"""Files that take minutes, the longest first: begun late, each would be waited for alone."""

_GROUP = re.compile(r"""^pytestmark = [^@]*?\bxdist_group\("([\w-]+)"\)""", re.MULTILINE)


@cache
def group_of(path: str) -> str | None:
    """Find the group that a file's tests are marked with; None where each stands for itself."""
    found = _GROUP.search((ROOT / path).read_text(encoding="utf-8"))
    return None if found is None else found[1]


def turn_of(path: str) -> int:
    """When a file is begun: those named in FIRST in that order, and then all others."""
    turns = (turn for turn, start in enumerate(FIRST) if path.startswith(start))
    return next(turns, len(FIRST))


class Grouping(LoadGroupScheduling):
    """Gives all tests of a file or group to one process, and what a browser does to half of them.

    A browser and a house take both processors for themselves, and most of their tests are by the
    clock: many at a time are late, and beside them there is time for others. The other half helps
    once there is nothing else.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        place = BROWSER if path.startswith("tests/browser/") else ""
        return place + (group_of(path) or path)

    def _assign_work_unit(self, node: WorkerController) -> None:
        watches = self.nodes.index(node) < max(1, len(self.nodes) // 2)
        self.workqueue = OrderedDict(
            sorted(
                self.workqueue.items(),
                key=lambda unit: (
                    unit[0].startswith(BROWSER) != watches,
                    turn_of(unit[0]),
                ),
            )
        )
        super()._assign_work_unit(node)
