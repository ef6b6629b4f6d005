"""How long each way to the end takes at least, so that no sitting is longer than was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.sitting.clock import grain_up
from server.sitting.program import Program
from server.sitting.steps import Filling, Question, Quiet, Round, Speak, Strike, leads_to
from server.timeline import FILL_LEAST_MS, Utterance
from server.units import Ms

SHARE_MS = Ms(10_000)
"""What one share of a silence that fills is, where there is time for it."""

GROUND_LEAST_MS = Ms(25_000)
"""So much time, at least, is there for the ground, whenever it is wanted; the phone has all of
it by itself."""

PAUSES = (Quiet, Filling, Question, Round)
"""Behind these something new begins."""

LONGEST_FILL_MS = Ms(90_000)


@dataclass(slots=True, kw_only=True)
class Budget:
    """The time that a program needs from each of its places, by the lengths of its lines."""

    program: Program
    lengths: Mapping[Utterance, Ms]
    _needs: list[int] = field(default_factory=list, init=False)
    _groups: list[int] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        # From the end: whoever makes no move and goes round no more only goes on.
        steps = self.program.steps
        self._needs, self._groups = [0] * len(steps), [0] * len(steps)
        for place in reversed(range(len(steps))):
            after = leads_to(steps, place)
            least_ms = self.least_ms(place)
            self._needs[place] = least_ms + max((self._needs[to] for to in after), default=0)
            self._groups[place] = least_ms
            if not isinstance(steps[place], PAUSES):
                self._groups[place] += max((self._groups[to] for to in after), default=0)

    def least_ms(self, place: int) -> Ms:
        """How long one step takes at least."""
        match self.program.steps[place]:
            case Speak(utterance=utterance):
                return self.lengths[utterance]
            case Quiet(length_ms=length_ms, is_asked_for=False) | Strike(length_ms=length_ms):
                return grain_up(length_ms)
            case Filling():
                return grain_up(FILL_LEAST_MS)
            case _:
                return Ms(0)

    def group_ms(self, place: int) -> Ms:
        """How long it takes at least up to the end of the next silence: nobody is left in the
        middle of what belongs together.
        """
        return Ms(self._groups[place])

    def need_ms(self, place: int) -> Ms:
        """How long it takes at least from a place to the end of its way."""
        return Ms(self._needs[place])

    @property
    def closing_ms(self) -> Ms:
        """How long the return takes at least."""
        return self.need_ms(self.program.closing)

    @property
    def reserve_ms(self) -> Ms:
        """What is kept for the return, and for some ground in case that it is wanted."""
        return Ms(self.closing_ms + self.ground_ms() + self.need_ms(self.program.danger))

    def ground_ms(self) -> Ms:
        """How long the ground is at least where there is little time: not all of it, and then
        the return of everybody.
        """
        ground = self.program.ground
        return Ms(0) if ground is None else min(self.need_ms(ground), GROUND_LEAST_MS)

    def round_ms(self, place: int, step: Round) -> Ms:
        """How long one more round of a loop takes at least, whose end is at `place`."""
        return Ms(self._needs[step.top] - self._needs[place])

    def fill_ms(self, place: int, weight: int, spent_ms: Ms) -> Ms:
        """How long a silence that fills is, when so much time has been spent before it."""
        left_ms = self.program.most_ms - spent_ms - self._needs[place] - self.reserve_ms
        wanted_ms = min(weight * SHARE_MS, LONGEST_FILL_MS, FILL_LEAST_MS + left_ms)
        return grain_up(max(FILL_LEAST_MS, wanted_ms))
