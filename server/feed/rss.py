"""The feed as bytes: RSS 2.0 with the namespaces of PSP-1."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from lxml import etree

from server.feed import atom, content, itunes, podcast
from server.feed.elements import Element, add
from server.feed.model import Episode, Podcast
from server.feed.text import title_line, within_bytes

FEED_TYPE = "application/rss+xml; charset=utf-8"
"""How the feed is served."""

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
"""As PSP-1 prints it; lxml would write single quotation marks."""

_SECOND = timedelta(seconds=1)
"""The smallest step between two dates that `<pubDate>` can tell."""

_NAMESPACES = {
    "itunes": itunes.NAMESPACE,
    "podcast": podcast.NAMESPACE,
    "atom": atom.NAMESPACE,
    "content": content.NAMESPACE,
}


def render_feed(news: Podcast) -> bytes:
    """Write the feed as UTF-8 XML; the same podcast gives the same bytes, now and tomorrow.

    Episodes stand newest first; those of a serial feed from the first to the last.
    """
    root = etree.Element("rss", {"version": "2.0"}, nsmap=_NAMESPACES)
    channel = add(root, "channel")
    episodes = _in_turn(news.episodes) if news.is_serial else _newest_first(news.episodes)
    _add_about(channel, news, newest_at=max((e.published_at for e in episodes), default=None))
    for episode in episodes:
        _add_item(channel, episode, news)
    etree.indent(root)
    written = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return _DECLARATION + written + b"\n"


def rfc_2822(moment: datetime) -> str:
    """Write an aware moment for `<pubDate>` and `<lastBuildDate>`, in UTC."""
    return format_datetime(moment.astimezone(UTC))


def _newest_first(episodes: tuple[Episode, ...]) -> list[Episode]:
    by_guid = sorted(episodes, key=lambda e: e.guid)
    return sorted(by_guid, key=lambda e: e.published_at, reverse=True)


def _in_turn(episodes: tuple[Episode, ...]) -> list[Episode]:
    """Order a serial feed by number, with dates that only ascend.

    No standard says where the items of a serial feed stand. Apple goes by their numbers; an app
    that knows no numbers goes by dates, or takes them as they come. So both say the same: who
    would be dated before the one in front of it, or with it, is dated a second later.
    """
    turns: list[Episode] = []
    for episode in sorted(episodes, key=lambda e: (e.number or 0, e.published_at, e.guid)):
        if turns:
            earliest = turns[-1].published_at.replace(microsecond=0) + _SECOND
            if episode.published_at < earliest:
                episode = replace(episode, published_at=earliest)
        turns.append(episode)
    return turns


def _add_about(channel: Element, news: Podcast, *, newest_at: datetime | None) -> None:
    """Add what the feed says of itself.

    `<lastBuildDate>` is the newest episode's date: a clock's time would change the bytes, and with
    them the ETag, at every request.
    """
    add(channel, "title", title_line(news.title))
    add(channel, "link", news.page_url)
    add(channel, "description").text = within_bytes(news.description)
    add(channel, "language", news.language)
    add(channel, "generator", "Stepback")
    if newest_at:
        add(channel, "lastBuildDate", rfc_2822(newest_at))
    atom.add_to_channel(channel, news)
    itunes.add_to_channel(channel, news)
    podcast.add_to_channel(channel, news)


def _add_item(channel: Element, episode: Episode, news: Podcast) -> None:
    item = add(channel, "item")
    add(item, "title", title_line(episode.title))
    add(item, "link", episode.page_url)
    add(item, "guid", episode.guid, isPermaLink="false")
    add(item, "pubDate", rfc_2822(episode.published_at))
    add(item, "description").text = within_bytes(episode.summary)
    content.add_to_item(item, episode, news)
    enclosure = episode.enclosure
    length, kind = str(enclosure.size_bytes), enclosure.content_type
    add(item, "enclosure", url=enclosure.url, length=length, type=kind)
    itunes.add_to_item(item, episode)
    podcast.add_to_item(item, episode, news)
