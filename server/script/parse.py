"""Reads the whole text of a script: characters first, then the front matter, then the body."""

from __future__ import annotations

from server.errors import InvalidScript
from server.script.body import parse_body
from server.script.front_matter import parse_front_matter
from server.script.model import Script
from server.script.problems import Problems
from server.script.source import is_too_large, read_characters


def parse_script(text: str, *, path: str) -> Script:
    """Parse the text of a practice; `path` is only used to name the file in messages.

    Raises InvalidScript with every mistake found, in the order of the file; never anything else.
    """
    problems = Problems(path)
    script = _read(text, problems)
    if script is None or problems.count:
        raise InvalidScript(problems.in_order())
    return script


def _read(text: str, problems: Problems) -> Script | None:
    if is_too_large(text, problems):
        return None
    text = read_characters(text, problems)
    front = parse_front_matter(text, problems)
    if front is None:
        return None
    stages = parse_body(text, front.body_offset, front.word_names, problems)
    return None if problems.count else Script(**front.values, stages=stages)
