"""Rendering ahead: done while nobody waits, never in a listener's way, never again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from server.errors import NothingSpoken
from server.render import Workshop, find_guided, get_worksheet
from server.render import worker as worker_room
from server.render.ahead import QUIET_SECONDS, REST_SECONDS, Ahead
from server.render.sweeper import Sweeper
from server.render.voices import Voices
from server.render.worker import Worker
from server.store import (
    RenderRow,
    beat_render,
    cancel_render,
    claim_render,
    fail_render,
    find_practice,
    finish_render,
    get_render,
    is_made_ahead,
    list_announceable,
    list_on_their_way,
)
from server.timeline import Options
from server.units import Bytes
from tests.render.conftest import SilenceInTheNameOf, until

WORKSHEET = """title: One thing
language: en
summary: One question.
message: To look.
fields:
  - {kind: text, name: situation, ask: "What happened?", longest: 200}
"""
RowOf = Callable[[str], RenderRow]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def workshop(workshop: Workshop) -> Workshop:
    """The workshop with a voice that is meant to be heard."""
    return replace(workshop, settings=replace(workshop.settings, voice="joe"))


@pytest.fixture
def ahead(workshop: Workshop) -> Ahead:
    """Somebody who has looked once, so that the house counts as quiet from 0 on."""
    ahead = Ahead(workshop=workshop)
    assert ahead.find_next(0.0) is None
    return ahead


@pytest.fixture
def work(workshop: Workshop, producer, monkeypatch: pytest.MonkeyPatch):
    """Start a worker that looks often, and stop it in the end."""
    monkeypatch.setattr("server.render.ahead.QUIET_SECONDS", 0.1)
    monkeypatch.setattr(worker_room, "AHEAD_SECONDS", 0.05)
    workers = []

    def start(**settings: object) -> Worker:
        worker = Worker(
            settings=replace(workshop.settings, **settings),
            produce=producer,
            voices=Voices(SilenceInTheNameOf),
        )
        workers.append(worker)
        worker.start()
        until(lambda: worker.is_voice_ok)
        return worker

    yield start
    for worker in workers:
        worker.stop()
        worker._workshop.database.close()


def on_their_way(workshop: Workshop) -> list[RenderRow]:
    with workshop.database.reading() as db:
        return list(list_on_their_way(db))


def test_usual_length_is_made_when_it_is_quiet(
    workshop: Workshop, ahead: Ahead, row_of: RowOf
) -> None:
    """After a quiet while the usual length is ordered, for nobody, and not through the queue."""
    assert ahead.find_next(QUIET_SECONDS - 0.1) is None
    key = ahead.find_next(QUIET_SECONDS)
    assert key is not None
    row = row_of(key)
    assert (row.minutes, row.is_default, row.wanted_at, row.state) == (2, True, None, "queued")
    assert workshop.queue.pending_keys() == frozenset()


def test_lengths_of_courses_are_made_after_the_usual_ones(
    workshop: Workshop, ahead: Ahead, row_of: RowOf
) -> None:
    """What a course needs for its feed is made too, once, and as plain as it is announced."""
    folder = workshop.settings.scripts_path / "courses"
    folder.mkdir()
    sittings = "".join(
        f"  - {{practice: small-step, minutes: {minutes}, why: So.}}\n" for minutes in (3, 2, 3)
    )
    about = "slug: steps\ntitle: Steps\nsummary: Three.\nwhy: [So.]\n"
    (folder / "steps.yaml").write_text(f"{about}sittings:\n{sittings}", encoding="utf-8")
    found = []
    for at_s in (100.0, 200.0):
        key = ahead.find_next(at_s)
        assert key is not None
        found.append((row_of(key).minutes, row_of(key).is_default, row_of(key).is_plain))
        with workshop.database.writing() as db:
            claim_render(db, key, "me", NOW)
            fail_render(db, key, "me", reason="so", now_at=NOW)
    assert found == [(2, True, True), (3, False, True)]
    assert ahead.find_next(300.0) is None


def test_worksheets_come_after_the_practices(
    workshop: Workshop, ahead: Ahead, row_of: RowOf
) -> None:
    """Their guided audio is made as well, and is in no library and no feed."""
    folder = workshop.settings.scripts_path / "worksheets"
    folder.mkdir()
    (folder / "one.yaml").write_text(WORKSHEET)
    key = ahead.find_next(100.0)
    assert key is not None
    assert row_of(key).slug == "small-step"
    with workshop.database.writing() as db:
        assert claim_render(db, key, "me", NOW)
        assert fail_render(db, key, "me", reason="so", now_at=NOW)
    key = ahead.find_next(200.0)
    assert key is not None
    assert (row_of(key).slug, row_of(key).is_default) == ("write-one", False)
    with workshop.database.reading() as db:
        assert find_practice(db, "write-one") is None
    guided = find_guided(workshop.settings, get_worksheet(folder.parent, "one"))
    assert guided is not None
    assert workshop.order_guided(guided).key == key
    assert row_of(key).wanted_at is not None  # somebody waits for it by now


def test_listeners_keep_the_house_busy(workshop: Workshop, ahead: Ahead) -> None:
    """While a listener waits nothing is made ahead, and the quiet is counted anew afterwards."""
    key = workshop.order("small-step", Options(minutes=3), None).key
    assert ahead.find_next(100.0) is None
    with workshop.database.writing() as db:
        assert claim_render(db, key, "me", NOW)
    assert ahead.find_next(200.0) is None
    with workshop.database.writing() as db:
        assert fail_render(db, key, "me", reason="so", now_at=NOW)
    assert ahead.find_next(300.0) is None
    assert ahead.find_next(300.0 + QUIET_SECONDS) is not None


def test_only_one_in_the_whole_house(workshop: Workshop, ahead: Ahead) -> None:
    """What another worker makes ahead keeps this one from beginning a second."""
    key = ahead.find_next(100.0)
    assert key is not None
    with workshop.database.writing() as db:
        assert claim_render(db, key, "another", NOW)
    assert ahead.find_next(200.0) is None


def test_what_was_put_back_is_taken_up_again(ahead: Ahead) -> None:
    """A render that gave way, and waits for nobody, is the next to be made."""
    key = ahead.find_next(100.0)
    assert ahead.find_next(101.0) == key


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_what_failed_is_left_alone_until_the_script_changes(
    workshop: Workshop, ahead: Ahead, end: str
) -> None:
    """No render is tried again and again; a changed script is another render."""
    key = ahead.find_next(100.0)
    assert key is not None
    with workshop.database.writing() as db:
        assert claim_render(db, key, "me", NOW)
        if end == "failed":
            assert fail_render(db, key, "me", reason="so", now_at=NOW)
        else:
            assert cancel_render(db, key, NOW)
    assert ahead.find_next(200.0) is None
    path = workshop.settings.scripts_path / "small-step.md"
    path.write_text(path.read_text().replace("That was all.", "That is all there was."))
    assert ahead.find_next(200.0 + REST_SECONDS - 1) is None  # it looks through it now and then
    assert ahead.find_next(200.0 + REST_SECONDS) not in (None, key)


def test_listener_may_try_what_failed_ahead(
    workshop: Workshop, ahead: Ahead, row_of: RowOf
) -> None:
    """A press of play makes it anew, and then somebody waits for it."""
    key = ahead.find_next(100.0)
    with workshop.database.writing() as db:
        claim_render(db, str(key), "me", NOW)
        fail_render(db, str(key), "me", reason="so", now_at=NOW)
    assert workshop.order("small-step", Options(minutes=2), None).key == key
    assert row_of(str(key)).wanted_at is not None
    assert workshop.queue.pending_keys() == {key}


def test_drafts_and_full_disks_are_no_reason_to_work(workshop: Workshop) -> None:
    """Nothing is made ahead by the silent voice, nor of the room that listeners need."""
    for changes in ({"voice": "silent"}, {"least_free_bytes": Bytes(10**18)}, {"voice": "nobody"}):
        other = Ahead(workshop=replace(workshop, settings=replace(workshop.settings, **changes)))
        assert [other.find_next(at_s) for at_s in (0.0, 100.0)] == [None, None]
    assert on_their_way(workshop) == []


def test_press_makes_a_queued_one_wanted(workshop: Workshop, ahead: Ahead, row_of: RowOf) -> None:
    """Who orders what lies ready to be made ahead is put in the queue, once."""
    key = ahead.find_next(100.0)
    for _ in range(2):
        assert workshop.order("small-step", Options(minutes=2), None).key == key
    assert row_of(str(key)).wanted_at is not None
    assert [task.args[0] for task in workshop.queue._mine().queue.huey.pending()] == [key]


def test_press_on_what_is_running_needs_no_room(
    workshop: Workshop, ahead: Ahead, row_of: RowOf
) -> None:
    """A render in hand becomes wanted with the next beat, even when no new one may begin."""
    key = str(ahead.find_next(100.0))
    full = replace(workshop, settings=replace(workshop.settings, least_free_bytes=Bytes(10**18)))
    with workshop.database.writing() as db:
        claim_render(db, key, "me", NOW)
    assert full.order("small-step", Options(minutes=2), None).state == "running"
    assert workshop.queue.pending_keys() == frozenset()
    with workshop.database.writing() as db:
        held = beat_render(db, key, "me", NOW, phase="", stage="", done_ms=0, total_ms=0)
    assert held is not None
    assert held.wanted_at is not None


def test_sweeper_leaves_what_is_ahead_to_its_worker(
    workshop: Workshop, ahead: Ahead, row_of: RowOf
) -> None:
    """A render that nobody waits for never gets into the queue, even when its worker died."""
    key = str(ahead.find_next(100.0))
    with workshop.database.writing() as db:
        claim_render(db, key, "elsewhere:1:x", NOW)
    sweeper = Sweeper(
        database=workshop.database, shelf=workshop.shelf, queue=workshop.queue, own_words_days=7
    )
    for now_s in (0.0, 10.0, 20.0):
        sweeper.clock_s = partial(float, now_s)
        sweeper.sweep(datetime.now(UTC))
    assert row_of(key).state == "queued"
    assert workshop.queue.pending_keys() == frozenset()


def test_idle_worker_makes_it(workshop: Workshop, producer, work) -> None:
    """A worker with nothing to do makes the usual length; the next press finds it ready."""
    work()
    until(lambda: bool(producer.orders) and not on_their_way(workshop))
    row = workshop.order("small-step", Options(minutes=2), None)
    assert (row.state, row.wanted_at, row.is_default) == ("done", None, True)
    assert len(producer.orders) == 1


def test_setting_no_makes_nothing(workshop: Workshop, producer, work) -> None:
    """With STEPBACK_RENDER_AHEAD=no the worker only makes what is ordered."""
    worker = work(renders_ahead=False)
    workshop.order("small-step", Options(minutes=3), None)
    until(lambda: bool(producer.orders) and not worker._bench._leases)
    with workshop.database.reading() as db:
        assert [row.minutes for row in db.query(RenderRow)] == [3]


def test_failure_is_not_repeated(workshop: Workshop, producer, work) -> None:
    """A render that fails ahead is tried once."""
    producer.error = NothingSpoken()
    worker = work()
    until(lambda: bool(producer.orders) and not worker._bench._leases)
    until(lambda: worker._ahead._rest_until_s > 0)
    assert len(producer.orders) == 1


def test_press_in_the_middle_makes_it_wanted(
    workshop: Workshop, producer, work, row_of: RowOf
) -> None:
    """Who presses play on what is being made ahead waits for that very render, and is known."""
    producer.hold = True
    worker = work()
    assert producer.begun.wait(60)
    [lease] = worker._bench._leases.values()
    assert lease.wanted is False
    row = workshop.order("small-step", Options(minutes=2), None)
    assert (row.key, row.state) == (lease.key, "running")
    until(lambda: lease.wanted, 2)
    workshop.order("small-step", Options(minutes=3), None)
    until(lambda: len(worker._bench._leases) == 2)
    producer.gate.set()
    until(lambda: row_of(lease.key).state == "done")
    assert [order.render_key for order in producer.orders].count(lease.key) == 1


def test_it_gives_way_and_comes_back(workshop: Workshop, producer, work, row_of: RowOf) -> None:
    """A listener's order stops what is made ahead within a second; it is made afterwards."""
    producer.hold = True
    worker = work()
    assert producer.begun.wait(60)
    [lease] = worker._bench._leases.values()
    wanted = workshop.order("small-step", Options(minutes=3), None).key
    until(lambda: [each.key for each in worker._bench._leases.values()] == [wanted], 1)
    row = row_of(lease.key)
    assert (row.state, row.attempts) == ("queued", 0)
    assert is_made_ahead(row)
    producer.gate.set()
    until(lambda: row_of(wanted).state == "done")
    until(lambda: row_of(lease.key).state == "done")
    with workshop.database.reading() as db:
        assert get_render(db, lease.key).wanted_at is None


def test_many_presses_are_taken_at_once(workshop: Workshop, producer, make_worker) -> None:
    """Sixteen renders are in hand at the same time; the seventeenth stays in the queue."""
    producer.hold = True
    script = (workshop.settings.scripts_path / "small-step.md").read_text()
    for number in range(17):
        copy = script.replace("slug: small-step", f"slug: step-{number}")
        copy = copy.replace("That was all.", f"That was number {number}.")
        (workshop.settings.scripts_path / f"step-{number}.md").write_text(copy)
        workshop.order(f"step-{number}", Options(minutes=2), None)
    worker = make_worker(producer)
    worker.start()
    until(lambda: len(worker._bench._leases) == 16)
    until(lambda: len(workshop.queue.pending_keys()) == 1)
    producer.gate.set()
    until(lambda: not on_their_way(workshop))


def test_an_edit_that_is_taken_back_is_in_the_feed_again(
    workshop: Workshop,
) -> None:
    """What stood before the edit is there already; it is announced again, and made by nobody."""
    path = workshop.settings.scripts_path / "small-step.md"
    text = path.read_text()
    keys = []
    for day, now in enumerate((text, text.replace("That was all.", "That was all of it."))):
        path.write_text(now)
        key = workshop.order_ahead("small-step")
        assert key is not None
        _finish(workshop, key, NOW + timedelta(days=day))
        keys.append(key)
    assert _announced(workshop) == keys[1]
    path.write_text(text)
    assert workshop.order_ahead("small-step") is None
    assert _announced(workshop) == keys[0]
    path.write_text(text.replace("That was all.", "That was all of it."))
    assert workshop.order("small-step", Options(minutes=2), None).key == keys[1]
    assert _announced(workshop) == keys[1], "whoever presses play says it as well"


def test_a_length_that_becomes_the_usual_one_is_announced(workshop: Workshop) -> None:
    """It was recorded before, as any length; the feed has it from the next look on."""
    path = workshop.settings.scripts_path / "small-step.md"
    longer, usual = workshop.order_ahead("small-step", 3), workshop.order_ahead("small-step")
    assert longer
    assert usual
    _finish(workshop, longer, NOW)
    _finish(workshop, usual, NOW + timedelta(days=1))
    path.write_text(path.read_text().replace("[1, 2, 3]", "[2, 3, 4]"))
    assert workshop.order_ahead("small-step") is None
    assert _announced(workshop) == longer


def _finish(workshop: Workshop, key: str, now_at: datetime) -> None:
    with workshop.database.writing() as db:
        assert claim_render(db, key, "me", now_at)
        about = {"renditions": [], "report": {}, "duration_ms": 1, "clip_keys": []}
        assert finish_render(db, key, "me", now_at=now_at, **about)


def _announced(workshop: Workshop) -> str:
    with workshop.database.reading() as db:
        return next(each.key for each in list_announceable(db) if each.is_default)
