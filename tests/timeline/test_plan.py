"""plan(): the order of things, with every choice made."""

from __future__ import annotations

import pytest

from server.errors import InvalidOptions
from server.script import Bell, Breath, Fill, Repeat, Say, Silence, WordUse
from server.timeline import BELL_MS, Options, Sound, plan
from server.timeline.model import FillStep, SilenceStep, SoundStep, SpeechStep, Utterance
from server.units import Ms


def said(text: str, *, is_private: bool = False) -> SpeechStep:
    return SpeechStep(utterance=Utterance(text=text, pace=1.3, is_private=is_private))


def test_cues_become_steps_in_their_order(script, say, at):
    """Every cue has its step, in the order of the script, in its stage."""
    made = plan(
        script((Bell(at=at), say("Sit down."), Silence(length_ms=Ms(3000), at=at)), (Fill(at=at),)),
        Options(minutes=2),
    )
    assert made.target_ms == 120_000
    assert [stage.title for stage in made.stages] == ["Stage 1", "Stage 2"]
    assert made.stages[0].steps == (
        SoundStep(sound=Sound.BELL_SMALL, length_ms=BELL_MS),
        said("Sit down."),
        SilenceStep(length_ms=Ms(3000)),
    )
    assert made.stages[1].steps == (FillStep(),)


def test_breaths_are_air_in_hold_and_air_out(script, at):
    """A breath cue becomes its halves; a hold of 0 leaves nothing."""
    held = Breath(count=1, in_ms=Ms(4000), hold_ms=Ms(2000), out_ms=Ms(6000), at=at)
    plain = Breath(count=2, in_ms=Ms(3000), hold_ms=Ms(0), out_ms=Ms(5000), at=at)
    steps = plan(script((held, plain)), Options(minutes=1)).stages[0].steps
    breath_in = SoundStep(sound=Sound.BREATH_IN, length_ms=Ms(3000))
    breath_out = SoundStep(sound=Sound.BREATH_OUT, length_ms=Ms(5000))
    assert steps == (
        SoundStep(sound=Sound.BREATH_IN, length_ms=Ms(4000)),
        SilenceStep(length_ms=Ms(2000)),
        SoundStep(sound=Sound.BREATH_OUT, length_ms=Ms(6000)),
        *(breath_in, breath_out) * 2,
    )


def test_a_repeat_is_gone_through_and_spoken_once(script, say, at):
    """Repeated cues appear again and again; their sentence is one utterance."""
    inner = Repeat(times=2, cues=(say("One step back."),), at=at)
    made = plan(
        script((Repeat(times=3, cues=(inner, say("And rest.")), at=at),)), Options(minutes=1)
    )
    step, rest = said("One step back."), said("And rest.")
    assert made.stages[0].steps == (step, step, rest) * 3
    assert made.utterances == (step.utterance, rest.utterance)


OBSTACLE = (
    "Perhaps it is the thought: ",
    WordUse(name="obstacle"),
    ".",
)


@pytest.mark.parametrize(
    ("words", "text", "is_private"),
    [
        ({}, "Perhaps it is the thought: there is no time.", False),
        ({"obstacle": "   "}, "Perhaps it is the thought: there is no time.", False),
        ({"obstacle": "there is no time"}, "Perhaps it is the thought: there is no time.", False),
        ({"obstacle": " I hate this "}, "Perhaps it is the thought: I hate this.", True),
    ],
)
def test_a_word_is_the_listeners_or_its_default(script, at, words, text, is_private):
    """A word that is given is said and makes its sentence private; else its default is said."""
    made = plan(script((Say(parts=OBSTACLE, at=at),)), Options(minutes=1, words=words))
    assert made.utterances == (Utterance(text=text, pace=1.3, is_private=is_private),)
    assert made.is_private is is_private


def test_only_sentences_with_own_words_are_private(script, say, at):
    """The sentences that everybody hears alike stay shared."""
    cues = (say("Sit down."), Say(parts=OBSTACLE, at=at))
    made = plan(script(cues), Options(minutes=1, words={"obstacle": "I hate this"}))
    assert [utterance.is_private for utterance in made.utterances] == [False, True]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (Options(minutes=4), "minutes"),
        (Options(minutes=1, words={"obstacel": "x"}), "words.obstacel"),
        (Options(minutes=1, words={"obstacle": "x" * 41}), "words.obstacle"),
        (Options(minutes=1, words={"obstacle": "😀 …"}), "words.obstacle"),
    ],
)
def test_a_choice_that_cannot_be_met_names_its_field(script, say, options, field):
    """A wrong length or word is an error that a form can show where it belongs."""
    with pytest.raises(InvalidOptions) as caught:
        plan(script((say("Sit down."),)), options)
    assert caught.value.field == field
