"""The ways through a script: where each stage leads, what nobody reaches, what nobody leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.script.cue_model import (
    AGAIN,
    END,
    NEXT,
    Ask,
    Cue,
    Go,
    Include,
    Position,
    Repeat,
    Until,
    When,
)
from server.script.model import Script, Stage
from server.script.passages import inner_cues
from server.script.problems import Problems, quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way from a stage to another, or to the end."""

    start: str
    """The title of the stage that it leaves."""
    goes: str
    """The title of the stage that it leads to, END, or what else an Answer's `goes` may be."""
    label: str = ""
    """The answer that takes it; empty where nothing is asked."""
    is_default: bool = True
    """True where somebody who is asked nothing may come this way."""


def list_ways(script: Script) -> tuple[Way, ...]:
    """List every way from each stage, in the order of the file; answers first, each way once."""
    ways: dict[Way, None] = {}
    for stage, after in _pairs(script.stages):
        for cue in _every(stage.cues):
            for way in _leaving(stage.title, cue):
                ways[way] = None
        if _Exits().of(stage.cues).falls:
            ways[Way(start=stage.title, goes=after)] = None
    return tuple(ways)


def check_ways(stages: Sequence[Stage], problems: Problems) -> None:
    """Keep in `problems` what nobody reaches, and each loop that no answer leaves.

    There is at least one stage.
    """
    reached = {stages[0].title}
    for stage, after in _pairs(stages):
        look = _Exits()
        exits = look.of(stage.cues)
        for at in look.unreached:
            message = "Nobody gets here: everything before it leads elsewhere."
            problems.add(at, message, expected="an answer '-> next', or nothing here")
        for at in look.endless:
            message = "No answer leaves this loop."
            problems.add(at, message, expected="an answer such as '- Yes, a little -> met'")
        if stage.title in reached:
            reached |= exits.goes | ({after} if exits.falls else set())
        else:
            message = f"Nothing leads to the stage {quote(stage.title)}."
            problems.add(stage.at, message, expected="an answer or '->' that goes there")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """How a run of cues may end."""

    falls: bool
    """True where what stands behind them may follow."""
    goes: frozenset[str] = frozenset()
    """Where it may lead instead: stages, END, AGAIN, and the ways out of loops around it."""


class _Exits:
    """Looks for the ends of cues, and keeps what is wrong on the way."""

    def __init__(self) -> None:
        self.unreached: list[Position] = []
        self.endless: list[Position] = []

    def of(self, cues: Sequence[Cue]) -> _Ends:
        """How a run of cues may end."""
        goes: frozenset[str] = frozenset()
        for index, cue in enumerate(cues):
            ends = self._of_one(cue)
            goes |= ends.goes
            if not ends.falls:
                self.unreached += [after.at for after in cues[index + 1 : index + 2]]
                return _Ends(falls=False, goes=goes)
        return _Ends(falls=True, goes=goes)

    def _of_one(self, cue: Cue) -> _Ends:
        match cue:
            case Repeat() | Include():
                return self.of(cue.cues)
            case When():
                return _Ends(falls=True, goes=self.of(cue.cues).goes)
            case Until():
                return self._of_loop(cue)
            case Ask():
                goes = {answer.goes for answer in cue.answers}
                return _Ends(falls=NEXT in goes, goes=frozenset(goes - {NEXT}))
            case Go():
                return _Ends(falls=False, goes=frozenset({cue.goes}))
            case _:
                return _Ends(falls=True)

    def _of_loop(self, loop: Until) -> _Ends:
        ends = self.of(loop.cues)
        if not ends.goes - {AGAIN}:
            self.endless.append(loop.at)
        goes_round = ends.falls or bool(ends.goes & {AGAIN, loop.way_out})
        return _Ends(falls=goes_round, goes=ends.goes - {AGAIN, loop.way_out})


def _pairs(stages: Sequence[Stage]) -> Iterator[tuple[Stage, str]]:
    """Each stage with the title of the one that stands behind it, or END."""
    yield from zip(stages, [*(stage.title for stage in stages[1:]), END], strict=True)


def _every(cues: Sequence[Cue]) -> Iterator[Cue]:
    for cue in cues:
        yield cue
        yield from _every(inner_cues(cue))


def _leaving(title: str, cue: Cue) -> Iterator[Way]:
    """The ways out of a stage that one cue offers."""
    if isinstance(cue, Go):
        yield Way(start=title, goes=cue.goes)
    elif isinstance(cue, Ask):
        for answer in cue.answers:
            yield Way(
                start=title, goes=answer.goes, label=answer.label, is_default=answer.is_default
            )
