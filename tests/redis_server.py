"""A real Redis for tests: one server of a process, begun when first asked for."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

_NUMBERS = count(1)
_PATIENCE = Retry(ConstantBackoff(0.05), 200)
"""So often it is asked whether it is there yet: ten seconds in all."""


def new_number() -> int:
    """An empty database of the server, by its number; skips where Redis is not installed."""
    number = next(_NUMBERS)
    with redis.Redis(unix_socket_path=str(socket_path()), db=number) as client:
        client.flushdb()
    return number


@cache
def socket_path() -> Path:
    """The socket of this process's server."""
    server = RedisServer(Path(tempfile.mkdtemp(prefix="stepback-redis-")))
    atexit.register(shutil.rmtree, server.folder, ignore_errors=True)
    atexit.register(server.kill)
    server.start()
    return server.socket


class RedisServer:
    """A server that keeps nothing on a disk: who was killed can be started again, and is empty."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "redis.sock"
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("Redis is not installed: apt-get install -y redis-server")
        self._command = [
            *(program, "--port", "0", "--unixsocket", str(self.socket)),
            *("--save", "", "--dir", str(folder), "--databases", "4096"),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        waiting = redis.Redis(
            unix_socket_path=str(self.socket),
            retry=_PATIENCE,
            retry_on_error=[redis.ConnectionError, redis.BusyLoadingError],
        )
        with waiting:
            waiting.ping()

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
