"""Ctrl-C in a terminal, which every process hears."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from urllib.request import urlopen

from tests.browser.watched import Watched
from tests.new_database import make_database


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
    make_database(tmp_path / "data" / "stepback.db")
    web = Watched(
        "serve",
        {
            "STEPBACK_DATA": str(tmp_path / "data"),
            "STEPBACK_KEYS": str(tmp_path / "keys"),
            "STEPBACK_CACHE": str(tmp_path / "cache"),
            "STEPBACK_HOST": "127.0.0.1",
            "STEPBACK_PORT": "0",
            "STEPBACK_WEB_WORKERS": "1",
            "STEPBACK_LOG_LEVEL": "info",
        },
    )
    try:
        url = web.wait_for(r"Stepback listens at (http://127\.0\.0\.1:\d+)")[1]
        with urlopen(f"{url}/health", timeout=60) as answer:  # so it has begun
            assert answer.status == 200
        (worker,) = Path(f"/proc/{web.group}/task/{web.group}/children").read_text().split()
        assert is_deaf_to(signal.SIGINT, int(worker))
        os.killpg(web.group, signal.SIGINT)
        web.wait_for("Handling signal: int")
    finally:
        web.stop()
    said = "".join(web.all_lines())
    assert "Shutting down: Master" in said
    assert "Traceback" not in said
