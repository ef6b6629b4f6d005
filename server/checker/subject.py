"""What the rules look at: every cue with those who hear it, and the practice told to each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from server.checker.allowance import Allowance
from server.checker.place import FIRST, Place
from server.checker.telling import Misfit, Telling
from server.script import ANCHORS, EYES, Cue, Respelling, Say, Script, When, inner_cues
from server.timeline import holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Whom a practice is told to, as far as its text may differ by that."""

    minutes: int
    anchor: str
    eyes: str


PAIRS = tuple(
    (anchor, eyes)
    for anchor in ANCHORS
    for eyes in EYES
    if not (anchor == "sight" and eyes == "closed")
)
"""Every anchor with every way of keeping the eyes, without the one that cannot be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One cue, and everybody who may come to hear it."""

    cue: Cue
    listeners: frozenset[Listener]
    siblings: tuple[Cue, ...]
    """The cues that it stands among, itself included."""

    @property
    def at(self) -> Place:
        """Where it stands."""
        return place_of(self.cue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence as the voice is given it, and everybody who may come to hear it."""

    text: str
    """With `{name}` where a word of the listener's is said."""
    at: Place
    listeners: frozenset[Listener]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences that a person sees in it: short ones are spoken with a neighbour."""
        return tuple(split_sentences(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A script under examination."""

    script: Script
    """With a Place in each cue; of a passage, a script of one stage that holds it."""
    parts: tuple[Part, ...]
    """Every cue in the order of the file, a container before what it holds."""
    lines: tuple[Line, ...]
    """Every sentence, in the order of the file."""
    lexicon: tuple[Respelling, ...]
    """The respellings of the house."""
    fields: Mapping[str, Place] = field(default_factory=dict)
    """Where the fields of the front matter stand."""
    front: tuple[Line, ...] = ()
    """What the front matter says to people, field by field."""
    tellings: tuple[Telling, ...] = ()
    """Linear listening for every listener; alternatives by several seeds."""
    misfits: tuple[Misfit, ...] = ()
    """Where the practice does not come out at the chosen length."""
    allowances: tuple[Allowance, ...] = ()
    """What the author allowed in comments."""
    unused: tuple[Allowance, ...] = ()
    """Of these, the ones that allow nothing; known when all other rules have spoken."""

    def field_at(self, name: str) -> Place:
        """Where a field of the front matter stands; the file's beginning where it does not."""
        return self.fields.get(name, FIRST)


def place_of(cue: Cue) -> Place:
    """Where a cue of a script stands that was put in place."""
    return cast(Place, cue.at)


def split_sentences(text: str) -> Iterator[str]:
    """Split a text where a person sees one sentence end and another begin."""
    yield from re.split(r"(?<=[.!?…])[”’\"')]*\s+(?=[“‘\"'(]?[A-Z])", text)


def count_words(text: str) -> int:
    """Count the words of a text."""
    return len(re.findall(r"\w+(?:[’'-]\w+)*", text))


def listeners_of(minutes: Iterable[int]) -> frozenset[Listener]:
    """Everybody whom a practice of these lengths may be told to."""
    return frozenset(
        Listener(minutes=each, anchor=anchor, eyes=eyes)
        for each in minutes
        for anchor, eyes in PAIRS
    )


def list_parts(script: Script) -> Iterator[Part]:
    """Go through all that a script holds, also where linear listening does not go."""
    everybody = listeners_of(script.minutes)
    for stage in script.stages:
        yield from _through(stage.cues, everybody)


def list_lines(parts: Iterable[Part]) -> Iterator[Line]:
    """The sentences among the parts of a script."""
    for part in parts:
        if isinstance(part.cue, Say):
            yield Line(text=part.cue.text, at=part.at, listeners=part.listeners)


def hearing(when: When, listeners: frozenset[Listener]) -> frozenset[Listener]:
    """Those of the listeners who hear a variant in some voice, live or not, with some words."""
    asked = [each for each in when.conditions if each.about not in ("voice", "given", "live")]
    return frozenset(
        each
        for each in listeners
        if all(
            holds(c, minutes=each.minutes, anchor=each.anchor, eyes=each.eyes, voice="")
            for c in asked
        )
    )


def _through(cues: tuple[Cue, ...], listeners: frozenset[Listener]) -> Iterator[Part]:
    for cue in cues:
        yield Part(cue=cue, listeners=listeners, siblings=cues)
        inside = hearing(cue, listeners) if isinstance(cue, When) else listeners
        yield from _through(inner_cues(cue), inside)


def listed(names: list[str]) -> str:
    """Write names as "a, b or c"."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
