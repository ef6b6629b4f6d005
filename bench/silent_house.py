"""A whole Stepback with the silent voice, for programs that look at its pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEPBACK = Path(sys.executable).with_name("stepback")


@contextmanager
def silent_house(**changes: str) -> Iterator[str]:
    """Run web and worker on a free port until the block is left; gives the address."""
    with tempfile.TemporaryDirectory(prefix="stepback-silent-") as folder:
        environment = {
            **os.environ,
            "STEPBACK_DATA": f"{folder}/data",
            "STEPBACK_KEYS": f"{folder}/keys",
            "STEPBACK_CACHE": f"{folder}/cache",
            "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
            "STEPBACK_VOICE": "silent",
            "STEPBACK_HOST": "127.0.0.1",
            "STEPBACK_PORT": "0",
            **changes,
        }
        subprocess.run([STEPBACK, "migrate"], env=environment, check=True)
        worker = subprocess.Popen([STEPBACK, "worker"], env=environment)
        web = subprocess.Popen(
            [STEPBACK, "serve"], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            lines = iter(web.stdout)
            found = next(
                m for line in lines if (m := re.search(r"listens at (http://127\S+)", line))
            )
            yield found[1]
        finally:
            for process in (web, worker):
                process.terminate()
                process.wait()
