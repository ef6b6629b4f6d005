"""Parts a text into the lines in which it is said: a sentence each, as long as there are few."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’»)]))\s+|\n+")


def split_lines(text: str, *, most: int, longest: int) -> tuple[str, ...]:
    """Give a text's sentences, none longer than `longest`; where there are too many, joined.

    What holds no letter and no digit cannot be said and is left out. There may still be more
    than `most` of a text that is very long.
    """
    sentences = [
        part
        for sentence in _END.split(text)
        for part in _fold(" ".join(sentence.split()), longest)
        if any(letter.isalnum() for letter in part)
    ]
    return tuple(sentences if len(sentences) <= most else _joined(sentences, longest))


def _fold(sentence: str, longest: int) -> Iterator[str]:
    """Break a long sentence behind a comma, or else between two words, or else anywhere."""
    while len(sentence) > longest:
        head = sentence[:longest]
        cut = max(head.rfind(mark) + 1 for mark in (",", ";", ":", "–"))
        cut = cut or head.rfind(" ") + 1 or longest
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    yield sentence


def _joined(sentences: Iterable[str], longest: int) -> Iterator[str]:
    line = ""
    for sentence in sentences:
        longer = f"{line} {sentence}".strip()
        if line and len(longer) > longest:
            yield line
            longer = sentence
        line = longer
    yield line
