"""A shelf with a far store, on a real S3 server: what is there, and what happens when it is not."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.errors import RenderCancelled, StoreUnavailable
from server.store.far import Far
from server.store.far_shelf import FarShelf
from tests import s3_server
from tests.proxy import Proxy

pytestmark = pytest.mark.xdist_group("s3")  # one server for all of these

KEY, OTHER = "0123456789abcdef" * 4, "fedcba9876543210" * 4
SOUND = os.urandom(3_000_000)
SOUND_NAME = f"{hashlib.sha256(SOUND).hexdigest()[:32]}.mp3"


@pytest.fixture
def make_shelf(far_proxy: Proxy, tmp_path: Path) -> Callable[[str], FarShelf]:
    """A machine of the house: a folder of its own, and the one store."""
    url = s3_server.new_url(far_proxy.port)
    return lambda name: FarShelf(tmp_path / name, Far(url))


def settle(shelf: FarShelf, folder: Path) -> None:
    shelf.settle(folder, lambda: None)


def files_of(shelf: FarShelf) -> list[Path]:
    return [path for path in shelf.root.rglob("*") if path.is_file()]


def test_what_one_machine_publishes_another_finds(make_shelf) -> None:
    """Recording, clip, its words, line: all that one worker made is there for another machine."""
    one, two = make_shelf("one"), make_shelf("two")
    sound = one.render_folder(KEY) / SOUND_NAME
    one.publish(sound, SOUND)
    one.publish(one.clip_words_path(KEY), b"words")
    one.publish(one.clip_path(KEY), b"clip")
    one.publish(one.line_path(KEY), b"line")
    settle(one, one.root / "renders")
    settle(one, one.root / "clips")
    settle(one, one.root / "lines")
    assert two.has_files(two.render_folder(KEY), [SOUND_NAME])
    with two.lend(two.render_folder(KEY) / SOUND_NAME, is_own=False) as path:
        assert path.read_bytes() == SOUND
    assert two.has_clip(KEY)
    assert two.clip_words_path(KEY).read_bytes() == b"words"
    assert two.has_line(KEY)
    assert two.read(two.line_path(KEY)) == b"line"
    assert not two.has_clip(OTHER)
    assert not two.has_line(OTHER)
    assert not two.has_files(two.render_folder(KEY), [SOUND_NAME, "another.mp3"])


def test_a_growing_playlist_is_as_new_as_the_newest(make_shelf) -> None:
    """Another machine sees each version of it; an old one that lies here is not given."""
    one, two = make_shelf("one"), make_shelf("two")
    for text in (b"#EXTM3U\n", b"#EXTM3U\n1\n", b"#EXTM3U\n1\n2\n"):
        one.publish(one.stream_folder(KEY) / "playlist.m3u8", text)
        settle(one, one.stream_folder(KEY))
        assert two.read_growing(two.stream_folder(KEY) / "playlist.m3u8") == text
    stale = make_shelf("stale")
    path = stale.stream_folder(KEY) / "playlist.m3u8"
    stale.publish(path, b"#EXTM3U\n1\n")
    settle(stale, path.parent)
    one.publish(one.stream_folder(KEY) / "playlist.m3u8", b"#EXTM3U\n1\n2\n3\n#EXT-X-ENDLIST\n")
    settle(one, one.stream_folder(KEY))
    assert stale.read_growing(path).endswith(b"3\n#EXT-X-ENDLIST\n")


def test_own_words_leave_nothing_on_a_machine_that_only_reads(make_shelf) -> None:
    """A private recording is lent for the moment; a private clip is in no store at all."""
    one, two = make_shelf("one"), make_shelf("two")
    one.publish(one.render_folder(KEY) / SOUND_NAME, SOUND)
    one.publish(one.clip_path(OTHER), b"my words", is_own=True)
    settle(one, one.root / "renders")
    with two.lend(two.render_folder(KEY) / SOUND_NAME, is_own=True) as path:
        assert path.read_bytes() == SOUND
    assert files_of(two) == []
    assert one.far.list_names("clips") == []
    assert one.clip_path(OTHER).stat().st_mode & 0o777 == 0o600


def test_removed_here_is_removed_there(make_shelf) -> None:
    """Render, sitting, clip and cover: after each removal nothing of it is in the store."""
    one = make_shelf("one")
    one.publish(one.render_folder(KEY) / SOUND_NAME, SOUND)
    one.publish(one.stream_folder(KEY) / "captions.vtt", b"WEBVTT\n")
    one.publish(one.private_line_path(KEY, OTHER), b"my words")
    one.publish(one.clip_path(KEY), b"clip")
    one.publish(one.root / "covers" / "a.jpg", b"cover")
    for folder in ("renders", "sittings", "clips", "covers"):
        settle(one, one.root / folder)
    assert one.list_sitting_folders() == [KEY]
    assert one.list_far_renders() == [KEY]
    assert len(one.far.list_names("")) == 5
    one.remove_render(KEY)
    one.remove_sitting(KEY)
    one.remove_file(one.clip_path(KEY))
    one.remove_file(one.root / "covers" / "a.jpg")
    assert one.far.list_names("") == []
    assert files_of(one) == []
    assert one.list_sitting_folders() == []
    assert not one.is_far_quiet(KEY, datetime.now(UTC) + timedelta(hours=1)), "it is not there"


def test_tidying_takes_earlier_attempts_out_of_the_store(make_shelf) -> None:
    """Beside the finished files only the stream stays."""
    one = make_shelf("one")
    folder = one.render_folder(KEY)
    for path in (folder / SOUND_NAME, folder / f"{OTHER[:32]}.mp3", folder / "stream" / "a.m4s"):
        one.publish(path, SOUND[:9])
    settle(one, folder)
    one.tidy_store(KEY, [SOUND_NAME])
    left = {name.rpartition("/")[2] for name in one.far.list_names(one.name_of(folder))}
    assert left == {SOUND_NAME, "a.m4s"}


@pytest.mark.parametrize("mode", ["refuse", "hang", "cut"])
def test_what_is_published_while_the_store_is_away_is_there_when_it_is_back(
    make_shelf, far_proxy, mode
) -> None:
    """Publishing goes on at once; settle() ends when all of it is in the store, in its order."""
    one, two = make_shelf("one"), make_shelf("two")
    folder = one.stream_folder(KEY)
    one.publish(folder / "first.m4s", b"0")
    settle(one, folder)
    far_proxy.be(mode)
    for number in range(20):
        one.publish(folder / f"{number}.m4s", b"%d" % number)
        one.publish(folder / "playlist.m3u8", b"%d" % number)
    waits = []

    def on_wait() -> None:
        waits.append(1)
        if len(waits) == 5:
            far_proxy.be("pass")

    one.settle(folder, on_wait)
    assert two.read_growing(two.stream_folder(KEY) / "playlist.m3u8") == b"19"
    assert two.has_files(two.stream_folder(KEY), [f"{number}.m4s" for number in range(20)])


def test_who_waits_for_the_store_can_be_called_away(make_shelf, far_proxy) -> None:
    """A render that is cancelled meanwhile does not wait for the store."""
    one = make_shelf("one")
    far_proxy.be("refuse")
    one.publish(one.render_folder(KEY) / SOUND_NAME, SOUND)

    def cancelled() -> None:
        raise RenderCancelled

    with pytest.raises(RenderCancelled):
        one.settle(one.render_folder(KEY), cancelled)
    with pytest.raises(StoreUnavailable):
        one.remove_render(KEY)
    far_proxy.be("pass")
    until_gone(one)
    assert one.far.list_names("") == []


def test_what_cannot_be_read_keeps_nothing_else_back(make_shelf, caplog) -> None:
    """It is told and not sent; what was published after it is."""
    one = make_shelf("one")
    folder = one.stream_folder(KEY)
    folder.mkdir(parents=True)
    (folder / SOUND_NAME).symlink_to("/proc/self/mem")  # where there is nothing, Linux says EIO
    one.send(folder / SOUND_NAME)
    one.publish(folder / "captions.vtt", b"WEBVTT\n")
    settle(one, folder)
    assert "cannot be read: Input/output error" in caplog.text
    assert one.far.list_names("renders") == [one.name_of(folder / "captions.vtt")]


def test_who_lost_a_render_overwrites_nothing_of_its_new_maker(make_shelf, far_proxy) -> None:
    """What still waits to be sent when it is let go of is not sent after the other's."""
    loser, winner = make_shelf("loser"), make_shelf("winner")
    path = loser.stream_folder(KEY) / "playlist.m3u8"
    far_proxy.be("refuse")
    loser.publish(path, b"#EXTM3U\nold\n")
    loser.publish(loser.render_folder(OTHER) / SOUND_NAME, SOUND)
    loser.stop_sending(loser.render_folder(KEY))
    # What is just being sent may still arrive; what waits, or has to be tried again, may not.
    pause = threading.Event()
    while loser._outgoing._sending == loser.name_of(path):
        pause.wait(0.05)
    far_proxy.be("pass")
    winner.publish(winner.stream_folder(KEY) / "playlist.m3u8", b"#EXTM3U\nnew\n#EXT-X-ENDLIST\n")
    settle(winner, winner.root / "renders")
    settle(loser, loser.root / "renders")
    assert b"new" in winner.far.read(winner.name_of(winner.stream_folder(KEY) / "playlist.m3u8"))


def until_gone(shelf: FarShelf) -> None:
    """Remove a render as the sweeper does, again and again until it is done."""
    pause = threading.Event()
    for _ in range(200):
        try:
            shelf.remove_render(KEY)
        except StoreUnavailable:
            pause.wait(0.1)
        else:
            return
    raise AssertionError("the store did not come back")


@pytest.mark.parametrize("mode", ["refuse", "hang", "cut"])
def test_a_store_that_is_away_is_said_and_what_is_here_is_read(make_shelf, far_proxy, mode) -> None:
    """What is here is given as ever; the rest is StoreUnavailable; a voice speaks clips anew."""
    one, two = make_shelf("one"), make_shelf("two")
    name = one.render_folder(KEY) / SOUND_NAME
    one.publish(name, SOUND)
    one.publish(one.clip_path(KEY), b"clip")
    settle(one, one.root / "renders")
    settle(one, one.root / "clips")
    far_proxy.be(mode)
    with one.lend(name, is_own=False) as path:
        assert path.read_bytes() == SOUND
    assert one.has_files(one.render_folder(KEY), [SOUND_NAME])
    for _ in range(7):
        with pytest.raises(StoreUnavailable):
            two.fetch(two.render_folder(KEY) / SOUND_NAME)
    assert not two._flights, "who asks in vain leaves nothing behind"
    assert not two.has_clip(KEY)
    assert two.has_files(two.render_folder(KEY), [SOUND_NAME]), "nothing is made anew for that"
    far_proxy.be("pass")
    pause = threading.Event()
    for _ in range(200):
        try:
            assert two.fetch(two.render_folder(KEY) / SOUND_NAME).read_bytes() == SOUND
        except StoreUnavailable:
            pause.wait(0.1)
        else:
            return
    raise AssertionError("the store did not come back")


def test_many_ask_for_one_file_and_it_is_fetched_once(make_shelf, monkeypatch) -> None:
    """All get it, and the store is asked once."""
    one, two = make_shelf("one"), make_shelf("two")
    one.publish(one.render_folder(KEY) / SOUND_NAME, SOUND)
    settle(one, one.root / "renders")
    asked, read = [], two.far.read
    monkeypatch.setattr(two.far, "read", lambda name: asked.append(name) or read(name))
    path, got = two.render_folder(KEY) / SOUND_NAME, []
    threads = [
        threading.Thread(target=lambda: got.append(two.fetch(path).read_bytes() == SOUND))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [True] * 8
    assert len(asked) == 1


def test_what_is_nobodys_is_told_by_its_age(make_shelf) -> None:
    """A render in the store is quiet when nothing was put there since a moment."""
    one = make_shelf("one")
    one.publish(one.render_folder(KEY) / SOUND_NAME, SOUND)
    settle(one, one.root / "renders")
    now_at = datetime.now(UTC)
    assert not one.is_far_quiet(KEY, now_at - timedelta(hours=1))
    assert one.is_far_quiet(KEY, now_at + timedelta(hours=1))
    assert not one.is_far_quiet(OTHER, now_at - timedelta(hours=1))


def test_own_clips_are_swept_where_they_were_made(make_shelf) -> None:
    """They go some hours after anybody used them; clips that are everybody's stay."""
    one = make_shelf("one")
    one.publish(one.clip_path(KEY), b"my words", is_own=True)
    one.publish(one.clip_path(OTHER), b"everybody's")
    now_at = datetime.now(UTC)
    one.sweep_temporary(now_at)
    assert one.clip_path(KEY).exists()
    one.sweep_temporary(now_at + timedelta(hours=6))
    assert not one.clip_path(KEY).exists()
    assert one.clip_path(OTHER).exists()
