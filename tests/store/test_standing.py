"""Where the house stands, read from rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.store import Database, add_render, claim_render, read_standing
from server.store.workers import beat_worker

NOW_AT = datetime(2026, 11, 29, 6, tzinfo=UTC)


def test_an_empty_house_stands_still(database: Database):
    """Nothing waits, nothing is made, nobody has shown life."""
    with database.reading() as db:
        found = read_standing(db, NOW_AT)
    assert (found.waiting, found.oldest_queued_at, found.running) == (0, None, 0)
    assert (found.sittings, found.beat_at) == (0, None)


def test_what_waits_is_what_somebody_wants(database: Database, new_render):
    """What is made ahead keeps nobody waiting; what is in hand waits no more."""
    for minutes, name in ((3, "a"), (2, "b"), (1, "c")):
        with database.writing() as db:
            add_render(db, new_render(name * 64), NOW_AT - timedelta(minutes=minutes))
    with database.writing() as db:
        add_render(db, new_render("d" * 64), NOW_AT - timedelta(hours=1), is_ahead=True)
        claim_render(db, "a" * 64, "here:1:test", NOW_AT)
        beat_worker(db, "here:1:x", started_at=NOW_AT, voice_ok=True, now_at=NOW_AT)
    with database.reading() as db:
        found = read_standing(db, NOW_AT)
    assert (found.waiting, found.running, found.beat_at) == (2, 1, NOW_AT)
    assert found.oldest_queued_at == NOW_AT - timedelta(minutes=2)
