"""The worker: takes renders from the queue, makes them, shows life, and stops in good order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from server.audio import make_sounds
from server.config import Settings
from server.errors import RenderCancelled, RenderInterrupted, StepbackError, StorageFull
from server.render.accident import log_accident
from server.render.ahead import Ahead
from server.render.feed_orders import FeedOrders
from server.render.hands import Hands
from server.render.helping import Helping
from server.render.job import Job, Produce, fail, let_go
from server.render.lease import Bench, Lease
from server.render.live_hand import LiveHand, open_live_hand
from server.render.opening import open_workshop
from server.render.orders import Workshop
from server.render.own_sounds import import_sounds
from server.render.owners import new_owner
from server.render.produce import produce
from server.render.signals import stop_signals
from server.render.sweeper import Sweeper
from server.render.voices import OpenVoice, Voices, real_voices
from server.render.warming import draw_all_covers, draw_first_covers, list_voice_names, warm_voice
from server.store import (
    RenderRow,
    beat_worker,
    check_schema,
    remove_worker,
)
from server.watch.clock import patient_now
from server.watch.lines import about
from server.watch.meters import count_render
from server.watch.spans import within_span

logger = logging.getLogger(__name__)

RENDER_THREADS = 16
"""So many renders may be in hand at once; what is made ahead has a hand of its own."""

SHORT_KEY = 12
"""So many characters of a render's key are in each line about it."""

TAKE_SECONDS = 0.05
"""How often the queue is looked into: a press of play waits half of it, on average."""

AHEAD_SECONDS = 2.0
HELP_SECONDS = 0.5
BEAT_SECONDS = 1.0
SWEEP_SECONDS = 1.0
SOUNDS_SECONDS = 5.0
COVERS_SECONDS = 15.0
WANTED_SECONDS = 0.25
SITTINGS_SECONDS = 15.0
STOP_SECONDS = 1.5
"""How long renders may take to notice that the worker is stopping; then they are put back."""


def run_worker(
    settings: Settings, *, produce: Produce = produce, open_voice: OpenVoice | None = None
) -> None:
    """Work until SIGTERM or SIGINT, then give back what is in hand and return within 3 s.

    Must be called in the main thread. Raises SchemaMismatch where the database is not migrated.
    """
    check_schema(settings.database_address)
    logging.getLogger("huey").setLevel(logging.WARNING)  # our own lines say what happens
    worker = Worker(
        settings=settings,
        produce=produce,
        voices=Voices(open_voice) if open_voice else real_voices(settings),
    )
    with stop_signals() as wait_for_signal:
        worker.start()
        wait_for_signal()
        worker.stop()  # with our handlers still there: a second signal changes nothing


@dataclass(slots=True, kw_only=True)
class Worker:
    """The threads of one worker process."""

    settings: Settings
    produce: Produce
    voices: Voices
    stopping: threading.Event = field(default_factory=threading.Event, init=False)
    owner: str = field(default_factory=new_owner, init=False)
    is_voice_ok: bool = field(default=False, init=False)
    _started_at: datetime = field(default_factory=lambda: datetime.now(UTC), init=False)
    _workshop: Workshop = field(init=False)
    _bench: Bench = field(init=False)
    _sweeper: Sweeper = field(init=False)
    _ahead: Ahead = field(init=False)
    _live: LiveHand = field(init=False)
    _hands: Hands = field(default_factory=lambda: Hands(RENDER_THREADS), init=False)
    _ahead_hand: Hands = field(default_factory=lambda: Hands(1), init=False)
    _helping: Helping = field(init=False)
    _help_hand: Hands = field(default_factory=lambda: Hands(1), init=False)

    def __post_init__(self) -> None:
        self._workshop = workshop = open_workshop(self.settings)
        self._bench = Bench(
            database=workshop.database, queue=workshop.queue, stopping=self.stopping
        )
        self._sweeper = Sweeper(
            database=workshop.database,
            shelf=workshop.shelf,
            queue=workshop.queue,
            own_words_days=self.settings.own_words_days,
            feeds=FeedOrders(workshop=workshop),
        )
        self._ahead = Ahead(workshop=workshop)
        self._helping = Helping(
            workshop=workshop, bench=self._bench, voices=self.voices, owner=self.owner
        )
        self._live = open_live_hand(workshop, self.voices, self.stopping)

    def start(self) -> None:
        """Begin to work, in threads of its own."""
        _thread("beat", lambda: self._repeat(self._beat, BEAT_SECONDS))
        _thread("take", lambda: self._repeat(self._take, TAKE_SECONDS))
        _thread("sweep", lambda: self._repeat(self._sweep, SWEEP_SECONDS))
        _thread("prepare", self._prepare)
        take_in = partial(import_sounds, self.settings, self._workshop.shelf)
        _thread("sounds", lambda: self._repeat(take_in, SOUNDS_SECONDS))
        live, guarded = self._live, partial(self._try, "words not spoken")
        _thread("words", lambda: self._repeat(lambda: live.take_words(guarded), TAKE_SECONDS))
        _thread("lines", lambda: self._repeat(live.make_wanted, WANTED_SECONDS))
        _thread("sittings", lambda: self._repeat(live.sweep, SITTINGS_SECONDS))
        _thread("help", lambda: self._repeat(self._help, HELP_SECONDS))
        if self.settings.renders_ahead:
            _thread("ahead", lambda: self._repeat(self._take_ahead, AHEAD_SECONDS))
            _thread("stock", lambda: self._repeat(live.make_ahead, AHEAD_SECONDS))

    def stop(self) -> None:
        """Take nothing more, put back what is in hand, end the voice's processes."""
        logger.info("worker stopping")
        self.stopping.set()
        until_s = time.monotonic() + STOP_SECONDS
        self._hands.join(until_s)
        self._ahead_hand.join(until_s)
        self._help_hand.join(until_s)
        self._live.join(until_s)
        try:
            self._bench.put_back_all()
            with self._workshop.database.writing() as db:
                remove_worker(db, self.owner)
        finally:
            self.voices.close()
        logger.info("worker stopped")

    def perform(self, key: str) -> None:
        """Make the render of a key, whatever comes of it; the worker goes on."""
        if self.stopping.is_set():
            self._bench.queue.put(key)
        else:
            self._perform(key)

    def _take(self) -> None:
        """Take keys out of the queue as long as a hand is free."""
        while not self.stopping.is_set() and self._hands.take(self._bench.queue.take, self.perform):
            pass

    def _take_ahead(self) -> None:
        """Make something ahead, where the house is quiet and nothing is being made ahead yet."""
        if self.is_voice_ok and not self.stopping.is_set():
            self._ahead_hand.take(lambda: self._ahead.find_next(time.monotonic()), self._perform)

    def _help(self) -> None:
        """Speak for another machine's worker, where there is nothing to do here."""
        if self.is_voice_ok and not self.stopping.is_set():
            self._help_hand.take(
                self._helping.find,
                lambda key: self._try("not helped", partial(self._helping.help, key)),
            )

    def _perform(self, key: str) -> None:
        try:
            taken = self._bench.take(key)
            if taken is not None:
                short = key[:SHORT_KEY]
                with (
                    about(render=short, worker=taken[0].owner),
                    within_span("render", render=short),
                ):
                    self._hold(*taken)
        except Exception as error:  # noqa: BLE001 - told without its message, see log_accident
            # The row could not even be written: the sweeper will find it stale.
            log_accident(key, error)

    def _hold(self, lease: Lease, row: RenderRow) -> None:
        logger.info("render begun key=%s stops=%d", lease.key, row.attempts)
        begun_s, outcome = time.monotonic(), "done"
        try:
            self._make(lease, row)
        except RenderInterrupted:
            outcome = "put-back"
            self._bench.put_back(lease)
        except RenderCancelled:
            outcome = "cancelled"
            let_go(self._bench, self._workshop.shelf, lease)
        except Exception as error:  # noqa: BLE001 - told without its message, see log_accident
            if self.stopping.is_set():
                # A voice that is stopped together with us is no fault of the render's.
                outcome = "put-back"
                self._bench.put_back(lease)
            else:
                outcome = "failed"
                fail(self._bench, self._workshop.shelf, lease, error)
        finally:
            self._bench.put_down(lease)
            took_s = time.monotonic() - begun_s
            count_render(outcome, took_s)
            logger.info("render left key=%s took_s=%.1f", lease.key, took_s)

    def _make(self, lease: Lease, row: RenderRow) -> None:
        if self._workshop.shelf.free_bytes() < self.settings.least_free_bytes:
            raise StorageFull(self._workshop.shelf.root)
        Job(
            bench=self._bench,
            shelf=self._workshop.shelf,
            speaker=self.voices.get(row.voice),
            produce=self.produce,
            settings=self.settings,
        ).make(lease, row)

    def _sweep(self) -> None:
        self._sweeper.sweep(datetime.now(UTC), patient_now())

    def _beat(self) -> None:
        self._bench.beat_all()
        with self._workshop.database.writing() as db:
            beat_worker(
                db,
                self.owner,
                started_at=self._started_at,
                voice_ok=self.is_voice_ok,
                now_at=datetime.now(UTC),
            )

    def _prepare(self) -> None:
        """Draw the covers of feeds, load voices, then see now and then what is missing still."""
        workshop = self._workshop
        first = partial(draw_first_covers, self.settings, workshop.catalogue, workshop.shelf)
        self._try("covers not drawn", first)
        self._repeat(self._complete, COVERS_SECONDS)

    def _complete(self) -> None:
        self._warm()
        workshop = self._workshop
        draw_all_covers(self.settings, workshop.catalogue, workshop.database, workshop.shelf)

    def _warm(self) -> None:
        """Load the voices that the catalogue asks for, once, and say which cannot speak."""
        if self.is_voice_ok:
            return
        self._try("sounds not made", make_sounds)
        catalogue = self._workshop.catalogue
        warm = partial(warm_voice, self.voices, self._workshop.shelf, catalogue)
        names = list_voice_names(self.settings, catalogue)
        silent = [each for each in names if not self._try("voice unavailable", partial(warm, each))]
        if not silent:
            self.is_voice_ok = True
            logger.info("worker ready")
        elif not self.stopping.is_set():
            logger.error("worker not ready voices=%s", ",".join(silent))

    def _repeat(self, step: Callable[[], None], seconds: float) -> None:
        """Do a step at once and then every so often, until the worker stops."""
        while not self.stopping.is_set():
            if not self._try("step failed", step):
                self.stopping.wait(BEAT_SECONDS)  # what is broken is not told twenty times a second
            self.stopping.wait(seconds)

    def _try(self, what_failed: str, step: Callable[[], object]) -> bool:
        """Do a step, whatever comes of it, and say whether it went well."""
        try:
            step()
        except StepbackError as error:
            if not self.stopping.is_set():  # a voice that is closed while it loads is no accident
                logger.error("%s reason=%s", what_failed, error)  # noqa: TRY400 - our sentence
        except Exception as error:  # noqa: BLE001 - told without its message
            if not self.stopping.is_set():
                log_accident("", error)
        else:
            return True
        return False


def _thread(name: str, target: Callable[[], None]) -> None:
    threading.Thread(target=target, name=name, daemon=True).start()
