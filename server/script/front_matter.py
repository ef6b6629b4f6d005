"""Reads a script's front matter: finds it, checks that its YAML is plain, checks each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from server.script.cue_model import Position
from server.script.fields import FIELDS, MOST_WORDS
from server.script.problems import Problems
from server.script.values import FieldReader, child_nodes

MOST_CHARACTERS = 20_000
DEEPEST = 3
"""So deep lie the lists and names of a file, unless it says otherwise."""

_DEEPEST_FIELD = 4
"""Front matter, its `words`, one word, and its list of ready texts: nothing lies deeper."""

_START = Position(line=1, column=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What the front matter says, as far as it could be read."""

    values: Mapping[str, Any]
    """The fields of a Script by name; all of them when there was no mistake."""
    word_names: frozenset[str] | None
    """The words that the body may use; None when they could not be read."""
    body_offset: int
    """Where in the text the front matter is over."""


def parse_front_matter(text: str, problems: Problems) -> FrontMatter | None:
    """Read the front matter of a whole script; None when nobody can say where it ends."""
    handler = YAMLHandler()
    boundary = handler.FM_BOUNDARY.match(text)
    if boundary is None:
        message = "The script does not begin with front matter."
        problems.add(_START, message, expected="'---' as the first line")
        return FrontMatter(values={}, word_names=None, body_offset=0)
    try:
        yaml_text, body = handler.split(text)
    except ValueError:
        message = "The front matter does not end."
        problems.add(_START, message, expected="'---' on a line of its own after the last field")
        return None
    # Empty lines in place of the first boundary let every line keep its number.
    yaml_text = "\n" * text.count("\n", 0, boundary.end()) + yaml_text
    values, word_names = _read_fields(yaml_text, problems)
    return FrontMatter(values=values, word_names=word_names, body_offset=len(text) - len(body))


def _read_fields(
    yaml_text: str, problems: Problems
) -> tuple[Mapping[str, Any], frozenset[str] | None]:
    before = problems.count
    root = compose(yaml_text, "The front matter", problems, deepest=_DEEPEST_FIELD)
    if root is None:
        if problems.count == before:
            example = f"'{FIELDS['title'].example}'"
            problems.add(_START, "The front matter is empty.", expected=example)
        return {}, None
    reader = FieldReader(problems)
    nodes = reader.mapping(root, "The front matter", tuple(FIELDS))
    for name, field in FIELDS.items():
        if isinstance(root, yaml.MappingNode) and field.default is None and name not in nodes:
            message = f"The front matter has no '{name}'."
            problems.add(_START, message, expected=f"a line such as '{field.example}'")
    values = {
        name.replace("-", "_"): field.read(reader, nodes[name]) if name in nodes else field.default
        for name, field in FIELDS.items()
    }
    words = nodes.get("words")
    keys = [key for key, _ in child_nodes(words)]
    if len(keys) > MOST_WORDS or (words and not isinstance(words, yaml.MappingNode)):
        return values, None
    names = (key.value for key in keys if isinstance(key, yaml.ScalarNode))
    return values, frozenset(name for name in names if name.isprintable())


def compose(
    yaml_text: str, what: str, problems: Problems, *, deepest: int = DEEPEST
) -> yaml.Node | None:
    """Parse YAML into nodes that know their places; None for nothing, and for a mistake.

    `what` is how the problems name the text: "The front matter"; nothing may lie deeper in it
    than `deepest`.
    """
    if len(yaml_text) > MOST_CHARACTERS:
        problems.add(_START, f"{what} is longer than 20,000 characters.")
        return None
    try:
        is_plain = _is_plain(yaml_text, problems, deepest)
        return yaml.compose(yaml_text, Loader=yaml.SafeLoader) if is_plain else None
    except yaml.MarkedYAMLError as error:
        at = _place(error.problem_mark or error.context_mark)
        problems.add(at, f"{what} is not valid YAML: {error.problem or error.context}.")
    except (ValueError, OverflowError):
        # PyYAML lets Python's own errors through for escapes and numbers beyond any range.
        problems.add(_START, f"{what} holds an escape or a number that is out of range.")
    return None


def _is_plain(yaml_text: str, problems: Problems, deepest: int) -> bool:
    """Refuse aliases, and nesting beyond what a field may have, before any node is made."""
    depth = 0
    for event in yaml.parse(yaml_text, Loader=yaml.SafeLoader):
        message = ""
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            message = "This is nested too deeply." if depth > deepest else ""
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            message = "References (*name) are not used; write the value out."
        if message:
            problems.add(_place(event.start_mark), message)
            return False
    return True


def _place(mark: yaml.error.Mark | yaml._yaml.Mark | None) -> Position:
    return Position(line=mark.line + 1, column=mark.column + 1) if mark else _START
