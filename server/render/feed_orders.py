"""Keeping private feeds complete: what is missing in one is ordered while the house is quiet."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from server.errors import Busy, KeyGone, StorageFull
from server.render.feed_items import ACCIDENTS, WantedItem, list_wanted_items
from server.render.given_practices import from_in, giving_of, greeting_of, options_of
from server.render.model import CANNOT_BE_MADE, Giving
from server.render.orders import Workshop
from server.store import RenderState, count_waiting, find_render, is_busy, is_made_ahead
from server.store.care import ClientRow, KeyRing, TherapistRow, list_assignments
from server.store.care.feed_renders import list_wanted_keys, note_feed_render
from server.store.care.private_feeds import feed_owner, list_feed_clients, list_private_feeds
from server.store.recently import is_recent
from server.timeline import Options

logger = logging.getLogger(__name__)

LOOKED_THROUGH_EVERY = timedelta(hours=1)
"""How often each client's feeds are looked through. What is given, and a feed that is made, does
not wait for it: that is ordered at once."""

MOST_WAITING_FOR_FEEDS = 20
"""Where so many renders wait, none is added for a feed: that room belongs to who pressed play."""

TRIED_AGAIN_AFTER = timedelta(hours=1)
"""What failed, or whose files are gone, is not made again sooner."""


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
                logger.warning("feeds not looked through: %s", type(error).__name__)
                is_done = True
            if not is_done:
                self._waiting.append(client_id)

    def _is_time(self, now_at: datetime) -> bool:
        return self._begun_at is None or not is_recent(self._begun_at, now_at, LOOKED_THROUGH_EVERY)


def order_feed_items(workshop: Workshop, keys: KeyRing, client_id: str) -> bool:
    """Order what is missing of a client's feeds, or has changed; nothing where none stands.

    False where too much waits just now, so that the rest has to be ordered soon. What cannot be
    made is left out, and all the rest where the disk is full.
    """
    with workshop.database.reading() as db:
        client = db.get(ClientRow, client_id)
        if client is None or not list_private_feeds(db, client):
            return True
        given = list_assignments(db, client, with_withdrawn=True)
        givers = {row.therapist_id: db.get(TherapistRow, row.therapist_id) for row in given}
        noted = list_wanted_keys(db, client_id)
    for wanted in list_wanted_items(workshop, keys, client_id, given):
        try:
            therapist = givers[wanted.assignment.therapist_id]
            name = therapist.name if therapist else ""
            _order(workshop, client_id, wanted, name, noted.get(wanted.key))
        except Busy:
            return False
        except (StorageFull, KeyGone):
            return True
        except CANNOT_BE_MADE as error:
            logger.debug("not made for a feed slug=%s reason=%s", wanted.slug, error)
        except ACCIDENTS as error:  # told without its message, which may have words in it
            logger.warning("not made for a feed slug=%s: %s", wanted.slug, type(error).__name__)
    return True


def _order(
    workshop: Workshop, client_id: str, wanted: WantedItem, therapist: str, noted: str | None
) -> None:
    script = workshop.catalogue.get(wanted.slug).script
    greeting = greeting_of(wanted.details, from_in(script.language, therapist))
    options = options_of(script, wanted.details, greeting)
    giving = giving_of(workshop.settings, script, client_id, wanted.details)
    key = workshop.key_of(wanted.slug, options, feed_owner(client_id), giving)
    if not _is_made(workshop, key):
        _order_render(workshop, wanted.slug, options, giving)
    elif key == noted:
        return
    with workshop.database.writing() as db:
        is_noted = note_feed_render(db, client_id, wanted.key, key, datetime.now(UTC))
        row = find_render(db, key)
    if not is_noted and row is not None and row.is_private:
        workshop.forget(key, feed_owner(client_id))  # they left while it was ordered


def _is_made(workshop: Workshop, key: str) -> bool:
    """True for what is there or on its way, or failed so lately that it is left alone."""
    with workshop.database.reading() as db:
        row = find_render(db, key)
    if row is None:
        return False
    if row.state in (RenderState.QUEUED, RenderState.RUNNING):
        return not is_made_ahead(row)  # that would wait for a quiet hour
    if row.state == RenderState.DONE and not workshop.is_lost(row):
        return True
    tried_at = max(row.queued_at, row.finished_at or row.queued_at)
    return is_recent(tried_at, datetime.now(UTC), TRIED_AGAIN_AFTER)


def _order_render(workshop: Workshop, slug: str, options: Options, giving: Giving) -> None:
    with workshop.database.reading() as db:
        if count_waiting(db) >= MOST_WAITING_FOR_FEEDS:
            raise Busy
    workshop.order(slug, options, feed_owner(giving.client_id), giving)
