"""⑤ NEWS. In: a Podcast and its Episodes, chapters and captions as the timeline knows them.
Out: the feed as RSS bytes, chapters as JSON, transcripts as WebVTT and SubRip.

All of it is pure: the same input gives the same bytes, so a feed changes only when its news does.
"""

from server.feed.chapters import chapters_json
from server.feed.model import (
    Alternate,
    Category,
    Enclosure,
    Episode,
    Funding,
    Licence,
    Person,
    Podcast,
    Transcript,
)
from server.feed.podcast import CHAPTERS_TYPE, feed_guid
from server.feed.rss import FEED_TYPE, render_feed
from server.feed.timed import ChapterMark, TimedText, TimedTitle
from server.feed.transcripts import SRT_TYPE, VTT_TYPE, captions_srt, captions_vtt

__all__ = [
    "CHAPTERS_TYPE",
    "FEED_TYPE",
    "SRT_TYPE",
    "VTT_TYPE",
    "Alternate",
    "Category",
    "ChapterMark",
    "Enclosure",
    "Episode",
    "Funding",
    "Licence",
    "Person",
    "Podcast",
    "TimedText",
    "TimedTitle",
    "Transcript",
    "captions_srt",
    "captions_vtt",
    "chapters_json",
    "feed_guid",
    "render_feed",
]
