"""Collects the mistakes of one script, each at its place and with the nearest known word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from server.errors import Problem
from server.script.cue_model import Position

MOST_PROBLEMS = 1000
"""More mistakes than anybody reads; the rest of the file is not searched for further ones."""

_LONGEST_QUOTE = 40


class Problems:
    """The mistakes found so far in the file called `path`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._found: list[Problem] = []

    def add(
        self,
        at: Position,
        message: str,
        *,
        expected: str = "",
        wrote: str = "",
        known: Iterable[str] = (),
    ) -> None:
        """Keep one mistake; `wrote` is compared with the `known` words for the nearest."""
        if self.is_full:
            return
        self._found.append(
            Problem(
                path=self._path,
                line=at.line,
                column=at.column,
                message=message,
                expected=expected,
                nearest=find_nearest(wrote, known) or "",
            )
        )

    @property
    def is_full(self) -> bool:
        """True when further mistakes are no longer kept."""
        return len(self._found) >= MOST_PROBLEMS

    @property
    def count(self) -> int:
        """How many mistakes there are."""
        return len(self._found)

    def in_order(self) -> tuple[Problem, ...]:
        """All mistakes by line and column."""
        return tuple(sorted(self._found, key=lambda problem: (problem.line, problem.column)))


def find_nearest(wrote: str, known: Iterable[str]) -> str | None:
    """Find the known word that `wrote` was probably meant to be, or None."""
    near = difflib.get_close_matches(wrote[:_LONGEST_QUOTE].casefold(), list(known), n=1)
    return near[0] if near else None


def quote(text: str) -> str:
    """Put a piece of the script between quotes, made printable and short enough for a message."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text[:_LONGEST_QUOTE])
    return f"'{shown}…'" if len(text) > _LONGEST_QUOTE else f"'{shown}'"


def list_words(words: Iterable[str]) -> str:
    """Write words as 'a, b or c'."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
