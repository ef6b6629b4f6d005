"""A whole Stepback with the silent voice, for programs that look at its pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.ranges import free_port

ROOT = Path(__file__).parents[1]
STEPBACK = Path(sys.executable).with_name("stepback")
LISTENS = re.compile(r"listens at (http://127[\d.]+:\d+)")


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
        try:
            with _listening("serve", environment) as url:
                yield url
        finally:
            worker.terminate()
            worker.wait()


@contextmanager
def silent_demo() -> Iterator[str]:
    """Run `stepback demo`, with its made-up people, until the block is left; gives the address."""
    changes = {"STEPBACK_VOICE": "silent", "STEPBACK_PORT": str(free_port())}
    with _listening("demo", {**os.environ, **changes}) as url:
        yield url


@contextmanager
def _listening(command: str, environment: Mapping[str, str]) -> Iterator[str]:
    process = subprocess.Popen(
        [STEPBACK, command], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        said = (LISTENS.search(line) for line in process.stdout or ())
        yield next(found[1] for found in said if found)
    finally:
        process.terminate()
        process.wait()
