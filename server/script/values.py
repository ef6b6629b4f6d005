"""Reads the values of the front matter out of YAML nodes, each mistake at its place."""

from __future__ import annotations

import re

import yaml

from server.script.cue_model import Position
from server.script.problems import Problems, list_words, quote
from server.script.source import holds_unreadable

_WHOLE = re.compile(r"[0-9]{1,6}")
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")

_Pair = tuple[yaml.Node, yaml.Node]


def child_nodes(node: yaml.Node | None) -> list[_Pair]:
    """List the keys and values of a mapping; nothing for any other node."""
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


class FieldReader:
    """Reads values out of YAML nodes and keeps each mistake at its place.

    Every method gives None (or an empty collection) for a value with a mistake in it.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def refuse(
        self,
        node: yaml.Node,
        message: str,
        *,
        expected: str = "",
        wrote: str = "",
        known: tuple[str, ...] = (),
    ) -> None:
        """Keep a mistake at the place of `node`."""
        mark = node.start_mark
        at = Position(line=mark.line + 1, column=mark.column + 1)
        self.problems.add(at, message, expected=expected, wrote=wrote, known=known)

    def mapping(
        self, node: yaml.Node, what: str, known: tuple[str, ...] | None
    ) -> dict[str, yaml.Node]:
        """Read names with values; a name must be one of `known`, unless that is None."""
        if not isinstance(node, yaml.MappingNode):
            self.refuse(node, f"{what} must be names with values.", expected="'name: value'")
        found: dict[str, yaml.Node] = {}
        for key, value in child_nodes(node):
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if known is not None and name not in known:
                message = f"{what} has no field {quote(name)}."
                self.refuse(key, message, expected=list_words(known), wrote=name, known=known)
            elif name in found:
                self.refuse(key, f"{quote(name)} is given twice.")
            else:
                found[name] = value
        return found

    def text(self, node: yaml.Node, name: str, longest: int) -> str | None:
        """Read a text of 1 to `longest` characters, its white space made plain."""
        is_text = isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str"
        value = " ".join(node.value.split()) if is_text else ""
        if isinstance(node, yaml.ScalarNode) and not node.value.strip():
            self.refuse(node, f"'{name}' is empty.", expected="text")
        elif not is_text:
            self.refuse(node, f"'{name}' must be text.", expected="text, if need be in quotes")
        elif len(value) > longest:
            self.refuse(node, f"'{name}' is longer than {longest} characters.")
        elif holds_unreadable(value):
            self.refuse(node, f"'{name}' holds a character that can be neither shown nor spoken.")
        else:
            return value
        return None

    def pattern(
        self, node: yaml.Node, name: str, form: re.Pattern[str], form_text: str
    ) -> str | None:
        """Read a text that has the given form."""
        value = self.text(node, name, 1000)
        if value is not None and not form.fullmatch(value):
            self.refuse(node, f"{quote(value)} cannot be a {name}.", expected=form_text)
        return value

    def one_of(self, node: yaml.Node, name: str, known: tuple[str, ...]) -> str | None:
        """Read one of the `known` words."""
        value = self.text(node, name, 1000)
        if value is not None and value not in known:
            message = f"There is no {name} named {quote(value)}."
            self.refuse(node, message, expected=list_words(known), wrote=value, known=known)
        return value

    def yes_or_no(self, node: yaml.Node, name: str) -> bool | None:
        """Read a yes or a no, in any of the ways in which YAML writes them."""
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:bool":
            return node.value.casefold() in ("yes", "true", "on")
        self.refuse(node, f"'{name}' must be yes or no.")
        return None

    def whole(self, node: yaml.Node, name: str, least: int, most: int) -> int | None:
        """Read a whole number from `least` to `most`."""
        number = self._plain(node, _WHOLE)
        if number is None or not least <= int(number) <= most:
            message = f"'{name}' must be a whole number."
            self.refuse(node, message, expected=f"{least} to {most}")
            return None
        return int(number)

    def decimal(self, node: yaml.Node, name: str, least: float, most: float) -> float | None:
        """Read a number from `least` to `most`."""
        number = self._plain(node, _DECIMAL)
        if number is None or not least <= float(number) <= most:
            self.refuse(node, f"'{name}' must be a number.", expected=f"{least} to {most}")
            return None
        return float(number)

    @staticmethod
    def _plain(node: yaml.Node, form: re.Pattern[str]) -> str | None:
        """Give the characters of an unquoted number of the given form."""
        is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return node.value if is_plain and form.fullmatch(node.value) else None
