"""The curve of the voice: how far into the middle of a practice each sentence stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.script import Curve
from server.units import Db

PACE_STEPS = 50
"""Paces are whole fiftieths: so few that a sentence said again is mostly the same clip."""


def weigh(letters: Sequence[int]) -> Iterator[float]:
    """Weigh each sentence of a practice by its place: 0 at both ends, 1 in the middle.

    `letters` are the lengths of the sentences in the order in which they are said. The weight
    rises and falls gently at both ends, much like a sine squared; but it is made of products
    alone, which come out alike on every machine, as content keys need it.
    """
    total, before = sum(letters), 0
    for count in letters:
        position = (before + count / 2) / total
        yield (4 * position * (1 - position)) ** 2
        before += count


def pace_at(curve: Curve, pace: float, weight: float) -> float:
    """Slow a pace down by what the curve takes at this weight."""
    return round(pace * (1 + curve.slower * weight) * PACE_STEPS) / PACE_STEPS


def level_at(curve: Curve, weight: float) -> Db:
    """Say how much softer it is at this weight: 0 or less, in tenths."""
    return Db(0.0 - round(curve.softer_db * weight, 1))
