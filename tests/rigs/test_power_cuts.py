"""What was acknowledged survives the power; and the rig sees it when something is taken out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rigs.disk import MEGABYTES
from tests.rigs.power import PowerRig
from tests.small_disk import small_disk

pytestmark = [pytest.mark.rig, pytest.mark.sqlite, pytest.mark.timeout(3600)]

CUTS = 100
MOST_CUTS = 60
"""So many cuts may pass before the rig has seen what was taken out."""


@pytest.fixture
def make_rig(tmp_path: Path, seed: int) -> Iterator[Callable[..., PowerRig]]:
    with small_disk(tmp_path / "memory", f"{MEGABYTES * 6}m") as path:

        def make(without: str | None = None) -> PowerRig:
            rig = PowerRig(memory=path, random=random.Random(seed), without=without)
            rig.prepare()
            return rig

        yield make


def test_nothing_acknowledged_is_lost(make_rig, times: int, counted) -> None:
    """Entries, worksheets, clips and renders: none lost, none twice, no wrong bytes anywhere."""
    rig = make_rig()
    rig.cut(CUTS * times)
    assert rig.troubles == []
    assert rig.acknowledged > 10 * CUTS
    counted(
        f"{rig.cuts} power cuts: {rig.acknowledged} times an acknowledged deed was looked for,"
        " 0 lost, 0 doubled, 0 files with wrong bytes"
    )


@pytest.mark.parametrize(
    ("without", "seen"),
    [("files", "wrong bytes"), ("folders", "missing"), ("full", "is lost")],
)
def test_the_rig_sees_what_is_taken_out(make_rig, counted, without: str, seen: str) -> None:
    """Without the fsync of files, that of folders, or synchronous=FULL, the same rig fails."""
    rig = make_rig(without)
    rig.cut(MOST_CUTS)
    assert any(seen in trouble for trouble in rig.troubles), rig.troubles
    counted(f"without {without}: seen at power cut {rig.cuts} ({rig.troubles[0]})")
