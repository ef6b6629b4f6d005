"""What a program is made of: one step after the other, with the places that they lead to."""

from __future__ import annotations

from dataclasses import dataclass

from server.script import Say
from server.timeline import Sound, Utterance
from server.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """A sentence."""

    utterance: Utterance
    """As everybody hears it: a word of the listener's has its default in it."""
    say: Say
    holds_words: bool = False
    """True where the listener's own words may stand in it."""
    is_latest: bool = False
    """True where those are the words given last; otherwise they are the first ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A silence, which a move ends."""

    length_ms: Ms
    is_asked_for: bool = False
    """True for the quiet of somebody who wanted to stay: as long as there is time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A silence that is long where there is time for it."""

    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """A bell, or half a breath."""

    sound: Sound
    length_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """Alternatives: another one each time that the same ones are met."""

    to: tuple[int, ...]
    which: int
    """Equal for those with the same words, wherever they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A variant for who has given words since the last question, or for who has not."""

    with_words: bool
    without_words: bool
    otherwise: int
    """Where it goes on when the variant is not heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The guide has asked and waits for a move; none is an answer too."""

    begins: int
    """Where the words of the question begin."""
    labels: tuple[str, ...]
    """What the answers say: met, not yet, and too much where the script has it."""
    met: int
    not_yet: int
    too_much: int | None
    silence: int
    """Where it goes on for who makes no move; one of the three."""
    wait_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The end of a loop's round: once more, unless it has gone round often enough."""

    top: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """It goes on somewhere else."""

    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What was said in between is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The sitting is over."""


Step = Speak | Quiet | Filling | Strike | Choose | Given | Question | Round | Jump | Back | Over


def leads_to(steps: tuple[Step, ...], place: int) -> tuple[int, ...]:
    """Where somebody may come from a step who makes no move and goes round no more."""
    match steps[place]:
        case Choose(to=to):
            return to
        case Given(otherwise=otherwise):
            return (place + 1, otherwise)
        case Question(silence=silence):
            return (silence,)
        case Jump(to=to):
            return (to,)
        case Back() | Over():
            return ()
        case _:
            return (place + 1,)
