"""Consent: nothing is seen that was not said, and what was withdrawn is not seen any more."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest

from server.care import SHARED, Consent, Decision, Shared, consent_from

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
OF_A_DAY = {Shared.MINUTES, Shared.FELT, Shared.NOTES}


def said(*what: tuple[Shared, bool]) -> Consent:
    return consent_from(
        Decision(what=each, is_given=is_given, decided_at=NOON) for each, is_given in what
    )


def test_what_was_never_said_is_a_no():
    """Whoever has just joined has shown nothing."""
    assert not any(said().may_see(what) for what in SHARED)


@pytest.mark.parametrize("what", SHARED)
def test_what_was_withdrawn_is_not_seen(what: Shared):
    """The latest word on a kind counts, and on no other kind."""
    given = [(each, True) for each in SHARED]
    seen = said(*given, (what, False))
    assert not seen.may_see(what)
    assert said(*given, (what, False), (what, True)).may_see(what)
    others = set(SHARED) - {what} - (OF_A_DAY if what == Shared.PRACTISED else set())
    assert all(seen.may_see(other) for other in others)


def test_without_the_days_nothing_of_a_day_is_seen():
    """Minutes, sliders and notes belong to an entry: they are not shown where it is not."""
    for count in range(len(SHARED) + 1):
        for given in combinations(SHARED, count):
            consent = Consent(given=frozenset(given))
            seen = {what for what in SHARED if consent.may_see(what)}
            assert seen <= set(given)
            if Shared.PRACTISED not in given:
                assert not seen & OF_A_DAY
