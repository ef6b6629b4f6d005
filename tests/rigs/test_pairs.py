"""Two faults at once: nothing acknowledged is lost or doubled, and the house goes on by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from random import Random

import pytest

from tests import redis_server
from tests.proxy import Proxy
from tests.rigs.disk import MEGABYTES
from tests.rigs.pair_faults import FIRSTS, PAIRS, SECONDS, meet
from tests.rigs.pairs import PairRig
from tests.small_disk import small_disk

pytestmark = [
    pytest.mark.rig,
    pytest.mark.sqlite,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]


@pytest.fixture(scope="module")
def rig(tmp_path_factory, request: pytest.FixtureRequest) -> Iterator[PairRig]:
    seed = int(request.config.getoption("randomly_seed", 1))
    memory = tmp_path_factory.mktemp("pairs") / "memory"
    with (
        small_disk(memory, f"{MEGABYTES * 6}m") as path,
        Proxy(redis_server.socket_path()) as queue,
    ):
        number = redis_server.new_number()
        rig = PairRig(memory=path, random=Random(seed), queue=queue, queue_number=number)
        rig.prepare()
        yield rig


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_faults_at_once(rig: PairRig, times: int, counted, first: str, second: str) -> None:
    """The second one meets the first, or whoever puts that right; then both are over."""
    there, done, refused = FIRSTS[first], 0, 0
    for _ in range(times):
        with rig.scene(is_queue_far=there.is_queue_far, has_voice=there.has_voice) as scene:
            troubles = meet(scene, there, SECONDS[second]())
        assert troubles == []
        done += len(scene.ledger.done)
        refused += scene.refused.total()
    counted(f"{done} were acknowledged, {refused} refused for now; 0 lost, 0 doubled")
