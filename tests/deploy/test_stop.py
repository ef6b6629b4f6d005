"""Ctrl-C in a terminal, which every process hears."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from server.web.serve import GRACEFUL_SECONDS
from tests.deploy.front import children_of, stepback_serve
from tests.deploy.people import house_with_sound
from tests.served import served_environment

BEING_BORN = """
import signal, sys
from gunicorn.workers.ggevent import GeventWorker
from server.cli import main

def patch(worker):
    print("born", flush=True)
    while True:
        signal.pause()

GeventWorker.patch = patch
sys.argv = ["stepback", "serve"]
main()
"""
"""`stepback serve` whose worker never comes further than its first step."""


def is_deaf_to(signum: int, pid: int) -> bool:
    """True for a process that ignores a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    ignored = re.search(r"^SigIgn:\s*(\w+)$", status, re.MULTILINE)
    assert ignored
    return bool(int(ignored[1], 16) >> (signum - 1) & 1)


def test_it_ends_without_a_word_of_trouble(tmp_path: Path) -> None:
    """The first process ends the one that answers, which would end badly where it is told twice.

    As by ./run, which sends SIGTERM afterwards.
    """
    house, _ = house_with_sound(tmp_path)
    environ = served_environment(house.settings, STEPBACK_LOG_LEVEL="info")
    log = tmp_path / "log"
    with stepback_serve(environ, log=log) as (place, process):
        assert place.ask("GET", "/health")[0].status == 200  # so there is one that answers
        (worker,) = children_of(process.pid)
        assert is_deaf_to(signal.SIGINT, worker)
        os.killpg(process.pid, signal.SIGINT)
    assert process.returncode == 0
    said = log.read_text()
    assert "Handling signal: int" in said
    assert "Shutting down: Master" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_nobody_waits_for_a_process_that_was_only_just_begun(tmp_path: Path, told: int) -> None:
    """It is told by the first process while it cannot do more than end, and does."""
    house, _ = house_with_sound(tmp_path)
    environ = served_environment(house.settings, STEPBACK_LOG_LEVEL="info")
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-c", BEING_BORN],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        assert process.stdout is not None
        assert "born\n" in process.stdout
        os.killpg(process.pid, told)
        assert process.wait(timeout=GRACEFUL_SECONDS / 2) == 0
    said = (tmp_path / "log").read_text()
    assert "Shutting down: Master" in said
    assert "Traceback" not in said
