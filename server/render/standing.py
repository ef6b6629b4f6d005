"""Where the house stands, for whoever watches it: the rows and the disk as numbers of now."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from server.errors import StepbackError
from server.render.sittings import BUSY_FOR
from server.store import Database, Shelf, read_standing

logger = logging.getLogger(__name__)


def read_house(
    database: Database, shelf: Shelf, now_at: datetime | None = None
) -> dict[str, float]:
    """Give the value of each of the house's gauges; what cannot be read now is left out."""
    now_at = now_at or datetime.now(UTC)
    return dict((*_of_rows(database, now_at), *_of_disk(shelf)))


def _of_rows(database: Database, now_at: datetime) -> Iterator[tuple[str, float]]:
    try:
        with database.reading() as db:
            found = read_standing(db, now_at - BUSY_FOR)
    except StepbackError as error:
        logger.warning("meters without the database: %s", type(error).__name__)
        return
    yield "stepback_renders_waiting", found.waiting
    yield "stepback_renders_running", found.running
    yield "stepback_sittings_open", found.sittings
    yield "stepback_oldest_waiting_seconds", _age_s(found.oldest_queued_at or now_at, now_at)
    if found.beat_at is not None:
        yield "stepback_worker_beat_age_seconds", _age_s(found.beat_at, now_at)


def _of_disk(shelf: Shelf) -> Iterator[tuple[str, float]]:
    try:
        yield "stepback_disk_free_bytes", shelf.free_bytes()
    except OSError as error:
        logger.warning("meters without the disk: %s", error.strerror)


def _age_s(then_at: datetime, now_at: datetime) -> float:
    return max(0.0, (now_at - then_at).total_seconds())
