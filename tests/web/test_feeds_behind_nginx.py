"""A caching nginx in front: what is one client's reaches nobody else, and can be revoked."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
from lxml import etree

from server.store.care import ClientRow
from server.store.care.private_feed_tables import PrivateFeedNetworkRow
from server.store.care.private_feeds import revoke_private_feed
from tests.render.conftest import until
from tests.web.conftest import House
from tests.web.people_house import People
from tests.web.private_feed_house import TAGGED, PrivateFeedHouse
from tests.web.served import served

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="nginx is not there: apt-get install -y nginx-light"
)

# A cache that keeps whatever it may, and forgets nothing by itself.
CONFIGURATION = """
daemon off; {user} pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=all:10m inactive=1d use_temp_path=off;
  server {{
    listen 127.0.0.1:{port};
    {more}
    location / {{
      proxy_pass {upstream};
      proxy_cache all;
      add_header X-Cache $upstream_cache_status;
    }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, upstream: str, port: int, more: str = "") -> Iterator[None]:
    """Run a caching nginx on a port until the block ends."""
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    text = CONFIGURATION.format(folder=folder, upstream=upstream, port=port, user=user, more=more)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    running = subprocess.Popen(
        [NGINX or "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    )
    try:
        wait_for(port)
        yield
    finally:
        running.terminate()
        assert running.wait(60) == 0


def wait_for(port: int) -> None:
    """Return as soon as somebody listens there."""
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
    pytest.fail("nginx does not listen")


@dataclass(frozen=True)
class Answer:
    """What came of one request."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def ask(url: str) -> Answer:
    """Ask as an app does that keeps nothing."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def free_port() -> int:
    with closing(socket.socket()) as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


@pytest.fixture
def feeds(house: House, people: People) -> PrivateFeedHouse:
    """Ines and Jo have each been given the same practice with words of their own."""
    made = PrivateFeedHouse(house=house, people=people)
    made.give(people.ines, message="For Ines alone.", is_spoken=True)
    made.give(people.jo, message="For Jo alone.", is_spoken=True)
    return made


@pytest.fixture
def front(feeds: PrivateFeedHouse, tmp_path: Path) -> Iterator[str]:
    """The address of nginx, which is also what the feeds name."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    with (
        served(feeds.house.settings, public_url=url) as upstream,
        nginx(tmp_path / "nginx", upstream, port),
    ):
        yield url


def told_block(upstream: str) -> str:
    """What the page for whoever runs the house says is to stand in nginx, as it stands there."""
    page = (Path(__file__).parents[2] / "docs/private-feeds.md").read_text(encoding="utf-8")
    found = re.search(r"^ *```\n( *location /feed/private/ \{.*?)^ *```$", page, re.S | re.M)
    assert found is not None
    ours = "http://127.0.0.1:8000;"
    assert ours in found[1]
    return found[1].replace(ours, f"{upstream};")


@pytest.fixture
def told_front(feeds: PrivateFeedHouse, tmp_path: Path) -> Iterator[str]:
    """The address of an nginx that is set up as docs/private-feeds.md says."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    with (
        served(feeds.house.settings, public_url=url) as upstream,
        nginx(tmp_path / "nginx", upstream, port, told_block(upstream)),
    ):
        yield url


def test_as_the_page_says_networks_are_told_apart(feeds: PrivateFeedHouse, told_front: str):
    """Otherwise all fetches came from the proxy itself, and no leak would ever be noticed."""
    path = feeds.make(feeds.people.ines)
    port = int(told_front.rpartition(":")[2])
    for source in ("127.0.1.1", "127.0.2.1", "127.0.2.9"):  # two networks
        connection = HTTPConnection("127.0.0.1", port, timeout=20, source_address=(source, 0))
        with closing(connection):
            connection.request("GET", path, headers={"X-Forwarded-For": "198.51.100.1"})
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("X-Cache")) == (200, None)
            answer.read()

    def are_two() -> bool:
        with feeds.people.database.reading() as db:
            return db.query(PrivateFeedNetworkRow).count() == 2

    until(are_two, seconds=10)  # a fetch is noted after it was answered


def files_of(feed: bytes) -> list[str]:
    """Every address of a file that a feed names."""
    root = etree.fromstring(feed)
    named = (each.get("url") or each.get("href") for each in root.iter())
    return sorted({url for url in named if url and "/files/" in url})


def test_two_clients_in_all_orders(feeds: PrivateFeedHouse, front: str):
    """Whoever asks first, for whatever and however often: each gets what is theirs."""
    people = feeds.people
    paths = {each: feeds.make(each) for each in (people.ines, people.jo)}
    feeds.publish()
    own = {each: ask(front + path) for each, path in paths.items()}
    said = {people.ines: b"For Ines alone.", people.jo: b"For Jo alone."}
    files = {each: files_of(answer.content) for each, answer in own.items()}
    assert all(len(each) >= 4 for each in files.values())
    assert set(files[people.ines]).isdisjoint(files[people.jo])
    for order in itertools.permutations([people.ines, people.jo, people.ines, people.jo]):
        for client in order:
            answer = ask(front + paths[client])
            assert answer.content == own[client].content
            assert said[client] in answer.content
            assert answer.headers["X-Cache"] == "MISS"
    wanted = [url for both in files.values() for url in both] * 3
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(ask, wanted))
    assert {answer.status for answer in answers} == {200}
    assert {answer.headers["X-Cache"] for answer in answers} <= {"MISS"}
    assert all("private" in answer.headers["Cache-Control"] for answer in answers)


def test_a_revoked_feed_is_gone_through_the_cache(feeds: PrivateFeedHouse, front: str):
    """The first request after a revocation gets nothing of it: no feed, no file of it."""
    ines = feeds.people.ines
    path = feeds.make(ines)
    feeds.publish()
    addresses = [front + path, *files_of(ask(front + path).content)]
    for address in addresses * 2:
        assert ask(address).status == 200
    feed = feeds.row(ines)
    with feeds.people.database.writing() as db:
        client = db.get_one(ClientRow, ines)
        revoke_private_feed(db, client, feed.id, "therapist", datetime.now(UTC))
    for address in addresses:
        answer = ask(address)
        assert answer.status == 410
        assert TAGGED["mp3"][-100:] not in answer.content


def test_the_public_feed_may_be_kept(feeds: PrivateFeedHouse, front: str):
    """So the test above says something: what is everybody's is answered from the cache."""
    assert ask(f"{front}/cover.jpg").headers["X-Cache"] == "MISS"
    assert ask(f"{front}/cover.jpg").headers["X-Cache"] == "HIT"
