"""The Podcasting 2.0 namespace: identity, transcripts and chapters."""

from __future__ import annotations

import uuid

from server.feed.elements import Element, add
from server.feed.model import Episode, Podcast

NAMESPACE = "https://podcastindex.org/namespace/1.0"
"""As PSP-1 prints it; the case counts."""

CHAPTERS_TYPE = "application/json+chapters"
"""How the file of `chapters_json` is declared and served."""

_NS = f"{{{NAMESPACE}}}"
_GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def feed_guid(first_feed_url: str) -> str:
    """Derive `<podcast:guid>` from a feed's first address, without scheme and trailing slashes.

    It is given once and then kept with the feed: a feed that moves keeps its guid.
    """
    _, _, address = first_feed_url.rpartition("://")
    return str(uuid.uuid5(_GUID_NAMESPACE, address.rstrip("/")))


def add_to_channel(channel: Element, podcast: Podcast) -> None:
    """Add guid, locked (`yes` or `no`) and medium."""
    add(channel, _NS + "guid", podcast.guid)
    add(channel, _NS + "locked", "yes" if podcast.is_locked else "no")
    add(channel, _NS + "medium", "podcast")


def add_to_item(item: Element, episode: Episode, *, language: str) -> None:
    """Add one `<podcast:transcript>` for each form, and `<podcast:chapters>` where there are any.

    Some apps read SubRip only, some WebVTT only, so an episode offers both.
    """
    for transcript in episode.transcripts:
        attributes = {"url": transcript.url, "type": transcript.content_type}
        add(item, _NS + "transcript", **attributes, language=language)
    if episode.chapters_url:
        add(item, _NS + "chapters", url=episode.chapters_url, type=CHAPTERS_TYPE)
