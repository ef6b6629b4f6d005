"""PostgreSQL hangs, is cut off, refuses and is slow: nothing that was acknowledged is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from server.errors import Busy, DatabaseUnavailable
from server.store import Database, add_practice, list_practices
from tests import postgresql
from tests.proxy import Mode, Proxy
from tests.store.apart import run_apart
from tests.ticks import Ticks

OPERATIONS = 1_000
TROUBLE: dict[int, Mode] = {150: "hang", 350: "cut", 550: "refuse", 750: "slow"}
"""After how many operations what happens to the way to the server."""


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """The way to the server, over which it can be made to misbehave."""
    with Proxy(postgresql.server_path() / ".s.PGSQL.5432", delay_s=5) as proxy:
        yield proxy


@pytest.fixture
def database(proxy: Proxy) -> Iterator[Database]:
    """A database that is reached over the proxy; one and the same instance all the time."""
    direct = postgresql.new_url()
    name = direct.removeprefix("postgresql://").split("?")[0].rpartition("/")[2]
    database = Database(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}")
    yield database
    database.close()
    postgresql.drop(direct)


@pytest.mark.rig
def test_nothing_acknowledged_is_lost(database: Database, proxy: Proxy, noon: datetime) -> None:
    """Each trouble is told as what the door answers with 503, and goes without a restart."""
    acknowledged, told = set(), []
    for number in range(OPERATIONS):
        slug = f"p{number:04}"
        if mode := TROUBLE.get(number):
            proxy.be(mode)
            with pytest.raises((Busy, DatabaseUnavailable)) as error:
                _put(database, f"during-{mode}", noon)
            told.append(error.type)
            proxy.be("pass")
        _put(database, slug, noon)
        acknowledged.add(slug)
    with database.reading() as db:
        kept = {row.slug for row in list_practices(db)}
    assert acknowledged - kept == set()
    assert len(told) == len(TROUBLE)


def test_a_slow_way_is_given_up_in_time(database: Database, proxy: Proxy, noon: datetime) -> None:
    """Each answer comes soon enough, and all of them together do not: in two seconds it is told."""
    _put(database, "before", noon)
    proxy.be("slow", delay_s=0.25)
    with Ticks() as ticks, pytest.raises(DatabaseUnavailable):
        _put(database, "during", noon)
    assert ticks.seconds < 2.2
    proxy.be("pass")
    _put(database, "after", noon)


def test_greenlets_overlap() -> None:
    """While one greenlet waits for PostgreSQL, another one is answered."""
    url = postgresql.new_url()
    program = Path(__file__).with_name("greenlets_postgresql.py")
    assert run_apart(program, url) == "quick\nslow\n"
    postgresql.drop(url)


def _put(database: Database, slug: str, now_at: datetime) -> None:
    with database.writing() as db:
        add_practice(db, slug=slug, title=slug, language="en", track="ground", now_at=now_at)
