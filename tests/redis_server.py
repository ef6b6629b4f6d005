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
    """The socket of this process's server, which keeps nothing on a disk."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed: apt-get install -y redis-server")
    folder = Path(tempfile.mkdtemp(prefix="stepback-redis-"))
    socket = folder / "redis.sock"
    arguments = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(
        [program, *arguments, "--databases", "4096"], stdout=subprocess.DEVNULL
    )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.wait)
    atexit.register(server.terminate)
    waiting = redis.Redis(
        unix_socket_path=str(socket),
        retry=_PATIENCE,
        retry_on_error=[redis.ConnectionError, redis.BusyLoadingError],
    )
    with waiting:
        waiting.ping()
    return socket
