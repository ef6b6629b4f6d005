"""Reads the whole text of a script: characters first, then the front matter, then the body."""

from __future__ import annotations

from server.errors import InvalidScript
from server.script.body import parse_body
from server.script.front_matter import parse_front_matter
from server.script.model import Script
from server.script.paragraph import Names
from server.script.problems import Problems
from server.script.source import is_too_large, read_characters


def parse_script(text: str, *, path: str, own_sounds: frozenset[str] = frozenset()) -> Script:
    """Parse the text of a practice.

    `path` is only used to name the file in messages. `own_sounds` are names of the house's own
    sounds, which a script may use as bells and beds. Raises InvalidScript with every mistake
    found, in the order of the file; never anything else.
    """
    problems = Problems(path)
    script = _read(text, own_sounds, problems)
    if script is None or problems.count:
        raise InvalidScript(problems.in_order())
    return script


def _read(text: str, own_sounds: frozenset[str], problems: Problems) -> Script | None:
    if is_too_large(text, problems):
        return None
    text = read_characters(text, problems)
    front = parse_front_matter(text, problems)
    if front is None:
        return None
    names = Names(words=front.word_names, own_sounds=own_sounds)
    stages = parse_body(text, front.body_offset, names, problems)
    return None if problems.count else Script(**front.values, stages=stages)
