"""A text is said line by line, with nothing left out that can be said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.care import split_lines


def lines(text: str, most: int = 9, longest: int = 40) -> tuple[str, ...]:
    return split_lines(text, most=most, longest=longest)


def test_each_sentence_is_a_line():
    """However it ends, and whatever is between them; what cannot be said is left out."""
    text = "You were ill. “Of course!” So  what?\nRest now\n\n… * …\nAnd eat…"
    said = ("You were ill.", "“Of course!”", "So what?", "Rest now", "And eat…")
    assert lines(text) == said


def test_many_short_ones_are_joined():
    """As many as fit into a line."""
    assert lines("One. Two. Three. Four.", most=3, longest=12) == ("One. Two.", "Three. Four.")


def test_a_long_sentence_is_broken():
    """Behind a comma, or else between words, or else anywhere."""
    assert lines("First this, then that and that.", longest=16) == (
        "First this,",
        "then that and",
        "that.",
    )
    assert lines("abcdefgh", longest=5) == ("abcde", "fgh")


def test_nothing_makes_no_line():
    """Also where there are only signs."""
    assert lines(" \n—!") == ()


@given(st.text(alphabet="ab, .!\n", max_size=200), st.integers(1, 6), st.integers(3, 30))
def test_every_letter_is_said_and_no_line_is_too_long(text: str, most: int, longest: int):
    """In its order."""
    said = lines(text, most, longest)
    assert all(0 < len(line) <= longest for line in said)
    letters = [letter for letter in text if letter.isalpha()]
    assert [letter for line in said for letter in line if letter.isalpha()] == letters
