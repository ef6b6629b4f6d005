"""How much sooner a practice is ready with one, two and four machines that speak it together.

Each worker has a network and process ids of its own, as on a machine of its own (`unshare`, which
wants root on Linux), one voice process, and shares the database and the shelf with the others.
Where the workers are more than the processors they share those as well: then no more is won.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.silent_house import ROOT, STEPBACK
from server.config import Settings
from server.render import open_workshop
from server.store import find_render
from server.timeline import Options

MACHINES = (1, 2, 4)
RUNS = 3
SLUG, MINUTES = "stepping-back", 10
APART = ("unshare", "--net", "--pid", "--fork", "--mount-proc", "--kill-child")


def main() -> None:
    """Order the same practice of workers whose shelf is empty, and print ratios."""
    found = {count: [measure(count) for _ in range(RUNS)] for count in MACHINES}
    one = statistics.median(found[1])
    print(f"{SLUG}, {MINUTES} minutes, one voice process a machine, {os.cpu_count()} processors:")
    for count, runs in found.items():
        middle = statistics.median(runs)
        spread = f"{min(runs):.1f} to {max(runs):.1f}"
        print(f"  {count} machines  {middle:6.1f} s ({spread})   {one / middle:4.2f} times as fast")


def measure(count: int) -> float:
    """Run so many workers over an empty shelf, and time one practice, in seconds."""
    with tempfile.TemporaryDirectory(prefix="stepback-machines-") as folder:
        environment = {
            "STEPBACK_DATA": f"{folder}/data",
            "STEPBACK_KEYS": f"{folder}/keys",
            "STEPBACK_CACHE": f"{folder}/cache",
            "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
            "STEPBACK_RENDER_AHEAD": "no",
            "STEPBACK_VOICE_PROCESSES": "1",
        }
        subprocess.run([STEPBACK, "migrate"], env={**os.environ, **environment}, check=True)
        with workers(count, Path(folder), environment):
            return time_practice(Settings.from_environment(environment))


@contextmanager
def workers(count: int, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Start workers apart from each other, one after the other is ready to speak."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(count):
            log = folder / f"worker-{number}.log"
            with log.open("wb") as out:
                started.append(
                    subprocess.Popen(
                        [*APART, STEPBACK, "worker"],
                        env={**os.environ, **environment},
                        stdout=out,
                        stderr=out,
                        start_new_session=True,  # unshare takes no signal for who runs in it
                    )
                )
            while b"worker ready" not in log.read_bytes():
                time.sleep(0.1)
        yield
    finally:
        for worker in started:
            os.killpg(worker.pid, signal.SIGTERM)
            worker.wait()


def time_practice(settings: Settings) -> float:
    """Order a practice and wait until it is done; gives the seconds that it took."""
    workshop = open_workshop(settings)
    begun_s = time.monotonic()
    key = workshop.order(SLUG, Options(minutes=MINUTES), None).key
    while True:
        with workshop.database.reading() as db:
            row = find_render(db, key)
        if row is not None and row.state == "done":
            break
        time.sleep(0.05)
    done_s = time.monotonic() - begun_s
    workshop.database.close()
    return done_s


if __name__ == "__main__":
    main()
