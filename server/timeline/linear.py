"""Script and choices → one telling of it: what linear listening goes through, cue by cue."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypedDict

from server.script import (
    AGAIN,
    END,
    NEXT,
    Ask,
    Bed,
    Bell,
    Breath,
    Condition,
    Cue,
    Fill,
    Go,
    Include,
    OneOf,
    Repeat,
    Say,
    Script,
    Silence,
    Stage,
    Until,
    When,
)
from server.timeline.options import Options

Single = Say | Silence | Fill | Bell | Bed | Breath
"""A cue that holds no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardStage:
    """What is heard of a stage in one telling."""

    stage: Stage
    cues: tuple[Single, ...]
    """In order; never empty."""


def linear_cues(script: Script, options: Options) -> tuple[HeardStage, ...]:
    """Go through a script as somebody does who is asked nothing.

    Variants are chosen by the options, alternatives by their seed; every question takes its
    default answer, and every loop goes round as often as it usually does. Stages of which
    nothing is heard are left out.
    """
    walk = _Walk(options, script.voice)
    titles = [stage.title for stage in script.stages]
    heard: list[HeardStage] = []
    index = 0
    while index < len(titles):
        cues, leap = _drain(walk.through(script.stages[index].cues))
        if cues:
            heard.append(HeardStage(stage=script.stages[index], cues=tuple(cues)))
        if leap == END:
            break
        index = titles.index(leap) if leap else index + 1
    return tuple(heard)


class Chosen(TypedDict):
    """What variants ask about, as a listener chose it."""

    minutes: int
    anchor: str
    eyes: str
    voice: str


def holds(condition: Condition, *, minutes: int, anchor: str, eyes: str, voice: str) -> bool:
    """Tell whether a variant's condition holds for a listener."""
    if condition.about == "minutes":
        return condition.least <= minutes and not 0 < condition.below <= minutes
    # Who looks at something has open eyes, whether or not they said so.
    eyes = "open" if anchor == "sight" else eyes
    return {"anchor": anchor, "eyes": eyes, "voice": voice}[condition.about] in condition.names


_Leap = str
"""Where the listening goes on: empty for what follows, or what an Answer's `goes` may be."""


def _drain(walk: Generator[Single, None, _Leap]) -> tuple[list[Single], _Leap]:
    cues: list[Single] = []
    while True:
        try:
            cues.append(next(walk))
        except StopIteration as end:
            return cues, end.value


class _Walk:
    """One way through a script; it counts the alternatives that it has met."""

    def __init__(self, options: Options, voice: str) -> None:
        self._seed = options.seed
        self._chosen = Chosen(
            minutes=options.minutes, anchor=options.anchor, eyes=options.eyes, voice=voice
        )
        self._told = 0

    def through(self, cues: tuple[Cue, ...]) -> Generator[Single, None, _Leap]:
        """Go through cues in order, until one of them leads elsewhere."""
        for cue in cues:
            leap = yield from self._one(cue)
            if leap:
                return leap
        return ""

    def _one(self, cue: Cue) -> Generator[Single, None, _Leap]:
        match cue:
            case Repeat():
                return (yield from self.through(cue.cues * cue.times))
            case When():
                if all(holds(condition, **self._chosen) for condition in cue.conditions):
                    return (yield from self.through(cue.cues))
                return ""
            case OneOf():
                self._told += 1
                chosen = (self._seed + self._told - 1) % len(cue.alternatives)
                return (yield from self.through(cue.alternatives[chosen]))
            case Until():
                return (yield from self._rounds(cue))
            case Ask():
                yield from self.through(cue.question)
                return "" if cue.default.goes == NEXT else cue.default.goes
            case Go():
                return cue.goes
            case Include():
                return (yield from self.through(cue.cues))
            case _:
                yield cue
                return ""

    def _rounds(self, until: Until) -> Generator[Single, None, _Leap]:
        for _ in range(until.usually):
            leap = yield from self.through(until.cues)
            if leap == until.way_out:
                break
            if leap not in ("", AGAIN):
                return leap
        return ""
