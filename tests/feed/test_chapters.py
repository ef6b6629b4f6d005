"""List F, line 13: the chapters file."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from server.feed import ChapterMark, chapters_json
from server.units import Ms


def mark(title: str, start_ms: int, end_ms: int) -> ChapterMark:
    return ChapterMark(title=title, start_ms=Ms(start_ms), end_ms=Ms(end_ms))


def test_line_13_json_1_2() -> None:
    """F13: version, titles, and moments in seconds; a silent mark is kept out of the contents."""
    chapters = (mark("Arriving", 0, 95_250), mark("", 95_250, 100_000), mark("Back", 100_000, 1))
    assert json.loads(chapters_json(chapters, title="Stepping back", podcast_title="Stepback")) == {
        "version": "1.2.0",
        "title": "Stepping back",
        "podcastName": "Stepback",
        "chapters": [
            {"startTime": 0.0, "endTime": 95.25, "title": "Arriving"},
            {"startTime": 95.25, "endTime": 100.0, "toc": False},
            {"startTime": 100.0, "endTime": 0.001, "title": "Back"},
        ],
    }


def test_the_podcast_need_not_be_named() -> None:
    """A chapters file stands without the podcast's name, as UTF-8 with a line feed at its end."""
    written = chapters_json((), title="Übung\x00")
    assert written == '{\n "version": "1.2.0",\n "title": "Übung",\n "chapters": []\n}\n'.encode()


@given(starts=st.lists(st.integers(0, 3_600_000), unique=True))
def test_line_13_ascending(starts: list[int]) -> None:
    """F13: in whatever order chapters come, they are written by ascending start, to the ms."""
    chapters = [mark(f"at {start}", start, start + 1) for start in starts]
    written = json.loads(chapters_json(chapters, title="x"))["chapters"]
    assert [round(entry["startTime"] * 1000) for entry in written] == sorted(starts)
    assert [entry["title"] for entry in written] == [f"at {start}" for start in sorted(starts)]
