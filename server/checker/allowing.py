"""Rules about what was allowed: with a reason, of a rule that there is, and for something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from server.checker.allowance import Allowance
from server.checker.model import Found, Rule, Severity
from server.checker.place import FIRST
from server.checker.subject import Subject


def _those(
    choose: Callable[[Subject], Iterable[Allowance]], message: str
) -> Callable[[Subject], Iterator[Found]]:
    def find(subject: Subject) -> Iterator[Found]:
        for each in choose(subject):
            at = replace(FIRST, line=each.at.line, column=each.at.column, own=each.at)
            yield Found(at=at, message=message.format(each.rule))

    return find


ALLOWING = (
    Rule(
        id="allow-reason",
        severity=Severity.WARNING,
        title="a rule that is set aside without a reason",
        why="Whoever reads the script after you wants to know why. Without a reason it stays.",
        bad="<!-- allow jargon -->\nPerhaps your inner child is here too. [5s]",
        better="<!-- allow jargon: she calls it so -->\nPerhaps your inner child is here too. [5s]",
        find=_those(
            lambda subject: (a for a in subject.allowances if a.is_known and not a.reason),
            "Nothing says why “{}” is set aside here.",
        ),
        reads_passages=True,
    ),
    Rule(
        id="allow-unknown",
        severity=Severity.WARNING,
        title="a rule that is set aside, and that there is not",
        why="A slip of the pen here would leave a remark standing that you meant to answer.",
        bad="<!-- allow jargoon: she calls it so -->\nYou might feel your hands. [5s]",
        better="<!-- allow jargon: she calls it so -->\nPerhaps your inner child is here too. [5s]",
        find=_those(
            lambda subject: (a for a in subject.allowances if not a.is_known),
            "There is no rule “{}”. `stepback check --rules` lists all of them.",
        ),
        reads_passages=True,
    ),
    Rule(
        id="allow-unused",
        severity=Severity.WARNING,
        title="a rule that is set aside where it says nothing",
        why="It would silence a later mistake in this place, of which nobody thought.",
        bad="<!-- allow jargon: she calls it so -->\nYou might feel your hands. [5s]",
        better="You might feel your hands. [5s]",
        find=_those(lambda subject: subject.unused, "“{}” has nothing to say here."),
        reads_passages=True,
    ),
)
