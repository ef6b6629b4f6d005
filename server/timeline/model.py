"""What is said and heard, first in order (Plan), then in time (Timeline)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.units import Db, Ms


class Sound(StrEnum):
    """The sounds of our own making that a practice may hold."""

    BELL_SMALL = "bell-small"
    BELL_LARGE = "bell-large"
    BELL_SINGING = "bell-singing"
    BREATH_IN = "breath-in"
    BREATH_OUT = "breath-out"


class BedSound(StrEnum):
    """The beds of our own making."""

    RAIN = "rain"
    STREAM = "stream"
    WIND = "wind"
    DRONE = "drone"
    BROWN = "brown"


class BedLevel(StrEnum):
    """How loud a bed lies under the voice."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSound:
    """A sound that an operator or a therapist put into the house."""

    name: str
    """How scripts call it."""
    key: str
    """Content key of its file: another file of the same name is another sound."""
    length_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """The text of one sentence to be spoken, with its voice settings."""

    text: str
    """As a person reads it in the transcript; the voice room makes it speakable."""
    pace: float
    """1.0 is the voice's own pace; larger is slower."""
    is_private: bool = False
    """True when it holds words that the listener gave: its clip is never shared."""
    spoken: str = ""
    """What the voice gets instead of `text`, where a lexicon respells a word of it."""
    recording: str = ""
    """Content key of a person's own recording of it, heard instead of the voice; mostly empty."""


# ── the order of things ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStep:
    """A sentence, as long as the voice makes it."""

    utterance: Utterance
    level_db: Db = Db(0.0)
    """How much louder than usual it is said; the practice's curve makes it softer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceStep:
    """A silence of a length that the script fixed."""

    length_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class FillStep:
    """A silence that takes its share of the time that is left."""

    weight: int = 1
    """How many shares of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundStep:
    """One stroke of a bell, or one half of a breath."""

    sound: Sound | OwnSound
    length_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class BedStep:
    """From here on this bed lies under everything; it takes no time of its own."""

    bed: BedSound | OwnSound | None
    """None: no bed."""
    level: BedLevel


Step = SpeechStep | SilenceStep | FillStep | SoundStep | BedStep


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
    level_db: Db = Db(0.0)


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
    sound: Sound | OwnSound


@dataclass(frozen=True, slots=True, kw_only=True)
class BedSegment:
    """The moment from which a bed is heard, until the next of these; its own length is 0."""

    start_ms: Ms
    length_ms: Ms = Ms(0)
    bed: BedSound | OwnSound | None
    level: BedLevel


Segment = SpeechSegment | SilenceSegment | SoundSegment | BedSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A stage in its place."""

    title: str
    start_ms: Ms
    end_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionWord:
    """The moment from which a word of a caption is said."""

    text: str
    """As the voice was given it, which may differ from the caption's own spelling."""
    start_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What is being said from one moment to another."""

    start_ms: Ms
    end_ms: Ms
    text: str
    words: tuple[CaptionWord, ...] = ()
    """In order; empty where the voice cannot tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A whole practice in time. Segments touch: no gap, no overlap, the sum is the total."""

    segments: tuple[Segment, ...]
    chapters: tuple[Chapter, ...]
    total_ms: Ms
