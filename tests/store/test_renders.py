"""Renders: one row for one key, one owner at a time, and no words left when it is over."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from server.errors import RenderNotFound
from server.store import (
    Database,
    NewRender,
    NewRendition,
    PracticeRow,
    RenderRow,
    add_feed,
    add_practice,
    add_render,
    beat_render,
    beat_worker,
    cancel_render,
    claim_render,
    count_waiting,
    delete_render,
    fail_render,
    find_announced,
    find_feed,
    find_render,
    finish_render,
    forget_render,
    get_render,
    hash_device,
    latest_worker_beat,
    list_expired_private,
    list_given_up_private,
    list_practices,
    list_unclaimed_renders,
    note_private_clips,
    release_render,
    remove_worker,
    requeue_render,
)

KEY = "a" * 64
MakeRender = Callable[..., NewRender]
MP3 = NewRendition(
    kind="mp3", file_name="x.mp3", content_type="audio/mpeg", sha256="5" * 64, size_bytes=9
)


def add(database: Database, new: NewRender, now_at: datetime) -> bool:
    with database.writing() as db:
        return add_render(db, new, now_at)[1]


def claim(database: Database, now_at: datetime, key: str = KEY, owner: str = "me") -> bool:
    with database.writing() as db:
        return claim_render(db, key, owner, now_at) is not None


def finish(database: Database, now_at: datetime, key: str = KEY, owner: str = "me") -> bool:
    with database.writing() as db:
        return finish_render(
            db,
            key,
            owner,
            renditions=[MP3],
            report={"lufs": -19.0},
            duration_ms=600_000,
            clip_keys=[],
            now_at=now_at,
        )


def row_of(database: Database, key: str = KEY) -> RenderRow:
    with database.reading() as db:
        return get_render(db, key)


def test_one_row_for_one_key(database: Database, new_render: MakeRender, noon: datetime) -> None:
    """The first asker has it made; the others get the same row, whatever its state."""
    assert add(database, new_render(), noon) is True
    assert add(database, new_render(), noon) is False
    claim(database, noon)
    assert add(database, new_render(), noon) is False
    finish(database, noon)
    assert add(database, new_render(), noon) is False
    assert row_of(database).state == "done"


def test_life_of_a_render(database: Database, new_render: MakeRender, noon: datetime) -> None:
    """Claimed once, shown alive, finished with its files; the report and length are kept."""
    add(database, new_render(), noon)
    assert claim(database, noon)
    assert not claim(database, noon, owner="other")
    with database.writing() as db:
        assert beat_render(
            db, KEY, "me", noon, phase="mixing", stage="Arrive", done_ms=1, total_ms=2
        )
    row = row_of(database)
    assert (row.phase, row.stage, row.done_ms, row.total_ms) == ("mixing", "Arrive", 1, 2)
    assert finish(database, noon)
    row = row_of(database)
    assert (row.state, row.owner, row.duration_ms) == ("done", None, 600_000)
    assert row.report == {"lufs": -19.0}
    assert [(r.kind, r.file_name, r.size_bytes) for r in row.renditions] == [("mp3", "x.mp3", 9)]


def test_only_the_owner_may(database: Database, new_render: MakeRender, noon: datetime) -> None:
    """Whoever is not, or no longer, the owner changes nothing."""
    add(database, new_render(), noon)
    claim(database, noon)
    with database.writing() as db:
        assert not beat_render(db, KEY, "x", noon, phase="", stage="", done_ms=0, total_ms=0)
        assert not fail_render(db, KEY, "x", reason="no", now_at=noon)
        assert not release_render(db, KEY, "x", noon)
        assert not note_private_clips(db, KEY, "x", ["c" * 64])
        assert requeue_render(db, KEY, "x", noon) is None
    assert not finish(database, noon, owner="x")
    row = row_of(database)
    assert (row.state, row.owner, row.renditions) == ("running", "me", [])


def test_failed_is_queued_once_more(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A failed render says why; asking again has it made again, from the start."""
    add(database, new_render(), noon)
    claim(database, noon)
    with database.writing() as db:
        assert fail_render(db, KEY, "me", reason="The disk is full.", now_at=noon)
    assert (row_of(database).state, row_of(database).reason) == ("failed", "The disk is full.")
    later_at = noon + timedelta(hours=1)
    assert add(database, new_render(), later_at) is True
    row = row_of(database)
    assert (row.state, row.reason, row.finished_at, row.queued_at) == ("queued", "", None, later_at)


def test_lost_files_can_be_made_again(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A finished render whose files are gone is queued again when told so."""
    add(database, new_render(), noon)
    claim(database, noon)
    finish(database, noon)
    with database.writing() as db:
        row, is_new = add_render(db, new_render(), noon, again=True)
    assert (is_new, row.state, row.renditions, row.report) == (True, "queued", [], None)
    claim(database, noon)
    assert finish(database, noon)
    assert len(row_of(database).renditions) == 1


def test_release_counts_no_attempt(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A worker that stops in good order gives the render back as it was."""
    add(database, new_render(), noon)
    claim(database, noon)
    with database.writing() as db:
        assert release_render(db, KEY, "me", noon)
    row = row_of(database)
    assert (row.state, row.owner, row.heartbeat_at, row.attempts) == ("queued", None, None, 0)


def test_third_stop_is_the_last(database: Database, new_render: MakeRender, noon: datetime) -> None:
    """A render in whose middle workers stop is tried three times, then failed with that reason."""
    add(database, new_render(), noon)
    states = []
    for _ in range(3):
        claim(database, noon)
        with database.writing() as db:
            states.append(requeue_render(db, KEY, "me", noon))
    assert states == ["queued", "queued", "failed"]
    row = row_of(database)
    assert row.attempts == 3
    assert row.reason == "The worker stopped three times in the middle of this recording."


@pytest.mark.parametrize("end", ["done", "failed", "cancelled", "given up"])
@pytest.mark.sqlite
def test_words_go_when_it_ends(
    database: Database, new_render: MakeRender, noon: datetime, end: str
) -> None:
    """However a private render ends, the listener's words leave its row and the file."""
    add(database, new_render(is_private=True), noon)
    assert row_of(database).order["words"] == {"obstacle": "my secret"}
    claim(database, noon)
    with database.writing() as db:
        if end == "failed":
            fail_render(db, KEY, "me", reason="no", now_at=noon)
        if end == "cancelled":
            assert cancel_render(db, KEY, noon)
        if end == "given up":
            get_render(db, KEY).attempts = 2
            requeue_render(db, KEY, "me", noon)
    if end == "done":
        finish(database, noon)
    row = row_of(database)
    assert (row.state, row.order["words"]) == ("failed" if end == "given up" else end, {})
    assert row.order["source"] == "text"
    database.close()
    connection = sqlite3.connect(database.path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert b"my secret" not in database.path.read_bytes()


def test_cancelled_cannot_be_finished(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A cancelled render is not the worker's any more; a finished one cannot be cancelled."""
    add(database, new_render(), noon)
    claim(database, noon)
    with database.writing() as db:
        assert cancel_render(db, KEY, noon)
        assert not cancel_render(db, KEY, noon)
        assert not cancel_render(db, "b" * 64, noon)
        assert not beat_render(db, KEY, "me", noon, phase="", stage="", done_ms=0, total_ms=0)
    assert not finish(database, noon)


def test_forget_is_for_its_device(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """Only the device whose words it holds can forget a render; then it is nobody's."""
    add(database, new_render(is_private=True), noon)
    add(database, new_render(key="b" * 64), noon)
    for key, device in ((KEY, "e" * 64), ("b" * 64, "d" * 64), ("c" * 64, "d" * 64)):
        with pytest.raises(RenderNotFound), database.writing() as db:
            forget_render(db, key, device, noon)
    with database.writing() as db:
        row = forget_render(db, KEY, "d" * 64, noon)
    assert (row.state, row.device_hash, row.order["words"]) == ("cancelled", None, {})
    with database.reading() as db:
        assert list_given_up_private(db, noon) == ()
        gone = list_given_up_private(db, noon + timedelta(seconds=1))
    assert [row.key for row in gone] == [KEY]
    with database.writing() as db:
        delete_render(db, KEY)
        delete_render(db, KEY)
        assert find_render(db, KEY) is None


@pytest.mark.sqlite
def test_deleting_takes_the_renditions(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A deleted render leaves no rendition behind."""
    add(database, new_render(), noon)
    claim(database, noon)
    finish(database, noon)
    with database.writing() as db:
        delete_render(db, KEY)
    connection = sqlite3.connect(database.path)
    assert connection.execute("SELECT count(*) FROM renditions").fetchone() == (0,)
    connection.close()


def test_who_waits(database: Database, new_render: MakeRender, noon: datetime) -> None:
    """Long waits are found, by the time that is given."""
    add(database, new_render(), noon)
    add(database, new_render(key="b" * 64), noon)
    claim(database, noon)
    later_at = noon + timedelta(seconds=5)
    with database.reading() as db:
        assert count_waiting(db) == 1
        assert [r.key[0] for r in list_unclaimed_renders(db, later_at)] == ["b"]
        assert list_unclaimed_renders(db, noon) == ()
        back_at = noon - timedelta(days=3)
        assert [r.key[0] for r in list_unclaimed_renders(db, back_at)] == ["b"]


def test_private_renders_expire(database: Database, new_render: MakeRender, noon: datetime) -> None:
    """Only private renders expire, and none that is being made."""
    add(database, new_render(), noon)
    add(database, new_render(key="b" * 64, is_private=True), noon)
    add(database, new_render(key="c" * 64, is_private=True), noon)
    claim(database, noon, key="c" * 64)
    with database.reading() as db:
        assert list_expired_private(db, noon) == ()
        expired = list_expired_private(db, noon + timedelta(seconds=1))
    assert [row.key[0] for row in expired] == ["b"]


def test_private_is_never_default(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """The file itself refuses a private render that the feed could announce."""
    with pytest.raises(IntegrityError):
        add(database, new_render(is_private=True, is_default=True), noon)
    with database.reading() as db:
        assert find_render(db, KEY) is None


def test_feed_shows_the_newest_of_each(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """Announced is the newest finished default render of a practice by a real voice."""
    with database.writing() as db:
        for slug in ("stepping-back", "three-breaths"):
            add_practice(db, slug=slug, title=slug, language="en", track="ground", now_at=noon)
    orders = [
        new_render(),
        new_render(key="b" * 64),
        new_render(key="c" * 64, voice="silent"),
        new_render(key="d" * 64, is_default=False),
        new_render(key="e" * 64, slug="three-breaths", is_private=True),
    ]
    for hour, new in enumerate(orders):
        add(database, new, noon)
        claim(database, noon, key=new.key)
        finish(database, noon + timedelta(hours=hour), key=new.key)
    with database.reading() as db:
        shown = find_announced(db, "stepping-back")
        practice = db.get_one(PracticeRow, "stepping-back")
        assert find_announced(db, "three-breaths") is None
    assert shown is not None
    assert shown.key[0] == "b"
    assert practice.published_at == noon
    assert [r.kind for r in shown.renditions] == ["mp3"]


def test_practices_keep_their_guid(database: Database, noon: datetime) -> None:
    """What is known of a practice follows its script; its guid never changes."""
    with database.writing() as db:
        first = add_practice(db, slug="x", title="Old", language="en", track="ground", now_at=noon)
        guid = first.guid
    with database.writing() as db:
        add_practice(db, slug="x", title="New", language="en", track="ground", now_at=noon)
        add_practice(db, slug="a", title="A", language="en", track="ground", now_at=noon)
    with database.reading() as db:
        assert [(row.slug, row.title) for row in list_practices(db)] == [("a", "A"), ("x", "New")]
        assert db.get_one(PracticeRow, "x").guid == guid


def test_feeds_keep_what_was_first(database: Database) -> None:
    """A feed's guid and first address stay even when the server moves."""
    with database.writing() as db:
        add_feed(db, name="all", guid="g1", first_url="u1")
    with database.writing() as db:
        row = add_feed(db, name="all", guid="g2", first_url="u2")
        assert (row.guid, row.first_url) == ("g1", "u1")
        assert find_feed(db, "none") is None


def test_latest_worker_is_known(database: Database, noon: datetime) -> None:
    """The worker that showed life last is told; those long gone are forgotten.

    One that stopped while the clock was ahead is not taken for one that is there.
    """
    later_at = noon + timedelta(days=2)
    with database.writing() as db:
        assert latest_worker_beat(db, later_at) is None
        beat_worker(db, "a", started_at=noon, voice_ok=False, now_at=noon)
        beat_worker(db, "b", started_at=noon, voice_ok=True, now_at=later_at)
        beat_worker(db, "b", started_at=noon, voice_ok=True, now_at=later_at)
    with database.writing() as db:
        beat = latest_worker_beat(db, later_at)
        assert beat is not None
        assert (beat.owner, beat.voice_ok, beat.beat_at) == ("b", True, later_at)
        remove_worker(db, "b")
        beat_worker(db, "c", started_at=noon, voice_ok=True, now_at=later_at + timedelta(days=400))
        assert latest_worker_beat(db, later_at) is None


def test_devices_are_hashed() -> None:
    """A token becomes 64 hexadecimal digits that say nothing of it."""
    assert len(hash_device("token")) == 64
    assert hash_device("token") != hash_device("Token")
