"""A Redis that is killed with -9 in the midst of a thousand orders, and is empty afterwards."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.render import Workshop
from server.render.queue import REST_SECONDS, RenderQueue
from server.render.sweeper import UNCLAIMED_AFTER, Sweeper
from server.store import NewRender, add_render
from tests.redis_server import RedisServer

ORDERS = 1_000
KILLED_AT, BACK_AT = 400, 600
PATIENCE_S = 2.0
NOON = datetime(2026, 7, 26, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """A server of this test's own: another one is killed for nobody else."""
    server = RedisServer(Path(tempfile.mkdtemp(prefix="stepback-redis-killed-")))
    server.start()
    yield server
    server.kill()
    shutil.rmtree(server.folder, ignore_errors=True)


def new_render(number: int) -> NewRender:
    """One of many different wishes."""
    return NewRender(
        key=hashlib.sha256(b"%d" % number).hexdigest(),
        slug="small-step",
        title="Small step",
        minutes=2,
        voice="silent",
        is_default=False,
        is_private=False,
        device_hash=None,
        order={},
    )


@pytest.mark.rig
def test_every_order_comes_to_its_turn(
    server: RedisServer, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is ordered stands in the database: the sweeper says it again to the queue that has
    forgotten all. Nobody who orders is held up, and nothing is started again but Redis.
    """
    queue = RenderQueue(f"unix://{server.socket}")
    assert queue.pending_keys() == frozenset()  # what speaks to Redis has been loaded
    keys, slowest_s = [], 0.0
    for number in range(ORDERS):
        if number == KILLED_AT:
            server.kill()
        if number == BACK_AT:
            server.start()
        begun_s = time.monotonic()
        with workshop.database.writing() as db:
            row, _ = add_render(db, new_render(number), NOON)
        queue.put(row.key)
        keys.append(row.key)
        slowest_s = max(slowest_s, time.monotonic() - begun_s)
    assert slowest_s < PATIENCE_S
    rested_s = time.monotonic() + REST_SECONDS
    monkeypatch.setattr("server.render.queue.time.monotonic", lambda: rested_s)
    sweeper = Sweeper(
        database=workshop.database, shelf=workshop.shelf, queue=queue, own_words_days=7
    )
    sweeper.put_unclaimed(NOON + UNCLAIMED_AFTER + timedelta(seconds=1))
    taken = list(iter(queue.take, None))
    assert sorted(taken) == sorted(keys)
    queue.close()
