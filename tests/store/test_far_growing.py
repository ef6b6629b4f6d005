"""What grows in a far store, on a real S3 server: one process at a time replaces it."""

from __future__ import annotations

from pathlib import Path

import obstore
import pytest
from obstore.exceptions import GenericError

from server.store.far import Far
from server.store.far_shelf import FarShelf
from tests import s3_server
from tests.proxy import Proxy

pytestmark = pytest.mark.xdist_group("s3")  # one server for all of these

KEY = "0123456789abcdef" * 4
NAME = f"renders/01/{KEY}/stream/playlist.m3u8"


@pytest.fixture
def two_makers(far_proxy: Proxy, tmp_path: Path) -> tuple[FarShelf, FarShelf]:
    """Two machines that make one render; the first one's way to the store can be stopped."""
    url = s3_server.new_url(far_proxy.port)
    direct = url.replace(f":{far_proxy.port}", f":{s3_server.server_port()}")
    return FarShelf(tmp_path / "one", Far(url)), FarShelf(tmp_path / "two", Far(direct))


def list_pieces(shelf: FarShelf, *pieces: str) -> bytes:
    """Publish a playlist, and wait until it is sent, or given up."""
    content = "\n".join(("#EXTM3U", *pieces, "")).encode()
    shelf.publish(shelf.stream_folder(KEY) / "playlist.m3u8", content)
    shelf.settle(shelf.render_folder(KEY), lambda: None)
    return content


def test_who_slept_replaces_nothing_that_another_finished(two_makers, far_proxy, caplog) -> None:
    """Neither with what was on its way when it fell asleep, nor with what it publishes then."""
    sleeper, winner = two_makers
    maker = [sleeper]
    folder = sleeper.render_folder(KEY)
    with sleeper.growing(folder, lambda: maker == [sleeper]):
        list_pieces(sleeper, "1")
        far_proxy.be("hang")
        sleeper.publish(sleeper.stream_folder(KEY) / "playlist.m3u8", b"#EXTM3U\n1\n2\n")
        maker[:] = [winner]
        with winner.growing(winner.render_folder(KEY), lambda: maker == [winner]):
            list_pieces(winner, "1", "2", "3")
            finished = list_pieces(winner, "1", "2", "3", "4", "#EXT-X-ENDLIST")
        far_proxy.be("pass")
        sleeper.settle(folder, lambda: None)
        list_pieces(sleeper, "1", "2", "3")
    assert winner.far.read(NAME) == finished
    assert "another worker has taken over" in caplog.text
    assert not sleeper._outgoing._growing
    assert not winner._outgoing._growing


def test_whose_it_is_puts_theirs_in_place_of_a_late_one(two_makers, monkeypatch) -> None:
    """What a sleeper put between looking and putting is replaced, once the row has been asked."""
    sleeper, winner = two_makers
    asked, find_tag = [], winner.far.find_tag

    def find_and_be_late(name: str) -> str | None:
        tag = find_tag(name)
        if not asked:
            sleeper.far.put(name, b"late")
        return tag

    monkeypatch.setattr(winner.far, "find_tag", find_and_be_late)
    with winner.growing(winner.render_folder(KEY), lambda: asked.append(1) or True):
        content = list_pieces(winner, "1")
    assert winner.far.read(NAME) == content
    assert len(asked) == 2


def test_a_version_whose_answer_was_lost_is_ones_own(two_makers, monkeypatch) -> None:
    """It is there, though nobody was told: the next one replaces it all the same."""
    _, maker = two_makers
    put, lost = obstore.put, []

    def put_and_lose(*given, **how):
        answer = put(*given, **how)
        if b"2" in given[2] and not lost:
            lost.append(answer)
            raise GenericError("the answer is lost")
        return answer

    monkeypatch.setattr("obstore.put", put_and_lose)
    with maker.growing(maker.render_folder(KEY), lambda: True):
        for count in (1, 2, 3):
            content = list_pieces(maker, *map(str, range(1, count + 1)))
            assert maker.far.read(NAME) == content
    assert lost
