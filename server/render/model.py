"""What a render is made from, how it goes, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.errors import InvalidOptions, PracticeNotFound, SoundMissing, TooShort, VoiceError
from server.script import Script
from server.store import NewRendition
from server.timeline import Plan
from server.units import Ms

CANNOT_BE_MADE = (InvalidOptions, PracticeNotFound, SoundMissing, TooShort, VoiceError)
"""What an order may raise because of what it asks for: it would do so each time, until something
changes."""

MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg; codecs=opus",
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "json": "application/json+chapters",
}
"""By the kind of a rendition, what is served. A `report` stays in the house."""


class Phase(StrEnum):
    """What a render is at."""

    SPEAKING = "speaking"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a render is, for people who wait for it."""

    phase: Phase
    stage: str
    """Title of the script's stage that is being worked on."""
    done_ms: Ms
    total_ms: Ms
    """Of the practice's sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """What a therapist's giving adds to the order of their client's device."""

    client_id: str
    """With whose key the greeting and the words are kept."""
    voice: str = ""
    """The name of the voice that was chosen for it; empty for the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """All that a render depends on."""

    script: Script
    plan: Plan
    render_key: str
    script_key: str
    """Content key of the script's text, so that a report says which version was spoken."""
    private_salt: bytes | None
    """Mixed into the keys of clips that hold the listener's own words; None where there are
    none, so that nobody can find such a clip by guessing the words."""
    is_excerpt: bool = False
    """True for what an author hears while writing: too short to be judged as a practice is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a render left on the shelf."""

    files: tuple[NewRendition, ...]
    report: dict[str, Any]
    duration_ms: Ms
    private_clip_keys: tuple[str, ...]


OnProgress = Callable[[Progress], None]
"""Called several times a second while there is work. It may raise RenderCancelled or
RenderInterrupted: the render then stops and leaves nothing but finished clips."""
