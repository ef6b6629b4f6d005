"""Plan and the lengths of its sentences → Timeline: everything at its millisecond."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def lay_out(plan: Plan, clip_lengths: Mapping[Utterance, Ms]) -> Timeline:
    """Give every step of a plan its place in time.

    `clip_lengths` holds every utterance of the plan. Speech, bells and fixed silences keep
    their lengths; the silences that fill share what is left of `plan.target_ms` equally, to the
    millisecond. Raises TooShort where not enough is left for them.
    """
    steps = [step for stage in plan.stages for step in stage.steps]
    fills = iter(_fill_lengths(plan.target_ms, steps, clip_lengths))
    segments: list[Segment] = []
    chapters: list[Chapter] = []
    now_ms = Ms(0)
    for stage in plan.stages:
        chapter_ms = now_ms
        for step in stage.steps:
            segment = _segment(step, start_ms=now_ms, fills=fills, clip_lengths=clip_lengths)
            segments.append(segment)
            now_ms = Ms(now_ms + segment.length_ms)
        chapters.append(Chapter(title=stage.title, start_ms=chapter_ms, end_ms=now_ms))
    return Timeline(segments=tuple(segments), chapters=tuple(chapters), total_ms=now_ms)


def _fill_lengths(
    target_ms: Ms, steps: list[Step], clip_lengths: Mapping[Utterance, Ms]
) -> list[Ms]:
    """Share what is left equally; the first fills take the odd milliseconds."""
    fixed_ms = sum(_fixed_ms(step, clip_lengths) for step in steps)
    count = sum(isinstance(step, FillStep) for step in steps)
    left_ms = target_ms - fixed_ms
    if left_ms < count * FILL_LEAST_MS - (0 if count else TOLERANCE_MS):
        raise TooShort(target_ms=target_ms, shortest_ms=Ms(fixed_ms + count * FILL_LEAST_MS))
    if not count:
        return []
    share_ms, odd = divmod(left_ms, count)
    return [Ms(share_ms + (index < odd)) for index in range(count)]


def _fixed_ms(step: Step, clip_lengths: Mapping[Utterance, Ms]) -> int:
    match step:
        case SpeechStep(utterance=utterance):
            return clip_lengths[utterance]
        case SilenceStep(length_ms=length_ms) | SoundStep(length_ms=length_ms):
            return length_ms
        case _:  # a fill, or a bed
            return 0


def _segment(
    step: Step, *, start_ms: Ms, fills: Iterator[Ms], clip_lengths: Mapping[Utterance, Ms]
) -> Segment:
    match step:
        case SpeechStep(utterance=utterance):
            return SpeechSegment(
                start_ms=start_ms,
                length_ms=clip_lengths[utterance],
                utterance=utterance,
                level_db=step.level_db,
            )
        case SilenceStep(length_ms=length_ms):
            return SilenceSegment(start_ms=start_ms, length_ms=length_ms)
        case SoundStep(sound=sound, length_ms=length_ms):
            return SoundSegment(start_ms=start_ms, length_ms=length_ms, sound=sound)
        case BedStep(bed=bed, level=level):
            return BedSegment(start_ms=start_ms, bed=bed, level=level)
        case _:  # a fill
            return SilenceSegment(start_ms=start_ms, length_ms=next(fills))
