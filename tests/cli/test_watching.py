"""serve and worker as an operator starts them: metrics of all processes, at ports of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.web.conftest import House, house_in

ASKED = 60


HEAR = """
import sys

def hear(name, given):
    if name in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        place = given[-1] if name != "socket.getaddrinfo" else given[:1]
        if isinstance(place, tuple) and str(place[0]) not in ("127.0.0.1", "::1", "localhost"):
            with open(__file__ + ".heard", "a") as out:
                print(name, given, file=out)

sys.addaudithook(hear)
open(__file__ + ".begun", "a").close()
"""
"""A sitecustomize: writes down whom a process, or one that it starts, calls or looks up."""


def free_ports() -> tuple[int, int]:
    """Two ports, of which the second one's next is free as well."""
    while True:
        with ExitStack() as stack:
            taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in "ab"]
            web, metrics = (each.getsockname()[1] for each in taken)
            try:
                stack.enter_context(socket.create_server(("127.0.0.1", metrics + 1)))
            except OSError:
                continue
            return web, metrics


@contextmanager
def follow(log: Path) -> Iterator[Iterator[str]]:
    """The lines of a log from its first one on, also those that are still to come."""
    with subprocess.Popen(
        ["tail", "-n", "+1", "-F", log], stdout=subprocess.PIPE, text=True
    ) as tail:
        assert tail.stdout is not None
        yield iter(tail.stdout)
        tail.kill()


@contextmanager
def started(command: str, environ: dict[str, str], log: Path, until: str) -> Iterator[None]:
    """Run `stepback` until the block ends; begins once its standard output or log says `until`."""
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", command],
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        with follow(log) as lines:
            assert any(until in line for line in lines)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = house_in(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def environ(house: House) -> dict[str, str]:
    """A house of two web processes with metrics, that logs JSON."""
    web, metrics = free_ports()
    settings = house.settings
    return {
        "STEPBACK_DATA": str(settings.data_path),
        "STEPBACK_DATABASE_URL": settings.database_url,
        "STEPBACK_KEYS": str(settings.keys_path),
        "STEPBACK_CACHE": str(settings.cache_path),
        "STEPBACK_SCRIPTS": str(settings.scripts_path),
        "STEPBACK_HOST": "127.0.0.1",
        "STEPBACK_VOICE": "silent",
        "STEPBACK_RENDER_AHEAD": "no",
        "STEPBACK_WEB_WORKERS": "2",
        "STEPBACK_PORT": str(web),
        "STEPBACK_METRICS_PORT": str(metrics),
        "STEPBACK_LOG_FORMAT": "json",
    }


@pytest.mark.long
def test_the_processes_of_the_web_are_added_up(environ: dict[str, str], tmp_path: Path):
    """Whichever of them is asked; and the pages' own address tells nothing."""
    page = f"http://127.0.0.1:{environ['STEPBACK_PORT']}"
    meters = f"http://127.0.0.1:{environ['STEPBACK_METRICS_PORT']}/metrics"
    log = tmp_path / "web.log"
    with started("serve", environ, log, "Stepback listens"):
        for _ in range(ASKED):
            get(f"{page}/health")
        with follow(log) as lines:  # each is noted once its answer has been sent
            noted = (line for line in lines if '"/health"' in line)
            assert len(list(islice(noted, ASKED))) == ASKED
        for _ in range(4):
            told = get(meters)
            line = 'stepback_requests_total{method="GET",route="/health",status="2xx"}'
            assert f"{line} {ASKED}.0" in told
            assert "stepback_disk_free_bytes" in told
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(f"{page}/metrics")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(meters.replace("/metrics", "/health"))
    said = [each for each in log.read_text().splitlines() if each.startswith("{")]
    kept = [json.loads(each) for each in said]
    assert sum(each.get("route") == "/health" for each in kept) == ASKED
    assert {each["request"] for each in kept if "route" in each}
    assert any(each["logger"] == "gunicorn.error" for each in kept)


@pytest.mark.long
def test_a_worker_has_the_next_port_and_works_without_it(environ: dict[str, str], tmp_path: Path):
    """The second worker of a machine says that its port is taken, and goes on."""
    port = int(environ["STEPBACK_METRICS_PORT"]) + 1
    with started("worker", environ, tmp_path / "first.log", "worker ready"):
        told = get(f"http://127.0.0.1:{port}/metrics")
        assert re.search(r"^stepback_worker_beat_age_seconds [0-4]\.", told, re.MULTILINE)
        assert 'stepback_renders_total{outcome="done"} 0.0' in told
        with started("worker", environ, tmp_path / "second.log", "worker ready"):
            assert f"no meters at 127.0.0.1:{port}: " in (tmp_path / "second.log").read_text()


@pytest.mark.long
def test_nothing_leaves_the_machine(environ: dict[str, str], tmp_path: Path):
    """Web and worker, as they are without any setting, call nobody and look up no name, while
    pages are read and a recording is made.
    """
    listening = tmp_path / "sitecustomize.py"
    listening.write_text(HEAR)
    environ |= {"PYTHONPATH": f"{tmp_path}:{ROOT}", "STEPBACK_METRICS_PORT": "0"}
    page = f"http://127.0.0.1:{environ['STEPBACK_PORT']}"
    log = tmp_path / "worker.log"
    with (
        started("serve", environ, tmp_path / "web.log", "Stepback listens"),
        started("worker", environ, log, "worker ready"),
        follow(log) as lines,
    ):
        for path in ("/", "/about", "/feed"):
            get(page + path)
        order = json.dumps({"practice": "soft-ground", "minutes": 1, "words": {}}).encode()
        asked = urllib.request.Request(
            f"{page}/api/renders", order, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(asked).close()
        assert any("render done" in line for line in lines)
    assert Path(f"{listening}.begun").exists()
    heard = Path(f"{listening}.heard")
    assert not heard.exists(), heard.read_text()
    call = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", call], env={**os.environ, **environ}, check=False)
    assert "192.0.2.1" in heard.read_text()  # a call would have been heard; UDP sends nothing yet
