"""What is said and heard, first in order (Plan), then in time (Timeline)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.units import Ms


class Sound(StrEnum):
    """The sounds of our own making that a practice may hold."""

    BELL = "bell"
    BREATH_IN = "breath-in"
    BREATH_OUT = "breath-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """The text of one sentence to be spoken, with its voice settings."""

    text: str
    """As a person reads it in the transcript; the voice room makes it speakable."""
    pace: float
    """1.0 is the voice's own pace; larger is slower."""
    is_private: bool = False
    """True when it holds words that the listener gave: its clip is never shared."""


# ── the order of things ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStep:
    """A sentence, as long as the voice makes it."""

    utterance: Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceStep:
    """A silence of a length that the script fixed."""

    length_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class FillStep:
    """A silence that takes its share of the time that is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundStep:
    """A bell, or one half of a breath."""

    sound: Sound
    length_ms: Ms


Step = SpeechStep | SilenceStep | FillStep | SoundStep


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStage:
    """A stage of the script as steps in order."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The order of a practice with every choice made; only the sentences' lengths are unknown."""

    target_ms: Ms
    """How long the whole should be."""
    stages: tuple[PlannedStage, ...]

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        """Every sentence in order, each once, however often it is said."""
        steps = (step for stage in self.stages for step in stage.steps)
        return tuple(dict.fromkeys(s.utterance for s in steps if isinstance(s, SpeechStep)))

    @property
    def is_private(self) -> bool:
        """True when any sentence holds words that the listener gave."""
        return any(utterance.is_private for utterance in self.utterances)


# ── moments in time ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechSegment:
    """A sentence in its place."""

    start_ms: Ms
    length_ms: Ms
    utterance: Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceSegment:
    """A stretch in which only the room is heard."""

    start_ms: Ms
    length_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSegment:
    """A bell or half a breath in its place; a bell may ring on beyond its segment."""

    start_ms: Ms
    length_ms: Ms
    sound: Sound


Segment = SpeechSegment | SilenceSegment | SoundSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A stage in its place."""

    title: str
    start_ms: Ms
    end_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What is being said from one moment to another."""

    start_ms: Ms
    end_ms: Ms
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A whole practice in time. Segments touch: no gap, no overlap, the sum is the total."""

    segments: tuple[Segment, ...]
    chapters: tuple[Chapter, ...]
    total_ms: Ms
