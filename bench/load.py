"""What the web tier bears: a crowd that holds connections, listeners, and requests of the API.

What a listener costs is measured by the time of the processor that all of the server's processes
take, since that is the same on a busy machine; so is a request's. From it follows how many two
cores can bear. Side by side: Stepback alone, behind nginx that sends the sound for it
(deploy/nginx.conf, without TLS and without limits for one address), and that nginx by itself with
the same files.
"""

from __future__ import annotations

import json
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.crowd import IDLE, SLOW_HEADERS, SLOW_READERS, crowded, pings, told
from bench.listeners import BYTES_PER_S
from server.app import create_app
from server.config import Settings
from server.store import Database, Shelf, migrate
from tests import postgresql, redis_server
from tests.deploy.front import NGINX, Place, nginx_in_front, stepback_serve
from tests.served import served_environment
from tests.web.conftest import FILES, House

ROOT = Path(__file__).parents[1]
MINUTES = 10
SOUND_BYTES = MINUTES * 60 * BYTES_PER_S
LISTENERS = 3000
SECONDS = 15
SETTLING_S = 5
RUNS = 3
CORES = 2
PRACTICE = "stepping-back"

OPEN_FRONT = {
    "listen 127.0.0.1:{port} ssl http2;": "listen 127.0.0.1:{port};",
    "limit_conn stepback_connections 200;": "",
    "limit_req zone=stepback_requests burst=200 nodelay;": "",
    "    location / {{": "    location /alone/ {{ alias {renders}/; }}\n    location / {{",
}
"""What is other than shipped, so that the same is measured on all sides, from one address."""


def main() -> None:
    """Measure everything in turn and print it."""
    if shutil.which("wrk") is None or NGINX is None:
        sys.exit("This wants wrk and nginx: apt-get install -y wrk nginx-light")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    with tempfile.TemporaryDirectory(prefix="stepback-bench-") as name:
        folder = Path(name)
        house = open_house(folder / "sqlite")
        measure_crowd(house, folder)
        measure_listeners(house, folder)
        measure_api("SQLite, queue in a file", house, folder)
        engines = {
            "STEPBACK_DATABASE_URL": postgresql.new_url(),
            "STEPBACK_QUEUE_URL": f"unix://{redis_server.socket_path()}",
        }
        measure_api("PostgreSQL and Redis", open_house(folder / "engines", **engines), folder)


@dataclass(frozen=True)
class Opened:
    """A house with one finished recording for everybody."""

    settings: Settings
    key: str
    file: Path


def open_house(folder: Path, **more: str) -> Opened:
    """Make a house, and publish in it what would be ten minutes of sound."""
    folder.mkdir()
    environ = {
        "STEPBACK_DATA": str(folder / "data"),
        "STEPBACK_KEYS": str(folder / "keys"),
        "STEPBACK_CACHE": str(folder / "cache"),
        "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
        "STEPBACK_VOICE": "silent",
        **more,
    }
    settings = Settings.from_environment(environ)
    settings.data_path.mkdir(parents=True)
    migrate(settings.database_address)
    app = create_app(settings)
    order = {"practice": PRACTICE, "minutes": MINUTES}
    key = app.test_client().post("/api/renders", json=order).get_json()["key"]
    app.extensions["stepback"].database.close()
    database, shelf = Database(settings.database_address), Shelf(settings.cache_path)
    house = House(settings=settings, database=database, shelf=shelf)
    house.publish(key, FILES | {"mp3": random.Random(1).randbytes(SOUND_BYTES)})
    file = house.path(key, "mp3")
    database.close()
    return Opened(settings, key, file)


def environment(house: Opened, **more: str) -> dict[str, str]:
    """As the example of deploy/ has it: two processes, as many as are shipped."""
    shipped = {"STEPBACK_WEB_WORKERS": "2", "STEPBACK_LOG_LEVEL": "info"}
    queue = {"STEPBACK_QUEUE_URL": house.settings.queue_url}
    return served_environment(house.settings, **shipped, **queue, **more)


def measure_crowd(house: Opened, folder: Path) -> None:
    """Whether somebody who asks for a sign of life gets it, while nobody else leaves."""
    with stepback_serve(environment(house), log=folder / "log") as (place, web):
        warm_up(place)
        before, memory_mb = pings(place.port, 10, []), resident_mb(web.pid)
        before_s = processor_s([web.pid])
        with crowded(place.port, f"/audio/{house.key}.mp3") as slow:
            taken_in = pings(place.port, 0.1, slow)[0]
            cost_s = processor_s([web.pid]) - before_s
            among, held_mb = pings(place.port, 30, slow), resident_mb(web.pid)
        after = pings(place.port, 5, [])
    print(f"{IDLE} idle connections, {SLOW_HEADERS} with a slow header, {SLOW_READERS} that read")
    print("slowly, all at Stepback itself as it is shipped (two processes), for 30 s:")
    print(f"  alone    {told(before)}")
    print(f"  taken in {taken_in * 1000:.0f} ms for the first ping after they came, all at once;")
    print(f"           {cost_s:.2f} s of a core for taking them in")
    print(f"  crowded  {told(among)}; lost {among.count(float('inf'))}")
    print(f"  after    {told(after)}")
    print(f"  memory   {memory_mb:.0f} MB alone, {held_mb:.0f} MB crowded\n", flush=True)


def warm_up(place: Place) -> None:
    """Return once every process has loaded what it needs, which it does with its first answers."""
    for _ in range(20):
        place.ask("GET", "/health")


def measure_listeners(house: Opened, folder: Path) -> None:
    """What one listener costs the processor, on each of three ways."""
    environ = environment(house, STEPBACK_AUDIO_BY="nginx")
    renders = house.settings.cache_path / "renders"
    changes = {name: text.replace("{renders}", str(renders)) for name, text in OPEN_FRONT.items()}
    with (
        stepback_serve(environ, log=folder / "log") as (inside, web),
        nginx_in_front(
            folder / "nginx", inside.port, renders, changes=changes, processes=2, connections=8192
        ) as outside,
    ):
        warm_up(inside)
        pids = [web.pid, int((folder / "nginx/pid").read_text())]
        path, alone = f"/audio/{house.key}.mp3", f"/alone/{house.file.relative_to(renders)}"
        ways = {
            "Stepback alone": (inside.port, path),
            "nginx and Stepback": (outside.port, path),
            "nginx alone": (outside.port, alone),
        }
        costs: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(RUNS):
            for name, (port, asked) in ways.items():
                costs[name].append(listen(name, port, asked, pids))
        print(f"{LISTENERS} listeners of 64 kbit/s for {SECONDS} s, {RUNS} times in turn, median:")
        middle = {name: statistics.median(each) for name, each in costs.items()}
        for name, cost in middle.items():
            print(
                f"  {name:18} {cost * 1e6:6.1f} µs of a core for a listener's second: "
                f"{CORES / cost:8.0f} listeners on {CORES} cores, "
                f"{middle['nginx alone'] / cost:5.2f} of nginx alone"
            )
        begin(ways, pids)


def listen(name: str, port: int, path: str, pids: list[int]) -> float:
    """Let them listen; gives the seconds of the processor for one listener's second."""
    wanted = {
        "port": port,
        "path": path,
        "size_bytes": SOUND_BYTES,
        "listeners": LISTENERS,
        "seconds": SECONDS,
        "settling_s": SETTLING_S,
    }
    command = [sys.executable, "-m", "bench.listeners", json.dumps(wanted)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as crowd:
        crowd.stdout.readline()
        before_s = processor_s(pids)
        crowd.stdin.write("\n")
        crowd.stdin.flush()
        said = json.loads(crowd.stdout.readline())
        took_s = processor_s(pids) - before_s
        crowd.communicate("\n")
    heard_s = said["heard_bytes"] / BYTES_PER_S
    print(
        f"  ({name}: {took_s:.2f} s of a core; {said['begun']} began, {said['failed']} failed; "
        f"{heard_s / LISTENERS / said['seconds']:.3f} of what was due was heard, "
        f"{said['late']} times somebody waited)",
        flush=True,
    )
    return took_s / heard_s


def begin(ways: dict[str, tuple[int, str]], pids: list[int]) -> None:
    """What it costs to begin: a range of 64 KiB, by wrk."""
    print("A request for a range of 64 KiB, 16 connections:")
    header = ["-H", "Range: bytes=1000000-1065535"]
    for name, (port, path) in ways.items():
        print(f"  {name:18} {rated(port, path, pids, *header)}")
    print(flush=True)


def measure_api(name: str, house: Opened, folder: Path) -> None:
    """Requests of the API, by wrk: what is read, and an order of what is there already."""
    script = folder / "order.lua"
    body = json.dumps({"practice": PRACTICE, "minutes": MINUTES})
    script.write_text(
        f"wrk.method = 'POST'\nwrk.body = '{body}'\n"
        "wrk.headers['Content-Type'] = 'application/json'\n"
    )
    with stepback_serve(environment(house), log=folder / "log") as (place, web):
        warm_up(place)

        def ask(path: str, *more: str) -> str:
            return rated(place.port, path, [web.pid], *more)

        print(f"The API with {name}, two processes, 16 connections:")
        print(f"  a render's state    {ask(f'/api/renders/{house.key}')}")
        print(f"  the practices       {ask('/api/practices')}")
        print(f"  an order            {ask('/api/renders', '-s', str(script))}")
        print(f"  a sign of life      {ask('/health')}\n", flush=True)


def rated(port: int, path: str, pids: list[int], *more: str) -> str:
    """Requests a second as they came, and as two cores could bear by what each cost."""
    url = f"http://127.0.0.1:{port}{path}"
    wrk(url, "-d3s", *more)  # what is read once, such as the scripts, is read now
    before_s = processor_s(pids)
    said = wrk(url, "-d6s", *more)
    cost_s = (processor_s(pids) - before_s) / int(re.search(r"(\d+) requests in", said)[1])
    came = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    return f"{came:6.0f}/s came; {cost_s * 1e6:6.0f} µs each: {CORES / cost_s:6.0f}/s on two cores"


def wrk(url: str, *more: str) -> str:
    """Ask as fast as sixteen connections can; gives what wrk says of it."""
    command = ["wrk", "-t1", "-c16", "--timeout", "30s", *more, url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        sys.exit(f"{url} answered with errors:\n{said}")
    return said


def processor_s(pids: list[int]) -> float:
    """Seconds that processes and their children have been on a processor."""
    return sum(
        int((thread / "schedstat").read_text().split()[0]) / 1e9
        for pid in family(pids)
        for thread in Path(f"/proc/{pid}/task").iterdir()
    )


def family(pids: list[int]) -> list[int]:
    """These processes and their children."""
    children = [
        int(child)
        for pid in pids
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ]
    return [*pids, *children]


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    texts = (Path(f"/proc/{each}/status").read_text() for each in family([pid]))
    return sum(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) for text in texts) / 1024


if __name__ == "__main__":
    main()
