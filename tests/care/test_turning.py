"""Words for a friend are turned to oneself, place by place, and never by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.care import Turn, join_pieces, list_turns, turn_to_self


def offers(text: str, language: str = "en") -> list[tuple[str, ...]]:
    return [turn.offers for turn in list_turns(turn_to_self(text, language))]


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("You did what you could.", [("I", "Me", "You"), ("I", "me", "you")]),
        ("Be good to yourself.", [("myself", "yourself")]),
        ("It is your day, and it is yours.", [("my", "your"), ("mine", "yours")]),
        ("You’re tired, and you've been up.", [("I'm", "You’re"), ("I've", "you've")]),
        ("You  are not alone.", [("I am", "You  are")]),
        ("Were you asleep?", [("Was I", "Were you")]),
        ("She was ill, and nobody saw her.", [("I was", "She was"), ("me", "my", "her")]),
        ("Her sister came.", [("My", "Me", "Her")]),
        ("I like her old red coat.", [("my", "me", "her")]),
        ("She's here.", [("I'm", "I've", "She's")]),
        ("He doesn't owe them.", [("I don't", "He doesn't"), ("me", "them")]),
        ("They did it themselves.", [("I", "They"), ("myself", "themselves")]),
        ("The youth of Heracles, theory, hers.", [("mine", "hers")]),
        ("Nobody is here.", []),
    ],
)
def test_each_pronoun_has_its_offers(text: str, turned: list[tuple[str, ...]]):
    """With its verb where that changes too; what was written is offered last."""
    assert offers(text) == turned


@pytest.mark.parametrize(
    "said",
    [
        *("I see her.", "Look at her, please.", "her", "I told her to rest.", "Be kind to her and"),
        *("I gave her a book.", "I told her that", "It was with her all day.", "I asked her why."),
        *(
            "Stay with her\nSleep",
            "I saw her on Friday.",
            "Let her because",
            "He sent her 3 words.",
        ),
    ],
)
def test_her_is_me_where_no_noun_follows(said: str):
    """Neither at the end nor before a word that begins something else."""
    assert ("me", "my", "her") in offers(said)


@pytest.mark.parametrize(
    "said", ["her day", "her  own way", "her long-lost friend", "her\u00a0mother", "her “best” one"]
)
def test_her_is_my_before_a_noun(said: str):
    """Which may have something before it."""
    assert offers(said) == [("my", "me", "her")]


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("Du bist müde.", [("Ich bin", "Du bist")]),
        ("Hast du dich gefragt?", [("Habe ich", "Hast du"), ("mich", "dich")]),
        ("Niemand nimmt dir deinen Tag.", [("mir", "dir"), ("meinen", "deinen")]),
        ("Sie hat sich geirrt.", [("Ich habe", "Sie hat"), ("mich", "mir", "sich")]),
        ("Ihr Tag war lang.", [("Mir", "Mein", "Meine", "Ihr")]),
        ("Duell, Dirigent, Sieg.", []),
    ],
)
def test_german_has_its_own(text: str, turned: list[tuple[str, ...]]):
    """Also where one word may be several."""
    assert offers(text, "de-AT") == turned


def test_nothing_is_found_in_a_language_that_is_not_known():
    """The text stays whole, to be turned by hand."""
    assert turn_to_self("Tu es là.", "fr") == ("Tu es là.",)


def test_a_text_is_put_together_as_was_picked():
    """At each place one of its offers, or as it was."""
    pieces = turn_to_self("You are tired. Your day was long, they said to you.", "en")
    assert join_pieces(pieces, (0, 0, 1, 1)) == "I am tired. My day was long, they said to me."
    for picks in ((0, 0, 1), (0, 0, 1, 9)):
        with pytest.raises(IndexError):
            join_pieces(pieces, picks)


@given(
    st.lists(
        st.sampled_from(["you", "You", "she's", "her", "are", " ", ".", "’", "cat", "du", "Ihr"])
    ),
    st.sampled_from(["en", "de", "en-GB", "fr", ""]),
)
def test_nothing_is_lost_and_nothing_is_turned_by_itself(words: list[str], language: str):
    """The pieces, as they were said, are the text; and it can be left as it is."""
    text = "".join(words)
    pieces = turn_to_self(text, language)
    assert "".join(each.said if isinstance(each, Turn) else each for each in pieces) == text
    turns = list_turns(pieces)
    assert join_pieces(pieces, [len(turn.offers) - 1 for turn in turns]) == text
