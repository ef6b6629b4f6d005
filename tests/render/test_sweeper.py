"""The sweeper: it puts right what was left behind, and touches nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from server.errors import RenderNotFound
from server.render import Workshop
from server.render.owners import is_owner_gone, new_owner
from server.render.sweeper import STALE_AFTER, Sweeper
from server.store import (
    Database,
    RenderRow,
    beat_render,
    cancel_render,
    claim_render,
    fail_render,
    hash_network,
)
from server.store.feed_tables import DownloadSaltRow
from server.timeline import Options

OWN = {"obstacle": "my secret wording"}
RowOf = Callable[[str], RenderRow]
LATER = timedelta(seconds=6)


@pytest.fixture
def sweeper(workshop: Workshop) -> Sweeper:
    return Sweeper(
        database=workshop.database,
        shelf=workshop.shelf,
        queue=workshop.queue,
        own_words_days=7,
    )


def claim(workshop: Workshop, key: str, owner: str) -> None:
    with workshop.database.writing() as db:
        assert claim_render(db, key, owner, datetime.now(UTC))


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_owners_are_told_apart() -> None:
    """Every claim has a name of its own; a living process, another host and init are not gone."""
    mine = new_owner()
    assert mine != new_owner()
    assert not is_owner_gone(mine)
    host = mine.rsplit(":", 2)[0]
    assert is_owner_gone(f"{host}:{dead_pid()}:x")
    assert not is_owner_gone(f"elsewhere:{dead_pid()}:x")
    assert not is_owner_gone(f"{host}:1:x")


def test_another_accounts_process_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that may not be signalled is alive."""

    def refuse(_pid: int, _signum: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert not is_owner_gone(new_owner())


def test_silent_owner_loses_it(workshop: Workshop, sweeper: Sweeper, row_of: RowOf) -> None:
    """An owner that shows no life for longer than the lease loses the render, not before."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    claim(workshop, key, new_owner())
    now_at, now_s = datetime.now(UTC), 1000.0
    sweeper.clock_s = lambda: now_s
    sweeper.sweep(now_at)
    now_s += STALE_AFTER.total_seconds() - 1
    sweeper.sweep(now_at)
    assert row_of(key).state == "running"
    now_s += 2
    sweeper.sweep(now_at)
    assert (row_of(key).state, row_of(key).attempts) == ("queued", 1)


@pytest.mark.parametrize("ahead", [timedelta(days=-3), timedelta(minutes=1)])
def test_another_machines_clock_takes_nothing(
    workshop: Workshop, sweeper: Sweeper, row_of: RowOf, ahead: timedelta
) -> None:
    """Whoever goes on showing life keeps it, however much his clock and ours differ."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    owner = new_owner()
    claim(workshop, key, owner)
    now_s = 1000.0
    sweeper.clock_s = lambda: now_s
    for seconds in range(0, 60, 2):
        now_s += 2
        beat_at = datetime.now(UTC) + ahead + timedelta(seconds=seconds)
        with workshop.database.writing() as db:
            life = {"phase": "", "stage": "", "done_ms": 0, "total_ms": 0}
            assert beat_render(db, key, owner, beat_at, **life)
        sweeper.sweep(datetime.now(UTC))
    assert row_of(key).state == "running"


def test_dead_owner_loses_it_at_once(workshop: Workshop, sweeper: Sweeper, row_of: RowOf) -> None:
    """A process of this host that is no more has lost its render without any wait."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    host = new_owner().rsplit(":", 2)[0]
    claim(workshop, key, f"{host}:{dead_pid()}:x")
    workshop.queue._mine().queue.huey.flush()
    sweeper.sweep(datetime.now(UTC))
    assert (row_of(key).state, row_of(key).owner) == ("queued", None)
    assert key in workshop.queue.pending_keys()


def test_lost_key_comes_back_once(workshop: Workshop, sweeper: Sweeper) -> None:
    """A waiting render that is not in the queue is put in, and only once."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    workshop.queue._mine().queue.huey.flush()
    sweeper.sweep(datetime.now(UTC))
    assert workshop.queue.pending_keys() == frozenset()
    for _ in range(3):
        sweeper.sweep(datetime.now(UTC) + LATER)
    assert [task.args[0] for task in workshop.queue._mine().queue.huey.pending()] == [key]


def test_old_private_renders_go(workshop: Workshop, sweeper: Sweeper, row_of: RowOf) -> None:
    """A private render is deleted with files and clips after its days; others stay."""
    private = workshop.order("small-step", Options(minutes=2, words=OWN), "device").key
    shared = workshop.order("small-step", Options(minutes=2), None).key
    clip = workshop.shelf.clip_path("c" * 64)
    with workshop.database.writing() as db:
        row = db.get(RenderRow, private)
        assert row is not None
        row.clip_keys = ["c" * 64]
    for path in (clip, workshop.shelf.render_folder(private) / "a.mp3"):
        workshop.shelf.publish(path, b"private")
    now_at = datetime.now(UTC)
    sweeper.sweep(now_at + timedelta(days=6))
    assert clip.exists()
    sweeper.sweep(now_at + timedelta(days=6, minutes=5))
    sweeper.sweep(now_at + timedelta(days=7, minutes=1))
    assert not clip.exists()
    assert not workshop.shelf.render_folder(private).exists()
    with pytest.raises(RenderNotFound):
        row_of(private)
    assert row_of(shared).state == "queued"


def test_cancelled_private_renders_go(workshop: Workshop, sweeper: Sweeper, row_of: RowOf) -> None:
    """A cancelled private render goes as soon as its worker must have stopped."""
    key = workshop.order("small-step", Options(minutes=2, words=OWN), "device").key
    claim(workshop, key, new_owner())
    with workshop.database.writing() as db:
        cancel_render(db, key, datetime.now(UTC))
    sweeper.sweep(datetime.now(UTC))
    assert row_of(key).state == "cancelled"
    sweeper.sweep(datetime.now(UTC) + LATER)
    with pytest.raises(RenderNotFound):
        row_of(key)


def test_old_temporaries_go(workshop: Workshop, sweeper: Sweeper) -> None:
    """Work in progress that was left behind for an hour is deleted; younger work stays."""
    young, old = (workshop.shelf.temporary_path(".mp3") for _ in range(2))
    two_hours_ago = datetime.now(UTC).timestamp() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    sweeper.sweep(datetime.now(UTC))
    assert (young.exists(), old.exists()) == (True, False)


@pytest.mark.parametrize("broken", ["requeue_stale", "tidy_private_feeds", "forget_downloads"])
def test_a_step_that_fails_keeps_no_other_back(
    workshop: Workshop,
    sweeper: Sweeper,
    row_of: RowOf,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    """Own words go when their days are over, whatever else breaks; and it is told what broke."""

    def fail(_: Sweeper, __: datetime) -> None:
        raise OSError("no")

    key = workshop.order("small-step", Options(minutes=2, words=OWN), "device").key
    monkeypatch.setattr(Sweeper, broken, fail)
    with pytest.raises(OSError, match="no"):
        sweeper.sweep(datetime.now(UTC) + timedelta(days=8))
    with pytest.raises(RenderNotFound):
        row_of(key)


def test_left_over_renders_go(workshop: Workshop, sweeper: Sweeper, row_of: RowOf) -> None:
    """An hour after it failed or was cancelled, a render's stream goes, as does what has no row;
    what is ordered anew in time, or finished, stays.
    """
    failed, again, waiting = (
        workshop.order("small-step", Options(minutes=m), None).key for m in (1, 2, 3)
    )
    unknown = "9" * 64
    claim(workshop, failed, "me")
    with workshop.database.writing() as db:
        assert fail_render(db, failed, "me", reason="so", now_at=datetime.now(UTC))
        assert cancel_render(db, again, datetime.now(UTC))
    keys = (failed, again, waiting, unknown)
    for key in keys:
        workshop.shelf.publish(workshop.shelf.stream_folder(key) / "1.m4s", b"sound")

    def left() -> set[str]:
        return {key for key in keys if workshop.shelf.render_folder(key).exists()}

    sweeper.remove_left_over(datetime.now(UTC) + timedelta(minutes=59))
    assert left() == set(keys)
    workshop.order("small-step", Options(minutes=2), None)
    sweeper.sweep(datetime.now(UTC) + timedelta(minutes=61))
    assert left() == {again, waiting}


def test_yesterdays_listeners_are_forgotten_after_midnight(
    workshop: Workshop, sweeper: Sweeper
) -> None:
    """The salt goes with the first sweep of the new day, also within the hour of the last one."""
    late_at = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    with workshop.database.writing() as db:
        hash_network(db, "192.0.2.1", late_at)
    sweeper.sweep(late_at)
    with workshop.database.reading() as db:
        assert db.query(DownloadSaltRow).count() == 1
    sweeper.sweep(late_at + timedelta(minutes=2))
    with workshop.database.reading() as db:
        assert db.query(DownloadSaltRow).count() == 0


def test_the_log_is_emptied_as_soon_as_nobody_reads(
    sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yesterday's salts live on in it: where it is in use it is tried again with the next tidying,
    and on a new day also where a listener deleted the salt before the sweeper came.
    """
    answers = [False, True, True]
    left = iter(answers)
    tried: list[bool] = []

    def empty_log(_: Database) -> bool:
        tried.append(next(left))
        return tried[-1]

    monkeypatch.setattr(Database, "empty_log", empty_log)
    noon_at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for hours, expected in ((0, 1), (1, 2), (2, 2), (12, 3), (13, 3)):
        sweeper.sweep(noon_at + timedelta(hours=hours))
        assert tried == answers[:expected], hours
