"""A house whose recordings are in an S3 store, on a real server that is away now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.config import Settings
from server.errors import StoreUnavailable
from server.render import Workshop
from server.render.speech import Speech, publish_clip
from server.render.store_check import check_store
from server.render.sweeper import Sweeper
from server.render.voices import Voices
from server.render.worker import Worker
from server.store import RenderState, find_render, requeue_render
from server.store.far import Far
from server.store.far_shelf import FarShelf
from server.store.shelves import open_shelf
from server.timeline import Options, Utterance
from server.voice import SilentSpeaker, clip_key, no_urgency
from tests import s3_server
from tests.proxy import Proxy
from tests.render.conftest import FakeProducer, until
from tests.render.live import SilenceInTheNameOf

pytestmark = pytest.mark.xdist_group("s3")  # one server for all of these

DEVICE = "a" * 43


@pytest.fixture
def environment(environment: dict[str, str], far_proxy: Proxy) -> dict[str, str]:
    return {**environment, "STEPBACK_STORE_URL": s3_server.new_url(far_proxy.port)}


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> FarShelf:
    """The same house on another machine, which has a folder of its own."""
    return FarShelf(tmp_path / "another machine", Far(settings.store_url))


def order(workshop: Workshop, **words: str) -> str:
    return workshop.order("small-step", Options(minutes=2, words=words), DEVICE).key


def wait_until_done(row_of: Callable, key: str) -> None:
    until(lambda: row_of(key).state == RenderState.DONE)


def sweeper_of(workshop: Workshop) -> Sweeper:
    return Sweeper(
        database=workshop.database, shelf=workshop.shelf, queue=workshop.queue, own_words_days=7
    )


def test_what_is_done_is_in_the_store(workshop, make_worker, row_of, elsewhere) -> None:
    """Another machine has all of it as soon as the row says done."""
    key = order(workshop)
    make_worker(FakeProducer()).start()
    wait_until_done(row_of, key)
    (file,) = row_of(key).renditions
    with elsewhere.lend(elsewhere.render_folder(key) / file.file_name, is_own=False) as path:
        assert path.read_bytes() == f"sound of {key}".encode()


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_a_render_waits_for_the_store_and_is_done_when_it_is_back(
    workshop, make_worker, row_of, elsewhere, far_proxy, mode
) -> None:
    """While the store is away the row says that it is being made; then it is done, by itself."""
    far_proxy.be(mode)
    key, producer = order(workshop), FakeProducer()
    make_worker(producer).start()
    assert producer.begun.wait(30)
    folder = workshop.shelf.render_folder(key)
    until(lambda: any(folder.glob("*.mp3")))
    threading.Event().wait(1)
    assert row_of(key).state == RenderState.RUNNING
    far_proxy.be("pass")
    wait_until_done(row_of, key)
    assert row_of(key).attempts == 0
    assert elsewhere.has_files(elsewhere.render_folder(key), [row_of(key).renditions[0].file_name])


def test_a_worker_that_slept_replaces_no_finished_playlist(
    workshop, settings, make_worker, row_of, elsewhere, tmp_path
) -> None:
    """What it lists after another machine's worker has finished does not come into the store."""
    key, finished = order(workshop), b"#EXTM3U\n1\n2\n3\n#EXT-X-ENDLIST\n"

    class Listing(FakeProducer):
        """Lists this, and does something, before it goes on."""

        def __init__(self, listed: bytes, then: Callable[[], None] = lambda: None) -> None:
            super().__init__()
            self.listed, self.then = listed, then

        def __call__(self, order, *, shelf, **how):
            path = shelf.stream_folder(key) / "playlist.m3u8"
            for content in (b"#EXTM3U\n1\n", self.listed):
                shelf.publish(path, content)
                shelf.settle(path.parent, lambda: None)
                self.then()
                self.then = lambda: None
            return super().__call__(order, shelf=shelf, **how)

    def another_makes_it() -> None:
        with workshop.database.writing() as db:
            assert requeue_render(db, key, row_of(key).owner, datetime.now(UTC))
        there = replace(settings, cache_path=elsewhere.root)
        voices = Voices(SilenceInTheNameOf)
        Worker(settings=there, produce=Listing(finished), voices=voices).perform(key)
        assert row_of(key).state == RenderState.DONE
        for lease in sleeper._bench._leases.values():
            lease.beaten_s -= 60  # so long it slept

    sleeper = make_worker(Listing(b"#EXTM3U\n1\n2\n", another_makes_it))
    sleeper.perform(key)
    assert row_of(key).state == RenderState.DONE
    assert elsewhere.far.read(f"renders/{key[:2]}/{key}/stream/playlist.m3u8") == finished


def test_a_shelf_that_was_emptied_makes_nothing_anew(workshop, make_worker, row_of) -> None:
    """What is in the store is not made a second time."""
    key, producer = order(workshop), FakeProducer()
    make_worker(producer).start()
    wait_until_done(row_of, key)
    workshop.shelf.drop_render(key)
    assert not workshop.is_lost(row_of(key))
    assert order(workshop) == key
    assert row_of(key).state == RenderState.DONE
    assert len(producer.orders) == 1


def test_forgotten_while_the_store_is_away_it_goes_when_it_is_back(
    workshop, make_worker, row_of, elsewhere, far_proxy
) -> None:
    """Nobody hears it from that moment on; its row stays until nothing of it is in the store."""
    key = order(workshop, obstacle="my secret")
    worker = make_worker(FakeProducer())
    worker.start()
    wait_until_done(row_of, key)
    worker.stop()
    assert elsewhere.far.list_names("renders")
    far_proxy.be("refuse")
    workshop.forget(key, DEVICE)
    assert row_of(key).state == RenderState.CANCELLED
    assert not workshop.shelf.render_folder(key).exists()
    sweeper, later_at = sweeper_of(workshop), datetime.now(UTC) + timedelta(minutes=1)
    with pytest.raises(StoreUnavailable):
        sweeper.delete_given_up(later_at)
    assert row_of(key).state == RenderState.CANCELLED
    far_proxy.be("pass")
    until(lambda: _is_done(lambda: sweeper.delete_given_up(later_at)))
    with workshop.database.reading() as db:
        assert find_render(db, key) is None
    assert elsewhere.far.list_names("renders") == []


def _is_done(step: Callable[[], None]) -> bool:
    try:
        step()
    except StoreUnavailable:
        return False
    return True


def test_what_is_in_the_store_and_in_no_row_goes_after_an_hour(workshop, elsewhere) -> None:
    """The last piece of a killed worker's is found by looking into the store."""
    workshop.settings.data_path.mkdir(exist_ok=True)
    workshop.settings.secret_path.write_bytes(b"s" * 32)
    shelf = open_shelf(workshop.settings)
    elsewhere.publish(elsewhere.stream_folder("a" * 64) / "late.m4s", b"my words")
    elsewhere.settle(elsewhere.root / "renders", lambda: None)
    sweeper = Sweeper(
        database=workshop.database, shelf=shelf, queue=workshop.queue, own_words_days=7
    )
    sweeper.remove_left_over(datetime.now(UTC))
    assert elsewhere.far.list_names("renders")
    sweeper.remove_left_over(datetime.now(UTC) + timedelta(hours=2))
    assert elsewhere.far.list_names("renders") == []


def test_the_doctor_tries_the_store_out(workshop, far_proxy) -> None:
    """In order, or with what the store said and what to do; nothing is said without a store."""
    (check,) = check_store(workshop.settings)
    assert check.ok, check
    assert check.name == "store"
    far_proxy.be("refuse")
    (check,) = check_store(workshop.settings)
    assert not check.ok
    assert "STEPBACK_STORE_URL" in check.what_to_do
    assert "s3://" in check.detail


def test_what_another_machine_has_spoken_is_not_spoken_again(
    workshop, elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked for while one waits; whoever hands sentences out asks this machine's disk."""
    first, later = (Utterance(text=f"Sentence {number}.", pace=1.0) for number in range(2))
    said, speaker = [], SilentSpeaker()

    class Waiting(SilentSpeaker):
        """Is at the first sentence until the other one needs nobody any more."""

        def speak(self, utterances, *, on_wait, is_needed, **how):
            for utterance, spoken in SilentSpeaker().speak([later]):
                publish_clip(elsewhere, clip_key(speaker.voice, utterance), spoken)
            elsewhere.settle(elsewhere.root / "clips", lambda: None)
            until(lambda: on_wait() or not is_needed(later))
            monkeypatch.setattr(workshop.shelf.far, "read", pytest.fail)
            assert is_needed(first)
            for utterance, spoken in super().speak(utterances, is_needed=is_needed, **how):
                said.append(utterance)
                yield utterance, spoken

    monkeypatch.setattr("server.render.speech.LOOK_SECONDS", 0.0)
    speech = Speech(
        keys={each: clip_key(speaker.voice, each) for each in (first, later)},
        shelf=workshop.shelf,
        speaker=Waiting(),
        urgency=no_urgency,
        on_wait=lambda: None,
    )
    assert speech.length_of(first) > 0
    assert speech.length_of(later) > 0
    assert said == [first]
