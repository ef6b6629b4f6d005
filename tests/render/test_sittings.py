"""Live sittings at the counter: begun, moved in, seen alike by every process, and forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.audio.live_mix import SEGMENT_FRAMES, SEGMENT_MS
from server.errors import (
    Busy,
    InvalidOptions,
    NotLive,
    PracticeNotFound,
    SittingNotFound,
)
from server.render import Begun, Preparing
from server.render import sittings as counter
from server.sitting import LEAD_MS, Choices, Kind
from server.store import list_events
from tests.render.live import CANARY, DEVICE, ID, OTHER, OWN, SECOND_ID, SLUG, House, event_id


def test_nothing_begins_before_its_lines_are_there(house: House) -> None:
    """Whoever asks is told how far they are; nothing is kept of it; then it begins."""
    first = house.ask(words=OWN)
    assert isinstance(first, Preparing)
    assert (first.done, first.total > 10) == (0, True)
    with pytest.raises(SittingNotFound):
        house.look()
    house.stock.make_wanted()
    again = house.ask()
    assert isinstance(again, Begun)
    assert again.is_new
    assert again.seen.performance.heard_ms == 0
    assert again.seen.performance.certain_ms > 0


def test_some_lines_are_missing(open_house: House) -> None:
    """A line that was pruned, or cannot be used, is counted, and made again."""
    lines = sorted((open_house.workshop.shelf.root / "lines").glob("*/*.aac"))
    lines[0].unlink()
    lines[1].write_bytes(b"damaged")
    open_house.sittings = open_house.counter()
    told = open_house.ask()
    assert isinstance(told, Preparing)
    assert told.total - told.done == 2
    open_house.stock.make_wanted()
    assert isinstance(open_house.ask(), Begun)


def test_a_clock_that_is_set(open_house: House) -> None:
    """Back, a sitting stands at its beginning; far ahead, it is not there; right, it goes on."""
    open_house.begin()
    open_house.wait(30)
    before = open_house.look()
    open_house.wait(-3 * 24 * 3600)
    assert open_house.look().performance.heard_ms == 0
    open_house.wait(403 * 24 * 3600)
    with pytest.raises(SittingNotFound):
        open_house.look()
    open_house.wait(-400 * 24 * 3600)
    assert open_house.look() == before


def test_the_same_phone_begins_once(open_house: House) -> None:
    first = open_house.begin()
    open_house.wait(3)
    again = open_house.ask()
    assert isinstance(again, Begun)
    assert (again.is_new, again.seen.began_at) == (False, first.began_at)
    with pytest.raises(SittingNotFound):
        open_house.ask(device=OTHER)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"slug": "nobody"}, PracticeNotFound),
        ({"slug": "small-step", "minutes": 2}, NotLive),
        ({"minutes": 7}, InvalidOptions),
        ({"words": {"obstacle": "…"}}, InvalidOptions),
        ({"words": {"color": "blue"}}, InvalidOptions),
    ],
)
def test_what_cannot_be_is_refused(open_house: House, given: dict, error: type) -> None:
    with pytest.raises(error):
        open_house.ask(**given)


def test_a_move_has_its_answer_beyond_what_was_certain(open_house: House) -> None:
    """And whoever looks hears the same, also in a process that knows nothing."""
    open_house.begin()
    open_house.wait(12)
    before = open_house.look().performance
    moved = open_house.move(Kind.MET, 1)
    assert moved.starts_ms is not None
    assert moved.starts_ms >= before.certain_ms
    assert moved.starts_ms >= before.heard_ms + LEAD_MS
    other = open_house.counter().look(ID, DEVICE).performance
    assert other == moved.seen.performance == open_house.look().performance
    assert other.lines[: len(before.lines)] == before.lines


def test_a_move_told_twice_is_one(open_house: House) -> None:
    """A phone that did not hear the answer asks again, later, and gets the same one."""
    open_house.begin()
    open_house.wait(12)
    first = open_house.move(Kind.STEP_BACK, 1, OWN)
    open_house.wait(2)
    again = open_house.counter().move(ID, DEVICE, Kind.STEP_BACK, OWN, event_id(1))
    assert again.starts_ms == first.starts_ms
    assert len(again.seen.events) == 1
    assert again.seen.texts == {2: OWN}


def test_moves_of_two_phones_may_have_one_id(open_house: House) -> None:
    """An id is one sitting's; another sitting may have made the same."""
    open_house.begin()
    open_house.begin(SECOND_ID, OTHER)
    open_house.move(Kind.MET, 1)
    moved = open_house.sittings.move(SECOND_ID, OTHER, Kind.PAUSE, {}, event_id(1))
    assert moved.seen.is_paused
    assert not open_house.look().is_paused


def test_only_the_listener_has_it(open_house: House) -> None:
    open_house.begin()
    with pytest.raises(SittingNotFound):
        open_house.sittings.look(ID, OTHER)
    with pytest.raises(SittingNotFound):
        open_house.sittings.move(ID, OTHER, Kind.MET, {}, event_id(1))
    with pytest.raises(SittingNotFound):
        open_house.sittings.segment(ID, OTHER, 0)
    with pytest.raises(SittingNotFound):
        open_house.sittings.forget(ID, OTHER)
    assert not open_house.look().events


def test_what_no_listener_does_is_refused(open_house: House) -> None:
    open_house.begin()
    with pytest.raises(ValueError, match="nothing that a listener does"):
        open_house.move(Kind.VOICED, 1)


def test_words_belong_to_a_step_back(open_house: House) -> None:
    """With any other move they are not kept; those that cannot be said are refused."""
    open_house.begin()
    assert open_house.move(Kind.DANGER, 1, OWN).seen.texts == {}
    with pytest.raises(InvalidOptions):
        open_house.move(Kind.STEP_BACK, 2, {"obstacle": "x" * 1000})
    assert [event.kind for event in open_house.look().events] == [Kind.DANGER]


def test_words_are_numbered(open_house: House) -> None:
    """The first ones have the 1; later ones begin with 2, also where there were no first ones."""
    open_house.begin()
    open_house.begin(SECOND_ID, words=OWN)
    open_house.wait(12)
    open_house.move(Kind.STEP_BACK, 1, {"obstacle": " I am tired "})
    open_house.move(Kind.STEP_BACK, 2)
    moved = open_house.move(Kind.STEP_BACK, 3, {"obstacle": "I am cross"})
    assert [event.words for event in moved.seen.events] == [2, 0, 3]
    assert moved.seen.texts == {2: {"obstacle": "I am tired"}, 3: {"obstacle": "I am cross"}}
    assert open_house.sittings.look(SECOND_ID, DEVICE).texts == {1: OWN}


def test_a_clock_that_is_put_back_changes_no_order(open_house: House) -> None:
    open_house.begin()
    open_house.wait(20)
    open_house.move(Kind.STAY, 1)
    open_house.wait(-15)
    moved = open_house.move(Kind.STAY, 2)
    assert [event.at_ms for event in moved.seen.events] == [20_000, 20_000]


def test_a_move_that_took_long_to_write_is_told(open_house: House, caplog, monkeypatch) -> None:
    """The disk was slow: a segment may have been handed out that the move was to change."""
    open_house.begin()
    times = iter([0, 0, 0, 1, 1, 1])
    start_at = open_house.now_at

    def slow() -> object:
        return start_at + timedelta(seconds=next(times))

    object.__setattr__(open_house.sittings, "now", slow)
    open_house.move(Kind.STAY, 1)
    assert "move written late ms=1000" in caplog.text


def test_the_sound_goes_on_without_a_gap(open_house: House) -> None:
    """Segment after segment, whole, until what is certain; what was given out stays the same."""
    open_house.begin()
    heard = open_house.look().performance
    count = heard.certain_ms // SEGMENT_MS
    first = [open_house.sittings.segment(ID, DEVICE, number) for number in range(count)]
    assert {len(frames) for frames in first} == {SEGMENT_FRAMES}
    with pytest.raises(SittingNotFound):
        open_house.sittings.segment(ID, DEVICE, count)
    with pytest.raises(SittingNotFound):
        open_house.sittings.segment(ID, DEVICE, -1)
    open_house.wait(9)
    open_house.move(Kind.MET, 1)
    later = open_house.counter()
    assert [later.segment(ID, DEVICE, number) for number in range(count)] == first
    assert later.segment(ID, DEVICE, count)


def test_the_end_has_segments_too(open_house: House) -> None:
    """The room goes out after the last sound, and nothing comes after that."""
    open_house.begin()
    open_house.wait(600)
    seen = open_house.look()
    assert seen.is_over
    assert seen.performance.total_ms is not None
    last = seen.performance.total_ms // SEGMENT_MS
    assert open_house.sittings.segment(ID, DEVICE, last)
    with pytest.raises(SittingNotFound):
        open_house.sittings.segment(ID, DEVICE, last + 4)


def test_a_line_that_is_gone_is_room(open_house: House, caplog) -> None:
    """The sitting goes on, and the operator is told."""
    open_house.begin()
    for path in (open_house.workshop.shelf.root / "lines").glob("*/*.aac"):
        path.unlink()
    assert len(open_house.sittings.segment(ID, DEVICE, 0)) == SEGMENT_FRAMES
    assert "line not heard" in caplog.text


def test_without_the_room_nothing_is_heard(open_house: House, caplog) -> None:
    open_house.begin()
    for path in (open_house.workshop.shelf.root / "lines").glob("room-*.aac"):
        path.unlink()
    with pytest.raises(Busy):
        open_house.counter().segment(ID, DEVICE, 0)
    assert "room tone missing" in caplog.text
    open_house.sittings = open_house.counter()
    assert isinstance(open_house.ask(SECOND_ID), Preparing)
    open_house.stock.make_wanted()
    assert isinstance(open_house.ask(SECOND_ID), Begun)


def test_nothing_that_changes_later_touches_it(open_house: House) -> None:
    """Not the script, nor the passages; the practice may even be taken away."""
    open_house.begin()
    before = open_house.look().performance
    folder = open_house.workshop.settings.scripts_path
    (folder / "a-practice.md").unlink()
    (folder / "passages" / "live-stay.md").unlink()
    other = open_house.counter()
    other.move(ID, DEVICE, Kind.STAY, {}, event_id(1))
    open_house.wait(10)
    seen = other.look(ID, DEVICE)
    assert seen.performance.lines[: len(before.lines)] == before.lines
    assert "We can stay." in [seen.text_of(line) for line in seen.performance.lines]


def test_a_passage_with_a_mistake_is_not_said(house: House, caplog) -> None:
    passages = house.workshop.settings.scripts_path / "passages"
    (passages / "live-stay.md").write_text("[no such cue]\n")
    assert isinstance(house.ask(), Preparing)
    assert "passage not said" in caplog.text


def test_the_ground_is_there_to_be_kept(house: House) -> None:
    """One file that any player plays; nothing where its lines are still to be made."""
    assert house.sittings.ground(SLUG, Choices(minutes=5)) is None
    house.stock.make_wanted()
    sound = house.sittings.ground(SLUG, Choices(minutes=5))
    assert sound is not None
    assert sound[:2] == b"\xff\xf1"


def test_a_device_has_three_at_once(open_house: House) -> None:
    """Whoever begins one more leaves the oldest: a page that was closed holds nobody up."""
    ids = [f"{number:032x}" for number in range(4)]
    for sitting_id in ids:
        open_house.begin(sitting_id)
        open_house.wait(1)
    with pytest.raises(SittingNotFound):
        open_house.sittings.look(ids[0], DEVICE)
    assert all(open_house.sittings.look(each, DEVICE) for each in ids[1:])


def test_a_house_has_its_limit(open_house: House, monkeypatch) -> None:
    """Who is not let in loses nothing by asking."""
    monkeypatch.setattr(counter, "MOST_BEGUN", 2)
    monkeypatch.setattr(counter, "MOST_OF_A_DEVICE", 1)
    open_house.begin(ID, DEVICE)
    open_house.begin(SECOND_ID, OTHER)
    for device in ("a third", DEVICE):
        with pytest.raises(Busy):
            open_house.ask("3" * 32, device)
    assert open_house.look()
    open_house.wait(3601)
    open_house.begin("3" * 32, "a third")


def test_nobody_makes_thousands_of_moves(open_house: House, monkeypatch) -> None:
    monkeypatch.setattr(counter, "MOST_EVENTS", 1)
    open_house.begin()
    open_house.move(Kind.PAUSE, 1)
    open_house.move(Kind.RESUME, 2)
    with pytest.raises(Busy):
        open_house.move(Kind.PAUSE, 3)
    with open_house.workshop.database.reading() as db:
        assert len(list_events(db, ID)) == 2


def test_what_is_heard_can_be_read(open_house: House) -> None:
    """Sentences as they are, sounds by name, and own words in their place."""
    open_house.begin(words=OWN)
    open_house.speak()
    open_house.wait(30)
    seen = open_house.look()
    texts = [seen.text_of(line) for line in seen.performance.lines]
    assert texts[:2] == ["bell-small", "Here we are."]
    assert f"It says: “{CANARY}”." in texts
    [own] = [line for line in seen.performance.lines if line.words]
    assert seen.text_of(own) == f"It says: “{CANARY}”."


def test_forgetting_leaves_nothing(open_house: House) -> None:
    """Rows, words, lines; also what the database had in its log. Twice is once."""
    open_house.begin(words=OWN)
    open_house.speak()
    assert open_house.files()
    open_house.sittings.forget(ID, DEVICE)
    with pytest.raises(SittingNotFound):
        open_house.look()
    with pytest.raises(SittingNotFound):
        open_house.sittings.segment(ID, DEVICE, 0)
    with pytest.raises(SittingNotFound):
        open_house.sittings.forget(ID, DEVICE)
    assert not open_house.files()
    data = open_house.workshop.settings.data_path
    for path in data.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path


def test_after_twelve_hours_it_is_gone(open_house: House) -> None:
    """Also where nothing has swept yet."""
    open_house.begin()
    open_house.move(Kind.PAUSE, 1)
    open_house.wait(12 * 3600 - 1)
    assert not open_house.look().is_over
    open_house.wait(1)
    with pytest.raises(SittingNotFound):
        open_house.look()
