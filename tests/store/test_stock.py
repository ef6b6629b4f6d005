"""Taking stock: sizes and times of what lies on the shelf, and clips that go while nobody looks."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.store import (
    Shelf,
    find_stored_render,
    list_piles,
    list_stored_clips,
    list_stored_renders,
    remove_unused_clip,
)
from server.store import shelf as shelf_file

KEY = "0123456789abcdef" * 4
OTHER = "f" * 64
OLD = datetime(2026, 1, 1, tzinfo=UTC)
HOUR_AGO = timedelta(hours=1)


def grow_old(path: Path) -> None:
    os.utime(path, (OLD.timestamp(), OLD.timestamp()))


def test_asking_for_a_clip_counts_as_use(shelf: Shelf) -> None:
    """A render that finds a clip keeps it from being pruned for a while."""
    path = shelf.clip_path(KEY)
    shelf.publish(path, b"sound")
    grow_old(path)
    begun_at = datetime.now(UTC)
    assert shelf.has_clip(KEY)
    [clip] = list_stored_clips(shelf)
    assert clip.used_at >= begun_at - timedelta(seconds=1)


def test_another_accounts_clip_is_there(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clip whose time may not be changed can be used all the same."""

    def refuse(*_: object) -> None:
        raise PermissionError

    shelf.publish(shelf.clip_path(KEY), b"sound")
    monkeypatch.setattr(os, "utime", refuse)
    assert shelf.has_clip(KEY)
    shelf.note_use(KEY)


def test_hearing_is_noted_now_and_then(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A render's folder tells when it was last heard, and is not touched for each request."""
    folder = shelf.render_folder(KEY)
    shelf.publish(folder / "a.mp3", b"sound")
    for is_noted in (True, False):
        grow_old(folder)
        shelf.note_use(KEY)
        stored = find_stored_render(shelf, KEY)
        assert stored is not None
        assert (stored.used_at > OLD) is is_noted
    monkeypatch.setattr(shelf_file, "NOTE_SECONDS", 0)
    shelf.note_use(KEY)
    stored = find_stored_render(shelf, KEY)
    assert stored is not None
    assert stored.used_at > OLD
    monkeypatch.setattr(shelf_file, "MOST_NOTED", 1)
    shelf.note_use(OTHER)  # which is not there
    assert find_stored_render(shelf, OTHER) is None
    assert list(shelf._noted_s) == [OTHER]


def test_stock_counts_every_file_once(shelf: Shelf) -> None:
    """Clips come with what lies beside them, renders with their streams; strays are no stock."""
    shelf.publish(shelf.clip_path(KEY), b"12345")
    shelf.publish(shelf.clip_path(KEY).with_suffix(".json"), b"123")
    shelf.publish(shelf.clip_path(KEY).with_name("notes.txt"), b"1")
    shelf.publish(shelf.render_folder(KEY) / "a.mp3", b"1234567")
    shelf.publish(shelf.stream_folder(KEY) / "1.m4s", b"12")
    shelf.publish(shelf.render_folder(KEY).with_name("lost+found") / "x", b"1")
    shelf.publish(shelf.root / "covers" / "a.jpg", b"1")
    [clip] = list_stored_clips(shelf)
    assert (clip.key, clip.size_bytes) == (KEY, 8)
    [render] = list_stored_renders(shelf)
    assert (render.key, render.size_bytes) == (KEY, 9)
    assert (render.stream_files, render.stream_bytes) == (1, 2)
    piles = list_piles(shelf)
    assert {name: (pile.files, pile.size_bytes) for name, pile in piles.items()} == {
        "clips": (3, 9),
        "covers": (1, 1),
        "renders": (3, 10),
        "tmp": (0, 0),
    }
    assert piles["tmp"].newest_at is None
    assert piles["covers"].newest_at is not None


def test_empty_shelf_has_no_stock(shelf: Shelf) -> None:
    """Before anything was made there is nothing, and no error."""
    assert list(list_stored_clips(shelf)) == []
    assert list(list_stored_renders(shelf)) == []
    assert list_piles(shelf) == {}


def test_unused_clip_goes_with_what_lies_beside_it(shelf: Shelf) -> None:
    """What was not used goes whole; nothing is left anywhere."""
    for suffix in (".flac", ".json"):
        shelf.publish(shelf.clip_path(KEY).with_suffix(suffix), b"1")
    shelf.publish(shelf.clip_path(KEY[:2] + OTHER[2:]), b"a neighbour")
    grow_old(shelf.clip_path(KEY))
    assert remove_unused_clip(shelf, KEY, datetime.now(UTC) - HOUR_AGO)
    left = [path for path in shelf.root.rglob("*") if path.is_file()]
    assert left == [shelf.clip_path(KEY[:2] + OTHER[2:])]
    assert not remove_unused_clip(shelf, KEY, datetime.now(UTC))
    assert list_piles(shelf)["tmp"].files == 0


def test_clip_in_use_stays(shelf: Shelf) -> None:
    """What a render has asked for within the time is put back as it was."""
    shelf.publish(shelf.clip_path(KEY), b"sound")
    assert not remove_unused_clip(shelf, KEY, datetime.now(UTC) - HOUR_AGO)
    assert shelf.clip_path(KEY).read_bytes() == b"sound"
    assert list_piles(shelf)["tmp"].files == 0
