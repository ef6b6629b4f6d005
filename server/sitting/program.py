"""A script and a listener's choices → a program: what is heard in order, and where moves lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from server.errors import InvalidOptions, NotLive
from server.script import Ask, Condition, Say, Script, When, inner_cues
from server.sitting.compile import MOST_ANSWERS, Compiler, as_private
from server.sitting.model import Choices, Extras
from server.sitting.steps import Question, Round, Speak, Step
from server.timeline import (
    NOTHING_ADDED,
    Additions,
    Lexicon,
    Options,
    Utterance,
    choose_words,
    holds,
    linear_cues,
    pace_at,
    refuse_impossible,
    sentence_text,
)
from server.units import Ms, ms_from_minutes

STAY_MS = Ms(45_000)
"""So long the guide is quiet for somebody who wants to stay."""


# Not slotted: what is derived from the steps is worked out once and kept.
@dataclass(frozen=True, kw_only=True)
class Program:
    """A script as a flat list of steps, for one listener's choices."""

    steps: tuple[Step, ...]
    stages: tuple[int, ...]
    """The number of each step's stage; BETWEEN_STAGE and OVER_STAGE are none of the script's."""
    titles: tuple[str, ...]
    """The titles of the stages."""
    closing: int
    """Where the return begins that every way through the practice ends with."""
    ground: int | None
    """Where the ground begins; None where the script has none."""
    stay: int
    back: int
    danger: int
    """`stay`, `back` and `danger`: where what is said in between begins."""
    seed: int
    most_ms: Ms
    """No sitting takes longer, pauses aside."""
    has_words: bool
    script: Script
    lexicon: Lexicon

    @cached_property
    def utterances(self) -> tuple[Utterance, ...]:
        """Every shared line that may be heard, whatever the moves; each once."""
        spoken = (step.utterance for step in self.steps if isinstance(step, Speak))
        return tuple(dict.fromkeys(spoken))

    @cached_property
    def first_question(self) -> int:
        """The place of the first question."""
        return next(n for n, step in enumerate(self.steps) if isinstance(step, Question))

    @cached_property
    def last_loop(self) -> tuple[int, Round] | None:
        """The end of the last loop's round, and its place; None where there is no loop."""
        rounds = [(n, step) for n, step in enumerate(self.steps) if isinstance(step, Round)]
        return rounds[-1] if rounds else None

    def private_lines(self, words: Mapping[str, str], number: int) -> dict[int, Utterance]:
        """The lines that say these words of the listener's, by their places in the program.

        `words` holds each word's text by its name; `number` is 1 for the first ones given.
        Raises InvalidOptions as choose_words() does.
        """
        quoted, _ = choose_words(self.script, words)
        lines: dict[int, Utterance] = {}
        for place, step in enumerate(self.steps):
            if isinstance(step, Speak) and step.holds_words:
                is_early = place < self.first_question
                if (number == 1) == (is_early or not step.is_latest):
                    text = sentence_text(step.say, quoted)
                    lines[place] = as_private(step.utterance, text, self.lexicon.respell(text))
        return lines


def compile_sitting(
    script: Script, choices: Choices, extras: Extras, additions: Additions = NOTHING_ADDED
) -> Program:
    """Make the program of a sitting.

    Raises NotLive for a script that asks nothing or does not return in a stage of its own, and
    InvalidOptions for a choice that cannot be met.
    """
    options = Options(
        minutes=choices.minutes,
        pace=choices.pace,
        anchor=choices.anchor,
        eyes=choices.eyes,
        seed=choices.seed,
    )
    refuse_impossible(script, options, additions)
    if next(_questions(script), None) is None:
        raise NotLive
    lexicon = Lexicon((*script.lexicon, *additions.lexicon))
    defaults = {word.name: word.quoted(word.default) for word in script.words}

    def utter(cue: Say) -> Utterance:
        text = sentence_text(cue, defaults)
        if recording := additions.recordings.get(text, ""):
            return Utterance(text=text, pace=1.0, recording=recording)
        pace = pace_at(script.curve, script.pace * choices.pace, 0.0)
        return Utterance(text=text, pace=pace, spoken=lexicon.respell(text))

    ground = _find_ground(script)
    compiler = Compiler(
        utter=utter, is_heard=lambda when: _is_heard(when, script, choices), ground=ground
    )
    places = compiler.write_stages(script.stages, extras.buttons if choices.has_buttons else ())
    stay = compiler.write_between(extras.stay, STAY_MS)
    back = compiler.write_between(extras.back)
    danger = compiler.write_between(extras.danger)
    steps = compiler.steps()
    questions = [(n, step) for n, step in enumerate(steps) if isinstance(step, Question)]
    if not questions:
        raise InvalidOptions("minutes", "It asks nothing at this length. Choose a longer one.")
    closing = places[linear_cues(script, options)[-1].stage.title]
    on_the_way = [n for n, step in questions if compiler.stages[n] == compiler.stages[closing]]
    if on_the_way:
        raise NotLive("This practice needs a stage of its own to return in, after its questions.")
    return Program(
        steps=steps,
        stages=tuple(compiler.stages),
        titles=tuple(stage.title for stage in script.stages),
        closing=closing,
        ground=places.get(ground),
        stay=stay,
        back=back,
        danger=danger,
        seed=choices.seed,
        most_ms=ms_from_minutes(choices.minutes),
        has_words=choices.has_words,
        script=script,
        lexicon=lexicon,
    )


def _questions(script: Script) -> Iterator[Ask]:
    waiting = [cue for stage in script.stages for cue in stage.cues]
    while waiting:
        cue = waiting.pop(0)
        if isinstance(cue, Ask):
            yield cue
        waiting[:0] = inner_cues(cue)


def _find_ground(script: Script) -> str:
    """The title of the stage that is the ground: there the third answers lead."""
    for ask in _questions(script):
        if len(ask.answers) >= MOST_ANSWERS:
            return ask.answers[MOST_ANSWERS - 1].goes
    return ""


def _is_heard(when: When, script: Script, choices: Choices) -> bool:
    """Tell whether a variant's conditions hold, as far as they are known before the beginning."""
    return all(_is_met(each, script, choices) for each in when.conditions)


def _is_met(condition: Condition, script: Script, choices: Choices) -> bool:
    if condition.about == "given":
        return True  # known on the way
    return holds(
        condition,
        minutes=choices.minutes,
        anchor=choices.anchor,
        eyes=choices.eyes,
        voice=script.voice,
        live="yes",
    )
