"""A full disk, a broken disk or the end of the process, at every call: all of a deed or none."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.rigs.deeds import KINDS, RENDER
from tests.rigs.steps import KILL, Fault, StepRig

pytestmark = [
    pytest.mark.rig,
    pytest.mark.sqlite,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

FAULTS = (
    Fault("ENOSPC"),
    Fault("ENOSPC", is_lasting=True),
    Fault("EIO"),
    Fault("EIO", is_lasting=True),
    Fault(KILL),
)
LEAST_STEPS = {"entry": 20, "worksheet": 20, "clip": 15, "render": 100}


def _name(value: object) -> str | None:
    lasting = getattr(value, "is_lasting", False)
    return f"{value.what}{'-lasting' * lasting}" if isinstance(value, Fault) else None


@pytest.mark.parametrize("fault", FAULTS, ids=_name)
@pytest.mark.parametrize("kind", KINDS)
def test_all_of_it_or_none(
    tmp_path: Path, seed: int, times: int, counted, kind: str, fault: Fault
) -> None:
    """The fault is told clearly, nothing is half there, and the next try succeeds."""
    if kind == RENDER and fault.is_lasting and times == 1:
        pytest.skip("takes minutes: make rigs TIMES=2")
    rig = StepRig(tmp_path, random.Random(seed))
    rig.step_through(kind, fault)
    assert rig.steps >= LEAST_STEPS[kind]
    counted(f"{rig.steps} calls, each with its turn; said: {rig.said or 'nothing, killed'}")
