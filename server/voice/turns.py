"""Whose sentence is spoken next, where several callers share the voice processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from server.voice.model import Urgency

Job = TypeVar("Job")


@dataclass(slots=True, eq=False)
class Caller(Generic[Job]):
    """One who wants something spoken, and what of it has not been begun."""

    urgency: Urgency
    waiting: deque[Job]
    most_untaken: int
    """Passed over while this many are begun and not fetched: who is slow shall not fill memory."""
    untaken: int = 0
    last_turn: int = 0

    @property
    def is_ready(self) -> bool:
        """True when something of this caller's can be begun."""
        return bool(self.waiting) and self.untaken < self.most_untaken


@dataclass(slots=True)
class Turns(Generic[Job]):
    """The callers and their turns. Knows neither processes nor threads; the pool holds a lock."""

    most_untaken: int
    callers: list[Caller[Job]] = field(default_factory=list, init=False)
    _turn: int = field(default=0, init=False)

    def enter(self, jobs: Iterable[Job], urgency: Urgency) -> Caller[Job]:
        """Let somebody take part; their jobs are begun in this order."""
        caller = Caller(urgency=urgency, waiting=deque(jobs), most_untaken=self.most_untaken)
        self.callers.append(caller)
        return caller

    def leave(self, caller: Caller[Job]) -> None:
        """Take back what a caller has waiting; once or twice, it is the same."""
        caller.waiting.clear()
        if caller in self.callers:
            self.callers.remove(caller)

    def begin_next(self) -> tuple[Caller[Job], Job] | None:
        """Take the next job of the one who is most urgent now; None where nobody can go on.

        Of equally urgent ones it is whoever has waited for a turn the longest.
        """
        ready = [caller for caller in self.callers if caller.is_ready]
        if not ready:
            return None
        caller = min(ready, key=lambda each: (each.urgency(), each.last_turn))
        self._turn += 1
        caller.last_turn = self._turn
        caller.untaken += 1
        return caller, caller.waiting.popleft()
