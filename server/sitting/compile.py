"""Cues → steps: a script's stages, loops and questions laid out in one row, for one listener."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import assert_never

from server.script import (
    AGAIN,
    BELLS,
    END,
    NEXT,
    NOTHING,
    Ask,
    Bed,
    Bell,
    Breath,
    Cue,
    Fill,
    Go,
    Include,
    OneOf,
    Repeat,
    Say,
    Silence,
    Stage,
    Until,
    When,
    WordUse,
)
from server.sitting.steps import (
    Back,
    Choose,
    Filling,
    Given,
    Jump,
    Over,
    Question,
    Quiet,
    Round,
    Speak,
    Step,
    Strike,
)
from server.timeline import BELL_MS, Sound, Utterance
from server.units import Ms

LEAST_WAIT_MS = Ms(20_000)
"""So long, at least, the guide waits for an answer: a phone has to be found first."""

WAIT_FACTOR = 3
"""A silence behind a question is for who only listens; who is to answer gets this much more."""

MOST_ANSWERS = 3
"""A sitting knows the answers by their order: met, not yet, too much. Of two the second is both
*not yet* and *too much* where it leads to the ground."""

OVER_STAGE, BETWEEN_STAGE = -2, -1
"""No stages of the script: its end, and what is said in between."""


@dataclass(slots=True)
class _Label:
    """A place that steps may lead to before it is known."""

    place: int = -1


Make = Callable[[], Step]


@dataclass(slots=True, kw_only=True)
class Compiler:
    """Writes steps down; those that lead on are made when every place is known."""

    utter: Callable[[Say], Utterance]
    """Gives a sentence as everybody hears it."""
    is_heard: Callable[[When], bool]
    """Tells whether the conditions of a variant hold that are known before the beginning."""
    ground: str = ""
    """The title of the stage for when it is too much; empty where there is none."""
    rows: list[Make] = field(default_factory=list)
    stages: list[int] = field(default_factory=list)
    """Which stage each step belongs to, by its number, or what is no stage."""
    _stage: int = BETWEEN_STAGE
    _stage_labels: dict[str, _Label] = field(default_factory=dict)
    _end: _Label = field(default_factory=_Label)
    _ways: list[dict[str, _Label]] = field(default_factory=list)
    """Where the words `again` and the way out lead, of each loop around."""
    _is_given: bool = False
    _known: dict[OneOf, int] = field(default_factory=dict)
    """Every group of alternatives, numbered."""

    def write_stages(self, stages: Iterable[Stage], opening: tuple[Cue, ...]) -> dict[str, int]:
        """Write a script's stages, `opening` at the end of the first; tells where each begins."""
        stages = tuple(stages)
        self._stage_labels = {stage.title: _Label() for stage in stages}
        for number, stage in enumerate(stages):
            self._stage = number
            self._put_here(self._stage_labels[stage.title])
            self._write(stage.cues)
            if number == 0:
                self._write(opening)
        self._put_here(self._end)
        self._stage = OVER_STAGE
        self._add(Over())
        return {title: label.place for title, label in self._stage_labels.items()}

    def write_between(self, cues: tuple[Cue, ...], quiet_ms: Ms = Ms(0)) -> int:
        """Write what may be said in between, a quiet behind it; tells where it begins."""
        self._stage = BETWEEN_STAGE
        begins = len(self.rows)
        self._write(cues)
        if quiet_ms:
            self._add(Quiet(length_ms=quiet_ms, is_asked_for=True))
        self._add(Back())
        return begins

    def steps(self) -> tuple[Step, ...]:
        """Make the steps; every place is known by now."""
        return tuple(make() for make in self.rows)

    def _add(self, step: Step) -> None:
        self._add_later(lambda: step)

    def _add_later(self, make: Make) -> None:
        self.rows.append(make)
        self.stages.append(self._stage)

    def _put_here(self, label: _Label) -> None:
        label.place = len(self.rows)

    def _write(self, cues: Iterable[Cue]) -> None:
        for cue in cues:
            self._write_one(cue)

    def _write_one(self, cue: Cue) -> None:
        match cue:
            case Say():
                uses = any(isinstance(part, WordUse) for part in cue.parts)
                self._add(
                    Speak(
                        utterance=self.utter(cue),
                        say=cue,
                        holds_words=uses,
                        is_latest=uses and self._is_given,
                    )
                )
            case Silence(length_ms=length_ms):
                self._add(Quiet(length_ms=length_ms))
            case Fill(weight=weight):
                self._add(Filling(weight=weight))
            case Bell():
                self._strokes(cue)
            case Breath():
                self._breaths(cue)
            case Repeat():
                self._write(cue.cues * cue.times)
            case Include():
                self._write(cue.cues)
            case When():
                self._variant(cue)
            case OneOf():
                self._alternatives(cue)
            case Until():
                self._loop(cue)
            case Ask():
                self._question(cue)
            case Go(goes=goes):
                self._jump(self._label_of(goes, _Label()))
            case Bed():
                pass  # a sitting has its room alone
            case _:
                assert_never(cue)

    def _jump(self, label: _Label) -> None:
        self._add_later(lambda: Jump(to=label.place))

    def _strokes(self, bell: Bell) -> None:
        """A bell of the house's own cannot be heard live; ours takes its place."""
        sound = Sound(f"bell-{bell.kind if bell.kind in BELLS else BELLS[0]}")
        for number in range(bell.strokes):
            is_last = number == bell.strokes - 1
            self._add(Strike(sound=sound, length_ms=BELL_MS if is_last else bell.every_ms))

    def _breaths(self, breath: Breath) -> None:
        for _ in range(breath.count):
            self._add(Strike(sound=Sound.BREATH_IN, length_ms=breath.in_ms))
            if breath.hold_ms:
                self._add(Quiet(length_ms=breath.hold_ms))
            self._add(Strike(sound=Sound.BREATH_OUT, length_ms=breath.out_ms))

    def _variant(self, when: When) -> None:
        if not self.is_heard(when):
            return
        with self._asking_for_words(when) as end:
            self._write(when.cues)
            self._put_here(end)

    @contextmanager
    def _asking_for_words(self, when: When) -> Iterator[_Label]:
        """Write what is looked at on the way: whether words were given."""
        end, was_given = _Label(), self._is_given
        for names in (each.names for each in when.conditions if each.about == "given"):
            with_words = any(name != NOTHING for name in names)
            without = NOTHING in names
            self._is_given = self._is_given or with_words
            self._add_later(partial(_given, with_words, without, end))
        yield end
        self._is_given = was_given

    def _alternatives(self, one_of: OneOf) -> None:
        begins, end = [_Label() for _ in one_of.alternatives], _Label()
        which = self._known.setdefault(one_of, len(self._known))
        self._add_later(lambda: Choose(to=tuple(label.place for label in begins), which=which))
        for label, cues in zip(begins, one_of.alternatives, strict=True):
            self._put_here(label)
            self._write(cues)
            self._jump(end)
        self._put_here(end)

    def _loop(self, until: Until) -> None:
        top, again, out = len(self.rows), _Label(), _Label()
        self._ways.append({AGAIN: again, until.way_out: out})
        self._write(until.cues)
        self._ways.pop()
        self._put_here(again)
        self._add(Round(top=top, most=until.most))
        self._put_here(out)

    def _question(self, ask: Ask) -> None:
        begins, after = len(self.rows), _Label()
        spoken, waiting_ms = _split(ask.question)
        self._write(spoken)
        answers = ask.answers[:MOST_ANSWERS]
        goes = [self._label_of(answer.goes, after) for answer in answers]
        silence = self._label_of(ask.default.goes, after)
        is_way_out = len(goes) == MOST_ANSWERS or answers[-1].goes == self.ground
        self._add_later(
            lambda: Question(
                begins=begins,
                labels=tuple(answer.label for answer in answers),
                met=goes[0].place,
                not_yet=goes[1].place,
                too_much=goes[-1].place if is_way_out else None,
                silence=silence.place,
                wait_ms=Ms(max(LEAST_WAIT_MS, WAIT_FACTOR * waiting_ms)),
            )
        )
        self._put_here(after)

    def _label_of(self, goes: str, after: _Label) -> _Label:
        if goes == NEXT:
            return after
        if goes == END:
            return self._end
        for ways in reversed(self._ways):
            if goes in ways:
                return ways[goes]
        return self._stage_labels[goes]


def _given(with_words: bool, without_words: bool, end: _Label) -> Given:
    return Given(with_words=with_words, without_words=without_words, otherwise=end.place)


def _split(question: tuple[Cue, ...]) -> tuple[tuple[Cue, ...], int]:
    """Part what is said from the silence behind it, which becomes the time to answer in."""
    count, waiting_ms = len(question), 0
    while count and isinstance(silence := question[count - 1], Silence):
        waiting_ms += silence.length_ms
        count -= 1
    return question[:count], waiting_ms


def as_private(utterance: Utterance, text: str, spoken: str) -> Utterance:
    """A sentence with the listener's own words in it, said like the one that everybody hears."""
    return replace(utterance, text=text, spoken=spoken, is_private=True, recording="")
