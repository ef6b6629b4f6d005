"""A laid-out practice, told by the cues of its script: what is heard when, and on which line."""

from __future__ import annotations

from dataclasses import dataclass

from server.script import Bell, Breath, Script, Single
from server.timeline.excerpt import list_singles
from server.timeline.linear import linear_cues
from server.timeline.model import Timeline
from server.timeline.options import Options
from server.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One cue in its place in time."""

    cue: Single
    line: int
    """Where it stands in the script's file; for a passage's cue the line that takes it in."""
    stage: str
    start_ms: Ms
    length_ms: Ms


def list_moments(script: Script, options: Options, timeline: Timeline) -> tuple[Moment, ...]:
    """List what is heard, in order. The timeline is that of this script with these options, in
    which the beds are as they are written.
    """
    segments = iter(timeline.segments)
    moments: list[Moment] = []
    for heard in linear_cues(script, options):
        # A passage that is taken in twice is the same cues twice: the line is then one of both.
        lines = {id(each.cue): each.line for each in list_singles(heard.stage)}
        for cue in heard.cues:
            own = [next(segments) for _ in range(count_segments(cue))]
            moments.append(
                Moment(
                    cue=cue,
                    line=lines[id(cue)],
                    stage=heard.stage.title,
                    start_ms=own[0].start_ms,
                    length_ms=Ms(sum(segment.length_ms for segment in own)),
                )
            )
    return tuple(moments)


def count_segments(cue: Single) -> int:
    """Of how many segments a cue is in a timeline: each stroke and each half of a breath is one."""
    match cue:
        case Bell(strokes=strokes):
            return strokes
        case Breath(count=count, hold_ms=hold_ms):
            return count * (3 if hold_ms else 2)
        case _:
            return 1
