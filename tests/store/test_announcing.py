"""Recordings that the feeds announce: the newest, or an older one that is wanted again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from server.store import (
    Database,
    NewRender,
    add_practice,
    add_render,
    find_default_render,
    get_render,
    list_announceable,
    list_protected_keys,
)
from server.store.feeds import announce_again, is_passed_over
from tests.store.test_keeping import finish

MakeRender = Callable[..., NewRender]
A, B, C = "a" * 64, "b" * 64, "c" * 64
DAY = timedelta(days=1)


def make(database: Database, new: NewRender, at: datetime) -> None:
    with database.writing() as db:
        add_practice(db, slug=new.slug, title=new.title, language="en", track="ground", now_at=at)
        add_render(db, new, at)
    finish(database, new.key, at)


def again(database: Database, wanted: NewRender, at: datetime) -> bool:
    with database.reading() as db:
        is_due = is_passed_over(db, wanted)
    with database.writing() as db:
        announce_again(db, wanted, at)
    return is_due


def usual(database: Database) -> str:
    """What the library's feed announces."""
    with database.reading() as db:
        first = next(each for each in list_announceable(db) if each.is_default)
        found = find_default_render(db, "stepping-back")
    assert found
    assert found.key == first.key
    return first.key


def test_what_is_wanted_again_is_announced_again(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A voice that is taken back leads to the older recording, and the other one keeps its days."""
    make(database, new_render(A), noon)
    make(database, new_render(B), noon + DAY)
    assert usual(database) == B
    assert again(database, new_render(A), noon + 40 * DAY)
    assert usual(database) == A
    assert not again(database, new_render(A), noon + 41 * DAY), "nothing is written twice"
    with database.reading() as db:
        late, standing = "in the feed until lately", "in the feed"
        kept = list_protected_keys(db, noon + 60 * DAY)
        assert kept == {A: standing, B: late}
        assert list_protected_keys(db, noon + 70 * DAY) == {A: standing}
        assert get_render(db, A).announced_at == noon + 40 * DAY


def test_another_usual_length_that_was_recorded_before(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """It was no usual length when it was made; now it is, and older than what it replaces."""
    make(database, new_render(A, minutes=15, is_default=False, is_plain=True), noon)
    make(database, new_render(B, is_plain=True), noon + DAY)
    now_usual = new_render(A, minutes=15, is_plain=True)
    assert again(database, now_usual, noon + 2 * DAY)
    assert usual(database) == A
    assert not again(database, now_usual, noon + 3 * DAY)


def test_a_recording_of_an_older_house_becomes_a_plain_one(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """Rows from before there were courses do not say that nothing but the length was chosen."""
    make(database, new_render(A, minutes=15, is_default=False), noon)
    wanted = new_render(A, minutes=15, is_default=False, is_plain=True)
    assert again(database, wanted, noon + DAY)
    with database.reading() as db:
        assert [each.key for each in list_announceable(db)] == [A]


def test_a_former_usual_length_does_not_take_the_place_of_what_is_so_now(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A course wants the old length in its first voice again; the library's episode stays."""
    make(database, new_render(A, is_plain=True), noon)
    make(database, new_render(B, is_plain=True), noon + DAY)
    make(database, new_render(C, minutes=15, is_plain=True), noon + 2 * DAY)
    of_a_course = new_render(A, is_default=False, is_plain=True)
    assert again(database, of_a_course, noon + 3 * DAY)
    assert usual(database) == C
    with database.reading() as db:
        first = next(each for each in list_announceable(db) if each.minutes == 10)
    assert first.key == A
    assert not again(database, of_a_course, noon + 4 * DAY)
    assert not again(database, new_render(C, minutes=15, is_plain=True), noon + 4 * DAY)


def test_what_a_listener_chose_is_never_announced(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """Nothing but what is usual comes back, and what was once announced stays for its address."""
    make(database, new_render(A, is_plain=True), noon)
    make(database, new_render(B, is_plain=True), noon + DAY)
    chosen = new_render(A, is_default=False)
    assert not again(database, chosen, noon + 2 * DAY)
    with database.writing() as db:
        row, _ = add_render(db, chosen, noon + 2 * DAY)
        assert (row.is_default, row.is_plain) == (True, True)


def test_what_is_made_anew_is_as_new_as_its_files(
    database: Database, new_render: MakeRender, noon: datetime
) -> None:
    """A recording whose files were lost, once announced again, takes its turn like any other."""
    make(database, new_render(A), noon)
    make(database, new_render(B), noon + DAY)
    again(database, new_render(A), noon + 2 * DAY)
    with database.writing() as db:
        row, _ = add_render(db, new_render(A), noon + 3 * DAY, again=True)
        assert row.announced_at is None
    finish(database, A, noon + 3 * DAY)
    assert usual(database) == A
