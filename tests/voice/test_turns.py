"""Turns: whose sentence is next, decided anew each time, and nobody is forgotten."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from server.voice.turns import Turns


def served(turns: Turns[str], count: int) -> list[str]:
    """Begin so many jobs, each fetched at once."""
    jobs = []
    for _ in range(count):
        turn = turns.begin_next()
        if turn is not None:
            caller, job = turn
            caller.untaken -= 1
            jobs.append(job)
    return jobs


def test_the_least_urgency_is_next():
    """Callers are served by when their sound runs out, whatever order they came in."""
    turns = Turns[str](most_untaken=4)
    for name, runs_out_at in (("c", 30.0), ("a", 10.0), ("b", 20.0)):
        turns.enter([f"{name}1", f"{name}2"], lambda at=runs_out_at: at)
    assert served(turns, 7) == ["a1", "a2", "b1", "b2", "c1", "c2"]


def test_urgency_is_asked_anew_each_time():
    """Somebody who begins to listen in the middle is next from that moment on."""
    turns = Turns[str](most_untaken=4)
    runs_out_at = {"a": math.inf, "b": 50.0}
    turns.enter(["a1", "a2", "a3"], lambda: runs_out_at["a"])
    turns.enter(["b1", "b2", "b3"], lambda: runs_out_at["b"])
    assert served(turns, 1) == ["b1"]
    runs_out_at["a"] = 5.0
    assert served(turns, 2) == ["a1", "a2"]
    runs_out_at["a"] = 60.0
    assert served(turns, 3) == ["b2", "b3", "a3"]


def test_the_equally_urgent_take_turns():
    """Equals are served round and round; a newcomer is not set before all that they have had."""
    turns = Turns[str](most_untaken=4)
    turns.enter(["a1", "a2", "a3"], lambda: math.inf)
    turns.enter(["b1", "b2", "b3"], lambda: math.inf)
    assert served(turns, 3) == ["a1", "b1", "a2"]
    turns.enter(["c1", "c2"], lambda: math.inf)
    assert served(turns, 5) == ["c1", "b2", "a3", "c2", "b3"]


def test_who_has_left_is_not_served():
    """What waits of a caller is taken back when it leaves; leaving twice changes nothing."""
    turns = Turns[str](most_untaken=4)
    gone = turns.enter(["a1", "a2"], lambda: 1.0)
    turns.enter(["b1"], lambda: 2.0)
    assert served(turns, 1) == ["a1"]
    turns.leave(gone)
    turns.leave(gone)
    assert served(turns, 2) == ["b1"]
    assert len(turns.callers) == 1


def test_who_does_not_fetch_is_passed_over():
    """The most urgent caller waits for itself when it leaves what it was given."""
    turns = Turns[str](most_untaken=2)
    slow = turns.enter(["a1", "a2", "a3"], lambda: 1.0)
    turns.enter(["b1"], lambda: 2.0)
    begun = [turn[1] for turn in iter(turns.begin_next, None)]
    assert begun == ["a1", "a2", "b1"]
    slow.untaken -= 1
    assert served(turns, 2) == ["a3"]


@given(
    lengths=st.lists(st.lists(st.integers(1, 9), min_size=3, max_size=12), min_size=2, max_size=5),
    patient=st.lists(st.integers(1, 9), max_size=5),
)
def test_nobodys_sound_runs_out_before_its_turn(lengths, patient):
    """Who has least left is next, so that nobody is ahead of another by more than a sentence.

    Whoever nobody waits for comes last, and comes.
    """
    turns = Turns[tuple[int, int]](most_untaken=1)
    sound_s = [0] * len(lengths)
    for number, sentences in enumerate(lengths):
        turns.enter([(number, each) for each in sentences], lambda n=number: float(sound_s[n]))
    turns.enter([(-1, each) for each in patient], lambda: math.inf)
    left = [len(sentences) for sentences in lengths]
    while (turn := turns.begin_next()) is not None:
        caller, (number, length_s) = turn
        caller.untaken -= 1
        if number < 0:
            assert not any(left)
            patient = patient[1:]
            continue
        assert sound_s[number] == min(s for s, more in zip(sound_s, left, strict=True) if more)
        sound_s[number] += length_s
        left[number] -= 1
        if all(left):
            assert max(sound_s) - min(sound_s) <= 9
    assert not any(left)
    assert not patient
