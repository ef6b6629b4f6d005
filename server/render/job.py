"""One render in a worker's hands: from its row to an Order, and from a Product to its row."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from server.config import Settings
from server.errors import RenderCancelled, VoiceUnavailable
from server.render.lease import Bench, Lease
from server.render.model import OnProgress, Order, Product
from server.render.order_book import read_order
from server.render.secret import private_clip_key, server_secret
from server.store import (
    NewRendition,
    RenderRow,
    Shelf,
    fail_render,
    finish_render,
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
        product = self.produce(
            order,
            speaker=self.speaker,
            shelf=self.shelf,
            on_progress=lambda progress: self.bench.check(lease, progress),
            is_wanted=lambda: lease.wanted,
        )
        folder = self.shelf.render_folder(lease.key)
        self.shelf.settle(folder, lambda: self.bench.check(lease))
        self._finish(lease, product)

    def _note_clips(self, lease: Lease, order: Order) -> None:
        """Name the private clips in the row before any is made: then none can outlive it."""
        salt = order.private_salt
        if salt is None:
            return
        keys = [
            private_clip_key(salt, self.speaker.clip_key(utterance))
            for utterance in order.plan.utterances
            if utterance.is_private
        ]
        with self.bench.database.writing() as db:
            if not note_private_clips(db, lease.key, lease.owner, keys):
                raise RenderCancelled

    def _finish(self, lease: Lease, product: Product) -> None:
        with self.bench.database.writing() as db:
            is_ours = finish_render(
                db,
                lease.key,
                lease.owner,
                renditions=[
                    NewRendition(
                        kind=file.kind,
                        file_name=file.file_name,
                        content_type=file.content_type,
                        sha256=file.sha256,
                        size_bytes=file.size_bytes,
                    )
                    for file in product.files
                ],
                report=product.report,
                duration_ms=product.duration_ms,
                clip_keys=product.private_clip_keys,
                now_at=datetime.now(UTC),
            )
        if not is_ours:
            raise RenderCancelled
        self.shelf.tidy_render(lease.key, [file.file_name for file in product.files])
        logger.info("render done key=%s length_ms=%d", lease.key, product.duration_ms)


def fail(bench: Bench, lease: Lease, reason: str) -> None:
    """Mark a render failed, with a reason for people."""
    with bench.database.writing() as db:
        fail_render(db, lease.key, lease.owner, reason=reason, now_at=datetime.now(UTC))
