"""What is in a client's feeds, asked of the workshop with the rooms of the current app."""

from __future__ import annotations

import logging

from server.render.feed_items import ACCIDENTS, FeedItem, list_feed_items
from server.render.feed_orders import order_feed_items
from server.store.care import ClientRow
from server.web.rooms import get_rooms

log = logging.getLogger(__name__)


def items_of(client: ClientRow) -> tuple[FeedItem, ...]:
    """Everything that stands given to a client and is for a feed, also what is being made."""
    return list_feed_items(get_rooms().workshop, get_rooms().keys, client.id)


def order_items(client: ClientRow) -> None:
    """Have a worker make whatever of it is not there yet; nothing for a client without a feed.

    It is called when something has been done already, so it fails nobody: what is not ordered now
    FeedOrders orders within the hour.
    """
    try:
        order_feed_items(get_rooms().workshop, get_rooms().keys, client.id)
    except ACCIDENTS as error:
        log.warning("not ordered for a client's feeds: %s", type(error).__name__)
