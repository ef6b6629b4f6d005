"""What a client lets their therapist see: decided kind by kind, and changed at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Shared(StrEnum):
    """One kind of what a therapist may be let see; the words of it stand on the client's page."""

    PRACTISED = "practised"
    """That a practice was begun: which, and on which day."""
    MINUTES = "minutes"
    """For how long."""
    FELT = "felt"
    """What was said of kindness and willingness, before and after."""
    WORKSHEETS = "worksheets"
    """The answers of worksheets."""
    LADDERS = "ladders"
    """Ladders that were kept of live sittings."""
    NOTES = "notes"
    """What a client wrote beside an entry of the log."""


SHARED = tuple(Shared)
"""All kinds, in the order in which they are asked for."""


BESIDE = frozenset({Shared.MINUTES, Shared.FELT, Shared.NOTES})
"""What stands beside a practice, and is not seen without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a client said of one kind at one moment. None is ever changed; a later one counts."""

    what: Shared
    is_given: bool
    decided_at: datetime
    """Aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What may be seen now."""

    given: frozenset[Shared] = frozenset()

    def may_see(self, what: Shared) -> bool:
        """True where this kind may be seen. Without the days there are no minutes of them."""
        if what in BESIDE:
            return {what, Shared.PRACTISED} <= self.given
        return what in self.given


def consent_from(decisions: Iterable[Decision]) -> Consent:
    """Add decisions up, in the order in which they were made; what was never said is a no."""
    given: set[Shared] = set()
    for decision in decisions:
        (given.add if decision.is_given else given.discard)(decision.what)
    return Consent(given=frozenset(given))
