"""People who listen: each takes a recording over one connection, no faster than it is heard.

Run as a process of its own, so that what it costs is not counted. At the beginning each listener
is somewhere in the recording; who is through with it begins another one from its start. So at every
moment the house sees what a long evening looks like: many who are in the middle, a few who begin.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

BYTES_PER_S = 8000
"""64 kbit/s, which is what a recording has."""

TURNS = 20
"""Each listener takes what is due so many times a second in turn with the others, once each."""

BUFFER_BYTES = 64 * 1024
"""So much a phone holds for the player, besides what it has been given: eight seconds."""

LATE_BYTES = 2 * BYTES_PER_S
"""Who waits for more than that hears a gap, unless the player has kept something."""


@dataclass(slots=True)
class Crowd:
    """What all of them have seen."""

    port: int
    path: str
    size_bytes: int
    heard_bytes: int = 0
    begun: int = 0
    failed: int = 0
    late: int = 0


class Listener:
    """One of them."""

    __slots__ = ("_crowd", "_got_bytes", "_head", "_is_new", "_left_bytes", "_since_s", "_socket")

    def __init__(self, crowd: Crowd, start: int) -> None:
        self._crowd = crowd
        self._socket: socket.socket | None = None
        self._is_new = True
        self._begin(start)

    def _begin(self, start: int) -> None:
        crowd = self._crowd
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES // 2)
        self._socket.connect(("127.0.0.1", crowd.port))
        asked = f"GET {crowd.path} HTTP/1.1\r\nHost: x\r\nRange: bytes={start}-\r\n\r\n"
        self._socket.sendall(asked.encode())
        self._socket.setblocking(False)
        self._head: bytes | None = b""
        self._left_bytes = crowd.size_bytes - start
        self._since_s, self._got_bytes = time.monotonic(), 0
        crowd.begun += 1

    def take(self, now_s: float) -> None:
        """Take what is due by now, if it is there."""
        due = int((now_s - self._since_s) * BYTES_PER_S) - self._got_bytes
        if due <= 0 or self._socket is None:
            return
        try:
            piece = self._socket.recv(due)
        except BlockingIOError:
            self._crowd.late += due > LATE_BYTES
            return
        except OSError:
            piece = b""
        if not piece:
            self._fail()
            return
        if self._head is not None:
            piece = self._read_head(piece)
        self._got_bytes += len(piece)
        self._left_bytes -= len(piece)
        self._crowd.heard_bytes += len(piece)
        if self._left_bytes <= 0 and self._socket is not None:
            self._socket.close()
            self._begin(0)

    def _read_head(self, piece: bytes) -> bytes:
        head, found, rest = ((self._head or b"") + piece).partition(b"\r\n\r\n")
        if not found:
            self._head = head
            return b""
        self._head, self._is_new = None, False
        if b" 206 " not in head[:20]:
            self._fail()
        return rest

    def _fail(self) -> None:
        self._crowd.failed += 1
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    @property
    def is_waiting(self) -> bool:
        """True until its first answer has begun."""
        return self._is_new and self._socket is not None

    def settle(self, now_s: float) -> None:
        """Begin to count here: what was missed while all came is not asked for at once."""
        self._since_s, self._got_bytes = now_s, 0

    def close(self) -> None:
        """Go."""
        if self._socket is not None:
            self._socket.close()


def main() -> None:
    """Listen as the one argument says; a line when all have begun, and one with what came of it."""
    wanted = json.loads(sys.argv[1])
    crowd = Crowd(wanted["port"], wanted["path"], wanted["size_bytes"])
    dice = random.Random(1)
    listeners = [
        Listener(crowd, dice.randrange(crowd.size_bytes)) for _ in range(wanted["listeners"])
    ]
    while any(listener.is_waiting for listener in listeners):
        run(listeners, 1)
    run(listeners, wanted["settling_s"])
    crowd.heard_bytes = crowd.begun = crowd.late = 0
    print("begun", flush=True)
    sys.stdin.readline()
    begun_s = time.monotonic()
    for listener in listeners:
        listener.settle(begun_s)
    run(listeners, wanted["seconds"])
    said = {"heard_bytes": crowd.heard_bytes, "begun": crowd.begun, "late": crowd.late}
    print(json.dumps(said | {"failed": crowd.failed, "seconds": time.monotonic() - begun_s}))
    sys.stdout.flush()
    sys.stdin.readline()
    with suppress(OSError):
        for listener in listeners:
            listener.close()


def run(listeners: list[Listener], seconds: float) -> None:
    """Let each take its turn once a second."""
    begun_s = time.monotonic()
    turn = 0
    while (now_s := time.monotonic()) - begun_s < seconds:
        for listener in listeners[turn % TURNS :: TURNS]:
            listener.take(now_s)
        turn += 1
        time.sleep(max(0.0, begun_s + turn / TURNS - time.monotonic()))


if __name__ == "__main__":
    main()
