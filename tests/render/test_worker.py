"""The worker in this process: what becomes of a render, whatever becomes of its making."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from server.errors import NothingSpoken, RenderNotFound, SchemaMismatch, VoiceUnavailable
from server.render import RenderQueue, Workshop
from server.render.accident import ACCIDENT
from server.render.covers import HOUSE_TRACK, TRACK_TITLES, get_cover
from server.render.lease import Bench
from server.render.secret import private_clip_key, private_salt, server_secret
from server.render.voices import Voices
from server.render.worker import BEAT_SECONDS, Worker, run_worker
from server.store import RenderRow, cancel_render, latest_worker_beat
from server.store.shelves import open_shelf
from server.timeline import Options
from server.units import Bytes
from server.voice import SILENT, SilentSpeaker, Speaker, clip_key
from tests.render.conftest import SilenceInTheNameOf, until

OWN = {"obstacle": "my secret wording"}
RowOf = Callable[[str], RenderRow]
MakeWorker = Callable[..., Worker]


def test_render_is_made_and_kept(
    workshop: Workshop, producer, make_worker: MakeWorker, row_of: RowOf
) -> None:
    """A queued render is produced as ordered and finished with its files; stray ones are gone."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    stray = workshop.shelf.render_folder(key) / "stray.mp3"
    workshop.shelf.publish(stray, b"of an attempt that was killed")
    make_worker(producer).perform(key)
    row = row_of(key)
    assert (row.state, row.duration_ms, row.report) == ("done", 60_000, {"lufs": -19.0})
    [rendition] = row.renditions
    assert (workshop.shelf.render_folder(key) / rendition.file_name).is_file()
    assert not stray.exists()
    [order] = producer.orders
    assert (order.render_key, order.script.slug, order.private_salt) == (key, "small-step", None)
    assert order.plan.target_ms == 120_000


def test_private_clips_are_named_before_they_are_made(
    workshop: Workshop, producer, make_worker: MakeWorker, row_of: RowOf
) -> None:
    """Even when a private render fails, its row names every clip that may have been made."""
    key = workshop.order("small-step", Options(minutes=2, words=OWN), "device").key
    producer.error = NothingSpoken()
    make_worker(producer).perform(key)
    [order] = producer.orders
    [private] = [each for each in order.plan.utterances if each.is_private]
    assert private.text == "Here is what is in the way: “my secret wording”."
    salt = private_salt(server_secret(workshop.settings.secret_path), key)
    assert order.private_salt == salt
    row = row_of(key)
    assert row.clip_keys == [private_clip_key(salt, clip_key(SILENT, private))]
    assert (row.state, row.order["words"]) == ("failed", {})


def test_own_error_is_the_reason(
    workshop: Workshop, producer, make_worker: MakeWorker, row_of: RowOf
) -> None:
    """What the house knows how to say is the reason; the next order tries again."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    producer.error = NothingSpoken("The voice made no sound.")
    worker = make_worker(producer)
    worker.perform(key)
    assert (row_of(key).state, row_of(key).reason) == ("failed", "The voice made no sound.")
    producer.error = None
    workshop.order("small-step", Options(minutes=2), None)
    worker.perform(key)
    assert row_of(key).state == "done"


def test_accident_is_logged_without_words(
    workshop: Workshop,
    producer,
    make_worker: MakeWorker,
    row_of: RowOf,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An unforeseen error fails the render with a plain reason; the log holds no words."""
    key = workshop.order("small-step", Options(minutes=2, words=OWN), "device").key
    producer.error = RuntimeError("cannot speak 'my secret wording'")
    with caplog.at_level(logging.DEBUG):
        make_worker(producer).perform(key)
    assert (row_of(key).state, row_of(key).reason) == ("failed", ACCIDENT)
    assert "RuntimeError" in caplog.text
    assert "conftest.py" in caplog.text
    assert key in caplog.text
    assert "secret wording" not in caplog.text


def test_full_disk_fails_before_work(workshop: Workshop, producer, row_of: RowOf, settings) -> None:
    """With too little space nothing is produced, and the reason says so."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    full = replace(settings, least_free_bytes=Bytes(10**18))
    voices = Voices(lambda _: SilentSpeaker())
    Worker(settings=full, produce=producer, voices=voices).perform(key)
    assert row_of(key).state == "failed"
    assert "full" in row_of(key).reason
    assert producer.orders == []


def test_unknown_and_finished_keys_are_no_work(
    workshop: Workshop, producer, make_worker: MakeWorker
) -> None:
    """A key without a waiting row is passed over."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    worker = make_worker(producer)
    for each in (key, key, "f" * 64):
        worker.perform(each)
    assert len(producer.orders) == 1


def test_broken_database_does_not_stop_the_worker(
    workshop: Workshop, producer, make_worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    """Even a row that cannot be written is only logged; perform() returns."""
    worker = make_worker(producer)
    with workshop.database.writing() as db:
        db.execute(text("ALTER TABLE renders RENAME TO hidden"))
    worker.perform("a" * 64)
    assert re.search(r"(Operational|Programming)Error", caplog.text)
    with workshop.database.writing() as db:
        db.execute(text("ALTER TABLE hidden RENAME TO renders"))


def test_cancel_stops_within_two_seconds(
    workshop: Workshop, producer, make_worker: MakeWorker, row_of: RowOf, monkeypatch
) -> None:
    """A running render that is cancelled stops, stays cancelled and publishes nothing.

    Two seconds are two beats: a machine that is busy with testing has slower ones.
    """
    beats, beat_all = [], Bench.beat_all
    monkeypatch.setattr(Bench, "beat_all", lambda bench: (beats.append(1), beat_all(bench)))
    producer.hold = True
    worker = make_worker(producer)
    worker.start()
    key = workshop.order("small-step", Options(minutes=2), None).key
    assert producer.begun.wait(60)
    with workshop.database.writing() as db:
        assert cancel_render(db, key, datetime.now(UTC))
    before = len(beats)
    until(lambda: not worker._bench._leases, seconds=30)
    assert (len(beats) - before) * BEAT_SECONDS <= 2
    assert row_of(key).state == "cancelled"
    assert not workshop.shelf.render_folder(key).exists()


def test_forgotten_while_running(
    workshop: Workshop, producer, make_worker: MakeWorker, row_of: RowOf
) -> None:
    """A private render that is forgotten in mid-making stops, and is nobody's at once."""
    producer.hold = True
    worker = make_worker(producer)
    worker.start()
    key = workshop.order("small-step", Options(minutes=2, words=OWN), "device").key
    assert producer.begun.wait(60)
    workshop.forget(key, "device")
    assert (row_of(key).state, row_of(key).device_hash) == ("cancelled", None)
    with pytest.raises(RenderNotFound):
        workshop.forget(key, "device")
    until(lambda: not worker._bench._leases)
    assert row_of(key).order["words"] == {}


def test_progress_and_life_are_shown(
    workshop: Workshop, producer, make_worker: MakeWorker, row_of: RowOf
) -> None:
    """While it is made, the row tells phase, stage and how much is done; the worker beats."""
    producer.hold = True
    worker = make_worker(producer)
    worker.start()
    key = workshop.order("small-step", Options(minutes=2), None).key
    until(lambda: row_of(key).phase == "speaking")
    row = row_of(key)
    assert (row.stage, row.done_ms, row.total_ms) == ("Arriving", 1_000, 2_000)

    def is_voice_ok() -> bool:
        with workshop.database.reading() as db:
            beat = latest_worker_beat(db, datetime.now(UTC))
        return beat is not None and beat.owner == worker.owner and beat.voice_ok

    until(is_voice_ok)
    producer.gate.set()
    until(lambda: row_of(key).state == "done")


def test_stopping_worker_begins_nothing(
    workshop: Workshop, producer, make_worker: MakeWorker, row_of: RowOf
) -> None:
    """A key that is taken out while the worker stops goes back into the queue."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    worker = make_worker(producer)
    worker.stopping.set()
    worker.perform(key)
    assert (row_of(key).state, producer.orders) == ("queued", [])
    assert key in workshop.queue.pending_keys()


def test_voice_that_stops_with_us_is_no_failure(
    workshop: Workshop, producer, make_worker: MakeWorker, row_of: RowOf
) -> None:
    """An error while the worker stops puts the render back."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    worker = make_worker(producer)

    def stop_and_fail(*_: object, **__: object) -> None:
        worker.stopping.set()
        raise NothingSpoken

    worker.produce = stop_and_fail
    worker.perform(key)
    assert (row_of(key).state, row_of(key).attempts) == ("queued", 0)


@pytest.mark.parametrize("error", [VoiceUnavailable("No voice here."), OSError("secret")])
def test_missing_voice_is_said(
    workshop: Workshop, producer, settings, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """A voice that cannot be loaded is logged, and the worker is not ready to speak."""

    def open_voice(_: str) -> Speaker:
        raise error

    worker = Worker(settings=settings, produce=producer, voices=Voices(open_voice))
    worker._warm()
    assert worker.is_voice_ok is False
    assert type(error).__name__ in caplog.text or "No voice here." in caplog.text
    assert "secret" not in caplog.text


def test_covers_of_feeds_are_drawn_before_the_voices_are_warm(
    settings, producer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restore feeds are complete at once; their pictures must not wait for a voice."""
    shelf, titled = open_shelf(settings), (settings.title, HOUSE_TRACK)
    worker = Worker(settings=settings, produce=producer, voices=Voices(SilenceInTheNameOf))

    def warm(worker: Worker) -> None:
        assert get_cover(shelf, *titled)
        assert get_cover(shelf, *titled, is_small=True)
        assert get_cover(shelf, TRACK_TITLES["en"]["obstacles"], "obstacles")
        worker.stopping.set()

    monkeypatch.setattr(Worker, "_warm", warm)
    worker._prepare()
    assert worker.stopping.is_set()


def test_a_voice_that_fails_at_first_is_tried_again(
    settings, producer, monkeypatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A machine may be too busy to load one in time: the worker is ready as soon as it can be."""
    failures = [VoiceUnavailable("It took too long."), None]

    def open_voice(_: str) -> Speaker:
        error = failures.pop(0) if failures else None
        if error is not None:
            raise error
        return SilentSpeaker()

    monkeypatch.setattr("server.render.worker.COVERS_SECONDS", 0.01)
    worker = Worker(settings=settings, produce=producer, voices=Voices(open_voice))
    caplog.set_level("INFO")
    worker.start()
    until(lambda: worker.is_voice_ok)
    worker.stop()
    worker._workshop.database.close()
    told = caplog.text
    assert told.index("worker not ready") < told.rindex("worker ready")


def test_voices_are_opened_once() -> None:
    """Both threads of a worker share one speaker for each voice."""
    opened: list[str] = []

    def open_voice(name: str) -> Speaker:
        opened.append(name)
        return SilentSpeaker()

    voices = Voices(open_voice)
    assert voices.get("joe") is voices.get("joe")
    voices.warm(["joe", "silent"])
    assert opened == ["joe", "silent"]
    voices.close()
    voices.get("joe")
    assert opened == ["joe", "silent", "joe"]


def test_worker_needs_a_migrated_database(workshop: Workshop, settings) -> None:
    """A worker does not start on a database of another shape."""
    with workshop.database.writing() as db:
        db.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(SchemaMismatch):
        run_worker(settings)


def test_refused_key_is_no_error(
    workshop: Workshop, row_of: RowOf, caplog: pytest.LogCaptureFixture
) -> None:
    """When the queue's file fails, the order stands all the same: its row is the truth."""
    path = workshop.settings.data_path / "folder"
    path.mkdir(parents=True)
    broken = replace(workshop, queue=RenderQueue(path))
    key = broken.order("small-step", Options(minutes=2), None).key
    assert row_of(key).state == "queued"
    assert "queue refused" in caplog.text
