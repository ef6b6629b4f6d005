"""What a voice is, and what every speaker of one can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from server.timeline import Utterance

Samples = Any
"""Mono sound: a one-dimensional numpy array. Unnamed here, so that a web process that only
reads a voice's licence does not load numpy."""

Finish = Callable[[Samples, int], Samples]
"""Raw float samples and their rate in Hz → 16-bit frames at SAMPLE_RATE_HZ, whole milliseconds.
Handed down by the workshop, run in the voice's process; must be importable by name."""


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
    key: str
    """Content key over model and parameters: equal keys speak alike."""


class Speaker(Protocol):
    """Turns utterances into sound."""

    voice: Voice

    def clip_key(self, utterance: Utterance) -> str:
        """Name the clip of an utterance: a versioned hash of all that it depends on."""

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Samples]]:
        """Speak each utterance and hand it over as soon as it is finished, in any order.

        Yields 16-bit mono frames at SAMPLE_RATE_HZ, a whole number of milliseconds long.
        Raises a VoiceError for the first sentence that cannot be spoken.
        """

    def warm(self) -> None:
        """Load what speaking needs, so that the first sentence does not wait for it."""

    def close(self) -> None:
        """Stop the processes, if there are any."""
