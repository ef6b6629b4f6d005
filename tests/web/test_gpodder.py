"""gPodder's command line, a podcast app that Debian brings, follows our feeds."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.store import list_downloads
from server.store.care import ClientRow
from server.store.care.private_feeds import revoke_private_feed
from tests.web.conftest import House
from tests.web.people_house import People
from tests.web.private_feed_house import TAGGED, PrivateFeedHouse
from tests.web.public_feed_house import FeedHouse, build_feed_house
from tests.web.served import served

GPO = shutil.which("gpo")
SOUND = hashlib.sha256(TAGGED["mp3"]).hexdigest()

pytestmark = pytest.mark.skipif(GPO is None, reason="gpo is not there: apt-get install -y gpodder")


@dataclass(frozen=True)
class Gpodder:
    """One subscriber with a folder of their own."""

    folder: Path

    def __call__(self, *words: str) -> str:
        """Run one command; gives what it said."""
        told = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GPODDER_HOME": str(self.folder / "home"),
            "GPODDER_DOWNLOAD_DIR": str(self.folder / "downloads"),
            "LANG": "C.UTF-8",
        }
        ran = subprocess.run(
            [GPO or "gpo", *words],
            env=told,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return ran.stdout + ran.stderr

    def downloads(self) -> list[str]:
        """The hashes of what was downloaded."""
        files = sorted((self.folder / "downloads").glob("*/*.mp3"))
        return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]

    def sources(self) -> set[str]:
        """Where its episodes come from."""
        with closing(sqlite3.connect(self.folder / "home" / "Database")) as database:
            return {url for (url,) in database.execute("SELECT url FROM episode")}


@pytest.fixture
def gpodder(tmp_path: Path) -> Gpodder:
    folder = tmp_path / "gpodder"
    folder.mkdir()
    return Gpodder(folder)


@pytest.fixture
def feeds(house: House, people: People) -> PrivateFeedHouse:
    """Ines has been given a practice."""
    made = PrivateFeedHouse(house=house, people=people)
    made.give(people.ines)
    return made


def test_the_public_feeds(tmp_path: Path, gpodder: Gpodder):
    """It reads the library and a course, downloads each sound as it is, and finds what is new."""
    (tmp_path / "public").mkdir()
    house = build_feed_house(tmp_path / "public")
    keys = house.record_all()
    try:
        with served(house.settings) as url:
            gpodder("subscribe", f"{url}/feed", "Library")
            gpodder("subscribe", f"{url}/feed/courses/two-weeks", "Course")
            said = gpodder("pending")
            assert [said.count(title) for title in ("Soft ground", "Far ground")] == [3, 1]
            gpodder("download")
            recorded = [sound_of(house, keys[each]) for each in keys]
            again = [sound_of(house, keys["soft-ground", 2])] * 2
            assert sorted(gpodder.downloads()) == sorted(recorded + again)
            new = house.record("far-ground", 2, at=datetime.now(UTC))
            gpodder("update")
            gpodder("download")
            assert sound_of(house, new) in gpodder.downloads()
            assert counted(house) == 3  # each practice, once for one listener and day
    finally:
        house.close()


def sound_of(house: FeedHouse, key: str) -> str:
    """The hash of a recording's sound."""
    (file,) = house.shelf.render_folder(key).glob("*.mp3")
    return hashlib.sha256(file.read_bytes()).hexdigest()


def counted(house: FeedHouse) -> int:
    with house.database.reading() as db:
        return sum(row.count for row in list_downloads(db, datetime.now(UTC)))


def test_a_private_feed_until_it_is_revoked(feeds: PrivateFeedHouse, gpodder: Gpodder):
    """It subscribes, downloads, finds what is given later, and gets nothing after a revocation."""
    ines = feeds.people.ines
    path = feeds.make(ines)
    with served(feeds.house.settings) as url:
        assert "Successfully added" in gpodder("subscribe", url + path, "Mine")
        assert "Soft ground" in gpodder("pending")
        gpodder("download")
        assert gpodder.downloads() == [SOUND]

        feeds.give(ines, message="Once more, slowly.", is_spoken=True)
        feeds.publish()
        assert "1 new episode" in gpodder("update")
        gpodder("download")
        assert gpodder.downloads() == [SOUND, SOUND]

        feeds.give(ines, words={"place": "the garden"})
        feeds.publish()
        assert "1 new episode" in gpodder("update")
        feed = feeds.row(ines)
        with feeds.people.database.writing() as db:
            client = db.get_one(ClientRow, ines)
            revoke_private_feed(db, client, feed.id, "client", datetime.now(UTC))
        gpodder("download")
        assert gpodder.downloads() == [SOUND, SOUND]
        assert "[FAIL]" in gpodder("update")


def test_two_subscribers_of_one_house(feeds: PrivateFeedHouse, gpodder: Gpodder, tmp_path: Path):
    """Each finds what is their own, and nothing of the other's."""
    people = feeds.people
    feeds.give(people.jo, message="For Jo alone.", is_spoken=True)
    paths = {each: feeds.make(each) for each in (people.ines, people.jo)}
    other = Gpodder(tmp_path / "other")
    other.folder.mkdir()
    with served(feeds.house.settings) as url:
        for subscriber, client in ((gpodder, people.ines), (other, people.jo)):
            subscriber("subscribe", url + paths[client], "Mine")
            subscriber("download")
        assert len(gpodder.downloads()) == len(other.downloads()) == 1
        assert gpodder.sources().isdisjoint(other.sources())
