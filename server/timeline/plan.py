"""Script and choices → Plan: every sentence, silence, bell and breath in order, repeats gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from server.errors import InvalidOptions
from server.script import Bed, Bell, Breath, Cue, Fill, Respelling, Say, Script, Silence, WordUse
from server.timeline.model import (
    FillStep,
    OwnSound,
    Plan,
    PlannedStage,
    SilenceStep,
    Sound,
    SoundStep,
    SpeechStep,
    Step,
    Utterance,
)
from server.units import Ms, ms_from_minutes

BELL_MS = Ms(6_000)
"""How long nothing else is heard after a stroke; the bell's tail rings on under what follows."""


AS_WRITTEN = "as-written"
NO_BED = "none"

PACES = (0.92, 1.0, 1.1)
"""The listener's choices of pace: a little quicker, as the script says, a little slower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a listener chose for one render of a practice."""

    minutes: int
    """One of the script's lengths."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The listener's own words by name; a name that is missing or blank takes its default."""
    pace: float = 1.0
    """One of PACES: by what factor everything is said more slowly than the script says."""
    bed: str = AS_WRITTEN
    """AS_WRITTEN, NO_BED, or the name of a bed that lies under the whole practice."""
    bed_level: str = AS_WRITTEN
    """AS_WRITTEN, or one of BedLevel for every bed of the practice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What this installation adds to its scripts."""

    sounds: Mapping[str, OwnSound] = field(default_factory=dict)
    """Sounds of its own, by the name that scripts use."""
    lexicon: tuple[Respelling, ...] = ()
    """Respellings for every script."""
    recordings: Mapping[str, str] = field(default_factory=dict)
    """Content keys of persons' own recordings, by the text of the sentence."""


NOTHING_ADDED = Additions()


def plan(script: Script, options: Options, additions: Additions = NOTHING_ADDED) -> Plan:
    """Put a practice in order.

    Raises InvalidOptions for a length the script does not offer, a word it does not ask for,
    or a word that is too long or holds nothing that can be spoken.
    """
    spoken, own = _choose_words(script, options.words)
    if options.minutes not in script.minutes:
        offered = ", ".join(str(minutes) for minutes in script.minutes)
        raise InvalidOptions("minutes", f"This practice can be {offered} minutes long.")
    stages = tuple(
        PlannedStage(
            title=stage.title,
            steps=tuple(_steps(stage.cues, spoken=spoken, own=own, pace=script.pace)),
        )
        for stage in script.stages
    )
    return Plan(target_ms=ms_from_minutes(options.minutes), stages=stages)


def _choose_words(
    script: Script, given: Mapping[str, str]
) -> tuple[dict[str, str], frozenset[str]]:
    """Give every word its text, and name those that are the listener's own."""
    asked = {word.name: word for word in script.words}
    for name, text in given.items():
        if name not in asked:
            raise InvalidOptions(f"words.{name}", "This practice does not ask for that word.")
        if len(text.strip()) > asked[name].longest:
            raise InvalidOptions(
                f"words.{name}", f"Please use at most {asked[name].longest} characters."
            )
        if text.strip() and not any(letter.isalnum() for letter in text):
            raise InvalidOptions(f"words.{name}", "Please use at least one letter or digit.")
    spoken = {name: given.get(name, "").strip() or word.default for name, word in asked.items()}
    own = frozenset(name for name, text in spoken.items() if text != asked[name].default)
    return spoken, own


def _steps(
    cues: tuple[Cue, ...], *, spoken: Mapping[str, str], own: frozenset[str], pace: float
) -> Iterator[Step]:
    for cue in cues:
        match cue:
            case Say(parts=parts):
                yield SpeechStep(utterance=_utterance(parts, spoken=spoken, own=own, pace=pace))
            case Silence(length_ms=length_ms):
                yield SilenceStep(length_ms=length_ms)
            case Fill():
                yield FillStep()
            case Bell():
                yield SoundStep(sound=Sound.BELL_SMALL, length_ms=BELL_MS)
            case Bed():
                continue
            case Breath():
                yield from _breaths(cue)
            case _:
                yield from (*_steps(cue.cues, spoken=spoken, own=own, pace=pace),) * cue.times


def _utterance(
    parts: tuple[str | WordUse, ...], *, spoken: Mapping[str, str], own: frozenset[str], pace: float
) -> Utterance:
    return Utterance(
        text="".join(part if isinstance(part, str) else spoken[part.name] for part in parts),
        pace=pace,
        is_private=any(isinstance(part, WordUse) and part.name in own for part in parts),
    )


def _breaths(breath: Breath) -> Iterator[Step]:
    for _ in range(breath.count):
        yield SoundStep(sound=Sound.BREATH_IN, length_ms=breath.in_ms)
        if breath.hold_ms:
            yield SilenceStep(length_ms=breath.hold_ms)
        yield SoundStep(sound=Sound.BREATH_OUT, length_ms=breath.out_ms)
