"""A sitting whose web process is killed in the middle: another one goes on, and nobody notices."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from server.render import Sittings
from tests.served import served_environment
from tests.web.live_house import SLUG, LiveHouse, put_lines, sitting_id, write_live_scripts
from tests.web.test_audio import SERVE

MINE = "a word that is mine alone"
ID = sitting_id(1)


@dataclass
class Process:
    """A running web tier of one process that answers, and its listener's cookie."""

    port: int
    popen: subprocess.Popen[str]
    log_path: Path
    cookie: str

    def ask(self, method: str, path: str, body: object = None) -> tuple[HTTPResponse, bytes]:
        """One request on a connection of its own."""
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, body=sent, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def segments(self) -> dict[int, bytes]:
        """Every media segment that is listed just now."""
        answer, playlist = self.ask("GET", f"/sittings/{ID}/playlist.m3u8")
        assert answer.status == 200
        numbers = [int(n) for n in re.findall(rb"^(\d+)\.m4s$", playlist, re.MULTILINE)]
        return {number: self.segment(number) for number in numbers}

    def segment(self, number: int) -> bytes:
        answer, content = self.ask("GET", f"/sittings/{ID}/{number}.m4s")
        assert answer.status == 200
        return content

    def move(self, move: str, number: int, **said: object) -> dict:
        body = {"id": f"{number:032x}", "move": move, **said}
        answer, content = self.ask("POST", f"/api/sittings/{ID}/moves", body)
        assert answer.status == 200, content
        return json.loads(content)

    def kill(self) -> str:
        """Kill it and the processes that it began, at once; gives what it had logged."""
        os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(timeout=60)
        return self.log_path.read_text(encoding="utf-8")


@contextmanager
def serving(live: LiveHouse, cookie: str = "") -> Iterator[Process]:
    """Serve a house in a process of its own, which logs all that it ever logs."""
    settings = live.settings
    environ = served_environment(settings, STEPBACK_LOG_LEVEL="debug")
    log_path = settings.data_path.parent / f"{len(cookie)}.log"
    with log_path.open("w") as log:
        popen = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=Path(__file__).parents[2],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,  # a group of its own, so that all of it can be killed
        )
    try:
        line = popen.stdout.readline()
        assert line.startswith("Stepback listens at http://127.0.0.1:"), line
        yield Process(
            port=int(line.rsplit(":", 1)[1]), popen=popen, log_path=log_path, cookie=cookie
        )
    finally:
        if popen.poll() is None:
            os.killpg(popen.pid, signal.SIGKILL)
            popen.wait(timeout=60)
        popen.stdout.close()


@pytest.fixture
def live(house) -> Iterator[LiveHouse]:
    """A house whose counter has the clock of everybody."""
    write_live_scripts(house.settings)
    built = LiveHouse(settings=house.settings)
    put_lines(built.rooms)
    yield built
    built.close()


def voice_words(live: LiveHouse) -> None:
    """Do what a worker does, by the clock of the processes that serve."""
    rooms = live.rooms
    live.now_at = Sittings.__dataclass_fields__["now"].default()
    live.voice_words()
    assert rooms.sittings.now() == live.now_at


def test_a_sitting_goes_on_when_the_process_that_served_it_is_killed(live: LiveHouse):
    """Each media segment that was handed out has the same bytes elsewhere, and more follow.

    No process has logged a word of the listener's.
    """
    with serving(live) as first:
        body = {"id": ID, "practice": SLUG, "minutes": 5, "words": {"obstacle": MINE}}
        answer, content = first.ask("POST", "/api/sittings", body)
        assert answer.status == 201, content
        first.cookie = str(answer.getheader("Set-Cookie")).partition(";")[0]
        voice_words(live)
        handed_out = first.segments()
        moved = first.move("step-back", 1, words={"obstacle": MINE})
        handed_out |= first.segments()
        before = time.monotonic()
        log = first.kill()
        assert first.popen.returncode == -signal.SIGKILL
    with serving(live, cookie=first.cookie) as second:
        assert {number: second.segment(number) for number in handed_out} == handed_out
        # The same move again, from a phone that never got its answer.
        assert second.move("step-back", 1)["starts_seconds"] == moved["starts_seconds"]
        sitting = json.loads(second.ask("GET", f"/api/sittings/{ID}")[1])
        gone_on_s = sitting["heard_seconds"] - moved["sitting"]["heard_seconds"]
        assert gone_on_s == pytest.approx(time.monotonic() - before, abs=1)
        assert [rung["words"] for rung in sitting["ladder"]] == [MINE, MINE]
        later = second.segments()
        assert max(later) > max(handed_out)
        assert second.move("too-much", 2)["sitting"]["ladder"][-1]["outcome"] == "grounded"
        log += second.kill()
    assert "POST" in log or "sitting begun" in log
    assert MINE not in log
