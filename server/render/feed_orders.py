"""Keeping private feeds complete: what is missing in one is ordered while the house is quiet."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.errors import Busy
from server.render.feed_items import ACCIDENTS, order_feed_items
from server.render.orders import Workshop
from server.store import is_busy
from server.store.care import KeyRing
from server.store.care.private_feeds import list_feed_clients

log = logging.getLogger(__name__)

LOOKED_THROUGH_EVERY = timedelta(hours=1)
"""How often each client's feeds are looked through. What is given, and a feed that is made, does
not wait for it: that is ordered at once."""


@dataclass(slots=True, kw_only=True)
class FeedOrders:
    """Goes through all clients with a feed, one at each call, and then rests.

    What it orders counts as waited for, so it goes on only when that is made.
    """

    workshop: Workshop
    _waiting: list[str] = field(default_factory=list, init=False)
    _begun_at: datetime | None = field(default=None, init=False)

    def order_next(self, now_at: datetime) -> None:
        """Order what is missing in the feeds of the next client, if anybody's turn has come."""
        if not self._waiting and not self._is_time(now_at):
            return
        with self.workshop.database.reading() as db:
            if is_busy(db):
                return
            if not self._waiting:
                self._begun_at = now_at
                self._waiting = list(list_feed_clients(db))
        if self._waiting:
            keys = KeyRing(self.workshop.settings.keys_path)
            client_id = self._waiting.pop()  # first: one that breaks keeps nobody else back
            try:
                is_done = order_feed_items(self.workshop, keys, client_id)
            except Busy:
                is_done = False
            except ACCIDENTS as error:
                log.warning("feeds not looked through: %s", type(error).__name__)
                is_done = True
            if not is_done:
                self._waiting.append(client_id)

    def _is_time(self, now_at: datetime) -> bool:
        return self._begun_at is None or now_at - self._begun_at >= LOOKED_THROUGH_EVERY
