"""Apple's namespace: what directories sort by and apps show."""

from __future__ import annotations

from server.feed.elements import Element, add
from server.feed.model import Category, Episode, Podcast
from server.feed.text import title_line
from server.units import Ms

NAMESPACE = "http://www.itunes.com/dtds/podcast-1.0.dtd"
"""As PSP-1 prints it; the case counts."""

_NS = f"{{{NAMESPACE}}}"


def add_to_channel(channel: Element, podcast: Podcast) -> None:
    """Add author, type, explicit, image, categories, and what holds of few feeds.

    `<itunes:type>` is `serial` where one goes from the first episode to the last, as in a course;
    otherwise `episodic`: each practice stands for itself, and the newest is shown first.
    `<itunes:new-feed-url>` stands in a feed that has moved, `<itunes:complete>` in one that ends.
    Both, and `<itunes:block>`, know a single word; without it the element is left out.
    """
    add(channel, _NS + "author", podcast.author)
    add(channel, _NS + "type", "serial" if podcast.is_serial else "episodic")
    add(channel, _NS + "explicit", _true_or_false(podcast.is_explicit))
    add(channel, _NS + "image", href=podcast.image_url)
    for category in podcast.categories:
        _add_category(channel, category)
    if podcast.new_feed_url:
        add(channel, _NS + "new-feed-url", podcast.new_feed_url)
    if podcast.is_complete:
        add(channel, _NS + "complete", "Yes")
    if podcast.is_private:
        add(channel, _NS + "block", "Yes")


def add_to_item(item: Element, episode: Episode) -> None:
    """Add title, kind, number, explicit, image, duration and block.

    `<itunes:episode>` is a whole number from 1 on; an episode that stands for itself has none.
    """
    add(item, _NS + "title", title_line(episode.title))
    if episode.number is not None:
        add(item, _NS + "episode", str(episode.number))
    add(item, _NS + "episodeType", "full")
    add(item, _NS + "explicit", _true_or_false(episode.is_explicit))
    add(item, _NS + "image", href=episode.image_url)
    add(item, _NS + "duration", str(whole_seconds(episode.duration_ms)))
    if episode.is_blocked:
        add(item, _NS + "block", "Yes")


def whole_seconds(length_ms: Ms) -> int:
    """Round for `<itunes:duration>`, which knows no parts of a second; half a second rounds up."""
    return (length_ms + 500) // 1000


def _add_category(channel: Element, category: Category) -> None:
    """Add `<itunes:category>`, the narrower one inside the wider one."""
    wide, narrow = category.value
    add(add(channel, _NS + "category", text=wide), _NS + "category", text=narrow)


def _true_or_false(value: bool) -> str:
    """Apple wants these two words; `yes`, `no` and `clean` are its old form."""
    return "true" if value else "false"
