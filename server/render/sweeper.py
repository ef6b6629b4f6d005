"""The sweeper: puts right what workers that were killed, and listeners who left, left behind."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from server.render.feed_orders import FeedOrders
from server.render.owners import is_owner_gone
from server.render.queue import RenderQueue
from server.store import (
    Database,
    RenderRow,
    Shelf,
    delete_render,
    forget_downloads,
    forget_feed_watches,
    has_old_feed_watches,
    list_expired_excerpts,
    list_expired_private,
    list_given_up_private,
    list_left_over,
    list_running_renders,
    list_stored_renders,
    list_unclaimed_renders,
    requeue_render,
)
from server.store.care.feed_renders import let_go_feed_renders, list_feed_keys
from server.store.care.private_feeds import expire_private_feeds

logger = logging.getLogger(__name__)

STALE_AFTER = timedelta(seconds=5)
"""A worker that has not shown life for so long has lost its render."""

UNCLAIMED_AFTER = timedelta(seconds=5)
"""A render that has waited so long may have been lost between its row and the queue."""

TEMPORARY_FOR = timedelta(hours=1)
LEFT_OVER_FOR = timedelta(hours=1)
EXCERPT_FOR = timedelta(hours=1)
TIDY_EVERY = timedelta(hours=1)

Step = Callable[[datetime], None]


@dataclass(slots=True, kw_only=True)
class Sweeper:
    """Looks around. Any number of them may do so at once."""

    database: Database
    shelf: Shelf
    queue: RenderQueue
    own_words_days: int
    """A private render is deleted when it is so old, unless it is in a private feed."""
    feeds: FeedOrders | None = None
    """Keeps private feeds complete; None where nothing is to be ordered."""
    clock_s: Callable[[], float] = time.monotonic
    _beats: dict[str | None, tuple[datetime | None, float]] = field(
        default_factory=dict, init=False
    )
    """Each running render's last sign of life, by its owner, and when we saw it first."""
    _tidied_at: datetime | None = field(default=None, init=False)
    _forgot_on: date | None = field(default=None, init=False)
    _is_log_left: bool = field(default=False, init=False)

    def sweep(self, now_at: datetime, tidy_at: datetime | None = None) -> None:
        """Put everything right that can be by now; call it every second.

        `tidy_at` is the moment by which things are old enough to be deleted, where it is not now.
        One step that fails keeps no other from being done; it is raised at the end, and its turn
        comes again.
        """
        tidy_at = tidy_at or now_at
        steps = [self.requeue_stale, self.put_unclaimed, self.delete_given_up]
        tidying: list[Step] = []
        tidied_at = self._tidied_at
        is_new_day = tidied_at is None or tidy_at.date() != tidied_at.date()
        if tidied_at is None or is_new_day or tidy_at - tidied_at >= TIDY_EVERY:
            self._tidied_at = tidy_at
            tidying = [
                self.tidy_private_feeds,
                self.forget_downloads,
                self.delete_expired,
                self.delete_excerpts,
                self.remove_left_over,
                self.forget_watches,
                self.sweep_temporary,
            ]
        if self.feeds is not None:
            steps.append(self.feeds.order_next)
        with ExitStack() as doing:
            # The stack calls what was put last on it first.
            for step in reversed(tidying):
                doing.callback(step, tidy_at)
            for step in reversed(steps):
                doing.callback(step, now_at)

    def requeue_stale(self, now_at: datetime) -> None:
        """Take renders from workers that have gone or fallen silent."""
        with self.database.reading() as db:
            running = list_running_renders(db)
        stale = [row for row in running if self._is_stale(row)]
        self._beats = {row.owner: self._beats[row.owner] for row in running}
        if not stale:
            return
        taken = []
        with self.database.writing() as db:
            for row in list_running_renders(db):
                if row.owner and self._is_stale(row):
                    taken.append((row, requeue_render(db, row.key, row.owner, now_at)))
        for row, state in taken:
            logger.warning("render lost key=%s stops=%d now=%s", row.key, row.attempts, state)
            if row.wanted_at is not None:
                self.queue.put(row.key)

    def put_unclaimed(self, now_at: datetime) -> None:
        """Put renders in the queue whose rows say that they wait, but which are not in it."""
        with self.database.reading() as db:
            waiting = [row.key for row in list_unclaimed_renders(db, now_at - UNCLAIMED_AFTER)]
        pending = self.queue.pending_keys() if waiting else frozenset()
        for key in waiting:
            if key not in pending:
                logger.warning("render not in queue key=%s", key)
                self.queue.put(key)

    def delete_given_up(self, now_at: datetime) -> None:
        """Delete private renders that were cancelled, once nobody works on them."""
        with self.database.reading() as db:
            rows = list_given_up_private(db, now_at - STALE_AFTER)
        self._delete(rows)

    def tidy_private_feeds(self, now_at: datetime) -> None:
        """End private feeds that nobody uses, and delete what is in none any more."""
        with self.database.writing() as db:
            expire_private_feeds(db, now_at)
            rows = let_go_feed_renders(db, now_at)
        self._delete(rows)

    def delete_expired(self, now_at: datetime) -> None:
        """Delete private renders that have been kept for own_words_days, but for private feeds'."""
        with self.database.reading() as db:
            rows = list_expired_private(db, now_at - timedelta(days=self.own_words_days))
            kept = list_feed_keys(db)
        self._delete(tuple(row for row in rows if row.key not in kept))

    def delete_excerpts(self, now_at: datetime) -> None:
        """Delete what authors heard an hour ago or more; the clips stay, for the practice."""
        with self.database.reading() as db:
            rows = list_expired_excerpts(db, now_at - EXCERPT_FOR)
        self._delete(rows)

    def sweep_temporary(self, now_at: datetime) -> None:
        """Remove temporary files that whoever wrote them has left."""
        self.shelf.sweep_temporary(now_at - TEMPORARY_FOR)

    def forget_watches(self, now_at: datetime) -> None:
        """Forget who looked out for their podcast app, minutes or an hour after they did."""
        with self.database.reading() as db:
            if not has_old_feed_watches(db, now_at):
                return
        with self.database.writing() as db:
            forget_feed_watches(db, now_at)

    def forget_downloads(self, now_at: datetime) -> None:
        """Delete by what yesterday's listeners could be told apart, and counts that are too old.

        The database's log is emptied after it, on each new day in any case, since a listener may
        have begun the day before us; where it is in use, it is tried again the next time.
        """
        with self.database.writing() as db:
            is_any = forget_downloads(db, now_at)
        if is_any or now_at.date() != self._forgot_on:
            self._forgot_on, self._is_log_left = now_at.date(), True
        if self._is_log_left:
            self._is_log_left = not self.database.empty_log()

    def remove_left_over(self, now_at: datetime) -> None:
        """Remove the folders of renders that failed or were cancelled, and of those with no row,
        an hour after: somebody may be listening to what there is of them.
        """
        before_at = now_at - LEFT_OVER_FOR
        stored = {r.key: r.used_at < before_at for r in list_stored_renders(self.shelf)}
        far = [key for key in self.shelf.list_far_renders() if key not in stored]
        quiet = [*far, *(key for key, is_quiet in stored.items() if is_quiet)]
        with self.database.reading() as db:
            keys = list_left_over(db, quiet, before_at)
        for key in keys:
            if not self.shelf.is_far_quiet(key, before_at):
                continue
            # Looked at again within the transaction, where nobody can order it anew.
            with self.database.writing() as db:
                if list_left_over(db, (key,), before_at):
                    self.shelf.remove_render(key)
                    logger.info("left-over render removed key=%s", key)

    def _is_stale(self, row: RenderRow) -> bool:
        """True when its worker is gone, or we have seen the same sign of life for STALE_AFTER.

        By our own clock alone: two machines' clocks may differ by more than that.
        """
        seen = self._beats.get(row.owner)
        if seen is None or seen[0] != row.heartbeat_at:
            seen = self._beats[row.owner] = row.heartbeat_at, self.clock_s()
        is_silent = self.clock_s() - seen[1] > STALE_AFTER.total_seconds()
        return is_silent or row.owner is None or is_owner_gone(row.owner)

    def _delete(self, rows: tuple[RenderRow, ...]) -> None:
        # Files first: should we be killed between, the row is still there to come back to.
        for row in rows:
            self.shelf.remove_render(row.key)
            self.shelf.remove_clips(row.clip_keys)
            with self.database.writing() as db:
                delete_render(db, row.key)
            logger.info("render deleted key=%s", row.key)
        if rows:
            self.database.empty_log()
