"""What a listener may choose for a practice, and what this installation adds to all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.errors import InvalidOptions
from server.script import ANCHORS, ANY, BEDS, EYES, Respelling, Script
from server.timeline.model import BedLevel, OwnSound

AS_WRITTEN = "as-written"
NO_BED = "none"

PACES = (0.92, 1.0, 1.1)
"""The listener's choices of pace: a little quicker, as the script says, a little slower."""

PACE_NAMES = ("quicker", AS_WRITTEN, "slower")
"""What each of PACES is called."""

TELLINGS = 4
"""So many times a practice with alternatives is told before it begins anew: few enough that
listeners share what is made."""

_NO_SUCH_PACE = f"The pace can be {', '.join(PACE_NAMES)}."


def pace_named(name: str) -> float:
    """Give the pace of this name; raises InvalidOptions where there is none."""
    if name not in PACE_NAMES:
        raise InvalidOptions("pace", _NO_SUCH_PACE)
    return PACES[PACE_NAMES.index(name)]


LONGEST_GREETING = 600
"""Characters of what may be said before a practice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """A few words for this listener alone, said before the practice as a stage of their own."""

    title: str
    """The stage's title, such as "From Ada"."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a listener chose for one render of a practice."""

    minutes: int
    """One of the script's lengths."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The listener's own words by name; a name that is missing or blank takes its default."""
    pace: float = 1.0
    """One of PACES: by what factor everything is said more slowly than the script says."""
    bed: str = AS_WRITTEN
    """AS_WRITTEN, NO_BED, or the name of a bed that lies under the whole practice."""
    bed_level: str = AS_WRITTEN
    """AS_WRITTEN, or one of BedLevel for every bed of the practice."""
    anchor: str = ANY
    """One of ANCHORS."""
    eyes: str = ANY
    """One of EYES."""
    seed: int = 0
    """Which of its alternatives a practice is told with, 0 to TELLINGS - 1."""
    greeting: Greeting | None = None
    """What is said before it; its time is taken from the silences of the practice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What this installation adds to its scripts."""

    sounds: Mapping[str, OwnSound] = field(default_factory=dict)
    """Sounds of its own, by the name that scripts use."""
    lexicon: tuple[Respelling, ...] = ()
    """Respellings for every script."""
    recordings: Mapping[str, str] = field(default_factory=dict)
    """Content keys of persons' own recordings, by the text of the sentence."""


NOTHING_ADDED = Additions()


def refuse_impossible(script: Script, options: Options, additions: Additions) -> None:
    """Raise InvalidOptions, with its field, for the first choice that cannot be met."""
    if options.minutes not in script.minutes:
        offered = ", ".join(str(minutes) for minutes in script.minutes)
        raise InvalidOptions("minutes", f"This practice can be {offered} minutes long.")
    if options.pace not in PACES:
        raise InvalidOptions("pace", _NO_SUCH_PACE)
    beds = (AS_WRITTEN, NO_BED, *BEDS, *sorted(additions.sounds))
    if options.bed not in beds:
        raise InvalidOptions("bed", f"The bed can be {', '.join(beds)}.")
    if options.anchor not in ANCHORS:
        raise InvalidOptions("anchor", f"The anchor can be {', '.join(ANCHORS)}.")
    if options.eyes not in EYES:
        raise InvalidOptions("eyes", f"The eyes can be {', '.join(EYES)}.")
    if options.anchor == "sight" and options.eyes == "closed":
        raise InvalidOptions("eyes", "To rest the eyes on something, keep them open.")
    if options.seed not in range(TELLINGS):
        raise InvalidOptions("seed", f"There are {TELLINGS} tellings, from 0 on.")
    if options.greeting is not None and len(options.greeting.text) > LONGEST_GREETING:
        raise InvalidOptions("message", f"Please use at most {LONGEST_GREETING} characters.")
    levels = (AS_WRITTEN, *BedLevel)
    if options.bed_level not in levels:
        raise InvalidOptions("bed_level", f"The level of a bed can be {', '.join(levels)}.")


def choose_words(script: Script, given: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    """Give every word its text, in its form, and name those that are the listener's own.

    Raises InvalidOptions for a word that the script does not ask for, and for one that is too
    long or holds nothing that can be spoken.
    """
    asked = {word.name: word for word in script.words}
    for name, text in given.items():
        if name not in asked:
            raise InvalidOptions(f"words.{name}", "This practice does not ask for that word.")
        if len(text.strip()) > asked[name].longest:
            raise InvalidOptions(
                f"words.{name}", f"Please use at most {asked[name].longest} characters."
            )
        if text.strip() and not any(letter.isalnum() for letter in text):
            raise InvalidOptions(f"words.{name}", "Please use at least one letter or digit.")
    chosen = {name: given.get(name, "").strip() or word.default for name, word in asked.items()}
    quoted = {name: asked[name].quoted(text) for name, text in chosen.items()}
    return quoted, own_words(script, given)


def own_words(script: Script, given: Mapping[str, str]) -> frozenset[str]:
    """Name the words for which somebody gave something of their own, not the default."""
    return frozenset(
        word.name
        for word in script.words
        if given.get(word.name, "").strip() not in ("", word.default)
    )
