"""The feed as bytes: RSS 2.0 with the namespaces of PSP-1."""

from __future__ import annotations

from datetime import UTC, datetime
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

_NAMESPACES = {
    "itunes": itunes.NAMESPACE,
    "podcast": podcast.NAMESPACE,
    "atom": atom.NAMESPACE,
    "content": content.NAMESPACE,
}


def render_feed(news: Podcast) -> bytes:
    """Write the feed as UTF-8 XML; the same podcast gives the same bytes, now and tomorrow.

    Episodes stand newest first. Those of a serial feed stand as they are heard, the first one
    first, for apps that take them as they come.
    """
    root = etree.Element("rss", {"version": "2.0"}, nsmap=_NAMESPACES)
    channel = add(root, "channel")
    _add_about(channel, news)
    for episode in _in_order(news):
        _add_item(channel, episode, language=news.language)
    etree.indent(root)
    written = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return _DECLARATION + written + b"\n"


def rfc_2822(moment: datetime) -> str:
    """Write an aware moment for `<pubDate>` and `<lastBuildDate>`, in UTC."""
    return format_datetime(moment.astimezone(UTC))


def _in_order(news: Podcast) -> list[Episode]:
    episodes = sorted(news.episodes, key=lambda e: e.guid)
    if news.is_serial:
        return sorted(episodes, key=lambda e: e.number or 0)
    return sorted(episodes, key=lambda e: e.published_at, reverse=True)


def _add_about(channel: Element, news: Podcast) -> None:
    """Add what the feed says of itself.

    `<lastBuildDate>` is the newest episode's date: a clock's time would change the bytes, and with
    them the ETag, at every request.
    """
    add(channel, "title", title_line(news.title))
    add(channel, "link", news.page_url)
    add(channel, "description").text = within_bytes(news.description)
    add(channel, "language", news.language)
    add(channel, "generator", "Stepback")
    if news.episodes:
        newest_at = max(episode.published_at for episode in news.episodes)
        add(channel, "lastBuildDate", rfc_2822(newest_at))
    atom.add_to_channel(channel, news)
    itunes.add_to_channel(channel, news)
    podcast.add_to_channel(channel, news)


def _add_item(channel: Element, episode: Episode, *, language: str) -> None:
    item = add(channel, "item")
    add(item, "title", title_line(episode.title))
    add(item, "link", episode.page_url)
    add(item, "guid", episode.guid, isPermaLink="false")
    add(item, "pubDate", rfc_2822(episode.published_at))
    add(item, "description").text = within_bytes(episode.summary)
    content.add_to_item(item, episode)
    enclosure = episode.enclosure
    length, kind = str(enclosure.size_bytes), enclosure.content_type
    add(item, "enclosure", url=enclosure.url, length=length, type=kind)
    itunes.add_to_item(item, episode)
    podcast.add_to_item(item, episode, language=language)
