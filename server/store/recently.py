"""How long ago something was, by a clock that may have been set since it was written down."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

SKEW = timedelta(minutes=5)
"""So far the clocks of a house's machines may lie apart. What lies further ahead was written by a
clock that was wrong and was put right, or the one that reads it now is wrong."""

FORGIVEN = timedelta(days=7)
"""So far ahead an invitation may lie: a clock that is set back keeps nobody out by that, and yet
nothing that was made by one that was far ahead is good for longer than so much."""


def is_recent(at: datetime, now_at: datetime, lasts: timedelta) -> bool:
    """True where a moment is no longer ago than that, and not ahead."""
    return now_at - lasts < at <= now_at + SKEW


def recently(
    column: InstrumentedAttribute[datetime], now_at: datetime, lasts: timedelta
) -> ColumnElement[bool]:
    """The same, to be asked of a column."""
    return and_(column > now_at - lasts, column <= now_at + SKEW)
