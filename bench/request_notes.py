"""What a line of the log and the meters cost: the processor's time of a web process for /health."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 6
REQUESTS = 2500
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

KINDS = {
    "id and meters alone": {"STEPBACK_LOG_LEVEL": "warning"},
    "… shared, to be read": {"STEPBACK_LOG_LEVEL": "warning", "STEPBACK_METRICS_PORT": "?"},
    "… and a line of text": {},
    "… and a line of JSON": {"STEPBACK_LOG_FORMAT": "json", "STEPBACK_METRICS_PORT": "?"},
}


def main() -> None:
    """Ask each kind of house in turn, and print the median of what a request took."""
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with ExitStack() as stack:
        houses = {kind: stack.enter_context(serving(more)) for kind, more in KINDS.items()}
        for _ in range(ROUNDS):
            for kind, (pid, port) in houses.items():
                taken[kind].append(microseconds(pid, port))
    print(f"Processor's time for a request, median of {ROUNDS} times {REQUESTS}:")
    for kind, found in taken.items():
        print(f"  {kind:22} {statistics.median(found):6.0f} µs")


@contextmanager
def serving(more: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Run `stepback serve` with one process until the block is left; gives its id and port."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="stepback-bench-") as folder:
        settings = {
            "STEPBACK_DATA": f"{folder}/data",
            "STEPBACK_KEYS": f"{folder}/keys",
            "STEPBACK_CACHE": f"{folder}/cache",
            "STEPBACK_HOST": "127.0.0.1",
            "STEPBACK_PORT": str(port),
            "STEPBACK_WEB_WORKERS": "1",
            "STEPBACK_VOICE": "silent",
            **{name: str(free_port()) if value == "?" else value for name, value in more.items()},
        }
        command = [sys.executable, "-m", "server.cli", "serve", "--migrate"]
        environ = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
        with Path(folder, "log").open("w") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            while not answers(port):
                if process.poll() is not None:
                    sys.exit(Path(folder, "log").read_text())
                time.sleep(0.1)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            yield int(children.split()[0]), port
        finally:
            process.terminate()
            process.wait()


def answers(port: int) -> bool:
    """True once a request is answered there."""
    try:
        ask(http.client.HTTPConnection("127.0.0.1", port), 1)
    except OSError:
        return False
    return True


def ask(connection: http.client.HTTPConnection, times: int) -> None:
    """Ask for /health, one after the other."""
    for _ in range(times):
        connection.request("GET", "/health")
        connection.getresponse().read()


def microseconds(pid: int, port: int) -> float:
    """What the process took for each request, of its own and the system's time."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    ask(connection, 200)
    before = processor_s(pid)
    ask(connection, REQUESTS)
    return (processor_s(pid) - before) / REQUESTS * 1e6


def processor_s(pid: int) -> float:
    """The processor's time that a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


if __name__ == "__main__":
    main()
