"""The blocks of a body as Markdown finds them, with ':::' for containers."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

REFUSED = {
    "bullet_list_open": ("A list cannot be spoken.", "sentences, in a paragraph"),
    "ordered_list_open": ("A list cannot be spoken.", "sentences, in a paragraph"),
    "blockquote_open": ("A quotation cannot be marked.", "the words alone, without '>'"),
    "table_open": ("A table cannot be spoken.", "sentences, in a paragraph"),
    "fence": ("Code cannot be spoken.", "sentences, in a paragraph"),
    "html_block": ("HTML cannot be spoken.", "plain text, or a comment '<!-- … -->'"),
    "hr": ("A line across is not part of the language.", "a heading to begin a new stage"),
}
"""What Markdown has and the language has not: what is said of it, and what was to be expected."""


def _container_rule(state: StateBlock, line: int, _end_line: int, silent: bool) -> bool:
    """Take each line that begins with ':::' as a block of its own.

    The container plugin would close an outer container at the first ':::' it meets; here they
    nest as they are written, and an unclosed one can be named at its opening.
    """
    start = state.bMarks[line] + state.tShift[line]
    if not state.src.startswith(":::", start):
        return False
    if not silent:
        token = state.push("container", "", 0)
        token.content = state.src[start : state.eMarks[line]]
        token.map = [line, line + 1]
        state.line = line + 1
    return True


MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["code", "reference", "inline"])
MARKDOWN.block.ruler.before(
    "fence", "container", _container_rule, {"alt": ["paragraph", "blockquote", "list"]}
)
"""Finds the blocks of a text and leaves what is in them as it is."""
