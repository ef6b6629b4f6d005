"""Reads a house's lexicon: words that the voice says wrongly, each with a better spelling."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from server.errors import InvalidScript
from server.script.fields import FieldReader, child_nodes
from server.script.front_matter import compose
from server.script.model import Respelling
from server.script.problems import Problems, quote
from server.script.source import read_characters

LONGEST = 60
MOST_WORDS_TOGETHER = 3
"""So many words may be respelled as one, where only their company makes a word go wrong."""


def parse_lexicon(text: str, *, path: str) -> tuple[Respelling, ...]:
    """Parse the text of a lexicon; `path` is only used to name the file in messages.

    Raises InvalidScript with every mistake found, in the order of the file.
    """
    problems = Problems(path)
    root = compose(read_characters(text, problems), "The lexicon", problems)
    reader = FieldReader(problems)
    found = tuple(_entries(reader, root, problems)) if root is not None else ()
    if problems.count:
        raise InvalidScript(problems.in_order())
    return found


def _entries(reader: FieldReader, root: yaml.Node, problems: Problems) -> Iterator[Respelling]:
    reader.mapping(root, "The lexicon", None)
    seen: dict[str, str] = {}
    for key, value in child_nodes(root):
        before = problems.count
        word, spoken = _said(reader, key, "word"), _said(reader, value, "respelling")
        if word and len(word.split()) > MOST_WORDS_TOGETHER:
            reader.refuse(key, f"{quote(word)} is too long.", expected="one to three words")
        if word and spoken and problems.count == before:
            first = seen.setdefault(word.casefold(), word)
            if first != word:
                reader.refuse(key, f"{quote(word)} is the same word as {quote(first)}.")
            yield Respelling(word=word, spoken=spoken)


def _said(reader: FieldReader, node: yaml.Node, name: str) -> str | None:
    """Read a text that the voice is to say."""
    text = reader.text(node, name, LONGEST)
    if text is None:
        return None
    if "[[" in text or "]]" in text:
        reader.refuse(node, "'[[' and ']]' cannot be spoken.")
    elif not any(letter.isalpha() for letter in text):
        reader.refuse(node, f"There is no letter to speak in {quote(text)}.")
    else:
        return text
    return None
