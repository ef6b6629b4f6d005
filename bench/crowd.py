"""Connections that cost a server much and bring it nothing, and somebody who only asks for a sign
of life meanwhile.
"""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException

IDLE, SLOW_HEADERS, SLOW_READERS = 2000, 200, 200
PING_S = 0.2


@contextmanager
def crowded(port: int, path: str) -> Iterator[list[socket.socket]]:
    """Hold all of them until the block ends; gives those that go on slowly by `trickle`."""
    held: list[socket.socket] = []
    try:
        for _ in range(IDLE):
            held.append(socket.create_connection(("127.0.0.1", port), 60))
        slow = []
        for number in range(SLOW_HEADERS + SLOW_READERS):
            some = socket.socket()
            some.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            some.connect(("127.0.0.1", port))
            ending = b"X-Slow: " if number < SLOW_HEADERS else b"\r\n"
            some.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n".encode() + ending)
            some.setblocking(False)
            slow.append(some)
            held.append(some)
        yield slow
    finally:
        for each in held:
            each.close()


def trickle(slow: list[socket.socket]) -> None:
    """One byte more of each header, one byte less of each body."""
    for number, some in enumerate(slow):
        try:
            some.send(b"x") if number < SLOW_HEADERS else some.recv(1)
        except OSError:
            continue  # nothing there yet, or the server has had enough of it, which is its right


def pings(port: int, seconds: float, slow: list[socket.socket]) -> list[float]:
    """How many seconds each sign of life took; infinity for one that did not come."""
    took: list[float] = []
    until_s = time.monotonic() + seconds
    trickled_s = 0.0
    while (begun_s := time.monotonic()) < until_s:
        if begun_s - trickled_s >= 1:
            trickle(slow)
            trickled_s = begun_s
        begun_s = time.monotonic()
        took.append(ping(port, begun_s))
        time.sleep(max(0.0, PING_S - (time.monotonic() - begun_s)))
    return took


def ping(port: int, begun_s: float) -> float:
    """Ask once on a new connection."""
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            answer.read()
    except (OSError, HTTPException):
        return float("inf")
    return time.monotonic() - begun_s if answer.status == 200 else float("inf")


def told(took: list[float]) -> str:
    """Median, 95 in 100 and the longest."""
    p95 = statistics.quantiles(took, n=20)[-1]
    return (
        f"{len(took)} pings: median {statistics.median(took) * 1000:.0f} ms, "
        f"p95 {p95 * 1000:.0f} ms, longest {max(took) * 1000:.0f} ms"
    )
