"""Reads a house's lexicon: words that the voice says wrongly, each with a better spelling."""

from __future__ import annotations

from server.errors import InvalidScript
from server.script.fields import read_lexicon
from server.script.front_matter import compose
from server.script.model import Respelling
from server.script.problems import Problems
from server.script.source import read_characters
from server.script.values import FieldReader

MOST_RESPELLINGS = 1000


def parse_lexicon(text: str, *, path: str) -> tuple[Respelling, ...]:
    """Parse the text of a lexicon; `path` is only used to name the file in messages.

    Raises InvalidScript with every mistake found, in the order of the file.
    """
    problems = Problems(path)
    root = compose(read_characters(text, problems), "The lexicon", problems)
    reader = FieldReader(problems)
    found = () if root is None else read_lexicon(reader, root, MOST_RESPELLINGS)
    if problems.count:
        raise InvalidScript(problems.in_order())
    return found
