"""Ducking: a bed makes room for words, softly, alike in blocks of any size, and never pumps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.audio.ducking import (
    ATTACK_MS,
    DUCK_DB,
    LOOK_AHEAD_MS,
    LOOK_BACK_MS,
    RELEASE_MS,
    duck_gain,
)
from server.units import Ms, factor_from_db, frames_from_ms

DUCKED = factor_from_db(-DUCK_DB)
SECOND = 48_000
BACK, AHEAD = frames_from_ms(LOOK_BACK_MS), frames_from_ms(LOOK_AHEAD_MS)


def at_ms(gain: np.ndarray, ms: int) -> float:
    return float(gain[frames_from_ms(Ms(ms))])


@st.composite
def speeches(draw) -> list[tuple[int, int]]:
    """Stretches of speech in order, with gaps of all sizes."""
    place, found = draw(st.integers(-5, 5)) * SECOND, []
    for _ in range(draw(st.integers(0, 6))):
        first = place + draw(st.integers(1, 4 * SECOND))
        place = first + draw(st.integers(1, 3 * SECOND))
        found.append((first, place))
    return found


@given(speeches(), st.lists(st.integers(0, 12 * SECOND), min_size=2, max_size=7, unique=True))
@settings(max_examples=60, deadline=None)
def test_any_partition_gives_the_same_gain(speech, cuts):
    """Blocks of any size have the gain of the whole, also when they know only what is near."""
    cuts.sort()
    whole = duck_gain(cuts[0], cuts[-1], speech)
    parts = [
        duck_gain(a, b, [s for s in speech if s[1] + BACK > a and s[0] < b + AHEAD])
        for a, b in pairwise(cuts)
    ]
    assert np.array_equal(np.concatenate(parts), whole)
    assert whole.dtype == np.float32


@given(speeches())
@settings(max_examples=60, deadline=None)
def test_the_laws_of_ducking(speech):
    """All speech has a lowered bed, the gain is between the two levels, and never steps."""
    gain = duck_gain(0, 12 * SECOND, speech)
    assert gain.min() >= DUCKED - 1e-6
    assert gain.max() <= 1
    for first, last in speech:
        under = gain[max(0, first) : max(0, last)]
        assert under == pytest.approx(DUCKED, rel=1e-5)
    assert np.abs(np.diff(gain)).max() < 1e-4


def test_it_goes_down_before_the_first_word_and_comes_back_slowly():
    """Half-way down a fifth of a second before the word, half-way back 0.6 s after the last."""
    gain = duck_gain(0, 10 * SECOND, [(4 * SECOND, 6 * SECOND)])
    half = factor_from_db(-DUCK_DB / 2)
    assert at_ms(gain, 4_000 - ATTACK_MS - 1) == 1
    assert at_ms(gain, 4_000 - ATTACK_MS // 2) == pytest.approx(half, abs=0.01)
    assert at_ms(gain, 4_000) == pytest.approx(DUCKED, abs=1e-3)
    assert at_ms(gain, 6_000 + RELEASE_MS // 2) == pytest.approx(half, abs=0.01)
    assert at_ms(gain, 6_000 + RELEASE_MS + 1) == 1


@pytest.mark.parametrize(("gap_ms", "is_steady"), [(300, True), (1_500, True), (2_500, False)])
def test_short_gaps_between_sentences_do_not_pump(gap_ms, is_steady):
    """In a gap too short to come back and go down it stays down; a longer one lets it breathe."""
    gap = frames_from_ms(Ms(gap_ms))
    speech = [(SECOND, 2 * SECOND), (2 * SECOND + gap, 3 * SECOND + gap)]
    between = duck_gain(2 * SECOND, 2 * SECOND + gap, speech)
    assert (between.max() < DUCKED + 1e-6) == is_steady
    assert is_steady or between.max() > 0.99


def test_without_speech_a_bed_is_as_loud_as_it_is():
    """Far from every word nothing is lowered."""
    assert (duck_gain(0, SECOND, []) == 1).all()
    assert (duck_gain(60 * SECOND, 61 * SECOND, [(0, SECOND)]) == 1).all()
    assert len(duck_gain(5, 5, [(0, 10)])) == 0


def test_it_asks_for_little_of_the_future():
    """What must be known ahead is bounded, so that a practice can be heard while it is made."""
    assert 0 < LOOK_AHEAD_MS <= 2_500
