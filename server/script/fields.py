"""The fields of the front matter: what each may hold, and how its value is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from server.script.model import TRACKS, Position, Word
from server.script.problems import Problems, list_words, quote
from server.script.source import holds_unreadable

WORD_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
MOST_WORDS = 20

_SLUG = re.compile(r"(?=.{1,60}\Z)[a-z0-9]+(-[a-z0-9]+)*")
_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
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
        self._problems = problems

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
        self._problems.add(at, message, expected=expected, wrote=wrote, known=known)

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

    def minutes(self, node: yaml.Node) -> tuple[int, ...]:
        """Read one length or a list of ascending lengths."""
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not items:
            self.refuse(node, "'minutes' is empty.", expected="a list such as [5, 10, 20]")
        lengths: list[int] = []
        for item in items:
            length = self.whole(item, "minutes", 1, 120)
            if length is not None and lengths and length <= lengths[-1]:
                message = "The lengths in 'minutes' must be ascending."
                self.refuse(item, message, expected=f"more than {lengths[-1]}")
            elif length is not None:
                lengths.append(length)
        return tuple(lengths)

    def words(self, node: yaml.Node) -> tuple[Word, ...]:
        """Read the listener's words by name."""
        nodes = self.mapping(node, "'words'", None)
        if len(nodes) > MOST_WORDS:
            self.refuse(node, f"There are more than {MOST_WORDS} words.")
        for key, _ in child_nodes(node):
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not WORD_NAME.fullmatch(name):
                message = f"{quote(name)} cannot be the name of a word."
                self.refuse(key, message, expected="lower-case letters, digits and hyphens")
        words = (self._word(name, value) for name, value in nodes.items())
        return tuple(word for word in words if word is not None)

    def _word(self, name: str, node: yaml.Node) -> Word | None:
        before = self._problems.count
        parts = self.mapping(node, f"The word {quote(name)}", ("ask", "default", "longest"))
        for part in ("ask", "default"):
            if part not in parts and isinstance(node, yaml.MappingNode):
                self.refuse(node, f"The word {quote(name)} has no '{part}'.", expected=f"'{part}:'")
        ask = self.text(parts["ask"], "ask", 200) if "ask" in parts else None
        longest = self.whole(parts["longest"], "longest", 1, 200) if "longest" in parts else 120
        default = (
            self.text(parts["default"], "default", longest or 200) if "default" in parts else ""
        )
        if default and ("[[" in default or "]]" in default):
            self.refuse(parts["default"], "'[[' and ']]' cannot be spoken.")
        if ask is None or default is None or longest is None or self._problems.count != before:
            return None
        return Word(name=name, ask=ask, default=default, longest=longest)

    @staticmethod
    def _plain(node: yaml.Node, form: re.Pattern[str]) -> str | None:
        """Give the characters of an unquoted number of the given form."""
        is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return node.value if is_plain and form.fullmatch(node.value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the front matter."""

    example: str
    """A line that is right."""
    read: Callable[[FieldReader, yaml.Node], Any]
    default: Any = None
    """What holds when the field is left out; None where it must be given."""


FIELDS: Mapping[str, Field] = {
    "title": Field(
        example="title: Stepping back",
        read=lambda reader, node: reader.text(node, "title", 100),
    ),
    "slug": Field(
        example="slug: stepping-back",
        read=lambda reader, node: reader.pattern(
            node, "slug", _SLUG, "lower-case letters, digits and single hyphens, at most 60"
        ),
    ),
    "summary": Field(
        example="summary: For the days when something in you says no.",
        read=lambda reader, node: reader.text(node, "summary", 300),
    ),
    "intention": Field(
        example="intention: To greet whatever is in the way.",
        read=lambda reader, node: reader.text(node, "intention", 300),
    ),
    "track": Field(
        example="track: obstacles",
        read=lambda reader, node: reader.one_of(node, "track", TRACKS),
    ),
    "minutes": Field(
        example="minutes: [5, 10, 20]",
        read=lambda reader, node: reader.minutes(node),
    ),
    "language": Field(
        example="language: en",
        read=lambda reader, node: reader.pattern(
            node, "language", _LANGUAGE, "a language tag such as en or en-GB"
        ),
        default="en",
    ),
    "voice": Field(
        example="voice: joe",
        read=lambda reader, node: reader.pattern(
            node, "voice", _VOICE, "the name of a voice, such as joe"
        ),
    ),
    "pace": Field(
        example="pace: 1.3",
        read=lambda reader, node: reader.decimal(node, "pace", 0.8, 1.6),
        default=1.3,
    ),
    "words": Field(
        example='words: {obstacle: {ask: "What is here?", default: "a thought"}}',
        read=lambda reader, node: reader.words(node),
        default=(),
    ),
    "credits": Field(
        example="credits: The words of this script are our own.",
        read=lambda reader, node: reader.text(node, "credits", 1000),
    ),
}
