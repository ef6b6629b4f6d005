"""The file behind `<podcast:chapters>`: JSON chapters 1.2 of the Podcasting 2.0 namespace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from server.feed.text import one_line, title_line
from server.feed.timed import TimedTitle
from server.units import seconds_from_ms


def chapters_json(chapters: Sequence[TimedTitle], *, title: str, podcast_title: str = "") -> bytes:
    """Write chapters as UTF-8 JSON in ascending order, moments in seconds.

    `title` is the episode's. A chapter without a title is a silent mark that no app shows.
    """
    document: dict[str, Any] = {"version": "1.2.0", "title": title_line(title)}
    if podcast_title:
        document["podcastName"] = one_line(podcast_title)
    ascending = sorted(chapters, key=lambda chapter: (chapter.start_ms, chapter.end_ms))
    document["chapters"] = [_entry(chapter) for chapter in ascending]
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _entry(chapter: TimedTitle) -> dict[str, Any]:
    """`startTime` and `endTime` in seconds; `toc: false` for a silent mark."""
    times = {
        "startTime": seconds_from_ms(chapter.start_ms),
        "endTime": seconds_from_ms(chapter.end_ms),
    }
    name = one_line(chapter.title)
    return {**times, "title": name} if name else {**times, "toc": False}
