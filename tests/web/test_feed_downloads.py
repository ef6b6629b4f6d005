"""Play counts without spying: what counts, what does not, and what is known of whom."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.store import find_practice, list_downloads
from server.store.feed_tables import DownloadPartRow
from server.web.feed_audio import Followed
from tests.web.public_feed_house import FeedHouse
from tests.web.test_audio import SERVE

SIZE = 40_000
OVERCAST = {"User-Agent": "Overcast/3.0"}


def fetch(feeds: FeedHouse, key: str, part: str = "", **more: str) -> int:
    """Fetch a recording or a part of it as somebody's app does; gives how many bytes came."""
    address = more.pop("address", "192.0.2.7")
    headers = {**OVERCAST, **{name.replace("_", "-"): value for name, value in more.items()}}
    if part:
        headers["Range"] = f"bytes={part}"
    answer = feeds.client.get(
        f"/feed/audio/{key}.mp3", headers=headers, environ_base={"REMOTE_ADDR": address}
    )
    length = len(answer.data)
    answer.close()
    return length


def counted(feeds: FeedHouse) -> int:
    with feeds.database.reading() as db:
        return sum(row.count for row in list_downloads(db, datetime.now(UTC)))


def parts(feeds: FeedHouse) -> int:
    with feeds.database.reading() as db:
        return db.query(DownloadPartRow).count()


def test_a_whole_file_counts_once_for_a_listener(feeds: FeedHouse) -> None:
    """Again by the same app from the same network is the same listener; another app is not."""
    key = feeds.record()
    for _ in range(3):
        assert fetch(feeds, key) == SIZE
    assert fetch(feeds, key, address="192.0.2.99") == SIZE
    assert counted(feeds) == 1
    fetch(feeds, key, address="198.51.100.1")
    fetch(feeds, key, User_Agent="AntennaPod/3.4")
    assert counted(feeds) == 3
    with feeds.database.reading() as db:
        (row,) = list_downloads(db, datetime.now(UTC))
        practice = find_practice(db, "soft-ground")
    assert practice
    assert (row.guid, row.day) == (practice.guid, datetime.now(UTC).date())


def test_ranges_are_put_together(feeds: FeedHouse) -> None:
    """A file that comes in pieces, out of order and overlapping, counts with its last byte."""
    key = feeds.record()
    for part in ("20000-", "0-9999", "5000-15000"):
        fetch(feeds, key, part)
        assert counted(feeds) == 0
    fetch(feeds, key, "15001-19999")
    assert counted(feeds) == 1
    fetch(feeds, key, "0-9999")
    assert counted(feeds) == 1


def test_what_counts_nothing(feeds: FeedHouse) -> None:
    """HEAD, probes, what is there already, the page's own address and what is not there."""
    key = feeds.record()
    fetch(feeds, key, "0-1")
    fetch(feeds, key, f"{SIZE}-")
    client, path = feeds.client, f"/feed/audio/{key}.mp3"
    tag = client.head(path, headers=OVERCAST).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"/audio/{key}.mp3").status_code == 200
    assert client.get(f"/feed/audio/{'0' * 64}.mp3").status_code == 404
    assert (counted(feeds), parts(feeds)) == (0, 0)


def test_a_new_recording_of_the_same_episode_is_the_same_episode(feeds: FeedHouse) -> None:
    """Who has an episode by its old name and by its new one on one day has it once."""
    for key in (feeds.record(), feeds.record()):
        fetch(feeds, key)
    assert (counted(feeds), parts(feeds)) == (1, 2)


def test_behind_a_proxy_on_this_machine_it_says_who_asks(feeds: FeedHouse) -> None:
    """Only a proxy on loopback is believed."""
    key = feeds.record()
    for address in ("203.0.113.1", "198.51.100.1"):
        fetch(feeds, key, address="127.0.0.1", X_Forwarded_For=address)
    assert counted(feeds) == 2
    for address in ("203.0.114.1", "198.51.101.1"):
        fetch(feeds, key, address="192.0.2.7", X_Forwarded_For=address)
    assert counted(feeds) == 3


def test_off_by_a_setting(feeds: FeedHouse) -> None:
    """With STEPBACK_COUNT_DOWNLOADS=no nothing at all is kept."""
    key = feeds.record()
    feeds.reopened(replace(feeds.settings, counts_downloads=False))
    assert fetch(feeds, key) == SIZE
    assert (counted(feeds), parts(feeds)) == (0, 0)


@pytest.mark.sqlite
def test_nothing_tells_who_it_was(feeds: FeedHouse, caplog: pytest.LogCaptureFixture) -> None:
    """No address, app or hash in the log; no address and no app in the database."""
    caplog.set_level(logging.DEBUG)
    key = feeds.record()
    fetch(feeds, key, address="192.0.2.177")
    with feeds.database.reading() as db:
        (part,) = db.query(DownloadPartRow).all()
    for told in ("192.0.2", "Overcast", part.listener_hash):
        assert told not in caplog.text
    assert feeds.database.empty_log()
    kept = feeds.settings.database_path.read_bytes()
    for told in (b"192.0.2", b"Overcast"):
        assert told not in kept


def test_a_trouble_with_counting_is_nobodys(
    feeds: FeedHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be written the sound comes all the same, and the log says so."""
    key = feeds.record()
    fetch(feeds, key, "0-1")
    database = feeds.app.extensions["stepback"].database
    monkeypatch.setattr(database._place, "writers_wait_s", 0.01)
    with database.writing():
        assert fetch(feeds, key) == SIZE
    assert "a download was not counted: Busy" in caplog.text
    assert counted(feeds) == 0


def test_only_what_was_handed_over_counts() -> None:
    """A body that is closed before its end tells how much of it was taken."""
    told: list[int] = []
    body = Followed([b"abc", b"de", b"f"], told.append)
    assert next(body) == b"abc"
    assert next(body) == b"de"
    body.close()
    body.close()
    assert told == [3]
    assert list(Followed([b"abc", b"de"], told.append)) == [b"abc", b"de"]
    assert told == [3, 5]


@contextmanager
def gunicorn(feeds: FeedHouse) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The web tier as it really serves; gives its port."""
    settings = feeds.settings
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=Path(__file__).parents[2],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(feeds.folder),
            "STEPBACK_DATA": str(settings.data_path),
            "STEPBACK_DATABASE_URL": settings.database_url,
            "STEPBACK_KEYS": str(settings.keys_path),
            "STEPBACK_CACHE": str(settings.cache_path),
            "STEPBACK_SCRIPTS": str(settings.scripts_path),
            "STEPBACK_HOST": "127.0.0.1",
            "STEPBACK_PORT": "0",
            "STEPBACK_WEB_WORKERS": "1",
            "STEPBACK_VOICE": "silent",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield int(process.stdout.readline().rsplit(":", 1)[1]), process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        process.stdout.close()


def test_a_line_that_breaks_is_no_download(feeds: FeedHouse) -> None:
    """Somebody takes a tenth of a file and is gone; the rest of it was sent to nobody.

    The server ends in good order before anybody looks, so that nothing is still on its way.
    """
    size = 24_000_000
    key = feeds.record(size=size)
    with gunicorn(feeds) as (port, _):
        ask = f"GET /feed/audio/{key}.mp3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            line.connect(("127.0.0.1", port))
            line.sendall(f"{ask}User-Agent: Broken\r\n\r\n".encode())
            taken = 0
            while taken < size // 10:
                taken += len(line.recv(65_536))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(f"{ask}User-Agent: Whole\r\n\r\n".encode())
            while line.recv(1_000_000):
                pass
    assert counted(feeds) == 1
    with feeds.database.reading() as db:
        found = {row.is_counted: row.covered for row in db.query(DownloadPartRow)}
    assert found[True] == [[0, size]]
    assert found[False][0][1] < size
