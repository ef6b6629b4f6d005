"""What must stay and what is nobody's: protected renders, and those that are left over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from server.store import (
    Database,
    NewRender,
    RenderState,
    add_practice,
    add_render,
    cancel_render,
    claim_render,
    fail_render,
    find_render,
    finish_render,
    has_wanted_renders,
    is_busy,
    is_made_ahead,
    let_go_render,
    list_left_over,
    list_on_their_way,
    list_protected_keys,
    list_renders,
    release_render,
)

MakeRender = Callable[..., NewRender]
A, B, C = "a" * 64, "b" * 64, "c" * 64


def add(database: Database, new: NewRender, now_at: datetime, *, is_ahead: bool = False) -> bool:
    with database.writing() as db:
        add_practice(
            db, slug=new.slug, title=new.title, language="en", track="obstacles", now_at=now_at
        )
        return add_render(db, new, now_at, is_ahead=is_ahead)[1]


def finish(database: Database, key: str, now_at: datetime) -> None:
    with database.writing() as db:
        assert claim_render(db, key, "me", now_at)
        assert finish_render(
            db,
            key,
            "me",
            renditions=[],
            report={},
            duration_ms=1,
            clip_keys=[],
            now_at=now_at,
        )


def protected(database: Database, now_at: datetime, *lengths: tuple[str, int]) -> dict[str, str]:
    with database.reading() as db:
        return list_protected_keys(db, now_at, frozenset(lengths))


def test_what_the_feed_points_at_is_protected(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """Of each practice the newest finished render at its usual length, and no other length."""
    add(database, new_render(A), noon)
    finish(database, A, noon)
    add(database, new_render(C, minutes=20, is_default=False), noon)
    finish(database, C, noon)
    assert protected(database, noon) == {A: "in the feed"}
    with database.reading() as db:
        assert [row.key for row in list_renders(db)] == [A, C]


def test_what_was_replaced_is_protected_for_thirty_days(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """Old names keep answering for thirty days after their successor was finished, not longer."""
    for key, days in ((A, 0), (B, 10), (C, 20)):
        add(database, new_render(key), noon)
        finish(database, key, noon + timedelta(days=days))
    late, standing = "in the feed until lately", "in the feed"
    last_of_a = noon + timedelta(days=40, seconds=-1)
    assert protected(database, last_of_a) == {A: late, B: late, C: standing}
    assert protected(database, noon + timedelta(days=40)) == {B: late, C: standing}
    assert protected(database, noon + timedelta(days=50)) == {C: standing}
    assert protected(database, noon + timedelta(days=5000)) == {C: standing}


def test_another_usual_length_replaces_too(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A practice has one episode, however long it is; a draft and a private render replace none."""
    for key, days, fields in (
        (A, 0, {}),
        (B, 1, {"minutes": 20}),
        (C, 2, {"voice": "silent"}),
    ):
        add(database, new_render(key, **fields), noon)
        finish(database, key, noon + timedelta(days=days))
    assert protected(database, noon + timedelta(days=60)) == {B: "in the feed"}


def test_lengths_of_courses_are_protected_likewise(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """The plain renders at a course's length: the standing one, and the one before for a time."""
    for key, days in ((A, 0), (B, 1)):
        add(database, new_render(key, minutes=20, is_default=False, is_plain=True), noon)
        finish(database, key, noon + timedelta(days=days))
    add(database, new_render(C, minutes=20, is_default=False), noon)
    finish(database, C, noon + timedelta(days=2))
    course = ("stepping-back", 20)
    late, standing = "in the feed until lately", "in the feed"
    assert protected(database, noon + timedelta(days=2)) == {}
    assert protected(database, noon + timedelta(days=2), ("stepping-back", 10)) == {}
    assert protected(database, noon + timedelta(days=2), course) == {A: late, B: standing}
    assert protected(database, noon + timedelta(days=40), course) == {B: standing}


def test_left_over_is_what_ended_without_sound_or_has_no_row(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """Failed and cancelled ones after their time, and the unknown; never one that may be heard."""
    for key in (A, B, C):
        add(database, new_render(key), noon)
    with database.writing() as db:
        claim_render(db, A, "me", noon)
        fail_render(db, A, "me", reason="so", now_at=noon)
        cancel_render(db, B, noon + timedelta(hours=1))
    unknown = "9" * 64
    with database.reading() as db:
        keys = (A, B, C, unknown)
        assert list_left_over(db, keys, noon) == (unknown,)
        assert list_left_over(db, keys, noon + timedelta(minutes=1)) == (A, unknown)
        assert list_left_over(db, keys, noon + timedelta(hours=2)) == (A, B, unknown)


def test_busy_is_what_listeners_wait_for_or_anyone_makes(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A render that lies ready to be made ahead keeps nobody busy; once in hand it does."""

    def state() -> tuple[bool, bool]:
        with database.reading() as db:
            return has_wanted_renders(db), is_busy(db)

    assert add(database, new_render(A), noon, is_ahead=True)
    assert not add(database, new_render(A), noon, is_ahead=True)
    assert state() == (False, False)
    with database.writing() as db:
        row = claim_render(db, A, "me", noon)
        assert row is not None
        assert is_made_ahead(row)
    assert state() == (False, True)
    assert not add(database, new_render(A), noon), "it is in hand: nobody has to be asked"
    assert state() == (True, True)
    with database.writing() as db:
        released = release_render(db, A, "me", noon)
        assert released is not None
        assert released.wanted_at == noon
        assert [row.key for row in list_on_their_way(db)] == [A]
        cancel_render(db, A, noon)
    assert state() == (False, False)
    assert not add(database, new_render(A), noon, is_ahead=True), "cancelled is left alone"
    with database.reading() as db:
        assert list_on_their_way(db) == ()


def test_letting_go_is_noted_once(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """Who has stopped a cancelled render may clear up, unless it was ordered anew meanwhile."""
    add(database, new_render(A), noon)
    with database.writing() as db:
        claim_render(db, A, "me", noon)
        assert not let_go_render(db, A, "me"), "it still is ours"
        cancel_render(db, A, noon)
        assert not let_go_render(db, A, "another")
        assert let_go_render(db, A, "me")
        row = find_render(db, A)
        assert row is not None
        assert (row.state, row.owner) == (RenderState.CANCELLED, None)
        assert let_go_render(db, B, "me"), "deleted: nobody's"
    assert add(database, new_render(A), noon)
    with database.writing() as db:
        assert not let_go_render(db, A, "me")
