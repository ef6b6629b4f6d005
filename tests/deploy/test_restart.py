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
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.front import (
    NGINX,
    PATIENCE_S,
    Place,
    children_of,
    free_port,
    nginx_in_front,
    stepback_serve,
)
from tests.deploy.people import RIGHT, Asking, Listener, house_with_sound
from tests.served import served_environment
from tests.web.conftest import House

NO_LIMIT = {"limit_req zone=stepback_requests burst=200 nodelay;": ""}
"""All that ask here come from one address, and ask without a pause."""


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
    house, key = house_with_sound(folder)
    told = Told(folder / "notify")
    environ = served_environment(
        house.settings,
        STEPBACK_WEB_WORKERS="1",
        STEPBACK_AUDIO_BY="nginx" if by == "nginx" else "here",
        NOTIFY_SOCKET=str(folder / "notify"),
    )
    with stepback_serve(environ) as (inside, process):
        if by == "nginx":
            renders = house.shelf.root / "renders"
            with nginx_in_front(folder / "nginx", inside.port, renders, changes=NO_LIMIT) as front:
                yield Running(house, key, inside, front, process, told)
        else:
            yield Running(house, key, inside, inside, process, told)
    told.close()


needs_nginx = pytest.mark.skipif(
    NGINX is None, reason="nginx is not there: apt-get install -y nginx-light"
)


@pytest.mark.long
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


@needs_nginx
@pytest.mark.long
def test_one_of_two_may_be_away(tmp_path: Path):
    """As in deploy/compose.yml: while one of two ends, is away and comes back, nothing fails."""
    house, key = house_with_sound(tmp_path)
    ports = free_port(), free_port()
    first, second = (served_environment(house.settings, STEPBACK_PORT=str(port)) for port in ports)
    both = {
        f"server 127.0.0.1:{ports[0]};": "".join(f"server 127.0.0.1:{each};" for each in ports),
        **NO_LIMIT,
    }
    renders = house.shelf.root / "renders"
    with (
        stepback_serve(second) as (steady, _),
        nginx_in_front(tmp_path / "nginx", ports[0], renders, changes=both) as front,
    ):
        assert steady.ask("GET", "/health")[0].status == 200
        with ExitStack() as renewed:
            place, _ = renewed.enter_context(stepback_serve(first))
            assert place.ask("GET", "/health")[0].status == 200
            listener = Listener(front, f"/audio/{key}.mp3")
            with Asking(front, key).steadily() as asking:
                asking.wait_for(20)
                hearing = threading.Thread(target=listener.hear_out)
                hearing.start()  # who is in the middle is waited for
                renewed.close()
                asking.wait_for(20)
                place, _ = renewed.enter_context(stepback_serve(first))
                assert place.ask("GET", "/health")[0].status == 200
                asking.wait_for(20)
                hearing.join()
            assert asking.failed == []
            assert hashlib.sha256(listener.heard).hexdigest() == RIGHT


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


def wait_for_children(pid: int, is_wanted: Callable[[set[int]], bool]) -> None:
    """Return once a process has such children."""
    while not is_wanted(children_of(pid)):
        os.sched_yield()
