"""The test "has your app fetched it?": whether anything on somebody's network asked for a feed.

It is no count: nothing is written unless somebody looks out at that moment, and what was written is
forgotten when they have looked. Of the network a hash with the day's salt is kept, for ten minutes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from server.store import (
    NOT_WRITTEN,
    WATCH_LASTS,
    FeedWatchRow,
    add_feed_watch,
    find_feed_watch,
    hash_network,
    is_feed_watched,
    move_feed_watch,
    note_feed_fetch,
)
from server.web.networks import find_network
from server.web.rooms import get_rooms

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How a test stands."""

    id: str
    fetched_at: datetime | None
    """Aware; None while nothing was seen."""
    is_over: bool
    """True where nobody looks out any more."""


def begin_watch(feed_name: str) -> Watch:
    """Look out, from now on, for whatever on the network that asks fetches a feed."""
    now_at = datetime.now(UTC)
    with get_rooms().database.writing() as db:
        row = add_feed_watch(db, feed_name, hash_network(db, find_network(), now_at), now_at)
    return Watch(id=row.id, fetched_at=None, is_over=False)


def read_watch(watch_id: str) -> Watch:
    """Say how a test stands; one that never was is over as well."""
    now_at, database = datetime.now(UTC), get_rooms().database
    with database.reading() as db:
        row = find_feed_watch(db, watch_id, now_at)
    if row is None:
        return Watch(id=watch_id, fetched_at=None, is_over=True)
    if _is_of_yesterday(row, now_at):
        with database.writing() as db:
            move_feed_watch(db, row.id, hash_network(db, find_network(), now_at))
    return Watch(id=row.id, fetched_at=row.fetched_at, is_over=False)


def note_fetched(feed_name: str) -> None:
    """Tell those who look out for it that a feed was asked for; each route of a feed calls this."""
    now_at, database = datetime.now(UTC), get_rooms().database
    with database.reading() as db:
        if not is_feed_watched(db, feed_name, now_at):
            return
    try:
        with database.writing() as db:
            note_feed_fetch(db, feed_name, hash_network(db, find_network(), now_at), now_at)
    except NOT_WRITTEN as error:
        log.warning("a fetch was not noted: %s", type(error).__name__)  # the feed comes first


def _is_of_yesterday(row: FeedWatchRow, now_at: datetime) -> bool:
    """True where a test began before midnight: the network's hash is another one since."""
    return row.fetched_at is None and (row.until_at - WATCH_LASTS).date() != now_at.date()
