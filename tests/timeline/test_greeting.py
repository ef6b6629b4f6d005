"""A greeting is a stage of its own before the practice, private, and takes no time beyond it."""

from __future__ import annotations

import pytest

from server.errors import InvalidOptions, TooShort
from server.script import Respelling, parse_script
from server.timeline import (
    LONGEST_GREETING,
    Additions,
    Greeting,
    Options,
    SpeechStep,
    lay_out,
    plan,
)
from server.timeline.model import SilenceStep
from server.units import Ms

TEXT = """---
title: A small step
slug: small-step
track: obstacles
summary: A practice for tests.
intention: To be short.
minutes: [1, 2]
language: en
voice: joe
pace: 1.2
credits: Our own words.
---

# Arriving

Here you are, in this room. [3s]

[silence fill]

That was all of it. [bell]
"""
SCRIPT = parse_script(TEXT, path="small-step.md")


def greeted(text: str, minutes: int = 2) -> Options:
    return Options(minutes=minutes, greeting=Greeting(title="From Ada", text=text))


def said(text: str, additions: Additions | None = None) -> list[str | int]:
    """The steps of a greeting: what is said, and how long it is silent."""
    planned = plan(SCRIPT, greeted(text), additions or Additions())
    return [
        step.utterance.text if isinstance(step, SpeechStep) else step.length_ms
        for step in planned.stages[0].steps
        if isinstance(step, SpeechStep | SilenceStep)
    ]


def test_it_comes_first_and_leaves_the_practice_as_it_was():
    """One more stage, and behind it the very stages that everybody hears."""
    usual, planned = plan(SCRIPT, Options(minutes=2)), plan(SCRIPT, greeted("I am with you here."))
    assert [stage.title for stage in planned.stages] == ["From Ada", "Arriving"]
    assert planned.stages[1:] == usual.stages
    assert (planned.is_private, usual.is_private) == (True, False)
    private = [each.text for each in planned.utterances if each.is_private]
    assert private == ["I am with you here."]


def test_sentences_and_paragraphs_are_apart():
    """Silence before, between and after; longer where a new paragraph begins."""
    text = "For the evening, as we said. You may stop at any time.\n\nI am with you here."
    assert said(text) == [
        1000, "For the evening, as we said.", 900, "You may stop at any time.",
        2000, "I am with you here.", 4000,
    ]  # fmt: skip


def test_what_cannot_be_spoken_is_passed_over():
    """A line of smiles is read on the page; a greeting of nothing else is refused."""
    assert said("🙂\nI am with you here.\n— — —\n") == [1000, "I am with you here.", 4000]
    for text in ("🙂 🙂 🙂", " \n ", "… !"):
        with pytest.raises(InvalidOptions) as refused:
            plan(SCRIPT, greeted(text))
        assert refused.value.field == "message"


def test_its_words_are_respelt_as_everywhere():
    """What this house says otherwise is said otherwise here, too."""
    added = Additions(lexicon=(Respelling(word="Ines", spoken="Ee-ness"),))
    planned = plan(SCRIPT, greeted("For you, dear Ines, from me."), added)
    assert planned.utterances[0].spoken == "For you, dear Ee-ness, from me."
    assert planned.utterances[0].pace == 1.2


def test_the_chosen_length_stays():
    """Its time is taken from the silences that fill, and where too little is left, it is said."""
    for text in ("I am with you here.", "I am with you here. " * 8):
        planned = plan(SCRIPT, greeted(text))
        timeline = lay_out(planned, dict.fromkeys(planned.utterances, Ms(5000)))
        assert timeline.total_ms == 120_000
        assert timeline.chapters[0].title == "From Ada"
        assert timeline.chapters[0].end_ms == timeline.chapters[1].start_ms
    long = plan(SCRIPT, greeted("\n".join(f"This is line {n} of it." for n in range(20)), 1))
    with pytest.raises(TooShort):
        lay_out(long, dict.fromkeys(long.utterances, Ms(5000)))


def test_it_is_not_too_long():
    """Six hundred characters, and not one more."""
    plan(SCRIPT, greeted("a" * LONGEST_GREETING))
    with pytest.raises(InvalidOptions) as refused:
        plan(SCRIPT, greeted("a" * (LONGEST_GREETING + 1)))
    assert refused.value.field == "message"
