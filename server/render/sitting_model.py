"""What the counter of live sittings hands over its desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.sitting import Choices, Event, Line, Performance, Program
from server.timeline import Utterance
from server.units import Ms

Texts = Mapping[str, str]
"""A listener's own words: text by the name of the script's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A sitting as it is at one moment."""

    id: str
    slug: str
    title: str
    choices: Choices
    program: Program
    performance: Performance
    events: tuple[Event, ...]
    """In the order of recording; `performance.applied` counts them."""
    texts: Mapping[int, Texts]
    """The listener's own words by their number, as they gave them."""
    began_at: datetime

    @property
    def is_over(self) -> bool:
        """True where all of it has been heard."""
        total_ms = self.performance.total_ms
        return total_ms is not None and self.performance.heard_ms >= total_ms

    @property
    def is_paused(self) -> bool:
        """True where the listener has stopped the sound and not let it go on."""
        return is_paused(self.events)

    def text_of(self, line: Line) -> str:
        """What is said in a line, the listener's own words in their place; of a sound, its name."""
        if not isinstance(line.sound, Utterance):
            return line.sound.value
        if not line.words:
            return line.sound.text
        own = self.program.private_lines(self.texts[line.words], line.words)
        return own[line.place].text


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sitting that goes on from now."""

    seen: Seen
    is_new: bool
    """False where the same phone had begun it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """It cannot begin yet: lines are being made. Nothing is kept; ask again."""

    done: int
    total: int
    """Lines that are there, of all that are needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What came of a move."""

    seen: Seen
    starts_ms: Ms | None
    """Where in the stream its answer begins; None where everything goes on as it was."""

    @property
    def voice_after_ms(self) -> Ms | None:
        """How long after the move the voice begins to answer, for somebody who waits for nothing;
        None where it does not, or is not certain yet, or the move was answered before.
        """
        told = self.seen.performance
        if self.starts_ms is None or self.starts_ms < told.heard_ms:
            return None
        spoken = (
            line.start_ms
            for line in told.lines
            if line.start_ms >= self.starts_ms and isinstance(line.sound, Utterance)
        )
        start_ms = next(spoken, None)
        return None if start_ms is None else Ms(start_ms - told.heard_ms)


def is_paused(events: tuple[Event, ...]) -> bool:
    """Tell whether the last that was done with the sound was to stop it."""
    told = [event.kind for event in events if event.kind != "voiced"]
    return bool(told) and told[-1] == "pause"
