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
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.web.conftest import House, house_in

ASKED = 60


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
def started(command: str, environ: dict[str, str], log: Path, until: str) -> Iterator[int]:
    """Run `stepback` until the block ends; begins once its standard output or log says `until`."""
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", command],
            env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        with subprocess.Popen(["tail", "-n", "+1", "-F", log], stdout=subprocess.PIPE) as tail:
            assert tail.stdout is not None
            for line in tail.stdout:
                if until in line.decode():
                    break
            tail.kill()
        yield process.pid
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


def test_the_processes_of_the_web_are_added_up(environ: dict[str, str], tmp_path: Path):
    """Whichever of them is asked; and the pages' own address tells nothing."""
    page = f"http://127.0.0.1:{environ['STEPBACK_PORT']}"
    meters = f"http://127.0.0.1:{environ['STEPBACK_METRICS_PORT']}/metrics"
    log = tmp_path / "web.log"
    with started("serve", environ, log, "Stepback listens"):
        for _ in range(ASKED):
            get(f"{page}/health")
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
    lines = [json.loads(each) for each in said]
    assert sum(each.get("route") == "/health" for each in lines) == ASKED
    assert {each["request"] for each in lines if "route" in each}
    assert any(each["logger"] == "gunicorn.error" for each in lines)


def test_a_worker_has_the_next_port_and_works_without_it(environ: dict[str, str], tmp_path: Path):
    """The second worker of a machine says that its port is taken, and goes on."""
    port = int(environ["STEPBACK_METRICS_PORT"]) + 1
    with started("worker", environ, tmp_path / "first.log", "worker ready"):
        told = get(f"http://127.0.0.1:{port}/metrics")
        assert re.search(r"^stepback_worker_beat_age_seconds [0-4]\.", told, re.MULTILINE)
        assert 'stepback_renders_total{outcome="done"} 0.0' in told
        with started("worker", environ, tmp_path / "second.log", "worker ready"):
            assert f"no meters at 127.0.0.1:{port}: " in (tmp_path / "second.log").read_text()
