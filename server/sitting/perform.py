"""A program, the events so far and the clock → what is certain to be heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.sitting.budget import Budget
from server.sitting.clock import Clock, grain_down, grain_up
from server.sitting.model import (
    GRACE_MS,
    LEAD_MS,
    Applied,
    Event,
    Kind,
    Line,
    Performance,
    Rung,
    Station,
    Stretch,
)
from server.sitting.program import Program
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
from server.sitting.walk import Walk
from server.timeline import Sound, Utterance
from server.units import Ms

TAIL_MS = Ms(3_008)
"""The room goes on for so long after the last sound: a sitting ends in silence."""


def perform(
    program: Program, events: Sequence[Event], lengths: Mapping[Utterance, Ms], clock_ms: Ms
) -> Performance:
    """Go through a program as these events lead, as far as is certain at `clock_ms`.

    `events` come in the order of their recording. `lengths` holds every shared line's length, a
    multiple of GRAIN_MS; those of private lines are in the VOICED events.
    """
    budget = Budget(program=program, lengths=lengths)
    listening = _Listening(
        walk=Walk(program=program, budget=budget),
        clock=Clock(events),
        waiting=[
            (number, event)
            for number, event in enumerate(events)
            if event.kind not in (Kind.PAUSE, Kind.RESUME)
        ],
    )
    return listening.until(clock_ms)


@dataclass(slots=True, kw_only=True)
class _Listening:
    """A sitting as it goes on."""

    walk: Walk
    clock: Clock
    waiting: list[tuple[int, Event]]
    """The events that have not had their effect, with their numbers."""
    now_ms: Ms = Ms(0)
    """Up to here in the stream it is decided what is heard."""
    ahead_ms: Ms = Ms(0)
    """By how much the listener is further on than the time that they listened."""
    is_between: bool = True
    """True where something new begins: behind a silence or a move."""
    total_ms: Ms | None = None
    lines: list[Line] = field(default_factory=list)
    stations: list[Stretch] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    ladders: list[tuple[Ms, tuple[Rung, ...]]] = field(default_factory=list)
    """Each ladder and the moment from which it is that."""

    @property
    def spent_ms(self) -> Ms:
        """How long somebody will have listened who is at `now_ms` in the stream."""
        return Ms(self.now_ms - self.ahead_ms)

    def until(self, clock_ms: Ms) -> Performance:
        """Go on until all is decided that is certain at this moment of the server's clock."""
        while self.total_ms is None:
            self._apply_due(self.now_ms)
            is_answered = all(event.kind == Kind.VOICED for _, event in self.waiting)
            if is_answered and self.now_ms >= self._certain_ms(clock_ms):
                break
            self._note_ladder()
            self._step()
        self._note_ladder()
        heard_ms = Ms(self.clock.listened_ms(clock_ms) + self.ahead_ms)
        certain_ms = self._certain_ms(clock_ms)
        is_over = self.total_ms is not None and certain_ms >= self.total_ms
        if self.total_ms is not None:
            certain_ms, heard_ms = min(certain_ms, self.total_ms), min(heard_ms, self.total_ms)
        return Performance(
            lines=tuple(line for line in self.lines if line.start_ms < certain_ms),
            stations=tuple(each for each in self.stations if each.start_ms <= certain_ms),
            certain_ms=certain_ms,
            heard_ms=heard_ms,
            total_ms=self.total_ms if is_over else None,
            applied=tuple(self.applied),
            ladder=[ladder for at_ms, ladder in self.ladders if at_ms <= heard_ms][-1],
        )

    def _note_ladder(self) -> None:
        """Keep the ladder as it is now: a wait may be decided that is still to be waited."""
        rungs = tuple(self.walk.rungs)
        if not self.ladders or self.ladders[-1][1] != rungs:
            self.ladders.append((self.now_ms, rungs))

    def _certain_ms(self, clock_ms: Ms) -> Ms:
        heard_ms = self.clock.listened_ms(clock_ms) + self.ahead_ms
        return grain_down(max(0, heard_ms + LEAD_MS - GRACE_MS))

    def _due_ms(self, event: Event) -> Ms:
        """Where in the stream an event may have its effect: beyond all that was handed out."""
        return grain_up(self.clock.listened_ms(event.at_ms) + self.ahead_ms + LEAD_MS)

    def _apply_due(self, moment_ms: Ms) -> bool:
        """Let the events that are due by then have their effect; True where one leads elsewhere."""
        while self.waiting and self._due_ms(self.waiting[0][1]) <= moment_ms:
            number, event = self.waiting[0]
            at_ms = max(self.now_ms, self._due_ms(event))
            self.waiting.pop(0)
            if event.kind == Kind.VOICED:
                self.walk.voiced[event.words] = event.lengths
                continue
            turn = self.walk.answer(event, self.clock.listened_ms(event.at_ms))
            if turn is None:
                self.applied.append(Applied(number=number, starts_ms=None))
                continue
            self.now_ms = at_ms
            # Whoever has made a move goes there at once: what was certain before is passed over.
            self.ahead_ms = Ms(at_ms - self.clock.listened_ms(event.at_ms))
            self.applied.append(Applied(number=number, starts_ms=at_ms))
            self.walk.take(turn)
            self.is_between = True
            return True
        return False

    def _step(self) -> None:
        """Let the next step be heard."""
        walk = self.walk
        if self.is_between and not walk.has_time(self.spent_ms):
            walk.take(walk.close())
        step = walk.program.steps[walk.place]
        self._note_station(step)
        match step:
            case Speak():
                self._speak(step)
            case Strike(sound=sound, length_ms=sound_ms):
                self._hear(sound, grain_up(sound_ms), sound_ms=sound_ms)
            case Quiet():
                self._be_quiet(self._quiet_ms(step))
            case Filling(weight=weight):
                self._be_quiet(walk.budget.fill_ms(walk.place, weight, self.spent_ms))
            case Question():
                self._wait(step)
            case Over():
                self._be_over()
            case _:
                self._pass(step)

    def _pass(self, step: Choose | Given | Round | Jump | Back) -> None:
        """Go over a step that takes no time."""
        walk = self.walk
        match step:
            case Choose():
                walk.choose(step)
            case Given(otherwise=otherwise):
                walk.place = walk.place + 1 if walk.is_told(step) else otherwise
            case Round():
                walk.end_round(step, self.spent_ms)
            case Jump(to=to):
                walk.place = to
            case _:  # back from what was said in between
                walk.come_back()

    def _speak(self, step: Speak) -> None:
        walk = self.walk
        words = 0
        if step.holds_words:
            words = walk.words_at(walk.place, is_latest=step.is_latest)
        if words:
            said = replace(step.utterance, is_private=True)
            self._hear(said, walk.voiced[words][walk.place], words=words)
        else:
            self._hear(step.utterance, walk.budget.lengths[step.utterance])

    def _hear(
        self, sound: Utterance | Sound, length_ms: Ms, *, words: int = 0, sound_ms: Ms = Ms(0)
    ) -> None:
        self.lines.append(
            Line(
                start_ms=self.now_ms,
                length_ms=length_ms,
                sound=sound,
                place=self.walk.place,
                words=words,
                sound_ms=sound_ms,
            )
        )
        self.now_ms = Ms(self.now_ms + length_ms)
        self.is_between = False
        self.walk.place += 1

    def _quiet_ms(self, step: Quiet) -> Ms:
        """How long it is quiet; whoever wanted to stay may, as long as there is time."""
        if not step.is_asked_for:
            return grain_up(step.length_ms)
        left_ms = self.walk.program.most_ms - self.spent_ms - self.walk.kept_ms
        return grain_down(max(0, min(step.length_ms, left_ms)))

    def _be_quiet(self, length_ms: Ms) -> None:
        end_ms = Ms(self.now_ms + length_ms)
        self.is_between = True
        if not self._apply_due(end_ms):
            self.now_ms = end_ms
            self.walk.place += 1

    def _wait(self, question: Question) -> None:
        """Wait for a move, as long as the script and the time allow it."""
        left_ms = self.walk.program.most_ms - self.spent_ms - self.walk.kept_ms
        end_ms = Ms(self.now_ms + grain_up(max(0, min(question.wait_ms, left_ms))))
        self.is_between = True
        if not self._apply_due(end_ms):
            self.now_ms = end_ms
            self.walk.take(self.walk.wait_is_over(question))

    def _be_over(self) -> None:
        self.total_ms = Ms(self.now_ms + TAIL_MS)
        self.walk.rest()
        unheard = [number for number, event in self.waiting if event.kind != Kind.VOICED]
        self.applied += [Applied(number=number, starts_ms=None) for number in unheard]
        self.waiting.clear()

    def _note_station(self, step: Step) -> None:
        walk = self.walk
        question = -1
        if isinstance(step, Over):
            station = Station.OVER
        elif isinstance(step, Question):
            station, question = Station.ASKING, walk.place
        elif walk.is_grounding:
            station = Station.GROUND
        else:
            station = Station.RETURNING if walk.is_closing else Station.GUIDED
        last = self.stations[-1] if self.stations else None
        if last is None or (last.station, last.question) != (station, question):
            self.stations.append(Stretch(start_ms=self.now_ms, station=station, question=question))
