"""Notes from where private feeds are fetched, without a write for each request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from server.errors import Busy, DatabaseUnavailable, StorageFull
from server.store.care.private_feed_tables import (
    PrivateFeedRow,
)
from server.store.care.private_feeds import (
    get_private_feed,
    note_fetch,
)
from server.store.network_hashes import hash_network
from server.web.accounts_limits import find_network
from server.web.rooms import get_rooms

log = logging.getLogger(__name__)

NOTED_EVERY_SECONDS = 300
"""So often a process notes one network's fetches of one feed. A network that is new to it is
noted at once."""

MOST_KNOWN = 4096
"""So many a process remembers having noted; beyond them, the first are noted once more."""


class FetchNotes:
    """Remembers what it noted lately, in this process alone and in no file."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._noted: dict[tuple[str, str], float] = {}

    def note(self, row: PrivateFeedRow) -> None:
        """Note that the asking network fetches a feed, unless that was noted a moment ago.

        The feed is answered even where nothing can be noted just now.
        """
        network = find_network()
        # By the token: a new address is in use from its own first fetch on.
        known = (row.token_hash, network)
        now = self._clock()
        if now - self._noted.get(known, -NOTED_EVERY_SECONDS) < NOTED_EVERY_SECONDS:
            return
        self._noted.pop(known, None)
        self._noted[known] = now  # at the end: the first are the longest unasked
        if len(self._noted) > MOST_KNOWN:
            self._noted.pop(next(iter(self._noted)), None)
        try:
            _write(row.id, network)
        except (Busy, DatabaseUnavailable, StorageFull) as error:
            self._noted.pop(known, None)
            log.warning("a fetch of a private feed was not noted: %s", type(error).__name__)


def _write(feed_id: str, network: str) -> None:
    now_at = datetime.now(UTC)
    with get_rooms().database.writing() as db:
        row = get_private_feed(db, feed_id)
        if row is not None and note_fetch(db, row, hash_network(db, network, now_at), now_at):
            log.warning("a private feed is fetched from more networks than usual")
