"""Making room: the longest unused first, never what is needed, and never in anybody's way."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.errors import RenderNotFound
from server.render import Workshop
from server.render import prune as prune_file
from server.render.prune import Choice, choose, prune
from server.render.stock import take_stock
from server.store import RenderRow
from server.timeline import Options
from server.units import Bytes

RowOf = Callable[[str], RenderRow]
NOW = datetime.now(UTC)
OWN = {"obstacle": "my secret wording"}


@pytest.fixture
def workshop(workshop: Workshop) -> Workshop:
    """The workshop with a voice that the feed announces."""
    return replace(workshop, settings=replace(workshop.settings, voice="joe"))


@pytest.fixture
def made(workshop: Workshop, producer, make_worker) -> Callable[..., str]:
    """Order a render and make it, last used so many days ago; gives its key."""
    worker = make_worker(producer)

    def make(minutes: int = 3, *, days: float = 0, words: dict[str, str] | None = None) -> str:
        key = workshop.order(
            "small-step", Options(minutes=minutes, words=words or {}), "device"
        ).key
        worker.perform(key)
        age(workshop.shelf.render_folder(key), days)
        return key

    return make


def age(path: Path, days: float) -> None:
    then_s = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (then_s, then_s))


def clip(workshop: Workshop, digit: str, *, days: float, size: int = 100) -> str:
    path = workshop.shelf.clip_path(digit * 64)
    workshop.shelf.publish(path, bytes(size))
    age(path, days)
    return digit * 64


def chosen(workshop: Workshop, **limits: object) -> Choice:
    return choose(workshop.database, workshop.shelf, datetime.now(UTC), **limits)


def removed(workshop: Workshop, choice: Choice) -> list[str]:
    return [each.key for each, went in prune(workshop.database, workshop.shelf, choice) if went]


def test_old_goes_and_young_stays(workshop: Workshop, made, row_of: RowOf) -> None:
    """By age: row, files and clips that were not used for so long; a later order makes it anew."""
    old, young = made(3, days=40), made(1, days=20)
    gone, kept = clip(workshop, "c", days=31), clip(workshop, "d", days=29)
    choice = chosen(workshop, older_than=timedelta(days=30))
    assert removed(workshop, choice) == [old, gone]
    with pytest.raises(RenderNotFound):
        row_of(old)
    assert not workshop.shelf.render_folder(old).exists()
    assert row_of(young).state == "done"
    assert workshop.shelf.has_clip(kept)
    assert not workshop.shelf.has_clip(gone)
    assert made(3) == old
    assert row_of(old).state == "done"


def test_size_takes_the_longest_unused_first(workshop: Workshop, made) -> None:
    """By size: one after the other, whatever it is, and no more than it takes."""
    first, second = clip(workshop, "c", days=9, size=500), made(3, days=8)
    clip(workshop, "d", days=7)
    whole = take_stock(workshop.database, workshop.shelf, NOW).total_bytes
    choice = chosen(workshop, most_bytes=Bytes(whole - 501))
    assert [each.key for each in choice.going] == [first, second]
    assert removed(workshop, choice) == [first, second]
    assert take_stock(workshop.database, workshop.shelf, NOW).total_bytes == choice.left_bytes
    assert chosen(workshop, most_bytes=Bytes(whole)).going == ()


def test_what_is_needed_stays_whatever_is_asked(workshop: Workshop, made, row_of: RowOf) -> None:
    """The feed's newest, own words and their clips, what is being made, what was just heard."""
    episode, private, fresh = made(2, days=99), made(2, days=99, words=OWN), made(3)
    under_way = workshop.order("small-step", Options(minutes=1), None).key
    workshop.shelf.publish(workshop.shelf.stream_folder(under_way) / "1.m4s", b"1")
    age(workshop.shelf.stream_folder(under_way), 99)
    age(workshop.shelf.render_folder(under_way), 99)
    own = clip(workshop, "e", days=99)
    with workshop.database.writing() as db:
        row = db.get(RenderRow, private)
        assert row is not None
        row.clip_keys = [own]
    assert chosen(workshop, older_than=timedelta(0), most_bytes=Bytes(0)).going == ()
    stock = take_stock(workshop.database, workshop.shelf, datetime.now(UTC))
    assert {(each.minutes, each.count, *sorted(each.kept)) for each in stock.recordings} == {
        (1, 1, "being made"),
        (2, 2, "in the feed", "own words have days of their own"),
        (3, 1, "used within the hour"),
    }
    assert all(row_of(key).state == "done" for key in (episode, private, fresh))


def test_older_episode_may_go_after_thirty_days(workshop: Workshop, made, row_of: RowOf) -> None:
    """When the script has changed, the recording of the old one is protected for a time, and by
    the time that it is removed as well as when it is chosen.
    """
    before = made(2, days=50)
    path = workshop.settings.scripts_path / "small-step.md"
    path.write_text(path.read_text().replace("That was all.", "That is all there was."))
    after = made(2, days=45)
    assert chosen(workshop, older_than=timedelta(days=30)).going == ()
    finish_earlier(workshop, timedelta(days=31))
    choice = chosen(workshop, older_than=timedelta(days=30))
    assert [each.key for each in choice.going] == [before]
    finish_earlier(workshop, -timedelta(days=2))
    assert removed(workshop, choice) == []
    finish_earlier(workshop, timedelta(days=2))
    assert removed(workshop, choice) == [before]
    assert row_of(after).state == "done"


def finish_earlier(workshop: Workshop, by: timedelta) -> None:
    """Move the time at which every render was finished."""
    with workshop.database.writing() as db:
        for row in db.query(RenderRow):
            assert row.finished_at
            row.finished_at -= by


def test_lengths_of_courses_stay(workshop: Workshop, made) -> None:
    """What a course has in its feed is not pruned, other lengths are."""
    course, other = made(3, days=40), made(1, days=40)
    lengths = frozenset({("small-step", 3)})
    choice = chosen(workshop, older_than=timedelta(days=30), course_lengths=lengths)
    assert removed(workshop, choice) == [other]
    stock = take_stock(workshop.database, workshop.shelf, NOW, lengths)
    assert [each.kept for each in stock.recordings] == [("in the feed",)]
    assert removed(workshop, chosen(workshop, older_than=timedelta(days=30))) == [course]


def test_what_came_into_use_since_stays(workshop: Workshop, made, row_of: RowOf) -> None:
    """Between the choice and the removal somebody listens, a render asks for a clip, or the
    files are found to be gone and it is being made anew: all that stays.
    """
    heard, anew = made(3, days=40), made(1, days=40)
    used = clip(workshop, "c", days=40)
    choice = chosen(workshop, older_than=timedelta(days=30))
    assert len(choice.going) == 3
    workshop.shelf.note_use(heard)
    assert workshop.shelf.has_clip(used)
    workshop.shelf.remove_render(anew)
    workshop.order("small-step", Options(minutes=1), None)
    assert removed(workshop, choice) == []
    assert (row_of(heard).state, row_of(anew).state) == ("done", "queued")
    assert workshop.shelf.clip_path(used).is_file()


def test_crash_in_the_middle_loses_nothing(
    workshop: Workshop, made, row_of: RowOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between files and row, there is a finished row that the next order makes anew."""
    key = made(3, days=40)
    choice = chosen(workshop, older_than=timedelta(days=30))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(prune_file, "delete_render", die)
        with pytest.raises(KeyboardInterrupt):
            removed(workshop, choice)
    assert row_of(key).state == "done"
    assert not workshop.shelf.render_folder(key).exists()
    assert made(3) == key
    assert row_of(key).state == "done"


def test_stock_tells_kinds_and_what_is_left_over(workshop: Workshop, made) -> None:
    """Each file is counted once, by kind; a folder without a row is left over."""
    key = made(3)
    workshop.shelf.publish(workshop.shelf.stream_folder(key) / "1.m4s", b"12")
    workshop.shelf.publish(workshop.shelf.render_folder("9" * 64) / "x.mp3", b"123")
    clip(workshop, "c", days=1)
    stock = take_stock(workshop.database, workshop.shelf, datetime.now(UTC))
    files = {name: files for name, (files, _) in stock.kinds.items()}
    assert files == {"renders": 2, "streams": 1, "clips": 1, "tmp": 0}
    assert stock.left_over_bytes == 3
    on_disk = [path for path in workshop.shelf.root.rglob("*") if path.is_file()]
    assert stock.total_bytes == sum(path.stat().st_size for path in on_disk)
    [recordings] = stock.recordings
    assert (recordings.title, recordings.minutes, recordings.voice) == ("A small step", 3, "joe")
    assert recordings.newest_at is not None
