"""The lines that a live sitting is made of: their names on the shelf, and which of them it needs.

Light to import: a web process names lines and reads them, and never makes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from server.errors import InvalidOptions
from server.script import ANCHORS, EYES, Script
from server.sitting import Choices, Extras, Line, Program, compile_sitting
from server.sitting.steps import Strike
from server.timeline import Additions, Sound, Utterance, content_key
from server.units import Ms
from server.voice import speakable

LINE_VERSION = "1"
"""Goes into every line's key. Raise it when the same line would sound different."""


def line_key(utterance: Utterance, voice_key: str) -> str:
    """Name the line of a sentence that everybody hears alike."""
    if utterance.recording:
        return content_key("line", LINE_VERSION, utterance.recording)
    text = speakable(utterance.spoken or utterance.text)
    return content_key("line", LINE_VERSION, voice_key, f"{utterance.pace:.3f}", text)


def sound_line_key(sound: Sound, length_ms: Ms) -> str:
    """Name the line of a bell or half a breath of this length."""
    return content_key("sound-line", LINE_VERSION, sound.value, str(length_ms))


def room_line_key() -> str:
    """Name the room tone between the lines."""
    return content_key("room-line", LINE_VERSION)


def sounds_of(program: Program) -> tuple[tuple[Sound, Ms], ...]:
    """Every bell and half a breath that may be heard, with its length; each once."""
    strikes = (step for step in program.steps if isinstance(step, Strike))
    return tuple(dict.fromkeys((step.sound, step.length_ms) for step in strikes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """All shared lines that must be there before a sitting begins, by their keys."""

    sentences: Mapping[str, Utterance]
    sounds: Mapping[str, tuple[Sound, Ms]]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key, in the order of need."""
        return (*self.sounds, *self.sentences)


def needs_of(programs: Iterable[Program], voice_key: str) -> Needs:
    """Name every line of one or more programs."""
    spoken: dict[Utterance, None] = {}
    struck: dict[tuple[Sound, Ms], None] = {}
    for program in programs:  # many of them say the same, and a name takes time to make
        spoken.update(dict.fromkeys(program.utterances))
        struck.update(dict.fromkeys(sounds_of(program)))
    sentences: dict[str, Utterance] = {}
    for utterance in spoken:
        sentences.setdefault(line_key(utterance, voice_key), utterance)
    sounds = {sound_line_key(*each): each for each in struck}
    return Needs(sentences=sentences, sounds=sounds)


def key_of(line: Line, voice_key: str) -> str:
    """Name a line that is shared with everybody, as it is heard in a sitting."""
    if isinstance(line.sound, Utterance):
        return line_key(line.sound, voice_key)
    return sound_line_key(line.sound, line.sound_ms)


def every_program(script: Script, extras: Extras, additions: Additions) -> Iterator[Program]:
    """All programs that a script may become at the usual pace, whatever is chosen otherwise.

    Raises NotLive for a script that asks nothing.
    """
    for minutes in script.minutes:
        for anchor in ANCHORS:
            for eyes in EYES:
                choices = Choices(minutes=minutes, anchor=anchor, eyes=eyes, has_buttons=True)
                try:
                    yield compile_sitting(script, choices, extras, additions)
                except InvalidOptions:
                    continue  # nobody can choose this
