"""The curve of the voice: slower and softer towards the middle, its own at both ends."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.script import Condition, Curve, OneOf, Repeat, Say, When, WordUse
from server.timeline import Options, plan
from server.timeline.curve import level_at, pace_at, weigh
from server.timeline.model import SpeechStep
from server.units import Db

USUAL = Curve()


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60))
def test_weights_rise_to_the_middle_and_fall_again(letters):
    """Every weight is from 0 to 1, and none of them falls before the middle or rises after it."""
    weights = list(weigh(letters))
    assert len(weights) == len(letters)
    assert all(0 < weight <= 1 for weight in weights)
    top = weights.index(max(weights))
    assert weights[: top + 1] == sorted(weights[: top + 1])
    assert weights[top:] == sorted(weights[top:], reverse=True)


def test_the_place_is_measured_in_letters():
    """The middle is where half of the speech lies behind, wherever the sentences are cut."""
    assert list(weigh([10])) == [1.0]
    assert list(weigh([1, 1])) == [0.5625, 0.5625]
    first, long, last = weigh([1, 98, 1])
    assert long == 1.0
    assert first == pytest.approx(last)
    assert first < 0.001
    assert list(weigh([])) == []


@given(weight=st.floats(0, 1), pace=st.floats(0.8, 1.8), slower=st.floats(0, 0.3))
def test_paces_are_whole_fiftieths(weight, pace, slower):
    """Paces come out near what they should be, and of so few kinds that clips are shared."""
    found = pace_at(Curve(slower=slower), pace, weight)
    assert abs(found - pace * (1 + slower * weight)) <= 0.0101
    assert found == round(found, 2)
    assert round(found * 100) % 2 == 0


def test_levels_are_tenths_and_never_louder():
    """At the ends nothing changes, and not even the sign of nothing."""
    assert str(level_at(USUAL, 0.0)) == "0.0"
    assert level_at(USUAL, 1.0) == -1.5
    assert level_at(Curve(softer_db=Db(2.0)), 0.333) == -0.7


def speech(made):
    return [s for stage in made.stages for s in stage.steps if isinstance(s, SpeechStep)]


def curved(script, *stages):
    return dataclasses.replace(script(*stages), curve=USUAL)


def test_a_practice_slows_down_and_comes_back(script, say, at):
    """The curve runs through all stages and repeats, not through each of them anew."""
    inner = Repeat(times=9, cues=(say("Be here now, again."),), at=at)
    made = plan(
        curved(script, (say("Sit down."), inner), (say("Get up now."),)), Options(minutes=1)
    )
    paces = [step.utterance.pace for step in speech(made)]
    assert (paces[0], max(paces), paces[-1]) == (1.3, 1.4, 1.3)
    levels = [step.level_db for step in speech(made)]
    assert (levels[0], min(levels), levels[-1]) == (0.0, -1.5, 0.0)
    assert levels.index(min(levels)) == 5
    assert len(set(paces[1:-1])) < 9  # some of the repeats are the same clip


def test_own_words_change_nothing_but_their_sentence(script, say, at):
    """However long a listener's words are, all other sentences stay the clips they were."""
    asked = Say(parts=("It is ", WordUse(name="obstacle")), at=at)
    practice = curved(script, tuple(say(f"Sentence number {n}.") for n in range(20)), (asked,))
    plain = plan(practice, Options(minutes=1))
    own = plan(practice, Options(minutes=1, words={"obstacle": "x" * 40}))
    assert speech(plain)[:-1] == speech(own)[:-1]
    assert speech(plain)[-1] != speech(own)[-1]


def test_own_words_change_no_other_sentence_where_they_have_a_variant(script, say, at):
    """What is said only where words were given leaves all the rest as it was."""
    asked = Say(parts=("It is ", WordUse(name="obstacle")), at=at)
    ways = ((say("One."),), (say("Two."),))
    variants = (
        When(
            conditions=(Condition(about="given", names=("obstacle",)),),
            cues=(asked, say("You said so."), OneOf(alternatives=ways, at=at)),
            at=at,
        ),
        When(
            conditions=(Condition(about="given", names=("nothing",)),),
            cues=(say("It is here."),),
            at=at,
        ),
    )
    half = tuple(say(f"Sentence number {n}.") for n in range(10))
    practice = curved(script, half, (*variants, *half, OneOf(alternatives=ways, at=at)), variants)
    plain = speech(plan(practice, Options(minutes=1)))
    own = speech(plan(practice, Options(minutes=1, words={"obstacle": "x" * 40})))
    assert len(plain) == 10 + 1 + 10 + 1 + 1
    assert len(own) == 10 + 3 + 10 + 1 + 3
    assert [step.utterance.text for step in own[10:13]][1:] == ["You said so.", "One."]
    assert own[:10] + own[13:24] == plain[:10] + plain[11:22]
    assert {step.level_db for step in own[10:13]} == {plain[11].level_db}


def test_a_practice_may_say_nothing_but_variants_for_given_words(script, say, at):
    """Then there is no place that they could be weighed by, and they are said as at the ends."""
    asked = (Condition(about="given", names=("obstacle",)),)
    practice = curved(script, (When(conditions=asked, cues=(say("You said so."),), at=at),))
    own = speech(plan(practice, Options(minutes=1, words={"obstacle": "x"})))
    assert [(step.utterance.pace, step.level_db) for step in own] == [(1.3, 0.0)]


def test_the_listeners_pace_comes_on_top(script, say):
    """Quicker and slower are factors of all paces; levels are the curve's alone."""
    practice = curved(script, tuple(say(f"Sentence number {n}.") for n in range(9)))
    usual, slower, quicker = (
        speech(plan(practice, Options(minutes=1, pace=pace))) for pace in (1.0, 1.1, 0.92)
    )
    for one, two, three in zip(usual, slower, quicker, strict=True):
        assert one.utterance.pace * 1.1 == pytest.approx(two.utterance.pace, abs=0.025)
        assert one.utterance.pace * 0.92 == pytest.approx(three.utterance.pace, abs=0.025)
        assert one.level_db == two.level_db == three.level_db
