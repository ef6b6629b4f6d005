"""What a feed announces, fetched by its address as an app does, and heard as an app plays it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import webvtt
from lxml import etree
from PIL import Image

from server.render.produce import produce
from server.store import Shelf
from server.voice import SilentSpeaker
from tests.render.test_produce import ignore, make_order
from tests.web.conftest import SCRIPT, House
from tests.web.people_house import People
from tests.web.private_feed_house import ITUNES, PODCAST, PrivateFeedHouse, path_of
from tests.web.public_feed_house import LIBRARY, FeedHouse

pytestmark = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")

CODECS = {"audio/mpeg": "mp3", "audio/ogg": "opus"}

Fetch = Callable[[str], tuple[str, bytes]]
"""Asks for an address; gives the type and the bytes of the answer."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of one recording by a voice that keeps silent, two minutes long."""
    shelf = Shelf(tmp_path_factory.mktemp("made"))
    order = make_order(SCRIPT, minutes=2)
    product = produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=ignore)
    assert product.duration_ms == 120_000
    folder = shelf.render_folder(order.render_key)
    return {file.kind: (folder / file.file_name).read_bytes() for file in product.files}


def test_line_9_what_a_public_feed_announces(
    feeds: FeedHouse, made: dict[str, bytes], tmp_path: Path
) -> None:
    """F9: every length is the number of bytes, every duration that of the sound."""
    feeds.record("soft-ground", files=made, duration_ms=120_000)

    def fetch(url: str) -> tuple[str, bytes]:
        answer = feeds.client.get(path_of(url))
        assert answer.status_code == 200, url
        return answer.headers["Content-Type"], answer.data

    _, feed = fetch(LIBRARY)
    assert hear_all(feed, fetch, tmp_path) == ["audio/mpeg", "audio/ogg"]


@pytest.mark.parametrize("is_neutral", [False, True])
def test_line_9_what_a_private_feed_announces(
    house: House, people: People, made: dict[str, bytes], tmp_path: Path, *, is_neutral: bool
) -> None:
    """F9: also where the sound is sent without its tag, to a feed that tells nobody anything."""
    feeds = PrivateFeedHouse(house=house, people=people)
    feeds.give(people.ines)
    path = feeds.make(people.ines, is_neutral=is_neutral, files=made)

    def fetch(url: str) -> tuple[str, bytes]:
        answer = feeds.get(url)
        assert answer.status_code == 200, url
        return answer.headers["Content-Type"], answer.data

    _, feed = fetch(path)
    heard = hear_all(feed, fetch, tmp_path)
    assert heard == (["audio/mpeg"] if is_neutral else ["audio/mpeg", "audio/ogg"])


def hear_all(feed: bytes, fetch: Fetch, folder: Path) -> list[str]:
    """Fetch all that the one episode of a feed announces; gives the types of what was heard."""
    (item,) = etree.fromstring(feed).iter("item")
    heard = []
    for announced in announced_sounds(item):
        content_type, sound = fetch(announced["url"])
        assert len(sound) == int(announced["length"])
        assert content_type.split(";")[0] == announced["type"].split(";")[0]
        codec, seconds = probe(sound, folder)
        assert codec == CODECS[announced["type"].split(";")[0]]
        assert abs(seconds - int(item.findtext(f"{ITUNES}duration"))) < 1
        heard.append(announced["type"].split(";")[0])
    for transcript in item.iter(f"{PODCAST}transcript"):
        content_type, text = fetch(transcript.get("url"))
        assert content_type.split(";")[0] == transcript.get("type")
        if transcript.get("type") == "text/vtt":
            assert webvtt.from_string(text.decode()).captions
    for chapters in item.iter(f"{PODCAST}chapters"):
        content_type, text = fetch(chapters.get("url"))
        assert content_type.split(";")[0] == chapters.get("type")
        assert json.loads(text)["chapters"]
    for image in item.iter(f"{ITUNES}image"):
        content_type, picture = fetch(image.get("href"))
        opened = Image.open(io.BytesIO(picture))
        assert opened.size == (3000, 3000)
        assert content_type == Image.MIME[opened.format or ""]
    return heard


def announced_sounds(item: etree._Element) -> Iterator[dict[str, str]]:
    """Address, length and type of each sound that an episode has."""
    yield from (dict(each.attrib) for each in item.iter("enclosure"))
    for alternate in item.iter(f"{PODCAST}alternateEnclosure"):
        (source,) = alternate.iter(f"{PODCAST}source")
        yield {**alternate.attrib, "url": source.get("uri")}


def probe(sound: bytes, folder: Path) -> tuple[str, float]:
    """What ffprobe makes of a file: the codec of its sound, and its length in seconds."""
    path = folder / "sound"
    path.write_bytes(sound)
    asked = ("stream=codec_name:format=duration", "-select_streams", "a:0", "-of", "json")
    ran = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", *asked, str(path)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    told = json.loads(ran.stdout)
    return told["streams"][0]["codec_name"], float(told["format"]["duration"])
