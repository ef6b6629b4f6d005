"""What a live sitting is made of: the moves in it, and what is heard of it when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from server.script import Cue
from server.timeline import Sound, Utterance
from server.units import Ms

GRAIN_MS = Ms(64)
"""Everything heard in a sitting begins and ends on a multiple of this: three frames of AAC."""

LEAD_MS = Ms(5_000)
"""So much beyond what the listener hears now is certain: what a bad connection may take."""

GRACE_MS = Ms(300)
"""So much less is handed out, so that a move being written down is never overtaken."""


class Kind(StrEnum):
    """What may be recorded in a sitting."""

    MET = "met"
    STEP_BACK = "step-back"
    STAY = "stay"
    TOO_MUCH = "too-much"
    GO_BACK = "go-back"
    END = "end"
    """These six are the listener's moves; none of them is wrong at any time."""
    PAUSE = "pause"
    RESUME = "resume"
    """The listener stopped the sound, and let it go on."""
    DANGER = "danger"
    """The listener's words speak of danger: they are not said, ground is given instead."""
    VOICED = "voiced"
    """The lines with the listener's words of this number can be heard from now on."""


MOVES = (Kind.MET, Kind.STEP_BACK, Kind.STAY, Kind.TOO_MUCH, Kind.GO_BACK, Kind.END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that was recorded, in the order of recording."""

    kind: Kind
    at_ms: Ms
    """By the server's clock, from the moment at which the sitting began."""
    words: int = 0
    """Which of the listener's words: 1 for the first ones given, 0 for none."""
    lengths: Mapping[int, Ms] = field(default_factory=dict)
    """For VOICED: the length of each line that holds the words, by its place in the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a listener chose for a sitting before it began."""

    minutes: int
    """The most that it may take; one of the script's lengths."""
    anchor: str = "any"
    eyes: str = "any"
    pace: float = 1.0
    """One of timeline.PACES."""
    seed: int = 0
    has_words: bool = False
    """True when the listener gave words of their own before it began: they have the number 1."""
    has_buttons: bool = False
    """True when the phone has buttons for it, of which the guide then tells at the beginning."""


class Station(StrEnum):
    """Where in a sitting somebody is, as a page shows it."""

    GUIDED = "guided"
    """The guide speaks, or is quiet for a while."""
    ASKING = "asking"
    """The guide has asked and waits."""
    GROUND = "ground"
    """It was too much: feet, sounds, room."""
    RETURNING = "returning"
    """The end has begun."""
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A stretch of speech or of a bell or breath; what lies between lines is room tone."""

    start_ms: Ms
    length_ms: Ms
    sound: Utterance | Sound
    """What is heard. An utterance with the listener's own words is_private."""
    place: int
    """Its place in the program; with `words` it names a private line."""
    words: int = 0
    """Whose number of words it holds; 0 where it is shared with everybody."""
    sound_ms: Ms = Ms(0)
    """For a Sound: how long the script has it; lengths are rounded up to GRAIN_MS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A station and the moment from which it holds."""

    start_ms: Ms
    station: Station
    question: int = -1
    """The place of the question that is asked; -1 where none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A move that has its effect, and where in the stream that begins."""

    number: int
    """Which of the events, from 0."""
    starts_ms: Ms | None
    """Where its answer begins; a page may jump there. None where everything goes on as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the ladder: what came, and what became of it."""

    words: int
    """The number of the listener's words for it; 0 where they gave none."""
    outcome: str
    """`stepped-back`, `met`, `grounded`, `rested` where it was left as it was; empty while it is
    still here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What is certain of a sitting at one moment: a pure function of its events and the clock."""

    lines: tuple[Line, ...]
    """In order; they do not overlap."""
    stations: tuple[Stretch, ...]
    """In order; each holds until the next."""
    certain_ms: Ms
    """Everything before this is certain and may be handed out; a multiple of GRAIN_MS."""
    heard_ms: Ms
    """Where in the stream somebody is who has missed nothing and waited for nothing."""
    total_ms: Ms | None
    """The length of the stream, once the sitting is over."""
    applied: tuple[Applied, ...]
    ladder: tuple[Rung, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What only a live sitting says, from passages of the house; an empty one is not said."""

    buttons: tuple[Cue, ...] = ()
    """Near the beginning, where the phone has buttons: what each of them means."""
    stay: tuple[Cue, ...] = ()
    """Before the quiet that somebody asked for."""
    back: tuple[Cue, ...] = ()
    """When somebody comes back from the ground."""
    danger: tuple[Cue, ...] = ()
    """Before the ground, when the listener's words speak of danger."""
