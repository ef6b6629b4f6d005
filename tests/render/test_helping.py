"""Several machines speak one practice: each sentence once, and nobody's own words."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from server.render import Workshop
from server.render.helping import KEEP_CLEAR, STRETCH, Helping
from server.render.job import Job
from server.render.lease import Bench
from server.render.owners import new_owner
from server.render.produce import produce
from server.render.voices import Voices
from server.store import RenderRow, cancel_render, claim_render, release_render
from server.timeline import Options, Utterance
from server.voice import SilentSpeaker, clip_key
from tests.render.conftest import SCRIPT, until

SENTENCES = 30
SECRET = "my secret wording"
ELSEWHERE = "elsewhere:1:0123456789abcdef"
RowOf = Callable[[str], RenderRow]


class CountingSpeaker(SilentSpeaker):
    """Silence that remembers what it was asked to say, and lets something happen after each."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def speak(self, utterances, **how):
        for utterance, spoken in super().speak(utterances, **how):
            self.said.append(utterance)
            yield utterance, spoken
            self.meanwhile()


@pytest.fixture
def wanted(workshop: Workshop) -> str:
    """A long practice with somebody's own words, which another machine has begun to make."""
    lines = " ".join(f"This is sentence number {number}." for number in range(SENTENCES))
    source = SCRIPT.replace("That was all.", f"{lines} That was all.").replace("small", "long")
    (workshop.settings.scripts_path / "long-step.md").write_text(source)
    wish = Options(minutes=1, words={"obstacle": SECRET})
    key = workshop.order("long-step", wish, "device").key
    with workshop.database.writing() as db:
        assert claim_render(db, key, ELSEWHERE, datetime.now(UTC))
    return key


@pytest.fixture
def speaker() -> CountingSpeaker:
    return CountingSpeaker()


def helper(workshop: Workshop, speaker: CountingSpeaker, owner: str = "") -> Helping:
    """A worker's part that helps others; by its owner's name it is on this machine or another."""
    voices, stopping = Voices(lambda _: speaker), threading.Event()
    bench = Bench(database=workshop.database, queue=workshop.queue, stopping=stopping)
    return Helping(workshop=workshop, bench=bench, voices=voices, owner=owner or new_owner())


def test_an_idle_worker_speaks_what_comes_later(
    workshop: Workshop, wanted: str, speaker: CountingSpeaker
) -> None:
    """All but the next few and somebody's own words; then there is nothing left to do."""
    helping = helper(workshop, speaker)
    assert helping.find() == wanted
    helping.help(wanted)
    assert len(speaker.said) == SENTENCES + 1 - KEEP_CLEAR
    assert not any(SECRET in each.text for each in speaker.said)
    assert all(
        workshop.shelf.clip_path(clip_key(speaker.voice, each)).is_file() for each in speaker.said
    )
    assert helping.find() is None


def test_helpers_begin_with_different_sentences(workshop: Workshop, wanted: str) -> None:
    """And with those that are heard sooner."""
    speakers = [CountingSpeaker() for _ in range(2)]
    for speaker in speakers:
        helping = helper(workshop, speaker)
        speaker.meanwhile = helping.bench.stopping.set
        helping.help(wanted)
    first, second = ([each.text for each in speaker.said] for speaker in speakers)
    assert (len(first), len(second)) == (1, 1)
    assert first != second
    places = [int(text.split()[-1][:-1]) for text in first + second]
    assert max(places) <= KEEP_CLEAR + STRETCH  # one was spoken before the second began


def test_whoever_has_nothing_to_help_with(
    workshop: Workshop, wanted: str, speaker: CountingSpeaker, row_of: RowOf
) -> None:
    """What this very machine makes, what nobody waits for, and what is not made any more."""
    assert helper(workshop, speaker, f"elsewhere:2:{'1' * 16}").find() is None
    with workshop.database.writing() as db:
        wanted_at, db.get_one(RenderRow, wanted).wanted_at = row_of(wanted).wanted_at, None
    helping = helper(workshop, speaker)
    assert helping.find() is None
    with workshop.database.writing() as db:
        db.get_one(RenderRow, wanted).wanted_at = wanted_at
        db.get_one(RenderRow, wanted).order = {**row_of(wanted).order, "voice_key": "another"}
    assert helping.find() == wanted
    helping.help(wanted)
    with workshop.database.writing() as db:
        assert cancel_render(db, wanted, datetime.now(UTC))
    assert helper(workshop, speaker).find() is None
    assert speaker.said == []


@pytest.mark.parametrize("how", ["cancelled", "own work"])
def test_helping_ends_with_its_reason(
    workshop: Workshop, wanted: str, speaker: CountingSpeaker, how: str
) -> None:
    """Within the sentence that is being spoken."""
    helping = helper(workshop, speaker)

    def stop() -> None:
        helping._looked_s = -math.inf
        if how == "own work":
            key = workshop.order("small-step", Options(minutes=2), None).key
            assert helping.bench.take(key)
            return
        with workshop.database.writing() as db:
            assert cancel_render(db, wanted, datetime.now(UTC))

    speaker.meanwhile = stop
    helping.help(wanted)
    assert len(speaker.said) == 1


def test_an_accident_is_told_without_words(
    workshop: Workshop, wanted: str, make_worker, caplog: pytest.LogCaptureFixture
) -> None:
    """Its maker goes on alone, and the worker as well."""
    worker = make_worker(produce)
    worker.is_voice_ok, worker._helping.voices = True, Voices(lambda _: 1 / 0)
    worker._help()
    until(lambda: "ZeroDivisionError" in caplog.text)
    assert SECRET not in caplog.text


def test_each_sentence_is_spoken_by_one(workshop: Workshop, wanted: str, row_of: RowOf) -> None:
    """The maker passes over what helpers have spoken meanwhile, and they what others have."""
    maker, first, second = (CountingSpeaker() for _ in range(3))
    bench = helper(workshop, maker).bench
    with workshop.database.writing() as db:
        release_render(db, wanted, ELSEWHERE, datetime.now(UTC))
    taken = bench.take(wanted)
    assert taken is not None

    def help_with(speaker: CountingSpeaker) -> None:
        helper(workshop, speaker, f"{speaker is first}:2:{'1' * 16}").help(wanted)

    maker.meanwhile = lambda: len(maker.said) == 3 and help_with(first)
    first.meanwhile = lambda: len(first.said) == 5 and help_with(second)
    job = Job(
        bench=bench,
        shelf=workshop.shelf,
        speaker=maker,
        produce=produce,
        settings=workshop.settings,
    )
    job.make(*taken)
    said = Counter(each.text for each in (*maker.said, *first.said, *second.said))
    assert len(said) == SENTENCES + 2
    assert set(said.values()) == {1}
    assert min(len(each.said) for each in (maker, first, second)) >= 3
    assert row_of(wanted).state == "done"
