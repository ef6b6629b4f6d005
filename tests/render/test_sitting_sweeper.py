"""What is swept of live sittings: those that are over, those left behind, and nobody's lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.errors import SittingNotFound
from server.render.recent import Recent
from server.sitting import Kind
from server.store import find_sitting, list_sittings
from tests.render.live import ID, OWN, SECOND_ID, House


def there(house: House) -> set[str]:
    with house.workshop.database.reading() as db:
        return {row.id for row in list_sittings(db)}


def sweep(house: House) -> None:
    house.sweeper.sweep(house.now_at)


def test_the_ladder_can_be_looked_at_for_a_while(open_house: House) -> None:
    """A quarter of an hour after the end all of it goes, whoever still looks."""
    open_house.begin(words=OWN)
    open_house.speak()
    open_house.wait(30)
    sweep(open_house)
    open_house.wait(370)
    sweep(open_house)
    assert open_house.look().is_over
    open_house.wait(15 * 60)
    sweep(open_house)
    assert open_house.look().texts == {1: OWN}
    open_house.wait(1)
    sweep(open_house)
    assert there(open_house) == set()
    assert not open_house.files()
    with pytest.raises(SittingNotFound):
        open_house.look()


def test_one_that_began_while_the_clock_was_ahead_goes(open_house: House) -> None:
    """Its own words are not kept until its time would come; a clock an hour back deletes none."""
    right_at = open_house.now_at
    open_house.wait(400 * 24 * 3600)
    open_house.begin(words=OWN)
    open_house.speak()
    open_house.wait(-3600)
    sweep(open_house)
    assert there(open_house) == {ID}
    open_house.now_at = right_at
    sweep(open_house)
    assert there(open_house) == set()
    assert not open_house.files()


def test_the_end_is_noted_once(open_house: House) -> None:
    """Counted from when it was seen to be over, however often it is looked at."""
    open_house.begin()
    open_house.wait(400)
    ended_at = open_house.now_at
    sweep(open_house)
    open_house.wait(10)
    sweep(open_house)
    with open_house.workshop.database.reading() as db:
        row = find_sitting(db, ID)
    assert row is not None
    assert row.ended_at == ended_at


def test_a_pause_lasts_half_a_day_at_most(open_house: House) -> None:
    open_house.begin()
    open_house.move(Kind.PAUSE, 1)
    open_house.wait(12 * 3600 - 1)
    sweep(open_house)
    assert there(open_house) == {ID}
    open_house.wait(1)
    sweep(open_house)
    assert there(open_house) == set()


def test_one_that_cannot_be_read_waits_for_its_time(open_house: House) -> None:
    """An older Stepback began it, whose lines have other names: the others are swept as ever."""
    open_house.begin()
    open_house.begin(SECOND_ID)
    with open_house.workshop.database.writing() as db:
        row = find_sitting(db, ID)
        assert row is not None
        row.lengths = {}
    open_house.sweeper = replace(open_house.sweeper, sittings=open_house.counter())
    open_house.wait(400)
    sweep(open_house)
    open_house.wait(15 * 60 + 1)
    sweep(open_house)
    assert there(open_house) == {ID}
    open_house.wait(12 * 3600)
    sweep(open_house)
    assert there(open_house) == set()


def test_lines_that_are_nobodys_are_removed(open_house: House) -> None:
    """Their worker was killed between the words and the row; those of others stay."""
    open_house.begin(words=OWN)
    open_house.speak()
    before = open_house.files()
    shelf = open_house.workshop.shelf
    shelf.publish(shelf.private_line_path("a" * 64, "b" * 64), b"somebody's words")
    sweep(open_house)
    assert open_house.files() == before


def test_a_memory_keeps_what_was_needed_last() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)
    recent.drop(lambda key: key == "a")
    assert (recent.get("a"), recent.get("c")) == (None, 3)
