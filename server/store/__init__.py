"""⑧ MEMORY. In: what must outlive a process. Out: rows of the database, files on the shelf.

`Database` gives transactions, `Shelf` gives durable files; the queries take a Session first and
the time as an argument. A write happens in `Database.writing()` and nowhere else.
"""

from server.store.columns import JsonObject
from server.store.database import Database
from server.store.devices import hash_device
from server.store.entries import NewEntry, add_entry, list_conflicts, list_entries
from server.store.feeds import add_feed, find_feed
from server.store.leases import (
    NewRendition,
    beat_render,
    claim_render,
    fail_render,
    finish_render,
    list_running_renders,
    list_stale_renders,
    list_unclaimed_renders,
    note_private_clips,
    release_render,
    requeue_render,
)
from server.store.models import (
    EntryConflictRow,
    FeedRow,
    PracticeRow,
    RenderRow,
    RenderState,
    RenditionRow,
    SessionEntryRow,
    WorkerBeatRow,
)
from server.store.practices import add_practice, find_practice, get_practice, list_practices
from server.store.renders import (
    NewRender,
    Published,
    add_render,
    cancel_render,
    count_waiting,
    delete_render,
    find_default_render,
    find_render,
    forget_render,
    get_render,
    list_expired_private,
    list_given_up_private,
    list_published,
)
from server.store.schema import check_schema, migrate
from server.store.shelf import Shelf
from server.store.workers import beat_worker, latest_worker_beat, remove_worker

__all__ = [
    "Database",
    "EntryConflictRow",
    "FeedRow",
    "JsonObject",
    "NewEntry",
    "NewRender",
    "NewRendition",
    "PracticeRow",
    "Published",
    "RenderRow",
    "RenderState",
    "RenditionRow",
    "SessionEntryRow",
    "Shelf",
    "WorkerBeatRow",
    "add_entry",
    "add_feed",
    "add_practice",
    "add_render",
    "beat_render",
    "beat_worker",
    "cancel_render",
    "check_schema",
    "claim_render",
    "count_waiting",
    "delete_render",
    "fail_render",
    "find_default_render",
    "find_feed",
    "find_practice",
    "find_render",
    "finish_render",
    "forget_render",
    "get_practice",
    "get_render",
    "hash_device",
    "latest_worker_beat",
    "list_conflicts",
    "list_entries",
    "list_expired_private",
    "list_given_up_private",
    "list_practices",
    "list_published",
    "list_running_renders",
    "list_stale_renders",
    "list_unclaimed_renders",
    "migrate",
    "note_private_clips",
    "release_render",
    "remove_worker",
    "requeue_render",
]
