"""Takes: of several, the one that is least out of the ordinary is kept."""

from __future__ import annotations

import numpy as np
import pytest

from server.units import FRAMES_PER_MS, Db
from server.voice import Spoken
from server.voice.takes import choose_take, level_db


def take(length_ms: int, at_db: float = -30.0) -> Spoken:
    """A tone of this length and level."""
    tone = np.sin(np.arange(length_ms * FRAMES_PER_MS) / 7) * np.sqrt(2)
    return Spoken(frames=np.round(tone * 32768 * 10 ** (at_db / 20)).astype(np.int16))


def test_the_middle_length_is_kept():
    """A take that hurries and one that drags lose against the one between them."""
    takes = [take(1500), take(1200), take(1260)]
    assert choose_take(takes) is takes[2]


def test_of_equal_lengths_the_usual_level_decides():
    """Of takes that last equally long the one as loud as the voice usually is stays."""
    takes = [take(1000, -30), take(1000, -33), take(1000, -36)]
    assert choose_take(takes) is takes[1]
    assert choose_take(takes, Db(-30.0)) is takes[0]
    assert choose_take(takes, Db(-40.0)) is takes[2]


def test_length_and_level_are_weighed_by_their_usual_scatter():
    """Two per cent of length weigh as much as a fifth of a decibel."""
    usual = Db(-30.0)
    long_or_loud = [take(1000, -29.9), take(1000, -29.0), take(1040, -30.0)]
    assert choose_take(long_or_loud, usual) is long_or_loud[0]
    assert choose_take([*long_or_loud[1:], take(960, -28.0)], usual) is long_or_loud[2]


def test_of_two_takes_the_level_decides():
    """Two takes are equally far from their middle length."""
    takes = [take(1000, -33), take(1400, -30)]
    assert choose_take(takes, Db(-30.0)) is takes[1]


def test_the_only_take_and_the_first_of_equals_are_kept():
    """One take is kept whatever it is; of equals it is the first."""
    only = take(1000)
    assert choose_take([only], Db(-10.0)) is only
    assert choose_take([only, take(1000)]) is only


def test_level_is_relative_to_full_scale():
    """A tone of a known level measures as that; silence is very low, and no error."""
    assert level_db(take(500, -20)) == pytest.approx(-20, abs=0.05)
    assert level_db(Spoken(frames=np.zeros(480, np.int16))) == pytest.approx(-120)
