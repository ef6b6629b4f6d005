"""The lexicon: whole words become what the voice says rightly, and nothing else changes."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.script import Respelling, Say, WordUse
from server.timeline import Additions, Options, plan
from server.timeline.lexicon import Lexicon


def spell(**words: str) -> tuple[Respelling, ...]:
    return tuple(
        Respelling(word=word.replace("_", " "), spoken=spoken) for word, spoken in words.items()
    )


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Tim Desmond's practice.", "Tim Dezmond's practice."),
        ("DESMOND and desmond.", "Dezmond and Dezmond."),
        ("Desmonds, redesmond, Desmond_2", ""),
        ("Nobody is named.", ""),
        ("As Thich  Nhat Hanh said.", "As Tick Not Hun said."),
        ("As Thich said.", "As Tik said."),
        ("A-b and MBSR-like.", "A-b and em-bee-ess-are-like."),
        ("Dr. X.", "Doctor X."),
        ("Is a+b c?", "Is a plus b c?"),
        ("", ""),
    ],
)
def test_whole_words_are_respelled(text, spoken):
    """Capitals do not matter, the longest fits first, and without a change it is empty."""
    lexicon = Lexicon(
        (
            *spell(Thich="Tik", Thich_Nhat_Hanh="Tick Not Hun", Desmond="Dezmond"),
            *spell(MBSR="em-bee-ess-are"),
            Respelling(word="Dr.", spoken="Doctor"),
            Respelling(word="a+b", spoken="a plus b"),
        )
    )
    assert lexicon.respell(text) == spoken


def test_the_first_of_two_holds_and_none_is_respelled_again():
    """One pass from left to right: what was put in is not looked at once more."""
    lexicon = Lexicon((*spell(one="two", two="three"), *spell(ONE="four")))
    assert lexicon.respell("One two.") == "two three."
    assert Lexicon(spell(here="here")).respell("Be here.") == ""


@given(st.text(), st.lists(st.text("aàß.*(\\ 1", min_size=1).filter(str.strip), max_size=5))
def test_any_lexicon_takes_any_text(text, words):
    """No word of a lexicon is more than its letters, and an empty lexicon changes nothing."""
    lexicon = Lexicon([Respelling(word=word, spoken="so") for word in words])
    assert lexicon.respell(text) != text or text == ""
    assert words or lexicon.respell(text) == ""


def test_the_scripts_lexicon_goes_before_the_houses(script, say, at):
    """Both are used, for the listener's own words too; the transcript's text stays."""
    asked = Say(parts=("It says ", WordUse(name="obstacle"), "."), at=at)
    practice = dataclasses.replace(
        script((say("Tim and Desmond."), say("Nobody at all."), asked)), lexicon=spell(tim="Timm")
    )
    added = Additions(lexicon=spell(Tim="Tym", Desmond="Dezmond"))
    made = plan(practice, Options(minutes=1, words={"obstacle": "Desmond"}), added)
    assert [(each.text, each.spoken) for each in made.utterances] == [
        ("Tim and Desmond.", "Timm and Dezmond."),
        ("Nobody at all.", ""),
        ("It says “Desmond”.", "It says “Dezmond”."),
    ]
