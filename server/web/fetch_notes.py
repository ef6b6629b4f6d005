"""Notes from where private feeds are fetched, without a write for each request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Response

from server.render.recent import Recent
from server.store import NOT_WRITTEN, Database
from server.store.care import Deed, add_deed, get_any_client
from server.store.care.private_feed_tables import PrivateFeedRow
from server.store.care.private_feeds import note_fetch
from server.store.network_hashes import hash_network
from server.web.networks import find_network
from server.web.people import NOBODY
from server.web.rooms import get_rooms

log = logging.getLogger(__name__)

NOTED_EVERY_SECONDS = 300
"""So often a process notes one network's fetches of one feed. A network that is new to it is
noted at once."""

TRIED_AGAIN_SECONDS = 30
"""What could not be noted is not tried again sooner: an app may send many requests at once."""

MOST_KNOWN = 4096
"""So many a process remembers having noted; beyond them, the first are noted once more."""


class FetchNotes:
    """Remembers what it noted lately, in this process alone and in no file."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._noted: Recent[tuple[str, str], float] = Recent(MOST_KNOWN)

    def note(self, row: PrivateFeedRow, response: Response) -> Response:
        """Note that the asking network fetches a feed, unless that was noted a moment ago.

        It is written once the answer is sent: nobody waits for it, and nothing fails with it.
        """
        network = find_network()
        # By the token: a new address is in use from its own first fetch on.
        known = (row.token_hash, network)
        now = self._clock()
        noted = self._noted.get(known)
        if noted is not None and now - noted < NOTED_EVERY_SECONDS:
            return response
        self._noted.put(known, now)
        database = get_rooms().database

        def write() -> None:
            try:
                _write(database, row, network)
            except NOT_WRITTEN as error:
                self._noted.put(known, now - NOTED_EVERY_SECONDS + TRIED_AGAIN_SECONDS)
                log.warning("a fetch of a private feed was not noted: %s", type(error).__name__)

        response.call_on_close(write)
        return response


def _write(database: Database, row: PrivateFeedRow, network: str) -> None:
    now_at = datetime.now(UTC)
    with database.writing() as db:
        if not note_fetch(db, row, hash_network(db, network, now_at), now_at):
            return
        client = get_any_client(db, row.client_id)
        unusual = Deed(
            actor=NOBODY,
            action="feed-unusual",
            room_id=client.room_id,
            client_id=client.id,
            subject=row.id,
        )
        add_deed(db, unusual, now_at)
    log.warning("a private feed is fetched from more networks than usual")
