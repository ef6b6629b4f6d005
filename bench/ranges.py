"""64 KiB ranges from our gunicorn against a plain view of the same worker, and against nginx."""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.config import Settings
from server.render import Catalogue, RenderQueue, Workshop
from server.render.job import Job
from server.render.lease import Bench
from server.render.produce import produce
from server.store import Database, migrate
from server.store.shelves import open_shelf
from server.timeline import Options
from server.voice import SILENT, open_speaker

ROOT = Path(__file__).parents[1]
SECONDS = 4
RUNS = 3
RANGE = "Range: bytes=1000000-1065535"

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""


def main() -> None:
    """Publish one draft, serve it three ways, and print rates and ratios."""
    for program in ("wrk", "nginx"):
        if shutil.which(program) is None:
            sys.exit(f"This wants {program}: apt-get install -y wrk nginx-light")
    with tempfile.TemporaryDirectory(prefix="stepback-bench-") as name:
        compare(Path(name))


def compare(folder: Path) -> None:
    """Measure each in turn, RUNS times."""
    environment = {
        "STEPBACK_DATA": str(folder / "data"),
        "STEPBACK_KEYS": str(folder / "keys"),
        "STEPBACK_CACHE": str(folder / "cache"),
        "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
        "STEPBACK_VOICE": "silent",
    }
    key, mp3 = publish_draft(Settings.from_environment(environment))
    rows: dict[str, list[float]] = {"plain view": [], "ranges, ours": [], "ranges, nginx": []}
    ours, theirs = free_port(), free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=theirs, root=mp3.parent))
    gunicorn = [
        sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gevent", "-w", "1",
        "-b", f"127.0.0.1:{ours}", "--log-level", "error", "bench.plain_app:app",
    ]  # fmt: skip
    nginx = ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with running(gunicorn, ours, environment) as web, running(nginx, theirs, {}):
        for _ in range(RUNS):
            rows["plain view"].append(rate(f"http://127.0.0.1:{ours}/hi"))
            rows["ranges, ours"].append(rate(f"http://127.0.0.1:{ours}/audio/{key}.mp3", RANGE))
            rows["ranges, nginx"].append(rate(f"http://127.0.0.1:{theirs}/{mp3.name}", RANGE))
        memory = resident_mb(web)
    base = statistics.median(rows["plain view"])
    print(f"Requests a second, one worker, 16 connections, median of {RUNS}:")
    for name, rates in rows.items():
        middle = statistics.median(rates)
        print(f"  {name:16} {middle:8.0f}/s   ratio to the plain view {middle / base:5.2f}")
    print(f"  memory of the web worker: {memory:.0f} MB")


def publish_draft(settings: Settings) -> tuple[str, Path]:
    """Make one real, finished render by the silent voice; its key and its file."""
    settings.data_path.mkdir(parents=True)
    migrate(settings.database_path)
    database, shelf = Database(settings.database_path), open_shelf(settings)
    catalogue = Catalogue(settings.scripts_path)
    queue = RenderQueue(settings.queue_path)
    workshop = Workshop(
        settings=settings, database=database, shelf=shelf, catalogue=catalogue, queue=queue
    )
    key = workshop.order("stepping-back", Options(minutes=10), None).key
    bench = Bench(database=database, queue=queue, stopping=threading.Event())
    taken = bench.take(key)
    if taken is None:
        sys.exit("The draft could not be claimed.")
    job = Job(
        settings=settings,
        bench=bench,
        shelf=shelf,
        speaker=open_speaker(SILENT.name, finish=len, processes=1),
        produce=produce,
    )
    job.make(*taken)
    return key, next(shelf.render_folder(key).glob("*.mp3"))


@contextmanager
def running(
    command: list[str], port: int, environment: dict[str, str]
) -> Iterator[subprocess.Popen]:
    """Run a server until the block is left, from when it answers."""
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


def rate(url: str, header: str = "X-Nothing: 1") -> float:
    """Requests a second by wrk."""
    said = subprocess.run(
        ["wrk", "-t1", "-c16", f"-d{SECONDS}s", "-H", header, url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if "Non-2xx" in said:
        sys.exit(f"{url} answered with errors:\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def resident_mb(web: subprocess.Popen) -> float:
    """Resident memory of gunicorn's worker."""
    children = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()
    status = Path(f"/proc/{children[0]}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return asking.getsockname()[1]


if __name__ == "__main__":
    main()
