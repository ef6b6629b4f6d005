"""Erasing a client: key, words, sound and rows, in an order in which a crash leaves no more."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from server.errors import CaseNotFound, NotAllErased, StoreUnavailable
from server.render.backing_up import forget_leftovers
from server.render.exporting import copies_folder
from server.render.owners import is_owner_gone
from server.render.sittings import Sittings
from server.render.sweeper import STALE_AFTER
from server.store import Database, RenderRow, delete_render
from server.store.care import (
    ERASE,
    ERASED,
    Belongings,
    Deed,
    KeyRing,
    begin_erasure,
    count_belongings,
    finish_erasure,
    list_client_sittings,
    stop_private_renders,
    was_erased,
)

logger = logging.getLogger(__name__)

WORKER_SECONDS = 15.0
"""So long is waited for a worker that is making something of the client's words."""

LOG_SECONDS = 15.0
"""So long is waited for those who are just reading, until the database's log can be emptied."""

LOOK_SECONDS = 0.1

_NOTHING = Belongings(submissions=0, entries=0, recordings=0, sittings=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What came of it."""

    was: Belongings
    """How much there was of them."""
    is_log_empty: bool
    """False where the database's log could not be emptied: deleted rows are in it until then."""
    took_s: float


def erase_client(sittings: Sittings, keys: KeyRing, by: Deed) -> Erased:
    """Delete all of the client whom the deed names; to call it again finishes what was cut short.

    First they are shut out and the audit says so. Then the key goes: from here on nothing that
    they wrote can be read, here or in any copy. Then the sound, then the rows, the client's own
    last; and then the places where these lay are overwritten. Raises CaseNotFound.
    """
    begun_s, client_id = time.monotonic(), by.client_id or ""
    database = sittings.database
    was = _begin(database, by)
    keys.forget(client_id)
    database.forget_formers()
    forget_leftovers(sittings.settings)
    for path in copies_folder(sittings.settings).glob(f"*{client_id}*"):
        path.unlink(missing_ok=True)  # a process was killed while it sent a copy
    if was is not None:
        _remove_sound(sittings, client_id)
        with database.writing() as db:
            finish_erasure(db, replace(by, action=ERASED), datetime.now(UTC))
    is_log_empty = _empty_log(sittings)
    took_s = time.monotonic() - begun_s
    logger.info("client erased took_s=%.2f", took_s)
    return Erased(was=was or _NOTHING, is_log_empty=is_log_empty, took_s=took_s)


def _begin(database: Database, by: Deed) -> Belongings | None:
    """Begin it; None where no row is left of them: then a crash came after the last one."""
    try:
        with database.writing() as db:
            return begin_erasure(db, replace(by, action=ERASE), datetime.now(UTC))
    except CaseNotFound:
        with database.reading() as db:
            if not was_erased(db, by.client_id or ""):
                raise
        return None


def _remove_sound(sittings: Sittings, client_id: str) -> None:
    """Take everything off the shelf that was made of a client's words, with its row.

    What a worker has in hand it lets go of within two seconds; one that was killed is not waited
    for longer than it counts as living.
    """
    until_s = time.monotonic() + WORKER_SECONDS
    while True:
        with sittings.database.writing() as db:
            rows = stop_private_renders(db, client_id, datetime.now(UTC))
        with suppress(StoreUnavailable):  # then rows are left, and it is tried again
            _remove_sittings(sittings, client_id)
            for row in rows:
                _remove_render(sittings, row)
        with sittings.database.reading() as db:
            left = count_belongings(db, client_id)
        if left.recordings == left.sittings == 0:
            return
        if time.monotonic() > until_s:
            raise NotAllErased(
                "Something that was made of this client's words cannot be removed from "
                f"{sittings.shelf.place} yet: a worker is still at it, or it cannot be reached. "
                "Nobody can read what they wrote any more; erase the client once more in a minute."
            )
        time.sleep(LOOK_SECONDS)


def _remove_sittings(sittings: Sittings, client_id: str) -> None:
    """Files first: as long as a row is there, another time comes back to them.

    A worker that is just speaking words removes what it made when it finds no row any more.
    """
    with sittings.database.reading() as db:
        rows = list_client_sittings(db, client_id)
    gone = []
    for row in rows:
        key = sittings.folder_key(row)
        sittings.shelf.remove_sitting(key)
        if not sittings.shelf.sitting_folder(key).exists():
            gone.append(row)
    sittings.remove(*gone)


def _remove_render(sittings: Sittings, row: RenderRow) -> None:
    """Files first, likewise, once no worker has them in hand: it might put more there."""
    if row.owner is not None and not is_owner_gone(row.owner) and not _is_silent(row):
        return
    shelf = sittings.shelf
    shelf.remove_render(row.key)
    shelf.remove_clips(row.clip_keys)
    if not shelf.render_folder(row.key).exists():
        with sittings.database.writing() as db:
            delete_render(db, row.key)


def _is_silent(row: RenderRow) -> bool:
    beat_at = row.heartbeat_at
    return beat_at is None or beat_at < datetime.now(UTC) - STALE_AFTER


def _empty_log(sittings: Sittings) -> bool:
    until_s = time.monotonic() + LOG_SECONDS
    while not sittings.database.empty_log():
        if time.monotonic() > until_s:
            return False
        time.sleep(LOOK_SECONDS)
    return True
