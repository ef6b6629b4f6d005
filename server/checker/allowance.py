"""What an author allowed on purpose: comments such as `<!-- allow jargon: her own word -->`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from server.script import Position

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_ALLOWING = re.compile(r"\s*allow\s+(?P<rule>[\w-]+)\s*(?::\s*(?P<reason>.*?)\s*)?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One rule that the author says is wrong in one place, and why."""

    rule: str
    is_known: bool
    """False where there is no rule of this id."""
    reason: str
    """Empty where none is given; it allows nothing then."""
    at: Position
    """Where the comment begins."""
    last_line: int
    """The line on which it ends: it holds for this one and the next."""
    is_for_all: bool
    """True before the first heading of a script: it holds for the whole of it."""
    passage: str
    """The passage that it stands in; empty for the file itself."""

    def covers(self, rule: str, first_line: int, last_line: int) -> bool:
        """True where it allows what a rule says of these lines of its file."""
        is_near = self.is_for_all or first_line - 1 <= self.last_line <= last_line
        return self.rule == rule and bool(self.reason) and is_near


def read_allowances(
    source: str, *, known: Container[str], first_heading: int, passage: str = ""
) -> Iterator[Allowance]:
    """Find what the comments of a text allow; `first_heading` is a line, 0 where there is none."""
    for comment in _COMMENT.finditer(source):
        match = _ALLOWING.fullmatch(comment[1])
        if match is None:
            continue
        start = comment.start()
        line = source.count("\n", 0, start) + 1
        last_line = line + comment[0].count("\n")
        yield Allowance(
            rule=match["rule"],
            is_known=match["rule"] in known,
            reason=match["reason"] or "",
            at=Position(line=line, column=start - source.rfind("\n", 0, start)),
            last_line=last_line,
            is_for_all=last_line < first_heading,
            passage=passage,
        )
