"""Whoever slept past a lease: the render that another worker has finished meanwhile stays whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.errors import NothingSpoken
from server.render import Phase, Workshop
from server.render.produce import produce
from server.render.worker import Worker
from server.store import RenderRow, cancel_render, requeue_render
from server.timeline import Options

OWN = {"obstacle": "my secret wording"}
RowOf = Callable[[str], RenderRow]
MakeWorker = Callable[..., Worker]
Deed = Callable[[], None]


class Sleeper:
    """Makes renders really, and falls asleep once when it comes to a phase."""

    def __init__(self, phase: Phase, meanwhile: Deed, error: Exception | None = None) -> None:
        self.phase = phase
        self.meanwhile: Deed | None = meanwhile
        self.error = error
        self.worker: Worker | None = None

    def __call__(self, order, *, on_progress, **how):
        def show(progress) -> None:
            if progress.phase == self.phase and self.meanwhile:
                meanwhile, self.meanwhile = self.meanwhile, None
                meanwhile()
                for lease in self.worker._bench._leases.values():
                    lease.beaten_s -= 60  # so long it slept
                if self.error:
                    raise self.error
            on_progress(progress)

        return produce(order, on_progress=show, **how)


def files_of(folder: Path) -> dict[str, bytes]:
    """All files under a folder, by their path in it."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items()}


def take_over(workshop: Workshop, key: str, row_of: RowOf) -> None:
    """What a sweeper does with a render whose owner has fallen silent."""
    with workshop.database.writing() as db:
        assert requeue_render(db, key, row_of(key).owner, datetime.now(UTC))


@pytest.mark.parametrize(
    ("words", "error", "phase"),
    [
        pytest.param({}, None, Phase.SPEAKING, marks=pytest.mark.long, id="shared, speaking"),
        pytest.param(OWN, None, Phase.SPEAKING, id="private, speaking"),
        pytest.param({}, None, Phase.CHECKING, marks=pytest.mark.long, id="shared, checking"),
        pytest.param(OWN, None, Phase.CHECKING, id="private, checking"),
        pytest.param(OWN, NothingSpoken(), Phase.CHECKING, id="private, failed"),
    ],
)
def test_what_another_worker_finished_stays(
    workshop: Workshop,
    make_worker: MakeWorker,
    row_of: RowOf,
    phase: Phase,
    error: Exception | None,
    words: dict[str, str],
) -> None:
    """Its files, its stream and its clips with own words, byte for byte, and nothing beside."""
    key = workshop.order("small-step", Options(minutes=1, words=words), "device").key
    shelf, finished = workshop.shelf, {}

    def another_makes_it() -> None:
        take_over(workshop, key, row_of)
        make_worker(produce).perform(key)
        assert row_of(key).state == "done"
        finished.update(files_of(shelf.root))

    sleeper = Sleeper(phase, another_makes_it, error)
    sleeper.worker = make_worker(sleeper)
    before = row_of(key)
    sleeper.worker.perform(key)
    assert before.state == "queued"
    row = row_of(key)
    assert (row.state, row.reason, bool(row.clip_keys)) == ("done", "", bool(words))
    assert all(shelf.clip_path(each).is_file() for each in row.clip_keys)
    assert "#EXT-X-ENDLIST" in (shelf.stream_folder(key) / "playlist.m3u8").read_text()
    assert files_of(shelf.root) == {n: data for n, data in finished.items() if "tmp/" not in n}


@pytest.mark.parametrize("is_ordered_again", [False, True])
def test_what_was_cancelled_meanwhile_leaves_no_words(
    workshop: Workshop, make_worker: MakeWorker, row_of: RowOf, *, is_ordered_again: bool
) -> None:
    """Also where it was ordered anew, and nobody has begun to make that yet."""
    wish = ("small-step", Options(minutes=1, words=OWN), "device")
    key = workshop.order(*wish).key
    clips = []

    def cancel() -> None:
        clips.extend(row_of(key).clip_keys)
        assert workshop.shelf.clip_path(clips[0]).is_file()
        with workshop.database.writing() as db:
            assert cancel_render(db, key, datetime.now(UTC))
        if is_ordered_again:
            workshop.order(*wish)

    sleeper = Sleeper(Phase.CHECKING, cancel)
    sleeper.worker = make_worker(sleeper)
    sleeper.worker.perform(key)
    assert row_of(key).state == ("queued" if is_ordered_again else "cancelled")
    assert not any(workshop.shelf.clip_path(each).exists() for each in clips)
    make_worker(produce).perform(key)
    assert row_of(key).state == ("done" if is_ordered_again else "cancelled")


def test_a_failed_render_keeps_no_words(
    workshop: Workshop, make_worker: MakeWorker, row_of: RowOf
) -> None:
    """Neither its folder nor its clips; the clips of everybody stay for the next time."""
    key = workshop.order("small-step", Options(minutes=1, words=OWN), "device").key
    sleeper = Sleeper(Phase.CHECKING, lambda: None, NothingSpoken())
    sleeper.worker = make_worker(sleeper)
    sleeper.worker.perform(key)
    row = row_of(key)
    assert (row.state, len(row.clip_keys)) == ("failed", 1)
    assert not workshop.shelf.render_folder(key).exists()
    assert not workshop.shelf.clip_path(row.clip_keys[0]).exists()
    assert list((workshop.shelf.root / "clips").rglob("*.flac"))
