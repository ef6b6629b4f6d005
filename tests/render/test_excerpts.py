"""What an author hears while writing: made like a practice, in no library, and soon gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from server.errors import Busy, NothingToHear
from server.render import Catalogue, LoadedScript, Workshop, orders
from server.render.drafts import read_draft
from server.render.order_book import read_order
from server.render.produce import produce
from server.render.sweeper import EXCERPT_FOR, Sweeper
from server.store import (
    EXCERPT_SLUG,
    RenderRow,
    claim_render,
    find_render,
    list_announceable,
    list_practices,
)
from server.timeline import Excerpt, Options, plan
from tests.render.conftest import SCRIPT
from tests.render.test_produce import CountingSpeaker

TEXT = SCRIPT.replace("That was all.", "That was all, and it is on no disk.")
LINE = TEXT.split("\n").index("That was all, and it is on no disk. [bell]") + 1
RowOf = Callable[[str], RenderRow]


@pytest.fixture
def draft(workshop: Workshop) -> LoadedScript:
    loaded = read_draft(workshop.catalogue, "small-step.md", TEXT).loaded
    assert loaded is not None
    return loaded


def line(first: int = LINE, *, is_stage: bool = False) -> Excerpt:
    return Excerpt(first_line=first, last_line=first, is_stage=is_stage)


def test_a_line_of_a_draft_is_ordered_to_be_heard_now(workshop: Workshop, draft: LoadedScript):
    """Somebody waits for it; it is no practice's, and neither announced nor listed."""
    row = workshop.order_excerpt(draft, Options(minutes=2), line())
    assert (row.slug, row.state, row.is_default, row.is_private) == (
        EXCERPT_SLUG, "queued", False, False,
    )  # fmt: skip
    assert row.wanted_at is not None
    assert workshop.queue.pending_keys() == {row.key}
    with workshop.database.reading() as db:
        assert list_practices(db) == ()
        assert list_announceable(db) == ()
    assert workshop.catalogue.get("small-step").source == SCRIPT


def test_the_same_line_again_is_the_same_render(workshop: Workshop, draft: LoadedScript):
    """Another line is another, and none has the key of a practice."""
    first = workshop.order_excerpt(draft, Options(minutes=2), line())
    assert workshop.order_excerpt(draft, Options(minutes=2), line()).key == first.key
    other = workshop.order_excerpt(draft, Options(minutes=2), line(LINE, is_stage=True))
    assert other.key == first.key  # the stage is this one line
    third = workshop.order_excerpt(draft, Options(minutes=2), line(LINE - 6))
    assert third.key != first.key


def test_it_is_made_as_it_was_ordered(workshop: Workshop, draft: LoadedScript, row_of: RowOf):
    """The draft's text is in the row: no file has to hold it, and choices count."""
    chosen = Options(minutes=2, anchor="sound", eyes="open")
    row = row_of(workshop.order_excerpt(draft, chosen, line()).key)
    assert (row.order["anchor"], row.order["eyes"]) == ("sound", "open")
    order = read_order(row, b"secret")
    assert order.is_excerpt
    assert [each.text for each in order.plan.utterances] == ["That was all, and it is on no disk."]
    assert order.plan.target_ms == 0


def test_an_order_of_before_had_no_anchor(workshop: Workshop, row_of: RowOf):
    """Whoever had not chosen then has not chosen now; and a practice is no excerpt."""
    row = row_of(workshop.order("small-step", Options(minutes=2), None).key)
    for name in ("anchor", "eyes", "seed"):
        del row.order[name]
    order = read_order(row, b"secret")
    assert not order.is_excerpt
    assert order.plan == plan(workshop.catalogue.get("small-step").script, Options(minutes=2))


def test_it_is_published_whatever_its_loudness(
    workshop: Workshop, draft: LoadedScript, row_of: RowOf
):
    """One sentence is not judged: what began to be heard is what is there at the end."""
    row = row_of(workshop.order_excerpt(draft, Options(minutes=2), line()).key)
    product = produce(
        read_order(row, b"secret"),
        speaker=CountingSpeaker(),
        shelf=workshop.shelf,
        on_progress=lambda _: None,
    )
    assert {file.kind for file in product.files} == {"mp3", "vtt", "srt", "json", "report"}
    assert product.duration_ms < 20_000
    assert (workshop.shelf.stream_folder(row.key) / "playlist.m3u8").is_file()


def test_it_is_deleted_after_an_hour(workshop: Workshop, draft: LoadedScript):
    """Row, text and files; not while it is being made, and nothing else goes."""
    now_at = datetime.now(UTC)
    key = workshop.order_excerpt(draft, Options(minutes=2), line()).key
    practice = workshop.order("small-step", Options(minutes=2), None).key
    workshop.shelf.publish(workshop.shelf.render_folder(key) / "x.mp3", b"sound")
    sweeper = Sweeper(
        database=workshop.database, shelf=workshop.shelf, queue=workshop.queue, own_words_days=7
    )
    later_at = now_at + EXCERPT_FOR + timedelta(minutes=1)
    sweeper.delete_excerpts(now_at)
    with workshop.database.writing() as db:
        assert find_render(db, key) is not None
        assert claim_render(db, key, "here:1:x", now_at)
    sweeper.delete_excerpts(later_at)
    with workshop.database.writing() as db:
        row = find_render(db, key)
        assert row is not None
        row.state = "done"
    sweeper.delete_excerpts(later_at)
    with workshop.database.reading() as db:
        assert find_render(db, key) is None
        assert find_render(db, practice) is not None
    assert not workshop.shelf.render_folder(key).exists()


def test_what_cannot_be_heard_is_not_ordered(
    workshop: Workshop, draft: LoadedScript, monkeypatch: pytest.MonkeyPatch
):
    """Nothing but silence, or when too much waits already."""
    mute = TEXT.replace("That was all, and it is on no disk. [bell]", "[silence 5s]")
    loaded = read_draft(Catalogue(workshop.settings.scripts_path), "small-step.md", mute).loaded
    assert loaded is not None
    with pytest.raises(NothingToHear):
        workshop.order_excerpt(loaded, Options(minutes=2), line())
    monkeypatch.setattr(orders, "MOST_WAITING", 0)
    with pytest.raises(Busy):
        workshop.order_excerpt(draft, Options(minutes=2), line())
