"""What a voice is, and what every speaker of one can do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from server.timeline import Utterance
from server.units import Ms

Samples = Any
"""Mono sound: a one-dimensional numpy array. Unnamed here, so that a web process that only
reads a voice's licence does not load numpy."""

Finish = Callable[[Samples, int], tuple[Samples, Ms]]
"""Raw float samples and their rate in Hz → 16-bit frames at SAMPLE_RATE_HZ, whole milliseconds,
and how much of the raw speech lies before them. Handed down by the workshop, run in the voice's
process; must be importable by name."""


Commercial = Literal["allowed", "unclear", "forbidden"]
"""Whether a voice's terms let money be made with what it speaks; unclear where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One voice that can be chosen, with what must be said about it."""

    name: str
    """How scripts and settings call it."""
    engine: Literal["piper", "silent"]
    language: str
    """BCP 47 tag of the language it speaks."""
    title: str
    """How people call it."""
    licence: str
    """Its terms, as a sentence for people; never "free for any use"."""
    commercial: Commercial = "unclear"
    key: str
    """Content key over model and parameters: equal keys speak alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTime:
    """When one word is said within its clip."""

    text: str
    """As it stands in the speakable text, without the stops around it."""
    start_ms: Ms
    end_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a speaker made of one utterance."""

    frames: Samples
    """16-bit mono frames at SAMPLE_RATE_HZ, a whole number of milliseconds long."""
    words: tuple[WordTime, ...] = ()
    """When each word is said; empty where the voice cannot tell."""


Urgency = Callable[[], float]
"""When somebody's sound runs out unless this is spoken: seconds on the monotonic clock, asked
anew each time a process is free. Least is served first; infinity where nobody waits. It is asked
in whichever thread has noticed the free process, while all others wait for the answer: it must
know it at once, and must not raise."""


def no_urgency() -> float:
    """Nobody waits for this."""
    return math.inf


class Speaker(Protocol):
    """Turns utterances into sound."""

    voice: Voice

    def speak(
        self,
        utterances: Sequence[Utterance],
        *,
        urgency: Urgency = no_urgency,
        on_wait: Callable[[], None] = lambda: None,
        is_needed: Callable[[Utterance], bool] = lambda _: True,
        takes: int = 1,
    ) -> Iterator[tuple[Utterance, Spoken]]:
        """Speak each utterance and hand it over as soon as it is finished, in any order.

        One that is not needed any more when its turn comes is passed over.

        They are begun in the order given, and callers take turns by their urgency. `on_wait` is
        called several times a second while nothing is finished; what it raises ends the speaking.
        Of more than one take the one nearest to the usual length and level is kept.
        Raises a VoiceError for the first sentence that cannot be spoken; whoever stops asking
        for more takes back what was not begun.
        """

    def warm(self) -> None:
        """Load what speaking needs, so that the first sentence does not wait for it."""

    def close(self) -> None:
        """Stop the processes, if there are any."""
