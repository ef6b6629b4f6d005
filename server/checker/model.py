"""What a rule is, and what it says of a place in a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from server.checker.place import Place

if TYPE_CHECKING:
    from server.checker.subject import Subject


class Severity(StrEnum):
    """How much a remark weighs."""

    ERROR = "error"
    """It may hurt somebody, or it cannot be heard at all."""
    WARNING = "warning"
    """It is not how a practice should sound."""
    HINT = "hint"
    """Worth a second look; nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule found, before anybody has asked whether the author allowed it."""

    at: Place
    message: str
    """One or two sentences about this very place."""
    phrase: str = ""
    """The words of the sentence at `at` that are meant; the remark then points at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that the checker looks for."""

    id: str
    """In kebab-case; authors write it in `<!-- allow ID: reason -->`."""
    severity: Severity
    title: str
    """What is remarked upon, in a few words."""
    why: str
    """Why it matters to somebody who listens."""
    bad: str
    """A piece of a script of which the rule speaks."""
    better: str
    """The same piece, written so that it does not."""
    find: Callable[[Subject], Iterator[Found]]
    is_english: bool = False
    """True where it knows English words, and so says nothing of a script in another language."""
    reads_passages: bool = False
    """True where a passage can be judged by itself, without the script that takes it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What the checker says of one place."""

    rule: str
    """The rule's id."""
    severity: Severity
    path: str
    line: int
    """Counted from 1; where the words come from a passage, the line that takes it in."""
    column: int
    """Counted from 1, in characters."""
    message: str
    passage: str = ""
    """The passage that the words come from; empty where they stand in the file itself."""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}"
        return f"{place}: {self.severity} {self.rule}: {self.message}"
