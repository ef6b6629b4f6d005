"""Two lines and the distance between them over time: the client's own ratings, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The two ratings of one submission."""

    at: datetime
    """When it was answered; aware."""
    first_rating: int
    """Of the answer to a friend, 0 to 10."""
    second_rating: int
    """Of the answer to oneself, 0 to 10."""
    is_marked: bool = False
    """True where the two answers are nearly identical."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One place on both lines."""

    at: datetime
    first_rating: int
    second_rating: int
    share: float
    """Where it lies between the first place and the last, from 0 to 1; 0.5 where all are one."""

    @property
    def distance(self) -> int:
        """How far the first lies above the second; below 0 where it lies under it."""
        return self.first_rating - self.second_rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """What a page draws and a table reads. It says nothing of whether that is good."""

    points: tuple[TrendPoint, ...]
    """In the order of their moments."""
    left_out: tuple[datetime, ...]
    """The moments of the submissions that are marked, in order: kept, and not drawn."""


def trend(points: Iterable[Point]) -> Trend:
    """Make the two lines of submissions in any order; those of one moment stay as they came."""
    ordered = sorted(points, key=lambda point: point.at)
    drawn = [point for point in ordered if not point.is_marked]
    return Trend(
        points=tuple(
            TrendPoint(
                at=point.at,
                first_rating=point.first_rating,
                second_rating=point.second_rating,
                share=_share(point.at, drawn[0].at, drawn[-1].at),
            )
            for point in drawn
        ),
        left_out=tuple(point.at for point in ordered if point.is_marked),
    )


def _share(at: datetime, first_at: datetime, last_at: datetime) -> float:
    return (at - first_at) / (last_at - first_at) if last_at > first_at else 0.5
