"""Leases: the renders that this process has in hand, and whether it still may."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from server.errors import RenderCancelled, RenderInterrupted
from server.render.model import Progress
from server.render.owners import new_owner
from server.render.queue import RenderQueue
from server.render.sweeper import STALE_AFTER
from server.store import (
    Database,
    RenderRow,
    beat_render,
    claim_render,
    has_wanted_renders,
    is_owned,
    release_render,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Lease:
    """One render in the hands of one thread."""

    key: str
    owner: str
    """This claim's own name; the row carries it as long as the render is ours."""
    beaten_s: float
    """When the row was last seen to be ours, on the monotonic clock."""
    wanted: bool
    """True when a listener waits for it; learnt anew with every beat."""
    clip_keys: tuple[str, ...] = ()
    """The clips with a listener's own words that are made in its name."""
    progress: Progress | None = None
    is_lost: bool = False
    """True once the row is not ours any more: cancelled, deleted or taken over."""


@dataclass(slots=True, kw_only=True)
class Bench:
    """All leases of this process."""

    database: Database
    queue: RenderQueue
    stopping: threading.Event
    """Set when the worker is to stop: every render is then put back."""
    _leases: dict[str, Lease] = field(default_factory=dict)
    _is_someone_waiting: bool = False
    """True when listeners waited for renders, anyone's, at the last look into the rows."""

    @property
    def is_at_work(self) -> bool:
        """True while this process has a render in hand."""
        return bool(self._leases)

    def take(self, key: str) -> tuple[Lease, RenderRow] | None:
        """Claim a render; None when it is not waiting any more."""
        owner, begun_s = new_owner(), time.monotonic()
        with self.database.writing() as db:
            row = claim_render(db, key, owner, datetime.now(UTC))
            self._is_someone_waiting = has_wanted_renders(db)
        if row is None:
            return None
        lease = Lease(key=key, owner=owner, beaten_s=begun_s, wanted=row.wanted_at is not None)
        self._leases[owner] = lease
        return lease, row

    def put_down(self, lease: Lease) -> None:
        """Hold a render no more, however it ended."""
        self._leases.pop(lease.owner, None)

    def put_back(self, lease: Lease) -> None:
        """Give a render back, for another worker or another time: to the queue if it is wanted."""
        with self.database.writing() as db:
            row = release_render(db, lease.key, lease.owner, datetime.now(UTC))
        if row is None:
            return
        if row.wanted_at is not None:
            self.queue.put(lease.key)
        logger.info("render put back key=%s", lease.key)

    def put_back_all(self) -> None:
        """Give back what is still in hand, whatever its thread is doing."""
        for lease in tuple(self._leases.values()):
            lease.is_lost = True
            self.put_back(lease)

    def beat_all(self) -> None:
        """Show life for every render in hand."""
        leases = tuple(self._leases.values())
        if leases:
            self.beat(*leases)

    def beat(self, *leases: Lease) -> None:
        """Show life and progress in the rows, and learn which are still ours and still wanted."""
        begun_s, held = time.monotonic(), []
        with self.database.writing() as db:
            for lease in leases:
                progress = lease.progress
                found = beat_render(
                    db,
                    lease.key,
                    lease.owner,
                    datetime.now(UTC),
                    phase=progress.phase if progress else "",
                    stage=progress.stage if progress else "",
                    done_ms=progress.done_ms if progress else 0,
                    total_ms=progress.total_ms if progress else 0,
                )
                held.append((lease, found))
            self._is_someone_waiting = has_wanted_renders(db)
        for lease, found in held:
            if found is None:
                lease.is_lost = True
            else:
                lease.beaten_s, lease.wanted = begun_s, found.wanted_at is not None

    def is_held(self, lease: Lease) -> bool:
        """Ask the row whether a render is still ours, however lately it was."""
        with self.database.reading() as db:
            return is_owned(db, lease.key, lease.owner)

    def check(self, lease: Lease, progress: Progress | None = None) -> None:
        """Note progress, and raise where the work is to stop: RenderInterrupted when the worker
        is stopping or a listener waits while nobody waits for this; RenderCancelled when the
        render is not ours any more.
        """
        lease.progress = progress or lease.progress
        if self.stopping.is_set():
            raise RenderInterrupted
        if time.monotonic() - lease.beaten_s > STALE_AFTER.total_seconds():
            self.beat(lease)  # we were asleep: somebody may have taken over
        is_in_the_way = self._is_someone_waiting and not lease.wanted
        if is_in_the_way:
            self.beat(lease)  # the one who waits may have come for this very render
        if lease.is_lost:
            raise RenderCancelled
        if is_in_the_way and not lease.wanted:
            # Stopped, not paused: a paused ffmpeg would run into its deadline. What was spoken
            # is on the shelf, so that little is done twice.
            raise RenderInterrupted
