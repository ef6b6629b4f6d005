"""The lexicon's text: what it holds, and each mistake at its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidScript
from server.script import Respelling, parse_lexicon


def mistakes(text: str) -> list[str]:
    with pytest.raises(InvalidScript) as caught:
        parse_lexicon(text, path="lexicon.yaml")
    return [str(problem).removeprefix("lexicon.yaml:") for problem in caught.value.problems]


def test_words_and_respellings_in_the_order_of_the_file():
    """One line for each, up to three words together, quotes where YAML wants them."""
    text = "# House\nlives: livvs\n'no':  \"know\"\nclose your  eyes: cloze your eyes\n"
    assert parse_lexicon(text, path="x") == (
        Respelling(word="lives", spoken="livvs"),
        Respelling(word="no", spoken="know"),
        Respelling(word="close your eyes", spoken="cloze your eyes"),
    )


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "\ufeff"])
def test_an_empty_lexicon_is_a_lexicon(text):
    """Nothing has to stand in it."""
    assert parse_lexicon(text, path="x") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b\n- c", ["2:1: The lexicon is not valid YAML: expected <block end>"]),
        ("just words", ["1:1: The lexicon must be names with values. Expected 'name: value'."]),
        ("lives:", ["1:7: 'respelling' is empty."]),
        ("no: know", ["1:1: 'word' must be text. Expected text, if need be in quotes."]),
        ("lives: yes", ["1:8: 'respelling' must be text."]),
        ("lives: [a]", ["1:8: 'respelling' must be text."]),
        ("a: b\nlives: '[[x]]'", ["2:8: '[[' and ']]' cannot be spoken."]),
        ("lives: '…'", ["1:8: There is no word to speak in '…'."]),
        ("a: " + "b" * 61, ["1:4: 'respelling' is longer than 60 characters."]),
        ("one two three four: x", ["1:1: 'one two three four' is too long for the lexicon."]),
        ("a: b\na: c", ["2:1: 'a' is given twice."]),
        ("Lives: livvs\nlives: livz", ["2:1: 'lives' is the same word as 'Lives'."]),
        ("a: b\nc: \x07d", ["2:4: This character (U+0007) can be neither"]),
        ("a: &b c\nd: *b", ["2:4: References (*name) are not used; write the value out."]),
        ("a: " + "x" * 20_000, ["1:1: The lexicon is longer than 20,000 characters."]),
        ("1: one", ["1:1: 'word' must be text."]),
    ],
)
def test_each_mistake_has_its_place(text, said):
    """Line, column, and what would have been right."""
    found = mistakes(text)
    assert len(found) == len(said), found
    assert all(one.startswith(other) for one, other in zip(found, said, strict=True)), found


@given(st.text(max_size=200))
def test_any_text_is_a_lexicon_or_a_list_of_mistakes(text):
    """Whatever stands in the file, nothing else comes of it."""
    try:
        found = parse_lexicon(text, path="x")
    except InvalidScript as error:
        found = error.problems
        assert found
    assert all(str(each) for each in found)
