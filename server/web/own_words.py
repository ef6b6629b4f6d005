"""A listener's own words, made ready for a practice: one line, no longer than it may be."""

from __future__ import annotations

from collections.abc import Mapping

from server.errors import InvalidOptions
from server.script import Script, Word


def read_words(given: Mapping[str, str], script: Script) -> dict[str, str]:
    """Fold each word to one line. An empty one counts as not given, so the default is said.

    The strings have passed the gate. Raises InvalidOptions with the field `words.<name>` for a
    word that the practice does not ask for, or one that is longer than it may be.
    """
    known = {word.name: word for word in script.words}
    folded = {name: " ".join(text.split()) for name, text in given.items()}
    for name, text in folded.items():
        _check(name, text, known)
    return {name: text for name, text in folded.items() if text}


def _check(name: str, text: str, known: Mapping[str, Word]) -> None:
    if name not in known:
        raise InvalidOptions(f"words.{name}", "This practice does not ask for that word.")
    longest = known[name].longest
    if len(text) > longest:
        raise InvalidOptions(f"words.{name}", f"Please use at most {longest} characters.")
