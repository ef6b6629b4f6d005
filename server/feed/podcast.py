"""The Podcasting 2.0 namespace: what a feed is, who made it, and the files of its episodes."""

from __future__ import annotations

import uuid

from server.feed.elements import Element, add
from server.feed.model import Alternate, Episode, Funding, Licence, Person, Podcast
from server.feed.text import one_line

NAMESPACE = "https://podcastindex.org/namespace/1.0"
"""As PSP-1 prints it; the case counts."""

CHAPTERS_TYPE = "application/json+chapters"
"""How the file of `chapters_json` is declared and served."""

_NS = f"{{{NAMESPACE}}}"
_LONGEST_TEXT = 128
"""Characters of what people read in this namespace."""

_GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def feed_guid(first_feed_url: str) -> str:
    """Derive `<podcast:guid>` from a feed's first address, without scheme and trailing slashes.

    It is given once and then kept with the feed: a feed that moves keeps its guid.
    """
    _, _, address = first_feed_url.rpartition("://")
    return str(uuid.uuid5(_GUID_NAMESPACE, address.rstrip("/")))


def add_to_channel(channel: Element, podcast: Podcast) -> None:
    """Add guid, locked, medium, block, persons, funding and licence.

    `<podcast:locked>` and `<podcast:block>` say `yes` or `no`. Locked names no owner: an address
    in it would be read by whoever collects addresses. Block is left out where nothing is blocked,
    which apps take for `no`.
    """
    add(channel, _NS + "guid", podcast.guid)
    add(channel, _NS + "locked", "yes" if podcast.is_locked else "no")
    add(channel, _NS + "medium", podcast.medium)
    if podcast.is_private:
        add(channel, _NS + "block", "yes")
    _add_persons(channel, podcast.persons)
    if podcast.funding:
        _add_funding(channel, podcast.funding)
    if podcast.licence:
        _add_licence(channel, podcast.licence)


def add_to_item(item: Element, episode: Episode, podcast: Podcast) -> None:
    """Add transcripts, chapters, alternates, persons and licence, as far as there are any.

    Some apps read SubRip only, some WebVTT only, so an episode offers both. Persons of an episode
    take the place of the feed's, all of them: where it has some of its own, the feed's are named
    again before them.
    """
    for transcript in episode.transcripts:
        attributes = {"url": transcript.url, "type": transcript.content_type}
        language = episode.language or podcast.language
        add(item, _NS + "transcript", **attributes, language=language)
    if episode.chapters_url:
        add(item, _NS + "chapters", url=episode.chapters_url, type=CHAPTERS_TYPE)
    for alternate in episode.alternates:
        _add_alternate(item, alternate)
    if episode.persons:
        _add_persons(item, tuple(dict.fromkeys((*podcast.persons, *episode.persons))))
    if episode.licence:
        _add_licence(item, episode.licence)


def _add_alternate(item: Element, alternate: Alternate) -> None:
    """Add `<podcast:alternateEnclosure>` with the one `<podcast:source>` that it needs.

    Length is in bytes, bitrate in bits a second; the title has at most 32 characters. What a type
    says of codecs has an attribute of its own, `codecs`, so that types can be compared. It is
    never the default: that is the enclosure, which every app can play.
    """
    kind, _, codecs = alternate.content_type.partition("; codecs=")
    about = {
        "type": kind,
        "length": str(alternate.size_bytes),
        "bitrate": str(alternate.bitrate),
        "title": alternate.title,
    }
    if codecs:
        about["codecs"] = codecs.strip('"')
    element = add(item, _NS + "alternateEnclosure", **about)
    add(element, _NS + "source", uri=alternate.url)


def _add_persons(parent: Element, persons: tuple[Person, ...]) -> None:
    """Add one `<podcast:person>` each: a name of 1 to 128 characters, its role and group."""
    for person in persons:
        name = one_line(person.name, longest=_LONGEST_TEXT)
        add(parent, _NS + "person", name, group=person.group, role=person.role)


def _add_funding(channel: Element, funding: Funding) -> None:
    """Add `<podcast:funding>`: an address, and what apps show for it, up to 128 characters."""
    add(channel, _NS + "funding", one_line(funding.text, longest=_LONGEST_TEXT), url=funding.url)


def _add_licence(parent: Element, licence: Licence) -> None:
    """Add `<podcast:license>`: an SPDX name in lower case, or a name of one's own with its url.

    Either has at most 128 characters.
    """
    address = {"url": licence.url} if licence.url else {}
    add(parent, _NS + "license", one_line(licence.name, longest=_LONGEST_TEXT), **address)
