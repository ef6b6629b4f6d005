"""A whole house on a machine without a network: it is served, and a practice is made and heard.

Usage, in a network namespace of its own: alone.py FOLDER PORT, with the settings in the
environment. Prints the bytes of the recording; ends with exit code 0 when all went well.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.cli.test_watching import follow, started

PAGES = ("/", "/about", "/feed", "/subscribe", "/practices/soft-ground", "/api/practices")


def main(folder: Path, port: str) -> None:
    """Go through a house's day."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    environ = dict(os.environ)
    page = f"http://127.0.0.1:{port}"
    log = folder / "worker.log"
    with (
        started("serve", environ, folder / "web.log", "Stepback listens"),
        started("worker", environ, log, "worker ready"),
        follow(log) as lines,
    ):
        for path in PAGES:
            with urllib.request.urlopen(page + path, timeout=120) as answer:
                assert answer.status == 200
        order = json.dumps({"practice": "soft-ground", "minutes": 1, "words": {}}).encode()
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{page}/api/renders", order, headers)
        with urllib.request.urlopen(asked, timeout=120) as answer:
            key = json.load(answer)["key"]
        assert any("render done" in line for line in lines)
        with urllib.request.urlopen(f"{page}/audio/{key}.mp3", timeout=120) as answer:
            print(len(answer.read()))


if __name__ == "__main__":
    signal.alarm(1200)
    main(Path(sys.argv[1]), sys.argv[2])
