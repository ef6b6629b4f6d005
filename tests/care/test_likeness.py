"""Nearly identical answers: a copy is marked, words of one's own are not, whatever their warmth."""

from __future__ import annotations

import unicodedata
from itertools import chain
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from server.care import (
    PairAnswer,
    PairField,
    ScaleField,
    Side,
    Worksheet,
    are_nearly_identical,
    is_marked,
)
from server.care.likeness import NEAR, TURNING, likeness

PAIRS = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text("utf-8"))
NEAR_PAIRS = [tuple(pair) for pair in PAIRS["near"]]
FAR_PAIRS = [tuple(pair) for pair in PAIRS["far"]]


def test_there_are_enough_pairs_of_both_kinds():
    """None twice, and none in both lists."""
    assert len(NEAR_PAIRS) >= 60
    assert len(FAR_PAIRS) >= 60
    assert len({*NEAR_PAIRS, *FAR_PAIRS}) == len(NEAR_PAIRS) + len(FAR_PAIRS)


@pytest.mark.parametrize(("first", "second"), NEAR_PAIRS)
def test_the_same_words_again_are_marked(first, second):
    """With other pronouns, in another order, with a small addition or a typo; either way round."""
    assert are_nearly_identical(first, second)
    assert are_nearly_identical(second, first)


@pytest.mark.parametrize(("first", "second"), FAR_PAIRS)
def test_words_of_ones_own_are_not_marked(first, second):
    """However warm both are, and however alike the sentences; nor is what was left empty."""
    assert not are_nearly_identical(first, second)
    assert not are_nearly_identical(second, first)


def shares(pairs: list[tuple[str, str]]) -> list[float]:
    """What the threshold decides about: a "not" more, or no words at all, decides by itself."""
    found = (likeness(first, second) for first, second in pairs)
    return [share for share in found if share is not None]


@pytest.mark.parametrize("half", [0, 1], ids=["chosen on", "checked on"])
def test_the_threshold_lies_between_the_two_kinds(half):
    """It was chosen on every other pair, and holds for those it has not seen."""
    near, far = min(shares(NEAR_PAIRS[half::2])), max(shares(FAR_PAIRS[half::2]))
    assert far < NEAR < near
    assert near - far > 0.04


def test_what_is_said_of_the_margin_is_true():
    """DESIGN.md gives the two shares that are nearest to the threshold."""
    design = " ".join((Path(__file__).parents[2] / "DESIGN.md").read_text("utf-8").split())
    near, far = min(shares(NEAR_PAIRS)), max(shares(FAR_PAIRS))
    told = f"the least alike of the copies has {near:.2f}, the most alike of the others {far:.2f}"
    assert told in design


def test_one_not_more_is_never_the_same():
    """However long the rest is."""
    told = "You went there every day for a year and sat with him and read to him. " * 5
    copy = told.replace("You", "I")
    assert are_nearly_identical(told + "It was your fault.", copy + "It was my fault.")
    assert not are_nearly_identical(told + "It was not your fault.", copy + "It was my fault.")
    assert not are_nearly_identical(told + "It wasn't your fault.", copy + "It was my fault.")


@pytest.mark.parametrize("word", TURNING)
def test_every_word_that_turns_a_sentence_round_is_known(word):
    """Wherever it is put, in whichever language; another word of its length is an addition."""
    told = "You sat with him every day and read to him and held his hand for hours"
    assert are_nearly_identical(told, f"{told} truly")
    assert not are_nearly_identical(told, f"{told} {word}")
    assert not are_nearly_identical(f"{word.capitalize()}, {told}", told)


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("sad", "mad", False),
        ("tired", "tried", True),
        ("tired", "fired", False),
        ("exhausted", "exausted", True),
        ("exhausted", "exhausting", False),
        ("important", "unimportant", False),
    ],
)
def test_a_typo_is_a_small_slip_in_a_long_enough_word(first, second, is_same):
    """In a short word, and at a word's beginning, another letter is another word."""
    told = f"I was so {first} today"
    assert are_nearly_identical(told, told.replace(first, second)) is is_same


def test_the_longest_answers_are_compared_at_once():
    """Two of the longest texts, with a typo in every other word, take no noticeable time."""
    words = [f"w{number:05}rd{'x' * (number % 3)}" for number in range(400)]
    slips = [word if number % 2 else f"{word}y" for number, word in enumerate(words)]
    assert are_nearly_identical(" ".join(words), " ".join(reversed(slips)))


TEXTS = st.sampled_from([*chain.from_iterable(NEAR_PAIRS + FAR_PAIRS)]) | st.text()


@settings(deadline=None)
@given(TEXTS)
def test_every_text_that_says_something_is_like_itself(text):
    """With letters, numbers or a picture; blanks and marks alone say nothing."""
    says_something = any(unicodedata.category(char)[0] in "LNS" for char in text)
    assert are_nearly_identical(text, text) is says_something


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_it_does_not_matter_which_comes_first(first, second):
    """Likeness has no direction."""
    assert are_nearly_identical(first, second) == are_nearly_identical(second, first)


SIDE = Side(title="To a friend", ask="What then?", rate="How kind?")
FIELDS = (ScaleField(name="warmth", ask="How?"), PairField(name="both", first=SIDE, second=SIDE))


def worksheet(*fields: ScaleField | PairField) -> Worksheet:
    return Worksheet(
        name="a", title="A", language="en", summary="A.", message="A.", fields=tuple(fields)
    )


@pytest.mark.parametrize(
    ("second", "is_one"), [("I did my best.", True), ("I tried, and that is enough.", False)]
)
def test_a_submission_is_marked_by_its_pair(second, is_one):
    """By the words alone: its ratings do not matter."""
    for rating in (0, 10):
        pair = PairAnswer(
            first="You did your best.", second=second, first_rating=10, second_rating=rating
        )
        assert is_marked(worksheet(*FIELDS), {"warmth": 3, "both": pair}) is is_one


def test_without_a_pair_nothing_is_marked():
    """Neither a worksheet that has none, nor answers that have none."""
    assert not is_marked(worksheet(FIELDS[0]), {"warmth": 3})
    assert not is_marked(worksheet(*FIELDS), {"warmth": 3})
