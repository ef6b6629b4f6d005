"""The crisis cards: what they hold, what speaks of danger, and each mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidScript
from server.script import PLAIN_CRISIS, Crisis, CrisisNumber, parse_crisis

CARDS = """en:
  title: You are not alone
  text: Please ring somebody.
  numbers:
    - {who: Samaritans, call: "116 123", when: day and night}
    - {who: Far away, call: "+49 (0)30/12-34"}
  phrases: [kill myself, "want to … die", suicid*, don't want to live]
de:
  title: Sie sind nicht allein
  text: Bitte rufen Sie jemanden an.
  phrases: [mich töten, "will ... sterben"]
"""


@pytest.fixture
def cards() -> Crisis:
    return parse_crisis(CARDS, path="x")


@pytest.fixture(scope="module")
def shipped() -> Crisis:
    path = Path(__file__).parents[2] / "scripts" / "crisis.yaml"
    return parse_crisis(path.read_text(encoding="utf-8"), path="scripts/crisis.yaml")


def test_a_card_has_its_words_and_its_numbers(cards):
    """A number is shown as it is written, and dialled without what a phone cannot read."""
    card = cards.card("en")
    assert (card.language, card.title, card.text) == (
        *("en", "You are not alone", "Please ring somebody."),
    )
    assert card.numbers == (
        CrisisNumber(who="Samaritans", call="116 123", when="day and night"),
        CrisisNumber(who="Far away", call="+49 (0)30/12-34"),
    )
    assert [number.dial for number in card.numbers] == ["116123", "+490301234"]
    assert cards.card("de").numbers == ()


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en-GB", "You are not alone"),
        ("de", "Sie sind nicht allein"),
        ("DE-at", "Sie sind nicht allein"),
        ("fr", "You are not alone"),
        ("", "You are not alone"),
    ],
)
def test_the_card_is_in_the_language_or_the_first_there_is(cards, language, title):
    """Nobody is without one because of their language."""
    assert cards.card(language).title == title


@pytest.mark.parametrize(
    ("text", "is_danger"),
    [
        ("I want to kill myself", True),
        ("KILL\n MYSELF!", True),
        ("kill, myself", True),
        ("ki\u200bll myse\u00adlf", True),
        ("I could kill for myself", False),
        ("overkill myself", False),
        ("I want to die", True),
        ("I want to just go and die.", True),
        ("I want to just go home and die", False),
        ("I want to diet", False),
        ("suicide", True),
        ("I feel suicidal", True),
        ("I don’t want to live", True),
        ("I dont want to live", True),
        ("ich will mich toeten", True),
        ("ICH WILL MICH TÖTEN", True),
        ("ich will mich to\u0308ten", True),
        ("Ich will nur noch sterben", True),
        ("I will not sterben", True),
        ("", False),
        ("…", False),
    ],
)
def test_danger_is_found_whatever_it_is_written_like(cards, text, is_danger):
    """Whole words in their order, in any language, whatever the letters and signs."""
    assert cards.speaks_of_danger(text) is is_danger


@pytest.mark.parametrize(
    "text",
    [
        *("I want to die", "i just want to die", "I can't go on living like this", "kms"),
        *("I'm going to kill myself tonight", "thinking about suicide again", "unalive"),
        *("Everyone would be better off without me", "I wish I was dead", "no reason to live"),
        *("I took all of my pills", "I want to hurt myself", "I keep cutting myself"),
        *("I'm scared I will kill him", "he hits me", "I might hurt my little child"),
        *("I do not want to wake up", "I hope I do not wake up tomorrow", "end it all"),
        *("ich bringe mich heute um", "ich will einfach sterben", "Suizidgedanken"),
        *("Ich möchte nicht mehr leben", "ohne mich wären alle ohne mich besser dran"),
        *("ich habe alle Tabletten geschluckt", "Ich will mich ritzen", "er schlägt mich"),
    ],
)
def test_the_shipped_cards_know_what_people_write_in_need(shipped, text):
    """In English and in German."""
    assert shipped.speaks_of_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        *("I could kill for a coffee", "I am dying to know", "this is killing me"),
        *("I am dying of boredom", "a cake to die for", "dead tired", "I have a deadline"),
        *("I'd rather be in bed", "I hate this", "I hate myself", "I do not deserve it"),
        *("kindness will make me weak", "there is no time", "it kills the mood"),
        *("Das Warten bringt mich um", "ich bin todmüde", "Ich will das nicht", "die Zeit"),
        *("I cannot live without coffee", "they will kill me at work", "I cut the grass myself"),
    ],
)
def test_the_shipped_cards_let_ordinary_words_be(shipped, text):
    """Figures of speech are no danger, as far as phrases can tell."""
    assert not shipped.speaks_of_danger(text)


def test_every_card_that_is_shipped_has_numbers(shipped):
    """And a number can be dialled."""
    assert [card.language for card in shipped.cards] == ["en", "de"]
    for card in shipped.cards:
        assert len(card.numbers) >= 3
        assert all(number.dial.isdigit() for number in card.numbers)


def test_without_a_file_care_is_not_off():
    """The plain card has no numbers, and knows the plainest words."""
    assert PLAIN_CRISIS.card("de").numbers == ()
    assert PLAIN_CRISIS.speaks_of_danger("I want to die")
    assert PLAIN_CRISIS.speaks_of_danger("Ich will sterben")
    assert not PLAIN_CRISIS.speaks_of_danger("I want to sleep")


@given(st.text(max_size=300))
def test_any_text_can_be_asked_about(text):
    """It never raises, and what stands around danger does not hide it."""
    assert PLAIN_CRISIS.speaks_of_danger(f"{text} kill myself {text}")
    assert PLAIN_CRISIS.speaks_of_danger(text) in (True, False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (CARDS, "", "1:1: The file of the crisis cards is empty."),
        (CARDS, "- a", "1:1: The file of the crisis cards must be names with values."),
        ("de:", "Deutsch:", "9:3: 'Deutsch' cannot be the language of a card. Expected the first"),
        ("de:\n", "en:\n", "8:1: 'en' is given twice."),
        ("  title: Sie sind nicht allein\n", "", "9:3: The card 'de' has no 'title'."),
        ("  title: Sie sind nicht allein\n", "  title: \n", "9:9: 'title' is empty."),
        ("  text: Bitte rufen Sie jemanden an.\n", "  text: []\n", "10:9: 'text' must be text."),
        ("  title: You", "  titel: You", "2:3: The card 'en' has no field 'titel'. Expected title"),
        ("[mich töten, \"will ... sterben\"]", "[]", "11:12: 'phrases' must hold 1 to 300 things."),
        ("[mich töten, \"will ... sterben\"]", "['…']", "11:13: '…' cannot be a phrase. Expected"),
        ("[mich töten, \"will ... sterben\"]", "['a …']", "11:13: 'a …' cannot be a phrase."),
        ("[mich töten, \"will ... sterben\"]", "['a * b']", "11:13: 'a * b' cannot be a phrase."),
        ("[mich töten, \"will ... sterben\"]", "[5]", "11:13: 'phrase' must be text."),
        ('"116 123"', '"call us"', "5:31: 'call us' cannot be a call. Expected a number in quotes"),
        ('"116 123"', "116", "5:31: 'call' must be text. Expected text, if need be in quotes."),
        ("who: Samaritans, ", "", "5:7: A number has no 'who'."),
        ("who: Samaritans", "who: []", "5:13: 'who' must be text."),
        ("when: day and night", "when: ''", "5:48: 'when' is empty."),
        (CARDS, "".join(f"{a}{b}: {{}}\n" for a in "abc" for b in "abcdefg"),
         "1:1: There are more than 20 cards."),
    ],
)  # fmt: skip
def test_each_mistake_in_the_cards_has_its_place(old, new, said):
    """Line, column, and what would have been right."""
    assert old in CARDS
    with pytest.raises(InvalidScript) as caught:
        parse_crisis(CARDS.replace(old, new), path="x")
    found = [str(problem).removeprefix("x:") for problem in caught.value.problems]
    assert any(one.startswith(said) for one in found), found
