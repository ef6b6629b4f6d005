"""How long a feed of 500 episodes takes to be written, beside the plainest RSS there is.

Plain: title, guid, date, description and enclosure by the standard library's ElementTree, with
nothing cleaned, checked or cut. Ours: the whole podcast, from its fields to its bytes, with notes,
chapters, transcripts and Opus. Where feedgen is installed, which most would take, it writes what it
can of the same: all but the Podcasting 2.0 elements. Run in turn; the median of each counts, in
time of the processor.

Then the same number through the route of a house that has as many scripts and recordings: the first
answer, from rows to bytes, and one from memory.
"""

from __future__ import annotations

import importlib
import importlib.util
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.etree import ElementTree

from server.feed import (
    SRT_TYPE,
    VTT_TYPE,
    Alternate,
    ChapterMark,
    Enclosure,
    Episode,
    Podcast,
    Transcript,
    feed_guid,
    render_feed,
)
from server.feed.notes import show_notes
from server.units import Bytes, Ms
from tests.web.public_feed_house import LIBRARY, build_feed_house

EPISODES = 500
RUNS = 9
SITE = "https://stepback.example"
TEXT = "For the days when something in you says no. We meet that first, & kindly. " * 8
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Write each in turn, RUNS times, and print what ours costs of the others."""
    ways = {"ours, with everything": write_ours, "the plainest RSS of the same": write_plainly}
    if importlib.util.find_spec("feedgen"):
        ways["feedgen, without Podcasting 2.0"] = write_by_feedgen
    runs = [{name: timed(write) for name, write in ways.items()} for _ in range(RUNS)]
    medians_s = {name: statistics.median(run[name] for run in runs) for name in ways}
    ours_s = medians_s["ours, with everything"]
    assert write_ours() == write_ours()
    print(f"a feed of {EPISODES} episodes …                    bytes  seconds  ours takes")
    for name, median_s in medians_s.items():
        print(f"{name:<36} {len(ways[name]()):>11,} {median_s:>8.3f} {ours_s / median_s:>10.2f} x")
    first_s, again_s = time_route()
    print(f"through the route: {first_s:.3f} s at first, {again_s:.3f} s from memory")


def time_route() -> tuple[float, float]:
    """How long /feed takes in a house of EPISODES, and how long again, in seconds of the processor.

    Each has its script in the library; the scripts are read before, as by any page of it.
    """
    with tempfile.TemporaryDirectory(prefix="stepback-feeds-") as folder:
        house = build_feed_house(Path(folder))
        for number in range(EPISODES):
            house.write(f"here-{number}", f"Here {number}", "ground")
            house.record(f"here-{number}", size=10)
        house.app.extensions["stepback"].catalogue.scripts()
        client = house.client
        first_s, again_s = (timed(lambda: client.get(LIBRARY).data) for _ in range(2))
        assert client.get(LIBRARY).data.count(b"<item>") == EPISODES
        house.close()
    return first_s, again_s


def timed(write: Callable[[], bytes]) -> float:
    """How long one writing takes, in seconds of the processor."""
    began_s = time.process_time()
    write()
    return time.process_time() - began_s


def write_ours() -> bytes:
    """Write the whole podcast, from its fields."""
    return render_feed(podcast())


def podcast() -> Podcast:
    """A library of 500 practices."""
    return Podcast(
        title="Stepback",
        description=TEXT,
        page_url=f"{SITE}/",
        feed_url=f"{SITE}/feed",
        guid=feed_guid(f"{SITE}/feed"),
        language="en",
        author="Stepback",
        image_url=f"{SITE}/cover.jpg",
        episodes=tuple(episode(number) for number in range(EPISODES)),
    )


def episode(number: int) -> Episode:
    """One practice with all that belongs to it."""
    key = f"{number:064x}"
    return Episode(
        guid=str(uuid.UUID(int=number)),
        title=f"Stepping back {number}",
        summary=TEXT,
        page_url=f"{SITE}/practices/{number}",
        image_url=f"{SITE}/covers/{number}.jpg",
        published_at=BEGAN_AT + timedelta(hours=number),
        duration_ms=Ms(600_000),
        enclosure=Enclosure(url=f"{SITE}/feed/audio/{key}.mp3", size_bytes=Bytes(4_800_000)),
        transcripts=(
            Transcript(url=f"{SITE}/audio/{key}.vtt", content_type=VTT_TYPE),
            Transcript(url=f"{SITE}/audio/{key}.srt", content_type=SRT_TYPE),
        ),
        chapters_url=f"{SITE}/audio/{key}.json",
        stages=tuple(
            ChapterMark(title=f"Stage {n}", start_ms=Ms(n * 75_000), end_ms=Ms((n + 1) * 75_000))
            for n in range(8)
        ),
        alternates=(
            Alternate(
                url=f"{SITE}/feed/audio/{key}.opus",
                size_bytes=Bytes(2_400_000),
                content_type="audio/ogg; codecs=opus",
                bitrate=32_000,
                title="Opus",
            ),
        ),
        voice="Joe (en_US)",
        credits="The words are our own.",
        live_url=f"{SITE}/practices/{number}/live",
    )


def write_plainly() -> bytes:
    """Write the same episodes with the fewest elements that apps can play."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    ElementTree.SubElement(channel, "title").text = "Stepback"
    for number in range(EPISODES):
        item = ElementTree.SubElement(channel, "item")
        ElementTree.SubElement(item, "title").text = f"Stepping back {number}"
        ElementTree.SubElement(item, "guid").text = str(uuid.UUID(int=number))
        date = format_datetime(BEGAN_AT + timedelta(hours=number))
        ElementTree.SubElement(item, "pubDate").text = date
        ElementTree.SubElement(item, "description").text = TEXT
        address = f"{SITE}/feed/audio/{number:064x}.mp3"
        about = {"url": address, "length": "4800000", "type": "audio/mpeg"}
        ElementTree.SubElement(item, "enclosure", about)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def write_by_feedgen() -> bytes:
    """Write the same episodes by feedgen, with the notes that ours have."""
    feed = importlib.import_module("feedgen.feed").FeedGenerator()
    feed.load_extension("podcast")
    feed.title("Stepback")
    feed.link(href=f"{SITE}/")
    feed.description(TEXT)
    for number in range(EPISODES):
        own = episode(number)
        entry = feed.add_entry(order="append")
        entry.title(own.title)
        entry.guid(own.guid)
        entry.pubDate(own.published_at)
        entry.description(own.summary)
        entry.content(show_notes(own, "en"), type="CDATA")
        entry.enclosure(own.enclosure.url, str(own.enclosure.size_bytes), "audio/mpeg")
        entry.podcast.itunes_duration(600)
        entry.podcast.itunes_image(own.image_url)
    return feed.rss_str(pretty=True)


if __name__ == "__main__":
    main()
