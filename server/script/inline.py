"""Splits the text of one paragraph into plain text, cues and words, each with its offset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

MOST_CHARACTERS = 2000
"""The longest paragraph: some three minutes of talk. It also keeps the time that a whole script
takes in proportion to its size, whatever a paragraph is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a paragraph that is of one kind."""

    kind: str
    """'text', or one of the groups of the pattern below."""
    content: str
    """The text as it is read; for any other kind the characters of the source."""
    offset: int
    """Where in the paragraph it begins."""
    is_verbatim: bool = True
    """False when the source of `content` is an escape, an entity or a line's end."""


# The first alternative that fits is taken, so the longer forms stand before the shorter ones.
_MARK = re.compile(
    r"""
      (?P<phonemes> \[\[ )
    | (?P<link>     \[ [^\[\]\n]* \] \( [^)\n]* \) )
    | (?P<cue>      \[ [^\[\]\n]* \] )
    | (?P<bracket>  \[ )
    | (?P<word>     \{ [^{}\n]* \} )
    | (?P<brace>    \{ )
    | (?P<image>    !\[ [^\]\n]* (?: \] (?: \( [^)\n]* \) )? )? )
    | (?P<code>     `+ [^`\n]* `+ | `+ )
    | (?P<html>     < [A-Za-z/!?] [^>\n]* >? )
    """,
    re.VERBOSE,
)
_BREAK = re.compile(r" *\\?\n[ \t]*")


def _mark_rule(state: StateInline, silent: bool) -> bool:
    """Keep everything of ours from being read as ordinary Markdown."""
    match = _MARK.match(state.src, state.pos)
    if match is None:
        return False
    token = state.push(match.lastgroup or "", "", 0)
    token.content = match[0]
    state.pos = match.end()
    return True


_MARKDOWN = MarkdownIt("commonmark")
_MARKDOWN.inline.ruler.after("text", "mark", _mark_rule)
_MARKDOWN.inline.ruler.enableOnly(["text", "mark", "newline", "escape", "emphasis", "entity"])


def split_pieces(text: str) -> Iterator[Piece]:
    """Split a paragraph; emphasis is dropped, escapes and entities are resolved.

    The parser does not say where its tokens begin, but every one of them carries its source,
    so that walking along them gives each its exact offset.
    """
    offset = 0
    tokens = _MARKDOWN.inline.parse(text, _MARKDOWN, {}, [])
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            match = _BREAK.match(text, offset)
            yield Piece(kind="text", content=" ", offset=offset, is_verbatim=False)
            offset = match.end() if match else offset
        elif token.type == "text_special":
            yield Piece(kind="text", content=token.content, offset=offset, is_verbatim=False)
            offset += len(token.markup)
        elif token.nesting:
            offset += len(token.markup)
        else:
            yield Piece(kind=token.type, content=token.content, offset=offset)
            offset += len(token.content)
