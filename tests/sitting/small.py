"""A small script with everything that a live sitting knows, and lengths that are easy to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.script import Cue, Position, Say, Script, parse_script
from server.sitting import (
    Choices,
    Event,
    Extras,
    Kind,
    Performance,
    Program,
    compile_sitting,
    perform,
)
from server.timeline import Utterance
from server.units import Ms

SENTENCE_MS = Ms(1_024)
"""How long every sentence is."""

FRONT = """\
---
title: A practice
slug: a-practice
summary: It is short.
intention: To be tested.
track: obstacles
minutes: [5, 10]
voice: joe
credits: Ours.
words:
  obstacle:
    ask: What is in the way?
    default: there is no time
---
"""

BODY = """\
# Arriving

[bell]
Here we are. [1s]

:::when live=no
Nobody asks.
:::

# Naming

:::when given=obstacle
It says: {obstacle}. [1s]
:::
:::when given=nothing
Something may be here. [1s]
:::

:::ask Can it be met? [8s]
- Yes -> Resting
- Not yet -> next [default]
- Too much -> Ground
:::

# Stepping back

:::until met, at most 3, usually 2
One step back. [1s]

:::when given=obstacle
This one says: {obstacle}. [1s]
:::

:::one-of
It may be tired.

It may be cross.
:::

:::ask And this one? [4s]
- Yes -> met
- Not yet -> again [default]
- Too much -> Ground
:::
:::

# Resting

The first one said: {obstacle}.

Now it is quiet.

[silence fill weight=2]

# Returning

Here is the room. [1s]

[bell]

-> end

# Ground

Your feet are here. [1s]

[breath x1 in=2s hold=1s out=3s]

Here is the room again.
"""

AT = Position(line=1, column=1)


def said(text: str) -> tuple[Cue, ...]:
    return (Say(parts=(text,), at=AT),)


EXTRAS = Extras(
    buttons=said("You have buttons."),
    stay=said("We can stay."),
    back=said("We go back."),
    danger=said("Please find somebody."),
)


def script(body: str = BODY, front: str = FRONT) -> Script:
    return parse_script(front + body, path="x.md")


def program(
    body: str = BODY, *, minutes: int = 5, extras: Extras = EXTRAS, **choices: object
) -> Program:
    chosen = Choices(minutes=minutes, **choices)  # type: ignore[arg-type]
    return compile_sitting(script(body), chosen, extras)


def lengths(made: Program) -> dict[Utterance, Ms]:
    return dict.fromkeys(made.utterances, SENTENCE_MS)


def voiced(made: Program, number: int, at_ms: int, length_ms: int = 2_048) -> Event:
    places = made.private_lines({"obstacle": "my own words"}, number)
    own = dict.fromkeys(places, Ms(length_ms))
    return Event(kind=Kind.VOICED, at_ms=Ms(at_ms), words=number, lengths=own)


def move(kind: Kind, at_ms: int, words: int = 0) -> Event:
    return Event(kind=kind, at_ms=Ms(at_ms), words=words)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard of a sitting, easy to compare."""

    performance: Performance

    @property
    def said(self) -> list[str]:
        """Every line as text: sentences as they are, own words as their number, sounds by name."""
        return [_name(line) for line in self.performance.lines]

    def start_of(self, text: str) -> int:
        """Where a line begins that is heard once."""
        starts = [line.start_ms for line in self.performance.lines if _name(line) == text]
        assert len(starts) == 1, (text, self.said)
        return starts[0]


def _name(line: object) -> str:
    sound = line.sound  # type: ignore[attr-defined]
    if isinstance(sound, Utterance):
        return f"<{line.words}>" if line.words else sound.text  # type: ignore[attr-defined]
    return str(sound)


def hear(made: Program, events: Sequence[Event] = (), clock_ms: int = 10**7) -> Heard:
    """Perform a program; without a moment, as far as it goes."""
    return Heard(perform(made, events, lengths(made), Ms(clock_ms)))
