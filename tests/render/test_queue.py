"""The queue of renders by each engine: first in, first out, and never in anybody's way."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from server.errors import QueueUnavailable
from server.render import check_queue
from server.render.queue import REST_SECONDS, RenderQueue
from tests import postgresql, redis_server
from tests.proxy import Mode, Proxy
from tests.ticks import Ticks

ENGINES = ("file", "redis", "postgresql")
ORDERS = 1000
PATIENCE_S = 2.0


@pytest.fixture(params=ENGINES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """An empty queue."""
    if request.param == "file":
        yield tmp_path / "data" / "queue.db"  # a folder that nobody has made yet
    elif request.param == "redis":
        yield f"unix://{redis_server.socket_path()}?db={redis_server.new_number()}"
    else:
        url = postgresql.bare_url()
        yield url
        postgresql.drop(url)


def test_first_in_first_out_for_all_who_share_it(address: Path | str) -> None:
    """Each key is taken out once, by whoever asks first; what is left can be listed."""
    one, other = RenderQueue(address), RenderQueue(address)
    for key in "abc":
        one.put(key)
    assert other.pending_keys() == frozenset("abc")
    assert [other.take(), one.take(), other.take(), one.take()] == ["a", "b", "c", None]
    assert other.pending_keys() == frozenset()
    assert check_queue(address).ok
    one.close()
    other.close()


@dataclass(frozen=True)
class Behind:
    """A queue behind a line that can be troubled."""

    queue: RenderQueue
    proxy: Proxy
    url: str


@pytest.fixture(params=ENGINES[1:])
def behind(request: pytest.FixtureRequest) -> Iterator[Behind]:
    if request.param == "redis":
        with Proxy(redis_server.socket_path()) as proxy:
            url = f"redis://127.0.0.1:{proxy.port}/{redis_server.new_number()}"
            yield from _behind(url, proxy)
        return
    bare = postgresql.bare_url()
    name = bare.removeprefix("postgresql://postgres@/").split("?")[0]
    with Proxy(postgresql.server_path() / ".s.PGSQL.5432") as proxy:
        yield from _behind(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}", proxy)
    postgresql.drop(bare)


def _behind(url: str, proxy: Proxy) -> Iterator[Behind]:
    queue = RenderQueue(url)
    while not has_answered(queue):
        pass  # a busy machine's server may be late to open a new queue, and is asked again
    yield Behind(queue=queue, proxy=proxy, url=url)
    queue.close()


def has_answered(queue: RenderQueue) -> bool:
    """Whether a queue that nobody has put anything in says so."""
    try:
        return queue.pending_keys() == frozenset()
    except QueueUnavailable:
        return False


@pytest.mark.parametrize("trouble", ["hang", "refuse", "cut"])
def test_in_trouble_nobody_waits_and_nothing_is_raised(
    behind: Behind, trouble: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    """1,000 orders while it is in trouble in the middle: what it took is there when it is back,
    and the rest is for the sweeper; whoever orders is held up once, and then not for a while.
    """
    slowest_s, taken, had = 0.0, set[str](), frozenset[str]()
    for number in range(ORDERS):
        if number == ORDERS // 2:
            had = behind.queue.pending_keys()
            missed = set(range(number)) - {int(key) for key in had}
            # A busy machine's server may be late: that is told, and the queue rests for a while.
            refused = {int(key) for key in re.findall(r"queue refused key=(\d+)", caplog.text)}
            assert missed <= refused | {each + 1 for each in missed | refused}
            behind.proxy.be(trouble)
        begun_s = time.monotonic()
        behind.queue.put(f"{number}")
        slowest_s = max(slowest_s, time.monotonic() - begun_s)
    assert slowest_s < PATIENCE_S
    with pytest.raises(QueueUnavailable) as unanswered:
        behind.queue.take()
    check = check_queue(behind.url)
    assert not check.ok
    assert "made later" in check.what_to_do
    behind.proxy.be("pass")
    # What hung on the way goes on with what has come since, so that one key may go for nobody.
    late = [unanswered.value] if trouble == "hang" else []
    for key in iter(partial(take_again, behind.queue, late), None):
        taken.add(key)
    assert had
    # With an answer that came too late a key may have gone: the sweeper puts it in again.
    assert len(had - taken) <= len(late)


def take_again(queue: RenderQueue, late: list[QueueUnavailable], tries: int = 20) -> str | None:
    """Take a key as a worker does, which asks again; a busy machine's server may be late."""
    for _ in range(tries):
        try:
            return queue.take()
        except QueueUnavailable as error:
            late.append(error)
    return queue.take()


def test_a_slow_way_holds_nobody_up(behind: Behind) -> None:
    """Also whoever has to connect first, and asks more than once for that."""
    behind.proxy.be("slow", delay_s=0.2)
    with Ticks() as ticks:
        behind.queue.put("a")
    assert ticks.seconds < PATIENCE_S
    behind.proxy.be("pass")
    fresh = RenderQueue(behind.url)
    assert fresh.pending_keys() <= {"a"}
    fresh.close()


def test_it_is_asked_again_after_a_rest(behind: Behind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a restart; until then it is left alone."""
    now_s = [1000.0]
    monkeypatch.setattr("server.render.queue.time.monotonic", lambda: now_s[0])
    behind.proxy.be("cut")
    behind.queue.put("a")
    behind.proxy.be("pass")
    behind.queue.put("b")
    assert behind.queue.take() is None
    now_s[0] += REST_SECONDS
    behind.queue.put("c")
    assert behind.queue.take() == "c"
