"""Where the house stands at a moment, in numbers: what waits, what is made, who is sitting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.store.models import RenderRow, RenderState, WorkerBeatRow
from server.store.sittings import count_open_sittings


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the tables say of now."""

    waiting: int
    """Renders that a listener wants and no worker has taken."""
    oldest_queued_at: datetime | None
    """Since when the oldest of them waits."""
    running: int
    sittings: int
    """Live sittings that began after the moment asked for and are not known to be over."""
    beat_at: datetime | None
    """When a worker showed life last."""


def read_standing(db: Session, sat_since_at: datetime) -> Standing:
    """Read it in one transaction; each query has an index, so that it may be asked often."""
    wanted = (RenderRow.state == RenderState.QUEUED.value, RenderRow.wanted_at.is_not(None))
    waiting, oldest_at = db.execute(
        select(func.count(), func.min(RenderRow.queued_at)).where(*wanted)
    ).one()
    is_running = RenderRow.state == RenderState.RUNNING.value
    return Standing(
        waiting=waiting,
        oldest_queued_at=oldest_at,
        running=db.scalar(select(func.count()).select_from(RenderRow).where(is_running)) or 0,
        sittings=count_open_sittings(db, sat_since_at),
        beat_at=db.scalar(select(func.max(WorkerBeatRow.beat_at))),
    )
