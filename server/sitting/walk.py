"""Where somebody is in a program, and where each move leads from there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from server.sitting.budget import Budget
from server.sitting.model import Event, Kind, Rung
from server.sitting.program import Program
from server.sitting.steps import Choose, Given, Over, Question, Round, Speak, leads_to
from server.units import Ms

STEPPED_BACK, MET, GROUNDED, RESTED = "stepped-back", "met", "grounded", "rested"
"""What may become of what came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a move changes."""

    place: int
    """Where it goes on."""
    back_to: int | None = None
    """Where it goes on after what is said in between."""
    outcome: str = ""
    """What became of what was here; empty where it stays."""
    comes: int | None = None
    """The number of the words for what comes now, 0 for none; None where nothing new comes."""
    round_of: int | None = None
    """The loop that goes round once more."""
    is_answer: bool = False
    """True where it answers a question: words given before it are not the latest any more."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """A way through a program as far as it has been gone."""

    program: Program
    budget: Budget
    place: int = 0
    voiced: dict[int, Mapping[int, Ms]] = field(default_factory=dict)
    """The lengths of the lines with each of the listener's words, by their places."""
    rungs: list[Rung] = field(default_factory=list)
    _back_to: int | None = None
    _told: dict[int, int] = field(default_factory=dict)
    """What each group of alternatives goes on with."""
    _given: int = 0
    _left: int = 0
    """Where somebody was before the ground."""
    _rounds: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._given = int(self.program.has_words)
        self.rungs.append(Rung(words=self._given, outcome=""))

    @property
    def base(self) -> int:
        """Where the practice stands, whatever is said in between."""
        return self.place if self._back_to is None else self._back_to

    @property
    def is_grounding(self) -> bool:
        """True where it was too much."""
        return self.program.ground is not None and self._is_in_stage_of(self.program.ground)

    @property
    def is_closing(self) -> bool:
        """True where the return has begun."""
        return self._is_in_stage_of(self.program.closing)

    @property
    def kept_ms(self) -> Ms:
        """The time that is kept for what has to follow, whatever else is wanted."""
        if self.is_closing:
            return self.budget.need_ms(self.base)
        return self.budget.closing_ms if self.is_grounding else self.budget.reserve_ms

    def has_time(self, spent_ms: Ms) -> bool:
        """True where what comes next and belongs together can be heard, and still all that has to
        follow it.
        """
        if self.is_closing or self.is_over:
            return True
        if self.is_grounding and self._has_time(spent_ms, self.budget.need_ms(self.place)):
            return True  # the ground has a return of its own, and there is time for all of it
        return self._has_time(spent_ms, self.budget.group_ms(self.place) + self.kept_ms)

    @property
    def is_over(self) -> bool:
        """True where nothing more is heard."""
        return isinstance(self.program.steps[self.place], Over)

    def rest(self) -> None:
        """What is still here at the end may rest as it is."""
        if not self.rungs[-1].outcome:
            self.rungs[-1] = replace(self.rungs[-1], outcome=RESTED)

    def _is_in_stage_of(self, place: int) -> bool:
        return self.program.stages[self.base] == self.program.stages[place]

    def words_at(self, place: int, *, is_latest: bool) -> int:
        """The number of the words that can be said at a place; 0 where none can be."""
        number = self._given if is_latest else int(self.program.has_words)
        return number if place in self.voiced.get(number, {}) else 0

    def is_told(self, step: Given) -> bool:
        """Tell whether a variant for given words, or for none, is heard now.

        Words count as given when every line of the variant that says them can be heard.
        """
        voiced = self.voiced.get(self._given, {})
        inside = range(self.place + 1, step.otherwise)
        has_words = bool(voiced) and all(
            place in voiced for place in inside if self._says_latest(place)
        )
        return step.with_words if has_words else step.without_words

    def _says_latest(self, place: int) -> bool:
        step = self.program.steps[place]
        return isinstance(step, Speak) and step.is_latest

    def choose(self, step: Choose) -> None:
        """Tell another alternative than the last time."""
        told = self._told.setdefault(step.which, len(self._told))
        self._told[step.which] += 1
        self.place = step.to[(self.program.seed + told) % len(step.to)]

    def answer(self, event: Event, spent_ms: Ms) -> Turn | None:
        """Say what a move changes; None where everything goes on as it was."""
        if self.is_over:
            return None
        match event.kind:
            case Kind.MET:
                return self._met()
            case Kind.STEP_BACK:
                return self._step_back(event.words, spent_ms)
            case Kind.STAY:
                return self._stay(spent_ms)
            case Kind.GO_BACK:
                return self._go_back(spent_ms)
            case Kind.END:
                return self._end(spent_ms)
            case _:
                return self._too_much(spent_ms, is_danger=event.kind == Kind.DANGER)

    def take(self, turn: Turn) -> None:
        """Go on as a turn says."""
        left, was_grounding = self.base, self.is_grounding
        self.place, self._back_to = turn.place, turn.back_to
        if self.is_grounding and not was_grounding:
            self._left = left
        if turn.is_answer:
            self._given = turn.comes or 0
        if turn.round_of is not None:
            self._rounds[turn.round_of] += 1
        if turn.outcome and not self.rungs[-1].outcome:
            self.rungs[-1] = replace(self.rungs[-1], outcome=turn.outcome)
        if turn.comes is not None:
            self.rungs.append(Rung(words=turn.comes, outcome=""))

    def wait_is_over(self, question: Question) -> Turn:
        """Nobody has moved: that is an answer too, and the script says which."""
        if question.silence == question.not_yet:
            return Turn(place=question.not_yet, outcome=STEPPED_BACK, comes=0, is_answer=True)
        outcome = MET if question.silence == question.met else GROUNDED
        return Turn(place=question.silence, outcome=outcome, is_answer=True)

    def end_round(self, step: Round, spent_ms: Ms) -> None:
        """Go round once more where the script and the time allow it, or on."""
        if self._may_go_round(self.place, step, spent_ms):
            self._rounds[self.place] += 1
            self.place = step.top
        else:
            self.place += 1

    def close(self) -> Turn:
        """Return, since there is no time for more."""
        return Turn(place=self.program.closing, outcome=RESTED)

    def come_back(self) -> None:
        """Go on after what was said in between."""
        self.place, self._back_to = self.base, None

    def _met(self) -> Turn | None:
        ahead = self._question_ahead(self.base)
        if ahead is None:
            return None
        return Turn(place=ahead.met, outcome=MET, is_answer=True)

    def _step_back(self, words: int, spent_ms: Ms) -> Turn | None:
        ahead = self._question_ahead(self.base)
        if ahead is not None:
            return Turn(place=ahead.not_yet, outcome=STEPPED_BACK, comes=words, is_answer=True)
        if self.program.last_loop is None or self.is_grounding:
            return None
        loop, step = self.program.last_loop
        if not self._may_go_round(loop, step, spent_ms):
            return None
        return Turn(
            place=step.top, outcome=STEPPED_BACK, comes=words, is_answer=True, round_of=loop
        )

    def _may_go_round(self, loop: int, step: Round, spent_ms: Ms) -> bool:
        budget = self.budget
        # The return is in both: in what is needed from the loop on, and in the reserve.
        kept_ms = budget.reserve_ms - budget.closing_ms
        needed_ms = budget.round_ms(loop, step) + budget.need_ms(loop) + kept_ms
        return self._rounds[loop] + 1 < step.most and self._has_time(spent_ms, needed_ms)

    def _stay(self, spent_ms: Ms) -> Turn | None:
        needed_ms = self.budget.need_ms(self.program.stay) + self.kept_ms
        if not self._has_time(spent_ms, needed_ms):
            return None
        return Turn(place=self.program.stay, back_to=self.base)

    def _too_much(self, spent_ms: Ms, *, is_danger: bool) -> Turn | None:
        program = self.program
        ahead = self._question_ahead(self.base)
        asked = None if ahead is None else ahead.too_much
        ground = program.ground if asked is None else asked
        if ground is None:
            ground = program.closing
        first_ms = self.budget.need_ms(program.danger) if is_danger else 0
        needed_ms = first_ms + self.budget.ground_ms() + self.budget.closing_ms
        if not self._has_time(spent_ms, needed_ms):
            return None
        return Turn(
            place=program.danger if is_danger else ground,
            back_to=ground if is_danger else None,
            outcome=GROUNDED,
        )

    def _go_back(self, spent_ms: Ms) -> Turn | None:
        program, budget = self.program, self.budget
        needed_ms = budget.need_ms(program.back) + budget.closing_ms
        if not self.is_grounding or not self._has_time(spent_ms, needed_ms):
            return None
        ahead = self._question_ahead(self._left)
        resumes = self._left if ahead is None else ahead.begins
        if program.stages[resumes] == program.stages[program.closing]:
            resumes = program.closing
        return Turn(place=program.back, back_to=resumes, comes=0)

    def _end(self, spent_ms: Ms) -> Turn | None:
        if self.is_closing or not self._has_time(spent_ms, self.budget.closing_ms):
            return None
        return Turn(place=self.program.closing, outcome=RESTED)

    def _has_time(self, spent_ms: Ms, needed_ms: int) -> bool:
        return spent_ms + needed_ms <= self.program.most_ms

    def _question_ahead(self, place: int) -> Question | None:
        """The next question of somebody who only goes on; None where there is none."""
        step = self.program.steps[place]
        while not isinstance(step, Question):
            after = leads_to(self.program.steps, place)
            if not after:
                return None
            place = after[0]
            step = self.program.steps[place]
        return step
