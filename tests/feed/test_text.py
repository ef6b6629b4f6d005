"""Text is cleaned and cut without breaking a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.feed.text import clean, one_line, title_line, within_bytes

ANY_TEXT = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x0bc\x1fd\x7fe\x85f", "abcdef"),
        ("lone \ud83d and \ude42", "lone  and "),
        ("no character \ufffe\uffff\ufdd0\U0001ffff", "no character "),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("whole 🙂 é \t stays", "whole 🙂 é \t stays"),
    ],
)
def test_clean_drops_what_xml_cannot_hold(text: str, cleaned: str) -> None:
    """Control characters, surrogates and non-characters go; everything else stays."""
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("  two\n words ", "two words"),
        ("exactly 10", "exactly 10"),
        ("one two three", "one two…"),
        ("one twelve x", "one…"),
        ("uninterrupted", "uninterru…"),
        ("123456789 0", "123456789…"),
        ("12345678 90", "12345678…"),
    ],
)
def test_one_line_cuts_at_a_word(text: str, cut: str) -> None:
    """A text over its limit ends after a whole word, the mark of the cut within the limit."""
    assert one_line(text, longest=10) == cut


def test_title_line_is_never_empty() -> None:
    """A title of which nothing is left is still a title."""
    assert title_line(" \x00\n") == "Untitled"
    assert title_line(" A title ") == "A title"


@given(text=ANY_TEXT, longest=st.integers(8, 60))
def test_within_bytes_keeps_its_limit(text: str, longest: int) -> None:
    """The limit holds in bytes of UTF-8, and what is kept is the text's beginning."""
    kept = within_bytes(text, longest=longest)
    assert len(kept.encode()) <= longest
    assert clean(text).strip().startswith(kept.removesuffix("…"))


def test_within_bytes_counts_bytes() -> None:
    """A character of four bytes counts four times and is never split."""
    assert within_bytes("🙂🙂🙂", longest=12) == "🙂🙂🙂"
    assert within_bytes("🙂🙂🙂", longest=11) == "🙂🙂…"
    assert within_bytes(" ein Schritt zurück ", longest=16) == "ein Schritt…"
