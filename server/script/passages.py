"""Passages that scripts share: looked up by name, each read once, and no circles among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from server.script.cue_model import Ask, Cue, Include, OneOf, Position, Repeat, Until, When
from server.script.model import Script
from server.script.problems import Problems, quote

DEEPEST = 5
"""So many passages may lie within each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a passage holds."""

    cues: tuple[Cue, ...]
    count: int
    """How many cues that are, with their repeats and the passages in it."""
    problem: str
    """What is wrong with it; mostly empty."""


ReadPassage = Callable[[str, "Passages", Problems], tuple[tuple[Cue, ...], int]]
"""Reads the text of a passage with the passages it may itself take in: its cues, and how many."""


class Passages:
    """The passages that one script may take in."""

    def __init__(self, texts: Mapping[str, str], read: ReadPassage) -> None:
        self._texts, self._read = texts, read
        self._known: dict[str, Reading] = {}
        self._around: list[str] = []

    def enter(self, name: str) -> None:
        """Say that the text to be read now is this passage's own."""
        self._around.append(name)

    def take_in(self, name: str, at: Position, problems: Problems) -> tuple[Include, int] | None:
        """Give a passage as a cue with its count; a mistake is kept in `problems`."""
        if name not in self._around and name not in self._texts:
            problems.add(
                at,
                f"There is no passage named {quote(name)}.",
                expected="the name of a file in the folder 'passages'",
                wrote=name,
                known=sorted(self._texts),
            )
            return None
        if name in self._around:
            circle = " → ".join([*self._around[self._around.index(name) :], name])
            message = f"This passage would take in itself: {circle}."
        elif len(self._around) >= DEEPEST:
            message = f"Passages lie within each other at most {DEEPEST} deep."
        else:
            reading = self._get(name)
            if not reading.problem:
                return Include(name=name, cues=reading.cues, at=at), reading.count
            message = f"The passage {quote(name)} has a mistake: {reading.problem}"
        problems.add(at, message)
        return None

    def _get(self, name: str) -> Reading:
        if name not in self._known:
            inner = Problems(f"passages/{name}.md")
            self._around.append(name)
            cues, count = self._read(self._texts[name], self, inner)
            self._around.pop()
            first = str(inner.in_order()[0]) if inner.count else ""
            self._known[name] = Reading(cues=cues, count=count, problem=first)
        return self._known[name]


def list_passages(script: Script) -> frozenset[str]:
    """Name the passages that a script takes in, also those within others."""
    return frozenset(_includes(cue for stage in script.stages for cue in stage.cues))


def _includes(cues: Iterable[Cue]) -> Iterator[str]:
    for cue in cues:
        if isinstance(cue, Include):
            yield cue.name
        yield from _includes(inner_cues(cue))


def inner_cues(cue: Cue) -> tuple[Cue, ...]:
    """List the cues that a cue holds, whatever decides which of them are heard."""
    match cue:
        case Repeat() | When() | Until() | Include():
            return cue.cues
        case OneOf():
            return tuple(each for alternative in cue.alternatives for each in alternative)
        case Ask():
            return cue.question
        case _:
            return ()
