"""The parsed form of a practice's text: its front matter, and its stages of cues."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.script.cue_model import Cue, Position
from server.units import Db

TRACKS = ("kindness-outward", "present-pain", "past-pain", "obstacles", "for-the-helper", "ground")
"""The tracks of the library: Desmond's four stages, the helper's own, and ground to stand on."""

WORD_FORMS = ("thought", "part")
"""How a listener's words are said: quoted as a thought, or named as what a part says."""


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
    form: str = WORD_FORMS[0]
    """One of WORD_FORMS."""
    ready: tuple[str, ...] = ()
    """Texts that a page offers, for whoever would rather pick than type."""

    def quoted(self, text: str) -> str:
        """Put the listener's text into the form in which alone it is said.

        Nobody's hard words are ever asserted: they are quoted, whatever the sentence around.
        """
        quote = f"“{text}”"
        return quote if self.form == "thought" else f"the part that says {quote}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A named part of a script; it becomes one chapter."""

    title: str
    cues: tuple[Cue, ...]
    at: Position = field(compare=False)


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
    for_whom: str = ""
    """Whom it may suit, in the listener's terms."""
    not_when: str = ""
    """When another practice, or none, is the better one."""
    curve: Curve = Curve()
    lexicon: tuple[Respelling, ...] = ()
    """Respellings for this script alone; they go before those of the house."""
    stages: tuple[Stage, ...]

    @property
    def default_minutes(self) -> int:
        """The length offered first and published in the feed: the middle one of the list."""
        return self.minutes[len(self.minutes) // 2]
