"""Tests that share a house, or would be in one another's way, are run by one process.

`--dist loadgroup` is meant to see to that, but pytest-xdist 3.8 writes the group into a field that
pytest 9.2 no longer reads (pytest-xdist's issue 1386): each process then starts every house anew.
So the group is read where it is written, in the test's file.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadGroupScheduling

ROOT = Path(__file__).parents[1]
_GROUP = re.compile(r"""^pytestmark = [^@]*?\bxdist_group\("([\w-]+)"\)""", re.MULTILINE)


@cache
def group_of(path: str) -> str | None:
    """Find the group that a file's tests are marked with; None where each stands for itself."""
    found = _GROUP.search((ROOT / path).read_text(encoding="utf-8"))
    return None if found is None else found[1]


class Grouping(LoadGroupScheduling):
    """Gives all tests of a group to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0]) or nodeid
