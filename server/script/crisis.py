"""Reads the crisis cards: whom to ring, by language, and the words that speak of danger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import yaml

from server.script.guide_reader import GuideReader, read_guide
from server.script.problems import quote

MOST_CARDS = 20
MOST_NUMBERS = 12
MOST_PHRASES = 300
MOST_BETWEEN = 3
"""So many words may stand where a phrase has '…'."""

_LONGEST_TITLE, _LONGEST_TEXT, _LONGEST_NAME, _LONGEST_PHRASE = 80, 600, 80, 80

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_CALL = re.compile(r"\+?[0-9][0-9 ()/-]{1,28}")
_PHRASE = re.compile(r"[^\W_]+\*?(?: (?:… )?[^\W_]+\*?)*")
_UMLAUT = re.compile(r"(?<=[aou])e")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisNumber:
    """Somebody who can be rung."""

    who: str
    """Who answers."""
    call: str
    """The number as people write it."""
    when: str = ""
    """Where and at what hours; empty where nothing is to be said."""

    @property
    def dial(self) -> str:
        """The number as a phone is given it."""
        return re.sub(r"[^+0-9]", "", self.call)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisCard:
    """What a page shows in one language when somebody's words speak of danger."""

    language: str
    """The first part of a language's tag: `en`."""
    title: str
    text: str
    numbers: tuple[CrisisNumber, ...]
    """In the order in which they are shown; empty where nobody has set any."""
    phrases: tuple[str, ...]
    """What counts as speaking of danger: words, `*` for any ending, `…` for a few words more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """The crisis cards of a house."""

    cards: tuple[CrisisCard, ...]
    """At least one."""

    def card(self, language: str) -> CrisisCard:
        """The card in a language, given by its tag; the first one where there is none in it."""
        wanted = language.partition("-")[0].casefold()
        return next((card for card in self.cards if card.language == wanted), self.cards[0])

    def speaks_of_danger(self, text: str) -> bool:
        """Tell whether words may speak of immediate danger, in any of the languages.

        What people write in need is in the language they think in, which need not be the page's.
        It knows phrases, not meanings: it is meant to be wrong too often rather than too seldom.
        """
        said = f" {' '.join(_words(text))} "
        return any(_pattern(card.phrases).search(said) for card in self.cards if card.phrases)


PLAIN_CRISIS = Crisis(
    cards=(
        CrisisCard(
            language="en",
            title="You do not have to be alone with this",
            text=(
                "Some of your words sound as if you might be in danger. No voice says them, and "
                "they are not kept. Please call the emergency number of your country, or go to "
                "somebody near you now."
            ),
            numbers=(),
            phrases=(
                *("suicid*", "kill myself", "killing myself", "end my life", "take my own life"),
                *("want to die", "want to be dead", "hurt myself", "harm myself", "self harm*"),
                *("suizid*", "selbstmord*", "mich umbringen", "mir das Leben nehmen"),
                *("will sterben", "will nicht mehr leben", "mich verletzen"),
            ),
        ),
    )
)
"""What holds where a house has no crisis cards, or a mistake in them: care is never off."""


def parse_crisis(text: str, *, path: str) -> Crisis:
    """Parse the text of the crisis cards: one for each language, by its tag.

    `path` is only used to name the file in messages. Raises InvalidScript with every mistake
    found, in the order of the file; never anything else.
    """
    return read_guide(text, path, "The file of the crisis cards", _crisis)


def _crisis(reader: GuideReader, node: yaml.Node) -> Crisis | None:
    nodes = reader.mapping(node, "The file of the crisis cards", None)
    if len(nodes) > MOST_CARDS:
        reader.refuse(node, f"There are more than {MOST_CARDS} cards.")
    cards = tuple(filter(None, (_card(reader, name, each) for name, each in nodes.items())))
    return Crisis(cards=cards) if cards else None


def _card(reader: GuideReader, language: str, node: yaml.Node) -> CrisisCard | None:
    if not _LANGUAGE.fullmatch(language):
        message = f"{quote(language)} cannot be the language of a card."
        reader.refuse(node, message, expected="the first part of its tag, such as en")
        return None
    what = f"The card {quote(language)}"
    nodes = reader.record(node, what, ("title", "text", "phrases"), ("numbers",))
    if nodes is None:
        return None
    title = reader.text(nodes["title"], "title", _LONGEST_TITLE)
    text = reader.text(nodes["text"], "text", _LONGEST_TEXT)
    phrases = reader.items(nodes["phrases"], "phrases", 1, MOST_PHRASES)
    said = tuple(filter(None, (_phrase(reader, each) for each in phrases)))
    given = nodes.get("numbers")
    listed = reader.items(given, "numbers", 0, MOST_NUMBERS) if given is not None else []
    numbers = tuple(filter(None, (_number(reader, each) for each in listed)))
    if title is None or text is None:
        return None
    return CrisisCard(language=language, title=title, text=text, numbers=numbers, phrases=said)


def _number(reader: GuideReader, node: yaml.Node) -> CrisisNumber | None:
    nodes = reader.record(node, "A number", ("who", "call"), ("when",))
    if nodes is None:
        return None
    who = reader.text(nodes["who"], "who", _LONGEST_NAME)
    call = reader.pattern(nodes["call"], "call", _CALL, "a number in quotes, such as '116 123'")
    when = reader.text(nodes["when"], "when", _LONGEST_NAME) if "when" in nodes else ""
    if who is None or call is None or when is None:
        return None
    return CrisisNumber(who=who, call=call, when=when)


def _phrase(reader: GuideReader, node: yaml.Node) -> str | None:
    text = reader.text(node, "phrase", _LONGEST_PHRASE)
    if text is None:
        return None
    plain = text.replace("...", "…")
    if not _PHRASE.fullmatch(" ".join(_words(plain, kept="…*"))):
        message = f"{quote(text)} cannot be a phrase."
        reader.refuse(node, message, expected="words, '*' for an ending, '…' for a few more words")
        return None
    return plain


# ── words ────────────────────────────────────────────────────────────────────────────────────


def _words(text: str, kept: str = "") -> Iterator[str]:
    """The words of a text in one spelling: small letters, no accents, `ö` and `oe` the same.

    An apostrophe joins what stands around it; every other sign parts words, unless it is `kept`.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("...", " … ")
    letters = (
        char if char.isalnum() or char in kept else "" if _joins(char) else " " for char in plain
    )
    for word in "".join(letters).split():
        yield _UMLAUT.sub("", word)


def _joins(char: str) -> bool:
    """True for what stands within a word: apostrophes, accents, and what cannot be seen."""
    return char in "'’‘ʼ`´" or unicodedata.combining(char) > 0 or unicodedata.category(char) == "Cf"


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Find any of these phrases in words with a blank before and behind each."""
    return re.compile("|".join(f" {_expression(phrase)} " for phrase in phrases))


def _expression(phrase: str) -> str:
    parts: list[str] = []
    for word in _words(phrase, kept="…*"):
        if word == "…":
            parts.append(f"(?: [^ ]+){{0,{MOST_BETWEEN}}}")
        else:
            ending = "[^ ]*" if word.endswith("*") else ""
            parts.append(f"{' ' if parts else ''}{re.escape(word.rstrip('*'))}{ending}")
    return "".join(parts)
