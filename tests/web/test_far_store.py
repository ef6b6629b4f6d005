"""Sound from a store that is away now and then: what is here plays, the rest is told at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from server.errors import SettingsError
from server.store.shelves import open_shelf
from tests import s3_server
from tests.proxy import Proxy
from tests.ticks import Ticks
from tests.web.conftest import House

pytestmark = pytest.mark.xdist_group("s3")  # one server for all of these

PATIENCE_S = 2.2


@pytest.fixture
def house(
    build_house: Callable[..., House],
    tmp_path: Path,
    far_proxy: Proxy,
) -> Iterator[House]:
    """A house whose recordings are in a store, behind a proxy."""
    built = build_house(tmp_path, STEPBACK_STORE_URL=s3_server.new_url(far_proxy.port))
    yield built
    built.database.close()


@pytest.fixture
def publish(house: House, order: Callable[..., str]) -> Callable[..., str]:
    """Order and make a render on another machine, so that nothing of it is on this one's disk."""

    def publish(**words: str) -> str:
        key = order(**words)
        house.publish(key)
        house.shelf.settle(house.shelf.render_folder(key), lambda: None)
        house.shelf.drop_render(key)
        return key

    return publish


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_recording_that_another_machine_made_is_heard(
    house: House, publish, client: FlaskClient, files
) -> None:
    """Whole and in ranges, with the same headers; it stays here for the next listener."""
    key = publish()
    answer = client.get(f"/audio/{key}.mp3", headers={"Range": "bytes=2-5"})
    assert (answer.status_code, answer.data) == (206, files["mp3"][2:6])
    assert client.get(f"/audio/{key}.vtt").data == files["vtt"]
    assert house.path(key, "mp3").exists()
    again = client.get(f"/audio/{key}.mp3")
    assert (again.status_code, again.data) == (200, files["mp3"])


def test_own_words_are_heard_and_leave_nothing_here(
    house: House, publish, client: FlaskClient, app, files
) -> None:
    """Each time it is fetched for that answer alone; another device gets nothing."""
    key = publish(place="my secret")
    for _ in range(2):
        assert client.get(f"/audio/{key}.mp3").data == files["mp3"]
        assert files_below(house.settings.cache_path / "renders") == []
        assert files_below(house.settings.cache_path / "tmp") == []
    assert app.test_client().get(f"/audio/{key}.mp3").status_code == 404


@pytest.mark.parametrize("mode", ["refuse", "hang", "cut", "slow"])
def test_while_the_store_is_away_it_is_said_and_then_it_plays(
    publish, client: FlaskClient, far_proxy: Proxy, files, mode
) -> None:
    """503 with Retry-After, in time, for what is only there; what is here plays; afterwards all."""
    here, there = publish(), publish(place="my secret")
    assert client.get(f"/audio/{here}.mp3").status_code == 200
    far_proxy.be(mode, delay_s=1)
    for _ in range(7):
        with Ticks() as ticks:
            answer = client.get(f"/audio/{there}.mp3")
        assert ticks.seconds < PATIENCE_S
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "store" in answer.get_json()["detail"]
    assert client.get(f"/audio/{there}/playlist.m3u8").status_code == 503
    assert client.get(f"/audio/{here}.mp3").data == files["mp3"]
    far_proxy.be("pass")
    pause = threading.Event()
    for _ in range(200):
        answer = client.get(f"/audio/{there}.mp3")
        if answer.status_code == 200:
            break
        pause.wait(0.1)
    assert answer.data == files["mp3"]


def test_a_stream_that_another_machine_makes_can_be_followed(
    house: House, order, client: FlaskClient
) -> None:
    """The playlist grows here as it grows there."""
    key, there = order(), open_shelf(house.settings)
    there.root = house.settings.cache_path.with_name("another machine")
    for count in (1, 2):
        playlist = "#EXTM3U\n" + "#EXTINF:2.0,\na.m4s\n" * count
        there.publish(there.stream_folder(key) / "playlist.m3u8", playlist.encode())
        there.settle(there.stream_folder(key), lambda: None)
        assert client.get(f"/audio/{key}/playlist.m3u8").text == playlist
    assert not (house.shelf.stream_folder(key) / "playlist.m3u8").exists()


@pytest.fixture
def redirecting(
    tmp_path: Path, build_house: Callable[..., House], far_proxy: Proxy
) -> Iterator[House]:
    """A house whose store sends the sound."""
    folder = tmp_path / "redirecting"
    folder.mkdir()
    url = s3_server.new_url(far_proxy.port)
    built = build_house(folder, STEPBACK_STORE_URL=url, STEPBACK_AUDIO_BY="store")
    yield built
    built.database.close()


def test_the_store_sends_what_is_everybodys(redirecting: House, files) -> None:
    """By an address that outlives twice the practice; each answer to the rest is from here."""
    house = redirecting
    browser = create_app(house.settings).test_client()

    def made(**words: str) -> str:
        body = {"practice": "soft-ground", "minutes": 2, "words": words}
        key = str(browser.post("/api/renders", json=body).get_json()["key"])
        house.publish(key)
        house.shelf.settle(house.shelf.render_folder(key), lambda: None)
        return key

    key, own = made(), made(place="my secret")
    sent = browser.get(f"/audio/{key}.mp3")
    assert (sent.status_code, sent.headers["Cache-Control"]) == (302, "no-store")
    address = urlsplit(sent.location)
    seconds = int(parse_qs(address.query)["X-Amz-Expires"][0])
    assert seconds >= 2 * 120
    with urlopen(Request(sent.location, headers={"Range": "bytes=2-5"})) as part:
        assert (part.status, part.read()) == (206, files["mp3"][2:6])
        assert part.headers["Content-Type"] == "audio/mpeg"
    policy = sent.headers["Content-Security-Policy"]
    assert f"media-src 'self' http://{address.netloc} blob:" in policy
    with pytest.raises(HTTPError, match="403"):
        urlopen(sent.location.replace("X-Amz-Expires=", "X-Amz-Expires=1"))
    here = {"Sec-Fetch-Dest": "empty"}
    assert browser.get(f"/audio/{key}.mp3", headers=here).data == files["mp3"]
    assert browser.head(f"/audio/{key}.mp3").content_length == len(files["mp3"])
    assert browser.get(f"/audio/{key}.vtt").data == files["vtt"]
    assert browser.get(f"/audio/{own}.mp3").data == files["mp3"]
    assert browser.get(f"/audio/{'0' * 64}.mp3").status_code == 404


def test_a_store_that_sends_is_named(tmp_path: Path, build_house: Callable[..., House]) -> None:
    """Without one nothing could be heard."""
    with pytest.raises(SettingsError, match="STEPBACK_STORE_URL"):
        build_house(tmp_path, STEPBACK_AUDIO_BY="store")


def test_a_house_without_a_store_loads_nothing_of_it(tmp_path: Path, build_house) -> None:
    """obstore is not even imported."""
    import subprocess
    import sys

    program = (
        "import sys\n"
        "from server.app import create_app\n"
        "from server.config import Settings\n"
        "import server.render.worker\n"
        "import server.store.shelves\n"
        "assert 'server.app' in sys.modules\n"
        "print([name for name in sys.modules if 'obstore' in name or '.far' in name])\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.strip() == "[]", told.stderr
