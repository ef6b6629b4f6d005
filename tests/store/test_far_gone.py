"""A store of S3 hangs, is cut off, refuses, is slow and is killed: nothing acknowledged is lost."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.errors import StoreUnavailable
from server.store.far import Far
from server.store.far_shelf import FarShelf
from tests import s3_server
from tests.proxy import Mode, Proxy
from tests.ticks import Ticks

pytestmark = [pytest.mark.rig, pytest.mark.xdist_group("s3")]

OPERATIONS = 1_000
TROUBLE: dict[int, Mode] = {150: "hang", 300: "cut", 450: "refuse", 600: "slow"}
"""After how many operations what happens to the way to the store."""
KILLED_AT = 750
PATIENCE_S = 2.2
KEY = "0123456789abcdef" * 4


@pytest.fixture
def server() -> Iterator[s3_server.S3Server]:
    """A server of this test's own: another one is killed for nobody else."""
    server = s3_server.S3Server(Path(tempfile.mkdtemp(prefix="stepback-s3-killed-")))
    server.start()
    yield server
    server.kill()
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def proxy(server: s3_server.S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The way to it, over which it can be made to misbehave."""
    for name, value in s3_server.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with Proxy(server.port, delay_s=1) as proxy:
        yield proxy


def test_nothing_acknowledged_is_lost(server: s3_server.S3Server, proxy: Proxy) -> None:
    """Each trouble is told within two seconds, and goes without a restart of ours."""
    far = Far(s3_server.new_url(proxy.port))
    acknowledged, told = dict[str, bytes](), list[str]()

    def put(number: int, data: bytes) -> None:
        name = f"clips/{hashlib.sha256(data).hexdigest()[:32]}.wav"
        far.put(name, data, is_new=True)
        acknowledged[name] = data

    def be_told(trouble: str) -> None:
        """Who asks for something has somebody waiting; who sends may take longer (SEND_SECONDS)."""
        with Ticks() as ticks, pytest.raises(StoreUnavailable):
            far.read(next(iter(acknowledged)))
        assert ticks.seconds < PATIENCE_S
        told.append(trouble)

    for number in range(OPERATIONS):
        if mode := TROUBLE.get(number):
            proxy.be(mode)
            be_told(mode)
            proxy.be("pass")
        if number == KILLED_AT:
            server.kill()
            be_told("killed")
            server.start()
        put(number, b"%d" % number)
    assert told == ["hang", "cut", "refuse", "slow", "killed"]
    assert len(acknowledged) == OPERATIONS
    assert set(far.list_names("clips")) == set(acknowledged)
    assert {name: far.read(name) for name in acknowledged} == acknowledged


def test_what_is_published_meanwhile_is_there_in_the_end(
    server: s3_server.S3Server, proxy: Proxy, tmp_path: Path
) -> None:
    """A thousand pieces are published while the store is away and comes back, again and again:
    nobody who publishes waits, and once settle() has returned another machine has each piece.
    """
    url = s3_server.new_url(proxy.port)
    one, two = FarShelf(tmp_path / "one", Far(url)), FarShelf(tmp_path / "two", Far(url))
    folder = one.stream_folder(KEY)
    troubles = [*TROUBLE.values(), "killed"]
    back, pause = threading.Event(), threading.Event()

    def trouble() -> None:
        for each in troubles:
            if each == "killed":
                server.kill()
                server.start()
            else:
                proxy.be(each)
                pause.wait(2.5)  # longer than any question lasts
                proxy.be("pass")
                pause.wait(0.5)
        back.set()

    beside = threading.Thread(target=trouble)
    beside.start()
    for number in range(OPERATIONS):
        one.publish(folder / f"{number:05}.m4s", b"%d" % number)
    one.settle(folder, lambda: None)
    beside.join()
    assert back.is_set()
    names = [f"{number:05}.m4s" for number in range(OPERATIONS)]
    there = one.far.list_names(one.name_of(folder))
    assert sorted(there) == [one.name_of(folder / name) for name in names]
    for number in range(0, OPERATIONS, 50):
        path = two.stream_folder(KEY) / names[number]
        assert two.fetch(path).read_bytes() == b"%d" % number
