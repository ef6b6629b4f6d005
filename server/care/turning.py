"""Turns words for a friend to oneself: finds each pronoun, and offers others in its place.

Nothing is ever turned by itself. An offer may be wrong, since a program cannot tell who is meant;
whoever wrote the words chooses at each place, and may leave it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A place where somebody is meant."""

    said: str
    """As it was written: a pronoun, with its verb where that changes as well."""
    offers: tuple[str, ...]
    """What it may become, the likelier first; as it was written is the last."""


Piece: TypeAlias = str | Turn
"""What stays as it is, or a place to choose at."""


def turn_to_self(text: str, language: str) -> tuple[Piece, ...]:
    """Take a text apart at its pronouns; of a language that is not known here, nowhere.

    The pieces, as they were said, are the text again.
    """
    known = _OFFERS.get(language.partition("-")[0].lower())
    return tuple(_pieces(text, *known)) if known else (text,)


def list_turns(pieces: Sequence[Piece]) -> tuple[Turn, ...]:
    """The places to choose at, in their order."""
    return tuple(piece for piece in pieces if isinstance(piece, Turn))


def join_pieces(pieces: Sequence[Piece], picks: Sequence[int]) -> str:
    """Put a text together again, with what was picked at each place.

    Raises IndexError where something was picked that was not offered, or was not picked at all.
    """
    parts, place = [], 0
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
        else:
            parts.append(piece.offers[picks[place]])
            place += 1
    return "".join(parts)


def _pieces(
    text: str, pattern: re.Pattern[str], offers: Mapping[str, tuple[str, ...]]
) -> Iterator[Piece]:
    done = 0
    for found in pattern.finditer(text):
        if found.start() > done:
            yield text[done : found.start()]
        said = found[0]
        key = " ".join(said.replace("’", "'").lower().split())
        capital = said[0].isupper()
        likely = offers[key]
        if key == "her" and _BEFORE_A_NOUN.match(text, found.end()):
            likely = likely[::-1]
        turned = (each[:1].upper() + each[1:] if capital else each for each in likely)
        yield Turn(said=said, offers=(*turned, said))
        done = found.end()
    if done < len(text):
        yield text[done:]


def _pattern(offers: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """Find the longest of them, with any apostrophe and any space, and only as whole words."""
    longest_first = sorted(offers, key=len, reverse=True)
    words = (re.escape(each).replace("'", "['’]").replace(r"\ ", r"\s+") for each in longest_first)
    return re.compile(rf"(?<![\w'’])(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


_NO_NOUN = (
    "a|about|above|across|after|again|against|ago|all|alone|along|already|always|and|another|any"
    "|anything|anyway|around|as|asleep|at|away|be|because|before|behind|beside|between|both|but|by"
    "|can|could|did|do|does|down|during|each|either|else|enough|even|ever|every|everything|for|from"
    "|had|has|have|he|here|how|i|if|in|instead|into|is|it|just|like|may|maybe|me|might|more|much"
    "|must|near|never|no|nor|not|nothing|now|of|off|often|on|once|or|out|over|perhaps|rather|really"
    "|shall|she|should|since|so|some|something|sometimes|soon|still|such|than|that|the|their|them"
    "|then|there|these|they|this|those|though|through|till|to|today|together|tomorrow|tonight|too"
    "|towards|under|unless|until|up|upon|us|very|was|we|well|were|what|whatever|when|where|whether"
    "|which|while|who|whom|why|will|with|within|without|would|yesterday|yet|you|your"
)
"""What begins something else: "her" before it is somebody, and does not say whose."""

_BEFORE_A_NOUN = re.compile(
    rf"[^\S\n]+[\"“‘'(]?(?!(?:{_NO_NOUN})(?![\w'’-]))[^\W\d_]", re.IGNORECASE
)
"""What follows "her" where it says whose: any other word."""


def _english() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "you", ("I", "me")
    yield from _english_subject("you", is_="are", was="were", has="have", does="do", short="'re")
    yield from _english_subject("they", is_="are", was="were", has="have", does="do", short="'re")
    yield from _english_subject("she", is_="is", was="was", has="has", does="does", short="'s")
    yield from _english_subject("he", is_="is", was="was", has="has", does="does", short="'s")
    yield from ((each, ("I",)) for each in ("they", "she", "he"))
    yield from ((each, ("me",)) for each in ("him", "them"))
    yield "her", ("me", "my")
    yield "his", ("my", "mine")
    yield from ((each, ("my",)) for each in ("your", "their"))
    yield from ((each, ("mine",)) for each in ("yours", "hers", "theirs"))
    for each in ("yourself", "herself", "himself", "themselves", "themself"):
        yield each, ("myself",)


def _english_subject(
    who: str, *, is_: str, was: str, has: str, does: str, short: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Somebody with the verbs that are others when it is oneself."""
    yield f"{who} {is_}", ("I am",)
    yield f"{who} {was}", ("I was",)
    yield f"{who} {has}", ("I have",)
    yield f"{who} {does}", ("I do",)
    yield f"{who} {is_}n't", ("I am not",)
    yield f"{who} {was}n't", ("I wasn't",)
    yield f"{who} {has}n't", ("I haven't",)
    yield f"{who} {does}n't", ("I don't",)
    yield f"{is_} {who}", ("am I",)
    yield f"{was} {who}", ("was I",)
    yield f"{who}{short}", ("I'm", "I've") if short == "'s" else ("I'm",)
    yield f"{who}'ve", ("I've",)
    yield f"{who}'ll", ("I'll",)
    yield f"{who}'d", ("I'd",)


_GERMAN_VERBS = (
    *(("bist", "ist", "bin"), ("warst", "war", "war"), ("hast", "hat", "habe")),
    *(("hattest", "hatte", "hatte"), ("wirst", "wird", "werde"), ("kannst", "kann", "kann")),
    *(("darfst", "darf", "darf"), ("musst", "muss", "muss"), ("sollst", "soll", "soll")),
    *(("willst", "will", "will"), ("magst", "mag", "mag"), ("weißt", "weiß", "weiß")),
    *(("brauchst", "braucht", "brauche"), ("möchtest", "möchte", "möchte")),
)
"""Of verbs that are said often: to somebody, of somebody, of oneself."""


def _german() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "du", ("ich",)
    yield "dich", ("mich",)
    yield "dir", ("mir",)
    yield "er", ("ich",)
    yield "sie", ("ich", "mich")
    yield "ihn", ("mich",)
    yield "ihm", ("mir",)
    yield "ihr", ("mir", "mein", "meine")
    yield "sich", ("mich", "mir")
    for end in ("", "e", "er", "en", "em", "es"):
        yield f"dein{end}", (f"mein{end}",)
        yield f"sein{end}", (f"mein{end}",)
        if end:
            yield f"ihr{end}", (f"mein{end}",)
    for to_you, of_them, of_me in _GERMAN_VERBS:
        yield f"du {to_you}", (f"ich {of_me}",)
        yield f"{to_you} du", (f"{of_me} ich",)
        for who in ("er", "sie"):
            yield f"{who} {of_them}", (f"ich {of_me}",)
            yield f"{of_them} {who}", (f"{of_me} ich",)


_OFFERS = {
    language: (_pattern(offers), offers)
    for language, offers in (("en", dict(_english())), ("de", dict(_german())))
}
