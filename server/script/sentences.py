"""Splits spoken text into sentences as long as the voice needs, each with its offset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sentence_stream import SentenceBoundaryDetector

from server.script.cue_model import WordUse

LEAST_WORDS = 3
"""The voice loses consonants in shorter utterances, so they are joined to a neighbour."""

# The detector searches all it holds after each sentence: small portions keep its work linear.
# A portion ends with a letter, since what may end a sentence is judged by what follows it: so a
# sentence is found alike wherever it stands, also when it is printed by itself.
_PORTION = re.compile(r".{200}.*?[^\W\d_]|.+", re.DOTALL)

# One letter in place of a word of the listener's: a sentence may begin with it.
_STAND_IN = "ƻ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a paragraph."""

    parts: tuple[str | WordUse, ...]
    """Plain text and the listener's words."""
    offset: int
    """Where in the paragraph it begins."""


class Run:
    """The text between two cues of a paragraph, with single blanks, and each character's offset."""

    def __init__(self) -> None:
        self._characters: list[str] = []
        self._offsets: list[int] = []
        self._words: dict[int, WordUse] = {}

    def add_text(self, text: str, offset: int, *, is_verbatim: bool) -> None:
        """Add text that begins at `offset`, or all of which stands for what is there."""
        characters, offsets, step = self._characters, self._offsets, int(is_verbatim)
        for index, character in enumerate(text):
            if not character.isspace():
                characters.append(character)
            elif characters and characters[-1] != " ":
                characters.append(" ")
            else:
                continue
            offsets.append(offset + index * step)

    def add_word(self, name: str, offset: int) -> None:
        """Add a word of the listener's."""
        self._words[len(self._characters)] = WordUse(name=name)
        self._characters.append(_STAND_IN)
        self._offsets.append(offset)

    @property
    def text(self) -> str:
        """The text as it will be read, with one letter for each of the listener's words."""
        return "".join(self._characters).rstrip()

    def offset_of(self, index: int) -> int:
        """Give the offset in the paragraph of the character at `index`."""
        return self._offsets[index]

    def sentences(self) -> list[Sentence]:
        """Split into sentences, the very short ones joined to a neighbour."""
        text = self.text
        return [
            Sentence(parts=tuple(self._split_parts(text, start, end)), offset=self._offsets[start])
            for start, end in _join_short(text)
        ]

    def _split_parts(self, text: str, start: int, end: int) -> Iterator[str | WordUse]:
        for index in [index for index in self._words if start <= index < end]:
            if start < index:
                yield text[start:index]
            yield self._words[index]
            start = index + 1
        if start < end:
            yield text[start:end]


def split_sentences(text: str) -> tuple[str, ...]:
    """Split a text that is no script into sentences to be spoken, all of it as it stands."""
    run = Run()
    run.add_text(text, 0, is_verbatim=True)
    return tuple("".join(map(str, each.parts)).strip() for each in run.sentences())


def _join_short(text: str) -> list[tuple[int, int]]:
    """Find the sentences of `text` as ranges; a short one goes with the next, else the last."""
    ranges: list[tuple[int, int]] = []
    for start, end in _find_sentences(text):
        if ranges and _is_short(text, ranges[-1]):
            start = ranges.pop()[0]
        ranges.append((start, end))
    if len(ranges) > 1 and _is_short(text, ranges[-1]):
        end = ranges.pop()[1]
        ranges.append((ranges.pop()[0], end))
    return ranges


def _is_short(text: str, where: tuple[int, int]) -> bool:
    return len(text[slice(*where)].split()) < LEAST_WORDS


def _find_sentences(text: str) -> list[tuple[int, int]]:
    # sentence-stream drops asterisks, which would move what follows.
    masked = text.replace("*", "·")
    detector = SentenceBoundaryDetector()
    sentences = [
        sentence for portion in _PORTION.findall(masked) for sentence in detector.add_chunk(portion)
    ]
    sentences.append(detector.finish())
    ranges: list[tuple[int, int]] = []
    end = 0
    for sentence in filter(None, sentences):
        start = masked.index(sentence, end)
        end = start + len(sentence)
        ranges.append((start, end))
    return ranges
