"""The RSS content namespace: an episode's notes as HTML."""

from __future__ import annotations

from lxml import etree

from server.feed.elements import Element, add
from server.feed.model import Episode, Podcast
from server.feed.notes import show_notes

NAMESPACE = "http://purl.org/rss/1.0/modules/content/"
"""As PSP-1 prints it; the case counts."""


def add_to_item(item: Element, episode: Episode, podcast: Podcast) -> None:
    """Add `<content:encoded>`: the notes in a CDATA section, the only place where HTML may stand.

    Notes hold no `]]>`, which would end the section: every `>` of a text is written `&gt;`.
    """
    notes = show_notes(episode, episode.language or podcast.language)
    add(item, f"{{{NAMESPACE}}}encoded").text = etree.CDATA(notes)
