"""Real worker processes that are killed, stopped, paused and raced: nothing is lost or doubled."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import event

from server.cli import main
from server.errors import Busy
from server.render import Workshop
from server.render.worker import Worker
from server.store import Database, RenderRow, count_waiting, latest_worker_beat
from server.timeline import Options
from tests.ticks import Ticks

RowOf = Callable[[str], RenderRow]

MANNERS = ["attentive", pytest.param("stubborn", marks=pytest.mark.long)]
"""How a render takes it to be told something; one of them does not listen."""


def assert_published(workshop: Workshop, row: RenderRow) -> bytes:
    """The row names a file whose bytes have the recorded hash; gives them."""
    [rendition] = row.renditions
    data = (workshop.shelf.render_folder(row.key) / rendition.file_name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == rendition.sha256
    return data


BRIEFLY = {"sqlite": "PRAGMA busy_timeout=200", "postgresql": "SET lock_timeout=200"}


def brief_database(workshop: Workshop) -> Database:
    """The same database, for whoever would rather be told at once that somebody writes."""
    database = Database(workshop.settings.database_address)
    engine = database._mine().engine
    event.listen(engine, "connect", lambda raw, _: raw.execute(BRIEFLY[engine.name]).close())
    return database


def pause_between_writes(program, workshop: Workshop) -> None:
    """Stop a process with SIGSTOP while it is not its turn to write.

    In the middle of a transaction it would hold up every other writer, which no lease can help;
    its own threads as well, so that it may not stand there for long.
    It stops a little later than it is told to; what it does until then counts as well.
    """
    with closing(brief_database(workshop)) as brief:
        while True:
            program.send(signal.SIGSTOP)
            os.waitpid(program.process.pid, os.WUNTRACED)
            try:
                with brief.writing():
                    return
            except Busy:
                program.send(signal.SIGCONT)
                with workshop.database.writing():
                    pass  # its turn is over; stopped again at once, it would stand where it stood


def test_killed_worker_loses_nothing(workshop, run_program, row_of: RowOf) -> None:
    """A worker killed with -9 in mid-render: another one finishes it within 15 s."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    first = run_program("worker_program.py", "attentive")
    first.wait_for("producing")
    first.send(signal.SIGKILL)
    first.process.wait(60)
    assert row_of(key).state == "running"
    with Ticks() as ticks:
        second = run_program("worker_program.py", "attentive")
        second.tell("go on")
        second.wait_for("render done")
    assert ticks.seconds < 15
    row = row_of(key)
    assert (row.state, row.attempts) == ("done", 1)
    assert_published(workshop, row)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_stopped_worker_gives_back(
    workshop, run_program, row_of: RowOf, signum: int, manner: str
) -> None:
    """Told to stop, a worker puts its render back, uncounted, and exits within 3 s; even when
    the render does not listen, and when it is told twice.
    """
    key = workshop.order("small-step", Options(minutes=2), None).key
    worker = run_program("worker_program.py", manner)
    worker.wait_for("producing")
    with Ticks() as ticks:
        worker.send(signum)
        worker.send(signal.SIGTERM)
        worker.wait_for("exited")
        assert worker.process.wait(30) == 0
    assert ticks.seconds < 3
    row = row_of(key)
    assert (row.state, row.owner, row.attempts) == ("queued", None, 0)
    assert workshop.queue.pending_keys() == {key}
    with workshop.database.reading() as db:
        assert latest_worker_beat(db, datetime.now(UTC)) is None


@pytest.mark.parametrize("manner", MANNERS)
def test_paused_worker_cannot_publish(workshop, run_program, row_of: RowOf, manner: str) -> None:
    """A worker paused past its lease and woken finds its render taken over, and changes nothing."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    sleeper = run_program("worker_program.py", manner)
    sleeper.wait_for("producing")
    pause_between_writes(sleeper, workshop)
    second = run_program("worker_program.py", "attentive")
    second.wait_for("producing")
    second.tell("go on")
    second.wait_for("render done")
    before = row_of(key)
    sleeper.tell("go on")
    sleeper.send(signal.SIGCONT)
    sleeper.wait_for("render let go")
    row = row_of(key)
    assert (row.state, row.attempts, row.finished_at) == ("done", 1, before.finished_at)
    assert assert_published(workshop, row).endswith(f"by {second.process.pid}".encode())


def test_crash_before_the_queue_is_healed(
    workshop, run_program, row_of: RowOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that was committed, but whose key never reached the queue, is made all the same."""
    with monkeypatch.context() as patched:
        patched.setattr(type(workshop.queue), "put", lambda *_: None)
        key = workshop.order("small-step", Options(minutes=2), None).key
    assert workshop.queue.pending_keys() == frozenset()
    ordered_at = datetime.now(UTC)
    worker = run_program("worker_program.py", "attentive")
    worker.tell("go on")
    worker.wait_for("render done")
    row = row_of(key)
    assert row.state == "done"
    assert row.finished_at is not None
    assert (row.finished_at - ordered_at).total_seconds() < 20


def test_fifty_orders_are_one_render(
    workshop: Workshop, run_program, producer, make_worker: Callable[..., Worker]
) -> None:
    """Fifty simultaneous orders from four processes: one row, one key in the queue, one
    production.
    """
    programs = [run_program("order_program.py", str(n)) for n in (13, 13, 12, 12)]
    for program in programs:
        program.wait_for("ready")
    for program in programs:
        program.tell("go")
    for program in programs:
        program.wait_for("all ordered")
    keys = [line.split()[1] for p in programs for line in p.lines if line.startswith("ordered")]
    assert (len(keys), len(set(keys))) == (50, 1), [program.lines for program in programs]
    with workshop.database.reading() as db:
        assert count_waiting(db) == 1
    assert workshop.queue.pending_keys() == {keys[0]}
    workshop.queue.put(keys[0])  # and should the queue bring it twice
    worker = make_worker(producer)
    worker.perform(keys[0])
    worker.perform(keys[0])
    assert [order.render_key for order in producer.orders] == [keys[0]]


@pytest.mark.parametrize("manner", MANNERS)
def test_cancelled_render_is_let_go(
    workshop, run_program, row_of: RowOf, environment, manner: str
) -> None:
    """`stepback renders cancel`: within 2 s the worker has let go, and nothing but finished clips
    is left; one that does not listen cannot publish, and leaves nothing either.
    """
    key = workshop.order("small-step", Options(minutes=2), None).key
    worker = run_program("worker_program.py", manner)
    worker.wait_for("producing")
    assert workshop.shelf.stream_folder(key).is_dir()
    with Ticks() as ticks:
        said = CliRunner(env=environment).invoke(main, ["renders", "cancel", key[:8]])
    assert (said.exit_code, said.output.splitlines()[0]) == (
        0,
        "Cancelled: A small step, 2 minutes.",
    )
    if manner == "attentive":
        assert ticks.seconds < 2
        assert len(said.output.splitlines()) == 1
    else:
        assert "has not answered yet" in said.output
        worker.tell("go on")
        worker.wait_for("render let go")
    assert (row_of(key).state, row_of(key).owner) == ("cancelled", None)
    assert not workshop.shelf.render_folder(key).exists()
    assert workshop.shelf.has_clip("c" * 64)
    worker.wait_for("render left")
    workshop.order("small-step", Options(minutes=2), None)
    worker.tell("go on")
    worker.wait_for("render done")
