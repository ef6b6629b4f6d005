"""What a worker tells of its renders: lines that say what they are about, outcomes, hits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from server.errors import NothingSpoken
from server.render import Workshop
from server.render.speech import Speech
from server.render.worker import SHORT_KEY, Worker
from server.store import Shelf, cancel_render
from server.timeline import Options, Utterance
from server.voice import SilentSpeaker, clip_key, no_urgency
from server.watch.lines import make_formatter
from server.watch.meters import METERS, OUTCOMES

MakeWorker = Callable[..., Worker]


def outcomes() -> dict[str, float]:
    name = "stepback_renders_total"
    return {each: METERS.get_sample_value(name, {"outcome": each}) or 0.0 for each in OUTCOMES}


def clips(result: str) -> float:
    return METERS.get_sample_value("stepback_clips_total", {"result": result}) or 0.0


@pytest.fixture
def order(workshop: Workshop) -> str:
    """A render that waits."""
    return workshop.order("small-step", Options(minutes=2), None).key


def become(ending: str, worker: Worker, workshop: Workshop, key: str) -> None:
    """Let a render end in this way."""
    produce = worker.produce

    def end(*given: object, **named: object) -> object:
        if ending == "failed":
            raise NothingSpoken
        if ending == "put-back":
            worker.stopping.set()
            raise NothingSpoken
        if ending == "cancelled":
            with workshop.database.writing() as db:
                assert cancel_render(db, key, datetime.now(UTC))
        return produce(*given, **named)

    worker.produce = end  # type: ignore[assignment]
    worker.perform(key)


@pytest.mark.parametrize("ending", OUTCOMES)
def test_each_render_is_counted_once_by_what_came_of_it(
    workshop: Workshop, producer, make_worker: MakeWorker, order: str, ending: str
):
    """And how long it took, where it was done."""
    before = outcomes()
    took = METERS.get_sample_value("stepback_render_duration_seconds_count") or 0
    become(ending, make_worker(producer), workshop, order)
    after = outcomes()
    assert {each: after[each] - before[each] for each in OUTCOMES} == {
        each: float(each == ending) for each in OUTCOMES
    }
    done = METERS.get_sample_value("stepback_render_duration_seconds_count")
    assert done == took + (ending == "done")


def test_each_line_of_a_render_says_which_it_is(producer, make_worker: MakeWorker, order: str):
    """Also lines of rooms that know of no render."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    def produce(*given: object, **named: object) -> object:
        logging.getLogger("server.audio").warning("a quiet line")
        return producer(*given, **named)

    handler = Keep()
    handler.setFormatter(make_formatter(is_json=False))
    logger = logging.getLogger("server")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        make_worker(produce).perform(order)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    about = [line for line in lines if f"render={order[:SHORT_KEY]}" in line and "worker=" in line]
    assert [line.split(": ")[1].split(" key")[0] for line in about] == [
        *("render begun", f"a quiet line {about[1].partition('a quiet line ')[2]}"),
        *("render done", "render left"),
    ]


def test_sentences_are_hits_or_misses(tmp_path):
    """By whether they are on the shelf when a render begins."""
    shelf, speaker = Shelf(tmp_path / "cache"), SilentSpeaker()
    texts = [Utterance(text=text, pace=1.0) for text in ("This is one.", "This is two.")]

    def speech(*utterances: Utterance) -> Speech:
        keys = {each: clip_key(speaker.voice, each) for each in utterances}
        return Speech(
            keys=keys, shelf=shelf, speaker=speaker, urgency=no_urgency, on_wait=lambda: None
        )

    before = clips("hit"), clips("miss")
    speech(texts[0]).length_of(texts[0])
    assert (clips("hit"), clips("miss")) == (before[0], before[1] + 1)
    speech(*texts)
    assert (clips("hit"), clips("miss")) == (before[0] + 1, before[1] + 2)
