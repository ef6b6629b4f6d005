"""One render in a worker's hands: from its row to an Order, and from a Product to its row."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from server.config import Settings
from server.errors import RenderCancelled, StepbackError, StoreUnavailable, VoiceUnavailable
from server.render.accident import ACCIDENT, log_accident
from server.render.lease import Bench, Lease
from server.render.model import OnProgress, Order, Product
from server.render.order_book import read_order
from server.render.secret import server_secret
from server.render.speech import clip_keys, private_keys
from server.store import (
    RenderRow,
    RenderState,
    Shelf,
    fail_render,
    find_render,
    finish_render,
    let_go_render,
    note_private_clips,
)
from server.store.care import KeyRing
from server.voice import Speaker

logger = logging.getLogger(__name__)


class Produce(Protocol):
    """Makes and publishes the files of one render; `server.render.produce.produce` is the one."""

    def __call__(
        self,
        order: Order,
        *,
        speaker: Speaker,
        shelf: Shelf,
        on_progress: OnProgress,
        is_wanted: Callable[[], bool],
    ) -> Product:
        """May raise any StepbackError, and whatever on_progress raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is needed for making a claimed render."""

    bench: Bench
    shelf: Shelf
    speaker: Speaker
    produce: Produce
    settings: Settings

    def make(self, lease: Lease, row: RenderRow) -> None:
        """Produce a render and put it in its row.

        Raises RenderCancelled where the row is not ours any more, RenderInterrupted where the
        worker is stopping, and the StepbackError that the render failed with.
        """
        if row.order.get("voice_key", self.speaker.voice.key) != self.speaker.voice.key:
            raise VoiceUnavailable("Its voice has been replaced since. Please ask for it again.")
        secret, keys = server_secret(self.settings.secret_path), KeyRing(self.settings.keys_path)
        order = read_order(row, secret, keys)
        self._note_clips(lease, order)
        folder = self.shelf.render_folder(lease.key)
        with self.shelf.growing(folder, lambda: self.bench.is_held(lease)):
            product = self.produce(
                order,
                speaker=self.speaker,
                shelf=self.shelf,
                on_progress=lambda progress: self.bench.check(lease, progress),
                is_wanted=lambda: lease.wanted,
            )
            self.shelf.settle(folder, lambda: self.bench.check(lease))
        self._finish(lease, product)

    def _note_clips(self, lease: Lease, order: Order) -> None:
        """Name the private clips in the row before any is made: then none can outlive it."""
        if order.private_salt is None:
            return
        keys = private_keys(clip_keys(order, self.speaker))
        with self.bench.database.writing() as db:
            if not note_private_clips(db, lease.key, lease.owner, keys):
                raise RenderCancelled
        lease.clip_keys = keys

    def _finish(self, lease: Lease, product: Product) -> None:
        names = [file.file_name for file in product.files]
        with self.bench.database.writing() as db:
            is_ours = finish_render(
                db,
                lease.key,
                lease.owner,
                renditions=product.files,
                report=product.report,
                duration_ms=product.duration_ms,
                clip_keys=product.private_clip_keys,
                now_at=datetime.now(UTC),
            )
            if not is_ours:
                raise RenderCancelled
            self.shelf.tidy_render(lease.key, names)
        self.shelf.tidy_store(lease.key, names)
        logger.info("render done key=%s length_ms=%d", lease.key, product.duration_ms)


def fail(bench: Bench, shelf: Shelf, lease: Lease, error: Exception) -> None:
    """Mark a render failed, with a reason for people; own words are not kept in what it made."""
    if isinstance(error, StepbackError):
        logger.error("render failed key=%s error=%s", lease.key, type(error).__name__)
        reason = str(error)
    else:
        log_accident(lease.key, error)
        reason = ACCIDENT
    with bench.database.writing() as db:
        is_ours = fail_render(db, lease.key, lease.owner, reason=reason, now_at=datetime.now(UTC))
        if is_ours and lease.clip_keys:
            with suppress(StoreUnavailable):  # the sweeper finds what is left there
                shelf.remove_render(lease.key)
            shelf.remove_clips(lease.clip_keys)
    if not is_ours:
        let_go(bench, shelf, lease)


def let_go(bench: Bench, shelf: Shelf, lease: Lease) -> None:
    """Remove what we made of a render that is not ours any more, and nothing of anybody else's.

    Within the transaction, so that nobody can order it anew, claim it or finish it meanwhile.
    Whoever makes it now has named its clips before making any.
    """
    shelf.stop_sending(shelf.render_folder(lease.key))
    with bench.database.writing() as db:
        is_nobodys = let_go_render(db, lease.key, lease.owner)
        row = find_render(db, lease.key)
        kept: frozenset[str] = frozenset()
        if is_nobodys:
            shelf.drop_render(lease.key)
        elif row is not None:
            kept = frozenset(row.clip_keys)
            if row.state == RenderState.DONE:
                shelf.tidy_render(lease.key, [each.file_name for each in row.renditions])
        shelf.remove_clips(key for key in lease.clip_keys if key not in kept)
    logger.info("render let go key=%s", lease.key)
