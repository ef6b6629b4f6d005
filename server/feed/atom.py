"""The Atom namespace: the one thing that RSS has no element for, a feed's own address."""

from __future__ import annotations

from server.feed.elements import Element, add
from server.feed.model import Podcast

NAMESPACE = "http://www.w3.org/2005/Atom"
"""As PSP-1 prints it; the case counts."""


def add_to_channel(channel: Element, podcast: Podcast) -> None:
    """Add `<atom:link rel="self">`: the feed's canonical address."""
    link = {"href": podcast.feed_url, "rel": "self", "type": "application/rss+xml"}
    add(channel, f"{{{NAMESPACE}}}link", **link)
