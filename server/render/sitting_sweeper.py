"""The sweeper of live sittings: notes which are over, and deletes what nobody may keep longer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.errors import StepbackError
from server.render.sittings import KEPT_FOR, Sittings
from server.store import (
    drop_old_line_wants,
    fail_forsaken_words,
    list_expired_sittings,
    list_open_sittings,
    list_sittings,
    note_over,
)

logger = logging.getLogger(__name__)

KEPT_AFTERWARDS = timedelta(minutes=15)
"""So long after its end a listener may look at the ladder; then all of it is deleted."""

FORSAKEN_AFTER = timedelta(minutes=1)
"""Words that are still to be spoken after so long were left behind by a worker that stopped."""

UNASKED_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingSweeper:
    """Looks around. Any number of them may do so at once."""

    sittings: Sittings

    def sweep(self, now_at: datetime) -> None:
        """Put everything right that can be by now; call it every few seconds."""
        self.note_ends(now_at)
        self.give_up(now_at)
        self.delete_expired(now_at)
        self.remove_left_over()

    def note_ends(self, now_at: datetime) -> None:
        """Write down which sittings are over: nobody else does, for nobody holds them."""
        database = self.sittings.database
        with database.reading() as db:
            rows = list_open_sittings(db)
        over = []
        for row in rows:
            try:
                if self.sittings.look_at(row).is_over:
                    over.append(row.id)
            except StepbackError as error:
                # Expired meanwhile, or begun by an older Stepback: it goes when its time is up.
                logger.debug("sitting not looked at reason=%s", type(error).__name__)
        with database.writing() as db:  # which writes nothing where nothing changes
            for sitting_id in over:
                note_over(db, sitting_id, now_at)

    def give_up(self, now_at: datetime) -> None:
        """Give up words that nobody speaks any more, and lines that nobody waits for."""
        with self.sittings.database.writing() as db:
            fail_forsaken_words(db, now_at - FORSAKEN_AFTER)
            drop_old_line_wants(db, now_at - UNASKED_FOR)

    def delete_expired(self, now_at: datetime) -> None:
        """Delete sittings that were over for KEPT_AFTERWARDS, or whose 12 hours are up, or that
        began by a clock which was wrong: their time would not come.
        """
        before_at = now_at - KEPT_AFTERWARDS
        with self.sittings.database.reading() as db:
            rows = list_expired_sittings(
                db, over_before_at=before_at, now_at=now_at, ahead_at=now_at + KEPT_FOR
            )
        if rows:
            self.sittings.remove(*rows)
            logger.info("sittings deleted count=%d", len(rows))

    def remove_left_over(self) -> None:
        """Remove private lines of sittings that are no more: their worker was killed, or late."""
        # Folders first: one that is there now has a row, unless it is nobody's.
        folders = self.sittings.shelf.list_sitting_folders()
        if not folders:
            return
        with self.sittings.database.reading() as db:
            known = {self.sittings.folder_key(row) for row in list_sittings(db)}
        for key in folders:
            if key not in known:
                self.sittings.shelf.remove_sitting(key)
                logger.info("left-over lines removed")
