"""Whoever takes their time: how much of what they asked for waits for them in the machine."""

from __future__ import annotations

import re
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from server.web.serve import UNSENT_BYTES
from tests.deploy.front import PATIENCE_S, children_of, stepback_serve
from tests.deploy.people import BUFFER_BYTES, RIGHT, house_with_sound
from tests.served import served_environment

ON_THE_WAY_BYTES = 256 * 1024
"""What a connection inside one machine may hold as sent: four of its packets."""


def unsent_bytes(ours: int, theirs: int) -> int:
    """What the kernel holds of an answer: from a port of this machine to another one of it."""
    wanted = rf" \w+:{ours:04X} \w+:{theirs:04X} 01 (\w+):"
    held = re.search(wanted, Path("/proc/net/tcp").read_text())
    return int(held[1], 16) if held else 0


def when_nothing_moves(worker: int) -> None:
    """Wait until a process has had nothing to do for a while."""
    late, before = time.monotonic() + PATIENCE_S, -1
    while (now := sum(map(int, Path(f"/proc/{worker}/stat").read_text().split()[13:15]))) != before:
        assert time.monotonic() < late
        before = now
        time.sleep(1)


def test_the_kernel_holds_little_for_each(tmp_path: Path) -> None:
    """Thousands of them would take all it has for connections, and it would end some.

    The rest is there as soon as they go on.
    """
    house, key = house_with_sound(tmp_path)
    with (
        stepback_serve(served_environment(house.settings)) as (place, process),
        closing(place.connect(buffer_bytes=BUFFER_BYTES)) as connection,
    ):
        connection.request("GET", f"/audio/{key}.mp3")
        answer = connection.getresponse()
        assert answer.status == 200
        (worker,) = children_of(process.pid)
        when_nothing_moves(worker)
        held = unsent_bytes(place.port, connection.sock.getsockname()[1])
        assert 0 < held <= UNSENT_BYTES + ON_THE_WAY_BYTES
        assert sha256(answer.read()).hexdigest() == RIGHT
