"""Reads the whole text of a script: characters first, then the front matter, then the body."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import PurePosixPath

from server.errors import InvalidScript
from server.script.body import parse_body, parse_passage_body
from server.script.cue_model import Cue
from server.script.front_matter import parse_front_matter
from server.script.model import Script
from server.script.paragraph import Names
from server.script.passages import Passages
from server.script.problems import Problems
from server.script.source import is_too_large, read_characters

NO_PASSAGES: Mapping[str, str] = {}


def parse_script(
    text: str,
    *,
    path: str,
    own_sounds: frozenset[str] = frozenset(),
    passages: Mapping[str, str] = NO_PASSAGES,
) -> Script:
    """Parse the text of a practice.

    `path` is only used to name the file in messages. `own_sounds` are names of the house's own
    sounds, which a script may use as bells and beds; `passages` are texts by their names, which
    it may take in. Raises InvalidScript with every mistake found, in the order of the file;
    never anything else.
    """
    problems = Problems(path)
    script = _read(text, own_sounds, passages, problems)
    if script is None or problems.count:
        raise InvalidScript(problems.in_order())
    return script


def parse_passage(
    text: str,
    *,
    path: str,
    own_sounds: frozenset[str] = frozenset(),
    passages: Mapping[str, str] = NO_PASSAGES,
) -> tuple[Cue, ...]:
    """Parse the text of a passage, which several scripts may take in.

    Its name is that of the file at `path`. Raises InvalidScript as parse_script() does.
    """
    problems = Problems(path)
    shared = _passages(passages, own_sounds)
    shared.enter(PurePosixPath(path).stem)
    cues, _ = _read_passage(own_sounds, text, shared, problems)
    if problems.count:
        raise InvalidScript(problems.in_order())
    return cues


def _read(
    text: str, own_sounds: frozenset[str], passages: Mapping[str, str], problems: Problems
) -> Script | None:
    if is_too_large(text, problems):
        return None
    text = read_characters(text, problems)
    front = parse_front_matter(text, problems)
    if front is None:
        return None
    shared = _passages(passages, own_sounds)
    names = Names(words=front.word_names, own_sounds=own_sounds, passages=shared)
    stages = parse_body(text, front.body_offset, names, problems)
    return None if problems.count else Script(**front.values, stages=stages)


def _passages(texts: Mapping[str, str], own_sounds: frozenset[str]) -> Passages:
    return Passages(texts, partial(_read_passage, own_sounds))


def _read_passage(
    own_sounds: frozenset[str], text: str, passages: Passages, problems: Problems
) -> tuple[tuple[Cue, ...], int]:
    if is_too_large(text, problems):
        return (), 0
    return parse_passage_body(read_characters(text, problems), own_sounds, passages, problems)
