"""Orders: what a listener gets, what stays private, and what can be forgotten."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from server.errors import (
    Busy,
    InvalidOptions,
    PracticeNotFound,
    RenderNotFound,
    StorageFull,
    TooShort,
)
from server.render import Workshop, order_book, orders
from server.render.worker import Worker
from server.store import PracticeRow, RenderRow, cancel_render, hash_device
from server.timeline import Options
from server.units import Bytes

OWN = {"obstacle": "my secret wording"}
RowOf = Callable[[str], RenderRow]


def test_order_queues_once(workshop: Workshop, row_of: RowOf) -> None:
    """The first order puts the render in the queue; the second gives the same row."""
    row = workshop.order("small-step", Options(minutes=2), None)
    assert (row.state, row.slug, row.title, row.minutes, row.voice) == (
        "queued",
        "small-step",
        "A small step",
        2,
        "silent",
    )
    assert (row.is_default, row.is_private, row.device_hash) == (True, False, None)
    assert row.order["path"] == "scripts/small-step.md"
    assert workshop.order("small-step", Options(minutes=2), "device").key == row.key
    assert workshop.queue.pending_keys() == {row.key}
    with workshop.database.reading() as db:
        assert db.get_one(PracticeRow, "small-step").title == "A small step"


def test_only_the_default_length_is_for_the_feed(workshop: Workshop) -> None:
    """Another length is another render, and not the default one."""
    assert workshop.order("small-step", Options(minutes=3), None).is_default is False


@pytest.mark.parametrize("choice", [{"pace": 1.1}, {"bed": "rain"}])
def test_another_pace_or_bed_is_another_render(
    workshop: Workshop, choice: dict[str, object]
) -> None:
    """It is everybody's, is not the one of the feed, and its row knows what was chosen."""
    usual = workshop.order("small-step", Options(minutes=2), None)
    row = workshop.order("small-step", Options(minutes=2, **choice), None)
    assert row.key != usual.key
    assert (row.is_default, row.is_private) == (False, False)
    assert choice.items() <= row.order.items()


def test_a_choice_that_changes_nothing_is_the_usual_render(workshop: Workshop) -> None:
    """Where the first listener wants no bed, and there is none, the feed has it all the same."""
    row = workshop.order("small-step", Options(minutes=2, bed="none", bed_level="low"), None)
    assert row.is_default
    assert workshop.order("small-step", Options(minutes=2), None).key == row.key


def test_default_word_is_not_private(workshop: Workshop) -> None:
    """Giving the default itself, or nothing, is everyone's render; no word is kept with it."""
    plain = workshop.order("small-step", Options(minutes=2), None)
    for word in ("nothing much", "  ", " nothing much "):
        row = workshop.order("small-step", Options(minutes=2, words={"obstacle": word}), "device")
        assert (row.key, row.is_private, row.order["words"]) == (plain.key, False, {})


def test_own_words_are_private(workshop: Workshop) -> None:
    """Own words make a render of the device's own, under a key that nobody can guess."""
    row = workshop.order("small-step", Options(minutes=2, words=OWN), "device")
    assert (row.is_private, row.is_default) == (True, False)
    assert row.device_hash == hash_device("device")
    assert row.order["words"] == OWN
    assert workshop.order("small-step", Options(minutes=2, words=OWN), "device").key == row.key
    assert workshop.order("small-step", Options(minutes=2, words=OWN), "other").key != row.key
    assert workshop.order("small-step", Options(minutes=2), None).key != row.key
    elsewhere = replace(
        workshop, settings=replace(workshop.settings, data_path=workshop.shelf.root / "elsewhere")
    )
    assert elsewhere.order("small-step", Options(minutes=2, words=OWN), "device").key != row.key


def test_own_words_need_a_device(workshop: Workshop) -> None:
    """Without a device's token nothing private is begun."""
    with pytest.raises(ValueError, match="token"):
        workshop.order("small-step", Options(minutes=2, words=OWN), None)
    assert workshop.queue.pending_keys() == frozenset()


def test_bad_orders_are_refused(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown practices and choices, and a length too short, begin nothing."""
    with pytest.raises(PracticeNotFound):
        workshop.order("nothing", Options(minutes=2), None)
    for options in (
        Options(minutes=7),
        Options(minutes=2, words={"x": "y"}),
        Options(minutes=2, words={"obstacle": "x" * 41}),
        Options(minutes=2, pace=2.0),
        Options(minutes=2, bed="gravel"),
    ):
        with pytest.raises(InvalidOptions):
            workshop.order("small-step", options, "device")
    monkeypatch.setattr(order_book, "estimate_ms", lambda _: 100_000)
    with pytest.raises(TooShort):
        workshop.order("small-step", Options(minutes=1), None)
    assert workshop.queue.pending_keys() == frozenset()


def test_too_many_are_asked_to_wait(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """When too many wait, a new render is refused; one that is on its way is still given."""
    monkeypatch.setattr(orders, "MOST_WAITING", 1)
    first = workshop.order("small-step", Options(minutes=2), None)
    with pytest.raises(Busy):
        workshop.order("small-step", Options(minutes=3), None)
    assert workshop.order("small-step", Options(minutes=2), None).key == first.key


def test_full_disk_begins_nothing(workshop: Workshop, row_of: RowOf) -> None:
    """With less free space than the operator wants, no new render is begun."""
    full = replace(workshop, settings=replace(workshop.settings, least_free_bytes=Bytes(10**18)))
    with pytest.raises(StorageFull):
        full.order("small-step", Options(minutes=2), None)
    assert workshop.queue.pending_keys() == frozenset()


def test_emptied_shelf_is_filled_again(
    workshop: Workshop, row_of: RowOf, producer, make_worker: Callable[..., Worker]
) -> None:
    """A finished render whose files were deleted is made again when it is asked for."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    make_worker(producer).perform(key)
    assert workshop.order("small-step", Options(minutes=2), None).state == "done"
    shutil.rmtree(workshop.shelf.root)
    assert workshop.order("small-step", Options(minutes=2), None).state == "queued"
    make_worker(producer).perform(key)
    assert workshop.order("small-step", Options(minutes=2), None).state == "done"
    assert len(producer.orders) == 2


def test_cancelled_may_be_ordered_again(workshop: Workshop, row_of: RowOf) -> None:
    """An order after a cancelled one starts anew, words and all."""
    key = workshop.order("small-step", Options(minutes=2, words=OWN), "device").key
    with workshop.database.writing() as db:
        cancel_render(db, key, datetime.now(UTC))
    assert row_of(key).order["words"] == {}
    row = workshop.order("small-step", Options(minutes=2, words=OWN), "device")
    assert (row.key, row.state, row.order["words"]) == (key, "queued", OWN)


def test_forget_leaves_nothing(
    workshop: Workshop, row_of: RowOf, producer, make_worker: Callable[..., Worker]
) -> None:
    """Forgetting deletes row, files and clips; only its own device can, and only private ones."""
    key = workshop.order("small-step", Options(minutes=2, words=OWN), "device").key
    shared = workshop.order("small-step", Options(minutes=2), None).key
    make_worker(producer).perform(key)
    clip = workshop.shelf.clip_path("c" * 64)
    workshop.shelf.publish(clip, b"private")
    with workshop.database.writing() as db:
        row = db.get(RenderRow, key)
        assert row is not None
        row.clip_keys = ["c" * 64]
    for wrong_key, device in (
        (key, "other"),
        (key, None),
        (shared, "device"),
        ("e" * 64, "device"),
    ):
        with pytest.raises(RenderNotFound):
            workshop.forget(wrong_key, device)
    assert workshop.shelf.render_folder(key).is_dir()
    workshop.forget(key, "device")
    assert not workshop.shelf.render_folder(key).exists()
    assert not clip.exists()
    with pytest.raises(RenderNotFound):
        row_of(key)
    with pytest.raises(RenderNotFound):
        workshop.forget(key, "device")


def test_preview_has_the_asked_length(workshop: Workshop) -> None:
    """A preview is laid out by guessed lengths, to the length that was asked for."""
    script = workshop.catalogue.get("small-step").script
    timeline = workshop.preview(script, Options(minutes=3, words=OWN))
    assert timeline.total_ms == 180_000
    assert [chapter.title for chapter in timeline.chapters] == ["Arriving", "Going on"]
    with pytest.raises(InvalidOptions):
        workshop.preview(script, Options(minutes=99))
