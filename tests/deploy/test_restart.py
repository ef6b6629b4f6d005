"""Starting anew under load: no request fails, and no listener hears it."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from pathlib import Path

import pytest

from server.app import create_app
from tests.deploy.front import (
    NGINX,
    PATIENCE_S,
    Place,
    environment_of,
    nginx_in_front,
    stepback_serve,
)
from tests.web.conftest import FILES, House, house_in

RIGHT = hashlib.sha256(FILES["mp3"]).hexdigest()
PIECE_BYTES = 65_536
BUFFER_BYTES = 16_384


class Told:
    """What would be systemd: hears what the web tells about itself."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(PATIENCE_S)

    def main_pid(self) -> int:
        """Wait until somebody else is said to be the main process; gives its id."""
        while True:
            said = re.search(rb"MAINPID=([0-9]+)", self._socket.recv(4096))
            if said:
                return int(said[1])

    def close(self) -> None:
        """Hear nothing more."""
        self._socket.close()


@dataclass(frozen=True)
class Running:
    """A house that answers, and what is known of its processes."""

    house: House
    key: str
    inside: Place
    outside: Place
    process: subprocess.Popen[str]
    told: Told

    @property
    def path(self) -> str:
        """Where the recording is."""
        return f"/audio/{self.key}.mp3"


@contextmanager
def running(folder: Path, *, by: str) -> Iterator[Running]:
    """Serve a house with one recording, bare or behind nginx, under what would be systemd."""
    house = house_in(folder)
    app = create_app(house.settings)
    order = {"practice": "soft-ground", "minutes": 2}
    key = app.test_client().post("/api/renders", json=order).get_json()["key"]
    house.publish(key)
    app.extensions["stepback"].database.close()
    house.database.close()
    told = Told(folder / "notify")
    environ = environment_of(
        house.settings,
        folder,
        STEPBACK_WEB_WORKERS="1",
        STEPBACK_AUDIO_BY="nginx" if by == "nginx" else "here",
        NOTIFY_SOCKET=str(folder / "notify"),
    )
    with stepback_serve(environ) as (inside, process):
        if by == "nginx":
            renders = house.shelf.root / "renders"
            no_limit = {"limit_req zone=stepback_requests burst=200 nodelay;": ""}
            with nginx_in_front(folder / "nginx", inside.port, renders, changes=no_limit) as front:
                yield Running(house, key, inside, front, process, told)
        else:
            yield Running(house, key, inside, inside, process, told)
    told.close()


@dataclass
class Asking:
    """People who ask without a pause, each time on a new connection, until they are stopped."""

    place: Place
    key: str
    failed: list[str] = field(default_factory=list)
    asked: int = 0

    @contextmanager
    def steadily(self) -> Iterator[Asking]:
        """Ask while the block goes on."""
        over = threading.Event()
        threads = [threading.Thread(target=self._ask, args=(each, over)) for each in range(4)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def wait_for(self, more: int) -> None:
        """Return once so many more were answered."""
        wanted = self.asked + more
        while self.asked < wanted and not self.failed:
            self.place.ask("GET", "/health")

    def _ask(self, number: int, over: threading.Event) -> None:
        while not over.is_set():
            try:
                status = self._post() if number == 0 else self._get(number)
            except (OSError, HTTPException) as error:
                self.failed.append(f"{number}: {error!r}")
                continue
            if status not in (200, 206):
                self.failed.append(f"{number}: {status}")
            self.asked += 1

    def _get(self, number: int) -> int:
        if number == 1:
            return self.place.ask("GET", "/health")[0].status
        answer, body = self.place.ask("GET", f"/audio/{self.key}.mp3", {"Range": "bytes=9-99"})
        return answer.status if body == FILES["mp3"][9:100] else 0

    def _post(self) -> int:
        with closing(self.place.connect()) as connection:
            body = b'{"practice": "soft-ground", "minutes": 2}'
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/api/renders", body=body, headers=headers)
            return connection.getresponse().status


class Listener:
    """Somebody who downloads a recording, stays in the middle of it, and goes on where it broke."""

    def __init__(self, place: Place, path: str) -> None:
        self._place, self._path = place, path
        self.heard, self.times_resumed = b"", 0
        # So little is on its way that most of the file is still to be sent.
        self._connection = place.connect(buffer_bytes=BUFFER_BYTES)
        self._connection.request("GET", path)
        self._answer: HTTPResponse = self._connection.getresponse()
        self._etag = self._answer.getheader("ETag") or ""
        self.heard += self._answer.read(PIECE_BYTES)

    def hear_out(self) -> str:
        """Hear all of it, with as many resumptions as it takes; gives its hash."""
        while not self._read_on():
            self.times_resumed += 1
            self._connection.close()
            self._connection = self._place.connect(buffer_bytes=BUFFER_BYTES)
            wanted = {"Range": f"bytes={len(self.heard)}-", "If-Range": self._etag}
            self._connection.request("GET", self._path, headers=wanted)
            self._answer = self._connection.getresponse()
            assert self._answer.status == 206
        self._connection.close()
        return hashlib.sha256(self.heard).hexdigest()

    def _read_on(self) -> bool:
        try:
            while piece := self._answer.read(PIECE_BYTES):
                self.heard += piece
        except (OSError, HTTPException):
            return False
        return len(self.heard) == len(FILES["mp3"])


needs_nginx = pytest.mark.skipif(
    NGINX is None, reason="nginx is not there: apt-get install -y nginx-light"
)


@pytest.mark.parametrize("by", ["here", pytest.param("nginx", marks=needs_nginx)])
def test_starting_anew_loses_no_request_and_no_listener(tmp_path: Path, by: str):
    """Of steady requests none fails; who downloads while the old one ends has every byte."""
    with running(tmp_path, by=by) as house:
        patient = Listener(house.outside, house.path)
        with Asking(house.outside, house.key).steadily() as asking:
            asking.wait_for(20)
            house.process.send_signal(signal.SIGHUP)
            main_pid = house.told.main_pid()
            asking.wait_for(20)
            assert patient.hear_out() == RIGHT
            assert house.process.wait(timeout=PATIENCE_S) == 0
            asking.wait_for(20)
        assert asking.failed == []
        assert asking.asked >= 60
        assert main_pid != house.process.pid
        assert "serve" in Path(f"/proc/{main_pid}/cmdline").read_text().split("\0")


def test_a_listener_who_is_cut_off_goes_on_with_the_new_one(tmp_path: Path):
    """Where the old one is killed in the midst of a download, the rest comes from the new one."""
    with running(tmp_path, by="here") as house:
        cut = Listener(house.outside, house.path)
        old_workers = children_of(house.process.pid)
        house.process.send_signal(signal.SIGHUP)
        house.told.main_pid()
        for pid in old_workers & children_of(house.process.pid):
            os.kill(pid, signal.SIGKILL)
        assert cut.hear_out() == RIGHT
        assert cut.times_resumed >= 1
        assert house.process.wait(timeout=PATIENCE_S) == 0


def test_a_version_that_cannot_start_changes_nothing(tmp_path: Path):
    """The old one goes on answering, and starts the next one that can."""
    with running(tmp_path, by="here") as house:
        versions = former_shape(house.house.settings.database_path)
        next(versions)
        with Asking(house.outside, house.key).steadily() as asking:
            house.process.send_signal(signal.SIGHUP)
            wait_for_children(house.process.pid, lambda now: len(now) == 2)
            wait_for_children(house.process.pid, lambda now: len(now) == 1)
            asking.wait_for(20)
        assert asking.failed == []
        assert house.process.poll() is None
        next(versions, None)
        house.process.send_signal(signal.SIGHUP)
        assert house.told.main_pid() != house.process.pid
        assert house.process.wait(timeout=PATIENCE_S) == 0
        assert house.outside.ask("GET", "/health")[0].status == 200


def former_shape(path: Path) -> Iterator[None]:
    """Let a database have the shape of a version that nobody knows, and then its own again."""
    with closing(sqlite3.connect(path)) as db:
        (own,) = db.execute("SELECT version_num FROM alembic_version").fetchone()
        for version in ("unknown", own):
            with db:
                db.execute("UPDATE alembic_version SET version_num = ?", (version,))
            if version != own:
                yield


def children_of(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def wait_for_children(pid: int, is_wanted: Callable[[set[int]], bool]) -> None:
    """Return once a process has such children."""
    while not is_wanted(children_of(pid)):
        os.sched_yield()
