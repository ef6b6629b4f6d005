"""A disk that fails while a sentence is read: it is spoken anew, and the recording is made."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from server.render import Workshop
from server.render.produce import produce
from server.render.worker import Worker
from server.store import RenderRow
from server.timeline import Options
from tests.broken_disk import failing_reads

MakeWorker = Callable[..., Worker]


@pytest.fixture
def spoken(workshop: Workshop, make_worker: MakeWorker) -> Worker:
    """A worker that has made a practice, so that its sentences are on the shelf."""
    worker = make_worker(produce)
    worker.perform(workshop.order("small-step", Options(minutes=1), None).key)
    return worker


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("1", marks=pytest.mark.long, id="at its beginning"),
        pytest.param("3", id="in its middle"),
    ],
)
def test_a_sentence_that_cannot_be_read_is_spoken_anew(
    workshop: Workshop, spoken: Worker, row_of: Callable[[str], RenderRow], when: str, caplog
) -> None:
    """Another length of the same practice is made whole, and the sentence is there again."""
    path = next((workshop.shelf.root / "clips").glob("*/*.flac"))
    content = path.read_bytes()
    key = workshop.order("small-step", Options(minutes=2), None).key
    with failing_reads(os.getpid(), path, when=when):
        spoken.perform(key)
    assert (row_of(key).state, row_of(key).reason) == ("done", "")
    assert f"clip cannot be read key={path.stem}" in caplog.text
    assert path.read_bytes() == content


def test_a_sentence_that_never_can_be_read_is_told(
    workshop: Workshop, spoken: Worker, row_of: Callable[[str], RenderRow]
) -> None:
    """The recording fails with a reason, nothing of it is published, and the next one is made."""
    path = next((workshop.shelf.root / "clips").glob("*/*.flac"))
    key = workshop.order("small-step", Options(minutes=2), None).key
    with failing_reads(os.getpid(), path):
        spoken.perform(key)
    assert (row_of(key).state, row_of(key).renditions) == ("failed", [])
    assert row_of(key).reason == f"The clip {path.stem} is damaged."
    workshop.order("small-step", Options(minutes=2), None)
    spoken.perform(key)
    assert row_of(key).state == "done"
