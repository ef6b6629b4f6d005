"""The parsed form of a practice's text: stages of cues, every cue at its place in the file."""

from __future__ import annotations

from dataclasses import dataclass

from server.units import Db, Ms

BELLS = ("small", "large", "singing")
"""The bells of our own making; the first is meant where a script says only `[bell]`."""

BEDS = ("rain", "stream", "wind", "drone", "brown")
"""The beds of our own making."""

LEVELS = ("low", "medium", "high")
"""How loud a bed may lie under the voice; the middle one is meant where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a script's file."""

    line: int
    """Counted from 1, front matter included."""
    column: int
    """Counted from 1, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or phrase of the listener's that the practice asks for."""

    name: str
    """How the script names it: `{obstacle}`."""
    ask: str
    """The question a page puts to the listener."""
    default: str
    """What is said when the listener gives nothing."""
    longest: int
    """The most characters that the listener may give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordUse:
    """A place in a sentence where one of the listener's words is said."""

    name: str
    """The name of a Word in the script's front matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One sentence to be spoken, in the order of its parts."""

    parts: tuple[str | WordUse, ...]
    """Plain text and the listener's words; never empty."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence of a fixed length: `[3s]` or `[silence 40s]`."""

    length_ms: Ms
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A silence that grows and shrinks with the chosen length: `[silence fill]`."""

    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """Strokes of a bell: `[bell]`, or `[bell singing x3 every=5s]`."""

    kind: str = BELLS[0]
    """One of BELLS, or the name of a sound of the house's own."""
    strokes: int = 1
    """At least 1."""
    every_ms: Ms = Ms(0)
    """From one stroke to the next; 0 where there is only one."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Bed:
    """From here on this lies under the voice: `[bed rain level=low]`, `[bed off]`."""

    name: str
    """One of BEDS, the name of a sound of the house's own, or empty for `off`."""
    level: str = LEVELS[1]
    """One of LEVELS."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Breath:
    """Breaths led by sound alone: `[breath x4 in=4s hold=2s out=6s]`."""

    count: int
    """How many breaths, at least 1."""
    in_ms: Ms
    hold_ms: Ms
    """0 where there is no hold."""
    out_ms: Ms
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Cues that are gone through several times: `:::repeat 3`."""

    times: int
    """At least 2."""
    cues: tuple[Cue, ...]
    at: Position


Cue = Say | Silence | Fill | Bell | Bed | Breath | Repeat
"""One instruction in a stage. Choices and variants will join this union."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A named part of a script; it becomes one chapter."""

    title: str
    cues: tuple[Cue, ...]
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How the voice changes towards the middle of a practice; at both ends it is its own."""

    slower: float = 0.08
    """By what part of its pace it is slower in the middle: 0.08 is eight per cent."""
    softer_db: Db = Db(1.5)
    """By how much it is softer in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Respelling:
    """A word that the voice would say wrongly, and how to write it so that it is said right."""

    word: str
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The whole of one practice, without a mistake in it."""

    slug: str
    """The practice's name in addresses: lower-case letters, digits and hyphens."""
    title: str
    summary: str
    """One or two sentences for the library page."""
    intention: str
    """What the practice is for, in the listener's terms."""
    track: str
    """One of TRACKS."""
    minutes: tuple[int, ...]
    """The lengths that a listener may choose, ascending, in whole minutes."""
    language: str
    """The language of the text as a BCP 47 tag, such as `en`."""
    voice: str
    """The name of the voice that speaks it."""
    pace: float
    """How slowly it is spoken: 1.0 is the voice's own pace, 1.3 is thirty per cent slower."""
    words: tuple[Word, ...]
    credits: str
    curve: Curve = Curve()
    lexicon: tuple[Respelling, ...] = ()
    """Respellings for this script alone; they go before those of the house."""
    stages: tuple[Stage, ...]

    @property
    def default_minutes(self) -> int:
        """The length offered first and published in the feed: the middle one of the list."""
        return self.minutes[len(self.minutes) // 2]


TRACKS = ("kindness-outward", "present-pain", "past-pain", "obstacles", "ground")
"""The tracks of the library: Desmond's four stages, and ground to stand on."""
