"""The far store on a real S3 server: what is put is there, whole; what is wrong is never given."""

from __future__ import annotations

import hashlib
import os
import threading
import urllib.request
from datetime import timedelta

import pytest

from server.errors import StoreUnavailable
from server.store.circuit import MOST_FAILURES, REST_SECONDS, Circuit
from server.store.far import Far, StoreDiffers, StoreReplaces
from server.store.far_shelf import FarShelf, is_fixed
from tests import s3_server
from tests.proxy import Proxy

pytestmark = pytest.mark.xdist_group("s3")  # one server for all of these

LARGE = os.urandom(5_000_000)


@pytest.fixture
def far(far_proxy: Proxy) -> Far:
    return Far(s3_server.new_url(far_proxy.port))


@pytest.mark.parametrize("data", [b"x", LARGE[: 256 * 1024], LARGE], ids=["one", "first", "parts"])
def test_what_was_put_is_read(far: Far, data: bytes) -> None:
    """Of any size, with its hash; and whoever has a signed address gets the same bytes."""
    far.put("renders/a.mp3", data)
    assert far.read("renders/a.mp3") == data
    assert far.find_hash("renders/a.mp3") == hashlib.sha256(data).hexdigest()
    with urllib.request.urlopen(far.sign("renders/a.mp3", timedelta(minutes=1))) as answer:
        assert answer.read() == data
        assert answer.headers["Content-Type"] == "audio/mpeg"


def test_what_is_not_there(far: Far) -> None:
    """It is said as a file that is not there is said, and is no trouble of the store's."""
    for _ in range(2 * MOST_FAILURES):
        with pytest.raises(FileNotFoundError):
            far.read("nothing")
    assert far.find_hash("nothing") is None
    assert far.find_newest("nothing") is None
    far.remove(["nothing"])
    far.remove_folder("nothing")


def test_the_same_again_is_fine_and_other_bytes_are_an_error(far: Far) -> None:
    """A name that says its bytes keeps them; any other is replaced."""
    far.put("new", b"one", is_new=True)
    far.put("new", b"one", is_new=True)
    with pytest.raises(StoreDiffers):
        far.put("new", b"two", is_new=True)
    assert far.read("new") == b"one"
    far.put("new", b"three")
    assert far.read("new") == b"three"


def test_a_version_is_replaced_by_who_knows_it(far: Far) -> None:
    """The next one in place of the one before, the first one where there is none, or nothing."""
    assert far.replace("new", b"none", '"0"') is None
    first = far.replace("new", b"one", None)
    assert first == far.find_tag("new")
    assert far.replace("new", b"another", None) is None
    second = far.replace("new", b"two", first)
    assert second not in (None, first)
    assert far.replace("new", b"another", first) is None
    assert far.read("new") == b"two"


def test_a_store_that_replaces_whatever_is_there_is_told(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor says that it does not know `If-Match`."""
    send = far._send
    monkeypatch.setattr(far, "_send", lambda name, data, _: send(name, data, "overwrite"))
    with pytest.raises(StoreReplaces, match="If-Match"):
        far.try_out()


def test_a_flipped_bit_on_the_way_there_is_refused(far: Far, far_proxy: Proxy) -> None:
    """The server compares what came with the signature, and what is there stays."""
    far.put("a.mp3", LARGE)
    far_proxy.be("flip")
    with pytest.raises(StoreUnavailable):
        far.put("a.mp3", LARGE[::-1])
    with pytest.raises(StoreUnavailable):
        far.put("b.mp3", LARGE)
    far_proxy.be("pass")
    assert far.read("a.mp3") == LARGE
    assert far.find_hash("b.mp3") is None


def test_a_flipped_bit_on_the_way_back_is_never_given(far: Far, far_proxy: Proxy) -> None:
    """It is fetched again, and where it is wrong again there is no file."""
    far.put("a.mp3", LARGE)
    far_proxy.be("flip")
    with pytest.raises(StoreUnavailable):
        far.read("a.mp3")
    far_proxy.be("pass")
    assert far.read("a.mp3") == LARGE


def test_wrong_keys_are_told_as_such(far_proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store's own reason is behind the error, for the doctor; the word is not in it."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another word")
    with pytest.raises(StoreUnavailable) as raised:
        Far(s3_server.new_url(far_proxy.port)).try_out()
    said = str(raised.value.__cause__)
    assert "SignatureDoesNotMatch" in said or "403" in said
    assert "another word" not in said


def test_trying_out_leaves_nothing(far: Far) -> None:
    """What was put for it is gone."""
    far.try_out()
    assert far.list_names("") == []


def test_a_store_that_failed_often_is_left_alone_and_then_asked_by_one() -> None:
    """Five failures in a row open it; after a rest one asks, and all follow when that went well."""
    now = [100.0]
    circuit = Circuit(now_s=lambda: now[0])
    for _ in range(MOST_FAILURES):
        circuit.enter()
        circuit.note(is_well=False)
    with pytest.raises(StoreUnavailable):
        circuit.enter()
    now[0] += REST_SECONDS
    circuit.enter()
    with pytest.raises(StoreUnavailable):
        circuit.enter()
    circuit.note(is_well=True)
    circuit.enter()
    circuit.enter()


def test_two_houses_in_one_place_leave_each_other_alone(
    far_proxy: Proxy, tmp_path, caplog: pytest.LogCaptureFixture
) -> None:
    """The second neither takes it for its own nor finds anything there to clear up."""
    url, key = s3_server.new_url(far_proxy.port), "a" * 64
    ours = FarShelf(tmp_path / "ours", Far(url), "our house")
    ours.publish(ours.render_folder(key) / "a.mp3", b"sound")
    ours.settle(ours.root / "renders", lambda: None)
    assert ours.list_far_renders() == [key]
    theirs = FarShelf(tmp_path / "theirs", Far(url), "another house")
    assert theirs.list_far_renders() == []
    assert "another house's" in caplog.text
    with pytest.raises(StoreDiffers):
        theirs.try_out()


def test_a_house_whose_secret_was_turned_knows_its_store(far_proxy: Proxy, tmp_path) -> None:
    """By the former one, which it needs once; with another one it does not."""
    url = s3_server.new_url(far_proxy.port)
    FarShelf(tmp_path, Far(url), "our house").claim()
    with pytest.raises(StoreDiffers):
        FarShelf(tmp_path, Far(url), "our house now", former_house="another house").claim()
    FarShelf(tmp_path, Far(url), "our house now", former_house="our house").claim()
    FarShelf(tmp_path, Far(url), "our house now").claim()
    with pytest.raises(StoreDiffers):
        FarShelf(tmp_path, Far(url), "our house").claim()


def test_names_that_say_their_bytes() -> None:
    """Finished files and pieces of streams do; clips, playlists and covers do not."""
    digest = "0123456789abcdef" * 2
    for name in (
        f"{digest}.mp3",
        f"00012-{digest}.m4s",
        f"init-{digest}.mp4",
        f"{digest}.report.json",
    ):
        assert is_fixed(f"renders/aa/{name}")
    for name in (f"{digest}{digest}.flac", "playlist.m3u8", "index.json", f"{digest}"):
        assert not is_fixed(f"clips/aa/{name}")


def test_a_request_of_a_gevent_worker_keeps_no_other_waiting(far: Far, far_proxy: Proxy) -> None:
    """A process that gevent has patched goes on with others while the store hangs."""
    import subprocess
    import sys

    program = (
        "from gevent import monkey; monkey.patch_all()\n"
        "import gevent, sys\n"
        "from server.store.far import Far\n"
        "from server.errors import StoreUnavailable\n"
        "ticks = []\n"
        "def tick():\n"
        "    while True:\n"
        "        ticks.append(1)\n"
        "        gevent.sleep(0.01)\n"
        "gevent.spawn(tick)\n"
        "try:\n"
        "    Far(sys.argv[1]).read('a')\n"
        "except StoreUnavailable:\n"
        "    print(len(ticks))\n"
    )
    far_proxy.be("hang")
    url = s3_server.new_url(far_proxy.port)
    made = subprocess.run(
        [sys.executable, "-c", program, url], capture_output=True, text=True, timeout=60
    )
    assert int(made.stdout) > 10, made.stderr
    assert "Traceback" not in made.stderr
    assert threading.active_count() < 100
