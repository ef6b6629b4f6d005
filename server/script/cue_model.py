"""The parsed form of what a stage holds: cues, each at its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.units import Ms

BELLS = ("small", "large", "singing")
"""The bells of our own making; the first is meant where a script says only `[bell]`."""

BEDS = ("rain", "stream", "wind", "drone", "brown")
"""The beds of our own making."""

LEVELS = ("low", "medium", "high")
"""How loud a bed may lie under the voice; the middle one is meant where nothing is said."""

ANY = "any"
"""What a listener has chosen who has not chosen: the script speaks to all."""

ANCHORS = (ANY, "breath", "sound", "hands", "feet", "sight")
"""What a listener may come back to in a practice."""

EYES = (ANY, "open", "closed")
"""How a listener may keep the eyes."""

NOTHING = "nothing"
"""What a listener has given who has given no words of their own: `given=nothing`."""

LIVE = ("yes", "no")
"""Whether somebody is in a live sitting, who can be asked, or listens to a recording."""

NEXT, AGAIN, END = "next", "again", "end"
"""Where an answer may go besides stages: on from here, round once more, to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a script's file."""

    line: int
    """Counted from 1, front matter included."""
    column: int
    """Counted from 1, in characters."""


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
    at: Position = field(compare=False)

    @property
    def text(self) -> str:
        """Its text, with `{name}` for each of the listener's words."""
        return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence of a fixed length: `[3s]` or `[silence 40s]`."""

    length_ms: Ms
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A silence that grows with the chosen length: `[silence fill]`, `[silence fill weight=3]`."""

    weight: int = 1
    """How many shares of the time that is left it takes, at least 1."""
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """Strokes of a bell: `[bell]`, or `[bell singing x3 every=5s]`."""

    kind: str = BELLS[0]
    """One of BELLS, or the name of a sound of the house's own."""
    strokes: int = 1
    """At least 1."""
    every_ms: Ms = Ms(0)
    """From one stroke to the next; 0 where there is only one."""
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bed:
    """From here on this lies under the voice: `[bed rain level=low]`, `[bed off]`."""

    name: str
    """One of BEDS, the name of a sound of the house's own, or empty for `off`."""
    level: str = LEVELS[1]
    """One of LEVELS."""
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breath:
    """Breaths led by sound alone: `[breath x4 in=4s hold=2s out=6s]`."""

    count: int
    """How many breaths, at least 1."""
    in_ms: Ms
    hold_ms: Ms
    """0 where there is no hold."""
    out_ms: Ms
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Cues that are gone through several times: `:::repeat 3`."""

    times: int
    """At least 2."""
    cues: tuple[Cue, ...]
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What has to hold for a variant: `anchor=sound,hands`, or `minutes>=10`."""

    about: str
    """`anchor`, `eyes`, `voice`, `given`, `live` or `minutes`."""
    names: tuple[str, ...] = ()
    """Any of these fits; empty for `minutes`. For `given` names of words, or NOTHING."""
    least: int = 0
    """For `minutes>=10`: 10. 0 where there is no such bound."""
    below: int = 0
    """For `minutes<10`: 10. 0 where there is no such bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Cues for some listeners only: `:::when anchor=sound eyes=open`."""

    conditions: tuple[Condition, ...]
    """All of them have to hold; at least one."""
    cues: tuple[Cue, ...]
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """Paragraphs of which one is heard, another the next time: `:::one-of`."""

    alternatives: tuple[tuple[Cue, ...], ...]
    """At least 2, none of them empty; of Say, Silence, Fill, Bell, Bed and Breath alone."""
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to a question: `- Not really -> One step back`."""

    label: str
    """What the listener chooses, as plain text."""
    goes: str
    """NEXT, AGAIN, END, the way out of the loop around it, or the title of a later stage."""
    is_default: bool = False
    """True for the one answer of its question that linear listening takes: `[default]`."""
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question with answers: `:::ask Can it be met?`, or a bare list of choices."""

    question: tuple[Cue, ...]
    """What is heard before the listener chooses, also in linear listening; may be empty."""
    answers: tuple[Answer, ...]
    """At least 2."""
    at: Position = field(compare=False)

    @property
    def default(self) -> Answer:
        """The answer that linear listening takes."""
        return next(answer for answer in self.answers if answer.is_default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Cues that are gone through until an answer leaves: `:::until met, at most 6, usually 2`."""

    way_out: str
    """What an answer names to leave and go on after it: `met`."""
    most: int
    """After so many rounds it goes on in any case, at least 2."""
    usually: int
    """So many rounds in linear listening, 1 to `most`."""
    cues: tuple[Cue, ...]
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """From here another stage follows, or the end: `-> Resting`."""

    goes: str
    """END, or the title of a later stage."""
    at: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """A passage that several scripts share: `[include arriving]`."""

    name: str
    cues: tuple[Cue, ...]
    """What the passage holds; their places are in its own file."""
    at: Position = field(compare=False)


Single = Say | Silence | Fill | Bell | Bed | Breath
"""A cue that holds no others."""

Cue = Single | Repeat | When | OneOf | Until | Ask | Go | Include
"""One instruction in a stage."""
