"""Rules about choices: a choice is one, and a loop can be left by whoever has had enough."""

from __future__ import annotations

from collections.abc import Iterator

from server.checker.model import Found, Rule, Severity
from server.checker.subject import Subject
from server.script import AGAIN, NEXT, Ask, Cue, Until, inner_cues


def _no_choice(subject: Subject) -> Iterator[Found]:
    for part in subject.parts:
        if isinstance(part.cue, Ask) and len({answer.goes for answer in part.cue.answers}) == 1:
            goes = part.cue.answers[0].goes
            message = f"Whatever is answered here, it goes to “{goes}”."
            yield Found(at=part.at, message=message)


def _trapped(subject: Subject) -> Iterator[Found]:
    for part in subject.parts:
        if isinstance(part.cue, Until) and not _leads_out(part.cue, frozenset({NEXT, AGAIN})):
            message = (
                f"Nobody leaves this loop but by “{part.cue.way_out}” or after {part.cue.most} "
                "rounds."
            )
            yield Found(at=part.at, message=message)


def _leads_out(cue: Cue, stays: frozenset[str]) -> bool:
    """True where something in a cue leads to a stage or to the end."""
    if isinstance(cue, Ask):
        return any(answer.goes not in stays for answer in cue.answers)
    stays |= {cue.way_out} if isinstance(cue, Until) else set()
    return any(_leads_out(each, stays) for each in inner_cues(cue))


BRANCHES = (
    Rule(
        id="no-choice",
        severity=Severity.WARNING,
        title="a question whose answers all lead to the same place",
        why="Whoever is asked and then finds that it made no difference was not asked.",
        bad=(
            ":::ask Can it be met? [8s]\n- Yes, a little -> Returning\n- Not yet -> Returning\n:::"
        ),
        better=(
            ":::ask Can it be met? [8s]\n- Yes, a little -> Returning\n"
            "- Not yet -> next [default]\n:::\n\nIt may stay as it is, then. [5s]"
        ),
        find=_no_choice,
    ),
    Rule(
        id="trapped",
        severity=Severity.WARNING,
        title="a loop without an answer for whoever has had enough",
        why=(
            "“Too much” is an ordinary answer. Where it is missing, one has to say that all is "
            "well in order to get out: give one answer that leads to a stage, or to the end."
        ),
        bad=(
            ":::until met, at most 3\nIt may be here. [5s]\n:::ask Can it be met? [8s]\n"
            "- Yes, a little -> met\n- Not yet -> again [default]\n:::\n:::"
        ),
        better=(
            ":::until met, at most 3\nIt may be here. [5s]\n:::ask Can it be met? [8s]\n"
            "- Yes, a little -> met\n- Not yet -> again [default]\n"
            "- This is too much -> Returning\n:::\n:::"
        ),
        find=_trapped,
    ),
)
