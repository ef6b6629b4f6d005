"""Script and choices → one telling of it: what linear listening goes through, cue by cue."""

from __future__ import annotations

from collections.abc import Collection, Generator
from dataclasses import dataclass
from typing import TypedDict

from server.script import (
    AGAIN,
    END,
    NEXT,
    NOTHING,
    Ask,
    Condition,
    Cue,
    Go,
    Include,
    OneOf,
    Repeat,
    Script,
    Single,
    Stage,
    Until,
    When,
)
from server.timeline.options import Options, own_words


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardStage:
    """What is heard of a stage in one telling."""

    stage: Stage
    cues: tuple[Single, ...]
    """In order; never empty."""
    by_words: tuple[bool, ...]
    """For each cue, whether it is heard because somebody gave words of their own, or none."""


def linear_cues(script: Script, options: Options) -> tuple[HeardStage, ...]:
    """Go through a script as somebody does who is asked nothing.

    Variants are chosen by the options, alternatives by their seed; every question takes its
    default answer, and every loop goes round as often as it usually does. Words that were given
    are heard until the first question: what comes after it is about something else. Stages of
    which nothing is heard are left out.
    """
    walk = _Walk(options, script.voice, own_words(script, options.words))
    titles = [stage.title for stage in script.stages]
    heard: list[HeardStage] = []
    index = 0
    while index < len(titles):
        cues, leap = _drain(walk.through(script.stages[index].cues))
        if cues:
            singles, by_words = zip(*cues, strict=True)
            stage = script.stages[index]
            heard.append(HeardStage(stage=stage, cues=singles, by_words=by_words))
        if leap == END:
            break
        index = titles.index(leap) if leap else index + 1
    return tuple(heard)


class Chosen(TypedDict):
    """What variants ask about, as a listener chose it."""

    minutes: int
    anchor: str
    eyes: str
    voice: str


def holds(
    condition: Condition,
    *,
    minutes: int,
    anchor: str,
    eyes: str,
    voice: str,
    given: Collection[str] = (),
    live: str = "no",
) -> bool:
    """Tell whether a variant's condition holds for a listener.

    `given` names the words of their own that they gave and that can be said now; `live` is one
    of LIVE.
    """
    if condition.about == "minutes":
        return condition.least <= minutes and not 0 < condition.below <= minutes
    if condition.about == "given":
        return not set(given or (NOTHING,)).isdisjoint(condition.names)
    # Who looks at something has open eyes, whether or not they said so.
    eyes = "open" if anchor == "sight" else eyes
    chosen = {"anchor": anchor, "eyes": eyes, "voice": voice, "live": live}
    return chosen[condition.about] in condition.names


_Leap = str
"""Where the listening goes on: empty for what follows, or what an Answer's `goes` may be."""


_Heard = tuple[Single, bool]
"""A cue, and whether it is heard because of what words were given."""


def _drain(walk: Generator[_Heard, None, _Leap]) -> tuple[list[_Heard], _Leap]:
    cues: list[_Heard] = []
    while True:
        try:
            cues.append(next(walk))
        except StopIteration as end:
            return cues, end.value


class _Walk:
    """One way through a script; it knows the alternatives that it has met.

    Those in what is heard because of the words that were given are counted by themselves, so
    that nobody's words change with which alternatives the rest is told.
    """

    def __init__(self, options: Options, voice: str, given: frozenset[str]) -> None:
        self._seed = options.seed
        self._chosen = Chosen(
            minutes=options.minutes, anchor=options.anchor, eyes=options.eyes, voice=voice
        )
        self._given = given
        self._told: dict[bool, dict[OneOf, int]] = {False: {}, True: {}}
        self._by_words = self._is_asked = False

    def through(self, cues: tuple[Cue, ...]) -> Generator[_Heard, None, _Leap]:
        """Go through cues in order, until one of them leads elsewhere."""
        for cue in cues:
            leap = yield from self._one(cue)
            if leap:
                return leap
        return ""

    def _one(self, cue: Cue) -> Generator[_Heard, None, _Leap]:
        match cue:
            case Repeat():
                return (yield from self.through(cue.cues * cue.times))
            case When():
                return (yield from self._variant(cue))
            case OneOf():
                return (yield from self.through(self._alternative(cue)))
            case Until():
                return (yield from self._rounds(cue))
            case Ask():
                self._given, self._is_asked = frozenset(), True
                yield from self.through(cue.question)
                return "" if cue.default.goes == NEXT else cue.default.goes
            case Go():
                return cue.goes
            case Include():
                return (yield from self.through(cue.cues))
            case _:
                yield cue, self._by_words
                return ""

    def _variant(self, when: When) -> Generator[_Heard, None, _Leap]:
        if not all(holds(each, **self._chosen, given=self._given) for each in when.conditions):
            return ""
        around = self._by_words
        is_about_words = any(each.about == "given" for each in when.conditions)
        self._by_words = around or (is_about_words and not self._is_asked)
        leap = yield from self.through(when.cues)
        self._by_words = around
        return leap

    def _alternative(self, one_of: OneOf) -> tuple[Cue, ...]:
        """Choose by the seed, another one than the last time that the same ones were met."""
        known = self._told[self._by_words]
        told = known.setdefault(one_of, len(known))
        known[one_of] += 1
        return one_of.alternatives[(self._seed + told) % len(one_of.alternatives)]

    def _rounds(self, until: Until) -> Generator[_Heard, None, _Leap]:
        for _ in range(until.usually):
            leap = yield from self.through(until.cues)
            if leap == until.way_out:
                break
            if leap not in ("", AGAIN):
                return leap
        return ""
