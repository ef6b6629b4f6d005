"""Splits the text of one paragraph into plain text, cues and words, each with its offset."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from markdown_it.common.entities import entities
from markdown_it.common.utils import isValidEntityCode

MOST_CHARACTERS = 2000
"""The longest paragraph: some three minutes of talk."""


class Piece(NamedTuple):
    """A stretch of a paragraph that is of one kind."""

    kind: str
    """'text', or one of the groups of the pattern below."""
    content: str
    """The text as it is read; for any other kind the characters of the source."""
    offset: int
    """Where in the paragraph it begins."""
    is_verbatim: bool = True
    """False when the source of `content` is an escape or an entity."""


# The first alternative that fits is taken, so the longer forms stand before the shorter ones.
_PIECE = re.compile(
    r"""
      (?P<text>     (?: [^\\&*_\[{!`<]+ | !(?!\[) | <(?![A-Za-z/!?]) | &(?![A-Za-z\#]) )+ )
    | (?P<marks>    \*+ | _+ )
    | (?P<escape>   \\ [\n!-/:-@\[-`{-~] )
    | (?P<entity>   & (?: [A-Za-z][A-Za-z0-9]{1,31} | \#[0-9]{1,7} | \#[Xx][0-9A-Fa-f]{1,6} ) ; )
    | (?P<phonemes> \[\[ )
    | (?P<link>     \[ [^\[\]\n]* \] \( [^)\n]* \) )
    | (?P<cue>      \[ [^\[\]\n]* \] )
    | (?P<bracket>  \[ )
    | (?P<word>     \{ [^{}\n]* \} )
    | (?P<brace>    \{ )
    | (?P<image>    !\[ [^\]\n]* (?: \] (?: \( [^)\n]* \) )? )? )
    | (?P<code>     `+ [^`\n]* `+ | `+ )
    | (?P<html>     < [^>\n]* >? )
    | (?P<sign>     [\\&] )
    """,
    re.VERBOSE,
)


def split_pieces(text: str) -> list[Piece]:
    """Split a paragraph; emphasis is dropped, escapes and entities are resolved."""
    pieces: list[Piece] = []
    emphasis = _Emphasis(text)
    for match in _PIECE.finditer(text):
        kind, content, offset = match.lastgroup or "", match[0], match.start()
        match kind:
            case "marks":
                emphasis.add(content, offset, len(pieces))
                pieces.append(Piece("text", content, offset))
            case "escape":
                pieces.append(Piece("text", content[1], offset, is_verbatim=False))
            case "entity":
                pieces.append(Piece("text", _resolve(content), offset, is_verbatim=False))
            case "sign":
                pieces.append(Piece("text", content, offset))
            case _:
                pieces.append(Piece(kind, content, offset))
    for index, left in emphasis.pairs.items():
        _, marks, offset, _ = pieces[index]
        pieces[index] = Piece("text", marks[:left], offset)
    return pieces


def _resolve(entity: str) -> str:
    """Give the characters that an entity stands for; one that nobody knows is itself."""
    if entity[1] != "#":
        return entities.get(entity[1:-1], entity)
    code = int(entity[3:-1], 16) if entity[2] in "Xx" else int(entity[2:-1])
    return chr(code) if isValidEntityCode(code) else "\ufffd"


class _Kinds:
    """Tells blanks, signs and letters apart: what stands around a mark says what it does."""

    def __getitem__(self, code: int) -> str:
        character = chr(code)
        if character.isspace():
            return " "
        return "." if unicodedata.category(character)[0] in "PS" else "a"


_KINDS = _Kinds()


def _flanks(mark: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether emphasis may begin with marks between these kinds, and whether it may end there."""
    is_left = after == "a" or (after == "." and before != "a")
    is_right = before == "a" or (before == "." and after != "a")
    if mark == "_":
        return (
            is_left and (not is_right or before == "."),
            is_right and (not is_left or after == "."),
        )
    return is_left, is_right


_FLANKS = {
    mark + before + after: _flanks(mark, before, after)
    for mark in "*_"
    for before in " .a"
    for after in " .a"
}


class _Emphasis:
    """Finds the stars and underscores that belong together, in one walk.

    Where emphasis may begin and end is what CommonMark says. Which marks belong together is
    told for stars and for underscores apart: neither is spoken, however the two are nested.
    """

    def __init__(self, text: str) -> None:
        self._kinds = f" {text.translate(_KINDS)} "
        self._waiting: dict[str, list[tuple[int, int]]] = {"*": [], "_": []}
        self.pairs: dict[int, int] = {}
        """By the piece of each run of marks that belongs to another: how many are left of it."""

    def add(self, marks: str, offset: int, piece: int) -> None:
        """Take the next run of marks, which stands at `offset` and becomes the piece `piece`."""
        before, after = self._kinds[offset], self._kinds[offset + len(marks) + 1]
        opens, closes = _FLANKS[marks[0] + before + after]
        waiting, left = self._waiting[marks[0]], len(marks)
        while closes and waiting and left:
            opener, opener_left = waiting.pop()
            paired = min(opener_left, left)
            left -= paired
            self.pairs[piece], self.pairs[opener] = left, opener_left - paired
            if opener_left > paired:
                waiting.append((opener, opener_left - paired))
        if opens and left:
            waiting.append((piece, left))
