"""Script and choices → Plan: every sentence, silence, bell and breath of one telling in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import assert_never

from server.errors import InvalidOptions, SoundMissing
from server.script import (
    BEDS,
    BELLS,
    LEVELS,
    Bed,
    Bell,
    Breath,
    Curve,
    Fill,
    Say,
    Script,
    Silence,
    Single,
    WordUse,
)
from server.timeline.curve import level_at, pace_at, weigh
from server.timeline.greeting import plan_greeting
from server.timeline.lexicon import Lexicon
from server.timeline.linear import HeardStage, linear_cues
from server.timeline.model import (
    BedLevel,
    BedSound,
    BedStep,
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
from server.timeline.options import (
    AS_WRITTEN,
    NO_BED,
    NOTHING_ADDED,
    Additions,
    Options,
    choose_words,
    refuse_impossible,
)
from server.units import Ms, ms_from_minutes

BELL_MS = Ms(6_000)
"""How long nothing else is heard after a stroke; the bell's tail rings on under what follows."""


def plan(script: Script, options: Options, additions: Additions = NOTHING_ADDED) -> Plan:
    """Put a practice in order.

    Raises InvalidOptions for a length the script does not offer, a word it does not ask for,
    a word or greeting that is too long or holds nothing that can be spoken, a pace, bed or level
    that does not exist, and choices with which nothing is heard; SoundMissing for a sound in the
    script that is not among the additions.
    """
    words, own = choose_words(script, options.words)
    refuse_impossible(script, options, additions)
    planner = _Planner(
        words=words,
        own=own,
        pace=script.pace * options.pace,
        curve=script.curve,
        lexicon=Lexicon((*script.lexicon, *additions.lexicon)),
        options=options,
        additions=additions,
    )
    heard = linear_cues(script, options)
    weights = _weights(script, options, heard)
    steps = [[step for cue in each.cues for step in planner.steps(cue, weights)] for each in heard]
    if all(isinstance(step, BedStep) for own in steps for step in own):
        raise InvalidOptions("anchor", "With these choices, nothing of this practice is left.")
    steps[0][:0] = planner.opening()
    stages = tuple(
        PlannedStage(title=each.stage.title, steps=tuple(own))
        for each, own in zip(heard, steps, strict=True)
    )
    if options.greeting is not None:
        stages = (plan_greeting(options.greeting, planner.pace, planner.lexicon), *stages)
    return Plan(target_ms=ms_from_minutes(options.minutes), stages=stages)


def _weights(script: Script, options: Options, heard: tuple[HeardStage, ...]) -> Iterator[float]:
    """Weigh every sentence in order, as if nobody had given words of their own.

    So a listener's words never change how the others are said, and their clips are shared. What
    is said only because they gave words weighs as much as the sentence that comes after it.
    """
    defaults = {word.name: word.quoted(word.default) for word in script.words}
    said = _said(heard)
    usual = _said(linear_cues(script, replace(options, words={})))
    weights = list(weigh([len(sentence_text(cue, defaults)) for cue, _ in usual]))
    if len(said) == len(usual) and all(a[0] is b[0] for a, b in zip(said, usual, strict=True)):
        return iter(weights)
    shared = [weight for weight, (_, by_words) in zip(weights, usual, strict=True) if not by_words]
    before = accumulate((not by_words for _, by_words in said), initial=0)
    # What comes last has nothing after it, and is said as at the end.
    return iter([[*shared, 0.0][index] for index, _ in zip(before, said, strict=False)])


def _said(heard: tuple[HeardStage, ...]) -> list[tuple[Say, bool]]:
    """The sentences, each with whether it is said because of what words were given."""
    cues = (pair for each in heard for pair in zip(each.cues, each.by_words, strict=True))
    return [(cue, by_words) for cue, by_words in cues if isinstance(cue, Say)]


def sentence_text(cue: Say, words: Mapping[str, str]) -> str:
    """Write a sentence out; `words` holds each of the listener's words in its form."""
    return "".join(part if isinstance(part, str) else words[part.name] for part in cue.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planner:
    """Turns one cue after the other into steps, by the choices that were made."""

    words: Mapping[str, str]
    """The text of every word, in its form."""
    own: frozenset[str]
    """The words whose text is the listener's own."""
    pace: float
    curve: Curve
    lexicon: Lexicon
    options: Options
    additions: Additions

    def opening(self) -> list[Step]:
        """Begin with the bed that the listener chose for the whole practice."""
        name = self.options.bed
        return [] if name in (AS_WRITTEN, NO_BED) else [self._bed(name, LEVELS[1])]

    def steps(self, cue: Single, weights: Iterator[float]) -> Iterator[Step]:
        """Plan one cue; `weights` holds those of the sentences that are still to come."""
        match cue:
            case Say():
                depth = next(weights)
                level_db = level_at(self.curve, depth)
                yield SpeechStep(utterance=self._utterance(cue, depth), level_db=level_db)
            case Silence(length_ms=length_ms):
                yield SilenceStep(length_ms=length_ms)
            case Fill(weight=weight):
                yield FillStep(weight=weight)
            case Bell():
                yield from self._strokes(cue)
            case Bed(name=name, level=level):
                if self.options.bed == AS_WRITTEN:
                    yield self._bed(name, level)
            case Breath():
                yield from _breaths(cue)
            case _:
                assert_never(cue)

    def _utterance(self, cue: Say, depth: float) -> Utterance:
        text = sentence_text(cue, self.words)
        uses = (part.name for part in cue.parts if isinstance(part, WordUse))
        is_private = any(name in self.own for name in uses)
        recording = "" if is_private else self.additions.recordings.get(text, "")
        if recording:
            # What a person said has a pace of its own, and no spelling.
            return Utterance(text=text, pace=1.0, recording=recording)
        return Utterance(
            text=text,
            pace=pace_at(self.curve, self.pace, depth),
            is_private=is_private,
            spoken=self.lexicon.respell(text),
        )

    def _strokes(self, bell: Bell) -> Iterator[Step]:
        sound: Sound | OwnSound
        if bell.kind in BELLS:
            sound, last_ms = Sound(f"bell-{bell.kind}"), BELL_MS
        else:
            sound = self._own_sound(bell.kind)
            last_ms = min(sound.length_ms, BELL_MS)
        for _ in range(bell.strokes - 1):
            yield SoundStep(sound=sound, length_ms=bell.every_ms)
        yield SoundStep(sound=sound, length_ms=last_ms)

    def _bed(self, name: str, level: str) -> BedStep:
        """Plan a bed by its name; without one, the end of a bed."""
        if not name:
            return BedStep(bed=None, level=BedLevel(level))
        wanted = self.options.bed_level
        return BedStep(
            bed=BedSound(name) if name in BEDS else self._own_sound(name),
            level=BedLevel(level if wanted == AS_WRITTEN else wanted),
        )

    def _own_sound(self, name: str) -> OwnSound:
        if name not in self.additions.sounds:
            raise SoundMissing(name)
        return self.additions.sounds[name]


def _breaths(breath: Breath) -> Iterator[Step]:
    for _ in range(breath.count):
        yield SoundStep(sound=Sound.BREATH_IN, length_ms=breath.in_ms)
        if breath.hold_ms:
            yield SilenceStep(length_ms=breath.hold_ms)
        yield SoundStep(sound=Sound.BREATH_OUT, length_ms=breath.out_ms)
