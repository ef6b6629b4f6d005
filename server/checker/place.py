"""Gives every cue of a script its whole place: stage, paragraph, and the passage it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.script import (
    Answer,
    Ask,
    Cue,
    Include,
    OneOf,
    Position,
    Repeat,
    Script,
    Until,
    When,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Position):
    """A place in the script's own file; for words of a passage, the line that takes it in."""

    stage: str
    """Title of the stage."""
    paragraph: tuple[int, str, int]
    """Equal for what stands in one paragraph: line of the include, passage, first line."""
    passage: str = ""
    """The passage that it comes from; empty for what stands in the script itself."""
    own: Position
    """Where it stands in its own file, which is the passage's, if there is one."""


FIRST = Place(line=1, column=1, stage="", paragraph=(0, "", 1), own=Position(line=1, column=1))
"""The beginning of a file."""


def put_in_place(script: Script, sources: Mapping[str, str]) -> Script:
    """Copy a script, with a Place in each of its cues and stages.

    `sources` holds the text of the script itself under the empty name, and of its passages
    under theirs; a passage whose text is missing has a paragraph on each line.
    """
    placer = _Placer(sources)
    stages = tuple(
        replace(
            stage,
            cues=placer.all(stage.cues, stage.title, "", None),
            at=placer.place(stage.at, stage.title, "", None),
        )
        for stage in script.stages
    )
    return replace(script, stages=stages)


def blank_comments(source: str) -> str:
    """Replace comments by blanks, with every line kept."""
    return re.sub(r"<!--.*?-->", lambda m: re.sub(r"[^\n]", " ", m[0]), source, flags=re.DOTALL)


class _Placer:
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._starts = {name: _paragraph_starts(text) for name, text in sources.items()}

    def all(
        self, cues: tuple[Cue, ...], stage: str, passage: str, include: Position | None
    ) -> tuple[Cue, ...]:
        """Place cues that follow one another."""
        return tuple(self._one(cue, stage, passage, include) for cue in cues)

    def place(self, own: Position, stage: str, passage: str, include: Position | None) -> Place:
        """Make the whole place of what stands at `own` in its own file."""
        at = include or own
        starts = self._starts.get(passage, ())
        start = starts[own.line - 1] if own.line <= len(starts) else own.line
        return Place(
            line=at.line,
            column=at.column,
            stage=stage,
            paragraph=(at.line if include else 0, passage, start),
            passage=passage,
            own=own,
        )

    def _one(self, cue: Cue, stage: str, passage: str, include: Position | None) -> Cue:
        at = self.place(cue.at, stage, passage, include)
        match cue:
            case Repeat() | When() | Until():
                return replace(cue, at=at, cues=self.all(cue.cues, stage, passage, include))
            case Include():
                inner = self.all(cue.cues, stage, cue.name, include or cue.at)
                return replace(cue, at=at, cues=inner)
            case OneOf():
                told = tuple(self.all(a, stage, passage, include) for a in cue.alternatives)
                return replace(cue, at=at, alternatives=told)
            case Ask():
                question = self.all(cue.question, stage, passage, include)
                answers = tuple(self._answer(a, stage, passage, include) for a in cue.answers)
                return replace(cue, at=at, question=question, answers=answers)
            case _:
                return replace(cue, at=at)

    def _answer(self, answer: Answer, stage: str, passage: str, include: Position | None) -> Answer:
        return replace(answer, at=self.place(answer.at, stage, passage, include))


def _paragraph_starts(source: str) -> tuple[int, ...]:
    """For each line of a text the line on which its paragraph begins."""
    starts: list[int] = []
    start = 0
    for number, line in enumerate(blank_comments(source).split("\n"), 1):
        if not line.strip() or line.lstrip().startswith((":::", "#")):
            start = 0
        elif not start:
            start = number
        starts.append(start or number)
    return tuple(starts)
