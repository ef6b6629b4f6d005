"""Reads the YAML of what guides people through the library: records, lists, names of practices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import yaml

from server.errors import InvalidScript
from server.script.cue_model import Position
from server.script.fields import SLUG, SLUG_FORM
from server.script.front_matter import compose
from server.script.problems import Problems
from server.script.source import read_characters
from server.script.values import FieldReader

DEEPEST = 5
"""A file, its answers, one of them, its own answers, one of these: nothing lies deeper."""

LONGEST_WHY = 400

Read = TypeVar("Read")
Nodes = dict[str, yaml.Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Where a guide leads: a practice, and why."""

    practice: str
    """Its slug. Whether there is such a practice, the guide's file does not know."""
    why: str
    """One or two sentences for the listener."""
    minutes: int = 0
    """The length that is suggested; 0 where the practice's usual one is meant."""
    name: str = ""
    """What a course calls this sitting for ever, where its practice alone would not tell it."""
    at: Position = field(compare=False)
    """Where the practice is named."""


class GuideReader(FieldReader):
    """Reads values of a guide's file and keeps each mistake at its place."""

    def record(
        self, node: yaml.Node, what: str, needed: tuple[str, ...], others: Iterable[str] = ()
    ) -> Nodes | None:
        """Read a mapping with these fields; None where one that is needed is missing."""
        nodes = self.mapping(node, what, (*needed, *others))
        missing = [name for name in needed if name not in nodes]
        if isinstance(node, yaml.MappingNode):
            for name in missing:
                self.refuse(node, f"{what} has no '{name}'.", expected=f"'{name}:'")
        return None if missing else nodes

    def items(self, node: yaml.Node, name: str, least: int, most: int) -> list[yaml.Node]:
        """Read a list of `least` to `most` things; empty where it is none."""
        if not isinstance(node, yaml.SequenceNode):
            self.refuse(node, f"'{name}' must be a list.", expected="lines that begin with '- '")
            return []
        if not least <= len(node.value) <= most:
            self.refuse(node, f"'{name}' must hold {least} to {most} things.")
        return list(node.value)

    def slug(self, node: yaml.Node, name: str) -> str | None:
        """Read a name as it stands in addresses."""
        return self.pattern(node, name, SLUG, SLUG_FORM)

    def lead(self, nodes: Nodes, minutes: int = 0) -> Lead | None:
        """Read `practice` and `why` of a record."""
        practice = self.slug(nodes["practice"], "practice")
        why = self.text(nodes["why"], "why", LONGEST_WHY)
        if practice is None or why is None:
            return None
        mark = nodes["practice"].start_mark
        at = Position(line=mark.line + 1, column=mark.column + 1)
        return Lead(practice=practice, why=why, minutes=minutes, at=at)


def read_guide(
    text: str, path: str, what: str, read: Callable[[GuideReader, yaml.Node], Read | None]
) -> Read:
    """Parse the text of a guide; `path` is only used to name the file in messages.

    Raises InvalidScript with every mistake found, in the order of the file.
    """
    problems = Problems(path)
    root = compose(read_characters(text, problems), what, problems, deepest=DEEPEST)
    if root is None and not problems.count:
        problems.add(Position(line=1, column=1), f"{what} is empty.")
    found = read(GuideReader(problems), root) if root is not None else None
    if found is None or problems.count:
        raise InvalidScript(problems.in_order())
    return found
