"""A few lines or one stage of a script → a Plan of their own, said as they are in the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from server.errors import NothingToHear
from server.script import (
    Ask,
    Bell,
    Breath,
    Cue,
    Fill,
    Include,
    Say,
    Script,
    Silence,
    Single,
    Stage,
    inner_cues,
)
from server.timeline.linear import linear_cues
from server.timeline.model import Plan, PlannedStage, SpeechStep, Step, Utterance
from server.timeline.options import Additions, Options
from server.timeline.plan import plan
from server.units import Db, Ms

LONGEST_SILENCE_MS = Ms(6_000)
"""A silence that fills is this long, since there is no length to fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Which part of a script is meant."""

    first_line: int
    last_line: int
    is_stage: bool = False
    """True for the whole stage that the first line is in."""


def plan_excerpt(
    script: Script, options: Options, additions: Additions, excerpt: Excerpt
) -> tuple[Script, Plan]:
    """Cut a script down to an excerpt, and plan that.

    Each sentence keeps the pace and the level that it has in the whole practice, so that its clip
    is the same. A stage is heard as linear listening hears it; lines are heard whatever decides
    about them. Raises NothingToHear, and what plan() raises.
    """
    is_stage = excerpt.is_stage
    stage = _heard_stage(script, options, excerpt) if is_stage else _heard_lines(script, excerpt)
    part = replace(script, stages=(stage,))
    said = _said(plan(script, options, additions))
    planned = plan(part, options, additions)
    steps = tuple(_as_said(step, said) for step in planned.stages[0].steps)
    stages = (PlannedStage(title=stage.title, steps=steps),)
    return part, Plan(target_ms=Ms(0), stages=stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A cue that holds no others, with its line in the script's own file."""

    cue: Single
    line: int
    """For a cue of a passage the line that takes the passage in."""
    begins_line: bool
    """True where nothing that began further up goes on before it on its line."""


def list_singles(stage: Stage) -> tuple[Placed, ...]:
    """Every cue of a stage that holds no others, in the order of the file."""
    return tuple(_singles(stage.cues, None))


def _singles(cues: tuple[Cue, ...], include_line: int | None) -> Iterator[Placed]:
    for cue in cues:
        line = include_line or cue.at.line
        if isinstance(cue, Single):
            yield Placed(cue=cue, line=line, begins_line=bool(include_line) or cue.at.column == 1)
            continue
        inner = _singles(inner_cues(cue), line if isinstance(cue, Include) else include_line)
        for first in islice(inner, 1):
            yield replace(first, begins_line=first.begins_line or isinstance(cue, Ask))
        yield from inner


def _heard_stage(script: Script, options: Options, excerpt: Excerpt) -> Stage:
    """The stage of the excerpt as it is heard; where nothing of it is, all that it holds."""
    index = _stage_at(script, excerpt.first_line)
    stage = script.stages[index]
    heard = linear_cues(replace(script, stages=script.stages[index:]), options)
    everything = tuple(each.cue for each in list_singles(stage))
    return _cut(stage, next((each.cues for each in heard if each.stage is stage), everything))


def _stage_at(script: Script, line: int) -> int:
    return max(
        (index for index, stage in enumerate(script.stages) if stage.at.line <= line), default=0
    )


def _heard_lines(script: Script, excerpt: Excerpt) -> Stage:
    """What stands on the lines: from the sentence that reaches into them to the last that begins.

    Where that makes no sound it is the sentence before them, or else the one that follows. Raises
    NothingToHear where there is neither.
    """
    index = _stage_at(script, excerpt.first_line)
    begun = [each for stage in script.stages[index:] for each in list_singles(stage)]
    inside = [each for each in begun if excerpt.first_line <= each.line <= excerpt.last_line]
    before = [each for each in begun if each.line < excerpt.first_line]
    if not (inside and inside[0].begins_line and _has_sound(inside)):
        # Without the text nobody knows where a sentence ends: one that begins further up may
        # well go on here, unless something begins at the very beginning of the line.
        inside = [*before[_last_sound(before) :], *inside]
    if not _has_sound(inside):
        after = [each for each in begun if each.line > excerpt.last_line]
        inside = after[: _first_sound(after) + 1]
    if not inside:
        raise NothingToHear
    return _cut(script.stages[index], tuple(each.cue for each in inside))


def _first_sound(cues: list[Placed]) -> int:
    """The index of the first cue that is heard; before the beginning where there is none."""
    return next((i for i, each in enumerate(cues) if _is_sound(each)), -1)


def _last_sound(cues: list[Placed]) -> int:
    """The index of the last cue that is heard; the end where there is none."""
    return max((i for i, each in enumerate(cues) if _is_sound(each)), default=len(cues))


def _has_sound(cues: list[Placed]) -> bool:
    return any(_is_sound(each) for each in cues)


def _is_sound(placed: Placed) -> bool:
    return isinstance(placed.cue, Say | Bell | Breath)


def _cut(stage: Stage, cues: tuple[Single, ...]) -> Stage:
    """Make a stage of these cues, in which no silence waits for time to fill."""
    short = (
        Silence(length_ms=LONGEST_SILENCE_MS, at=cue.at) if isinstance(cue, Fill) else cue
        for cue in cues
    )
    return replace(stage, cues=tuple(short))


_Said = dict[str, tuple[Utterance, Db]]
"""How sentences are said in the whole practice, by their texts."""


def _said(whole: Plan) -> _Said:
    steps = (step for stage in whole.stages for step in stage.steps)
    return {
        step.utterance.text: (step.utterance, step.level_db)
        for step in steps
        if isinstance(step, SpeechStep)
    }


def _as_said(step: Step, said: _Said) -> Step:
    if not isinstance(step, SpeechStep) or step.utterance.text not in said:
        return step
    utterance, level_db = said[step.utterance.text]
    return replace(step, utterance=utterance, level_db=level_db)
