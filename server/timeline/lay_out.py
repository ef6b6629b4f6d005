"""Plan and the lengths of its sentences → segments, then a Timeline: everything at its millisecond.

The time that is left over is shared among the silences that fill as each of them is reached,
by their weights, from what is known by then and a guess of the rest. So the beginning of a
practice can be heard before its end has been spoken, and no later sentence can move what was
already laid out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from server.errors import TooShort
from server.timeline.model import (
    BedSegment,
    BedStep,
    Chapter,
    FillStep,
    Plan,
    Segment,
    SilenceSegment,
    SilenceStep,
    SoundSegment,
    SoundStep,
    SpeechSegment,
    SpeechStep,
    Step,
    Timeline,
    Utterance,
)
from server.units import Ms

FILL_LEAST_MS = Ms(2_000)
"""No silence that fills is shorter than this: below it, two sentences run into each other."""

TOLERANCE_MS = Ms(1_000)
"""How far a practice without any fill may be from the length that was asked for."""

LengthOf = Callable[[Utterance], Ms]


def lay_out(plan: Plan, clip_lengths: Mapping[Utterance, Ms]) -> Timeline:
    """Give every step of a plan its place in time.

    `clip_lengths` holds every utterance of the plan. Speech, bells and fixed silences keep
    their lengths; the silences that fill share what is left of `plan.target_ms` by their weights,
    to the millisecond. Raises TooShort where not enough is left for them.
    """
    steps = _steps(plan)
    fills = sum(isinstance(step, FillStep) for step in steps)
    fixed_ms = sum(_fixed_ms(step, clip_lengths.__getitem__) for step in steps)
    least_ms = Ms(fixed_ms + fills * FILL_LEAST_MS)
    if least_ms > plan.target_ms + (0 if fills else TOLERANCE_MS):
        raise TooShort(shortest_ms=least_ms)
    return assemble(plan, tuple(grow(plan, clip_lengths, clip_lengths.__getitem__)))


def grow(plan: Plan, guesses: Mapping[Utterance, Ms], length_of: LengthOf) -> Iterator[Segment]:
    """Give the segments of a plan in order, one for each step, each as soon as it is certain.

    `guesses` holds a guess of every utterance's length, `length_of` tells the true one when it
    is reached, and may take its time. Each silence that fills gets an equal share of what will
    be left by then, so that a wrong guess is made good by the silences that follow it. Where
    the sentences need more than `plan.target_ms`, the practice becomes longer: silences keep
    FILL_LEAST_MS, and nobody's practice is broken off.
    """
    steps = _steps(plan)
    shares = sum(step.weight for step in steps if isinstance(step, FillStep))
    guessed_ms = sum(_fixed_ms(step, guesses.__getitem__) for step in steps)
    now_ms = Ms(0)
    for step in steps:
        guessed_ms -= _fixed_ms(step, guesses.__getitem__)
        fill_ms = Ms(0)
        if isinstance(step, FillStep):
            left_ms = plan.target_ms - now_ms - guessed_ms
            fill_ms = Ms(max(FILL_LEAST_MS, -(-left_ms * step.weight // shares)))
            shares -= step.weight
        segment = _segment(step, start_ms=now_ms, fill_ms=fill_ms, length_of=length_of)
        yield segment
        now_ms = Ms(now_ms + segment.length_ms)


def assemble(plan: Plan, segments: Sequence[Segment]) -> Timeline:
    """Make a Timeline of the segments that grow() gave, all of them or the first of them.

    A stage of which nothing is there yet is no chapter yet.
    """
    chapters: list[Chapter] = []
    first = 0
    for stage in plan.stages:
        own = segments[first : first + len(stage.steps)]
        if not own:
            continue
        first += len(own)
        end_ms = _end_ms(own[-1])
        chapters.append(Chapter(title=stage.title, start_ms=own[0].start_ms, end_ms=end_ms))
    total_ms = chapters[-1].end_ms if chapters else Ms(0)
    return Timeline(segments=tuple(segments), chapters=tuple(chapters), total_ms=total_ms)


def fill_lengths(plan: Plan, timeline: Timeline) -> tuple[Ms, ...]:
    """How long each silence that fills became in the whole timeline of a plan, in order."""
    placed = zip(_steps(plan), timeline.segments, strict=True)
    return tuple(segment.length_ms for step, segment in placed if isinstance(step, FillStep))


def _steps(plan: Plan) -> list[Step]:
    return [step for stage in plan.stages for step in stage.steps]


def _end_ms(segment: Segment) -> Ms:
    return Ms(segment.start_ms + segment.length_ms)


def _fixed_ms(step: Step, length_of: LengthOf) -> int:
    match step:
        case SpeechStep(utterance=utterance):
            return length_of(utterance)
        case SilenceStep(length_ms=length_ms) | SoundStep(length_ms=length_ms):
            return length_ms
        case _:  # a fill, or a bed
            return 0


def _segment(step: Step, *, start_ms: Ms, fill_ms: Ms, length_of: LengthOf) -> Segment:
    match step:
        case SpeechStep(utterance=utterance, level_db=level_db):
            return SpeechSegment(
                start_ms=start_ms,
                length_ms=length_of(utterance),
                utterance=utterance,
                level_db=level_db,
            )
        case SilenceStep(length_ms=length_ms):
            return SilenceSegment(start_ms=start_ms, length_ms=length_ms)
        case SoundStep(sound=sound, length_ms=length_ms):
            return SoundSegment(start_ms=start_ms, length_ms=length_ms, sound=sound)
        case BedStep(bed=bed, level=level):
            return BedSegment(start_ms=start_ms, bed=bed, level=level)
        case _:  # a fill
            return SilenceSegment(start_ms=start_ms, length_ms=fill_ms)
