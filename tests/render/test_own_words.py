"""A listener's own words: spoken at once, heard when they are there, and in nobody's way."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from server.errors import VoiceCrashed
from server.render import Begun, Sittings, Workshop
from server.render.live_hand import open_live_hand
from server.render.own_words import FIRST_WORDS_SECONDS, WORDS_SECONDS
from server.sitting import Choices, Kind
from server.store import WordsState, list_words
from server.timeline import Utterance
from server.voice import Spoken
from tests.render.conftest import until
from tests.render.live import (
    CANARY,
    DEVICE,
    ID,
    OTHER,
    OWN,
    SECOND_ID,
    SLUG,
    House,
    SilenceInTheNameOf,
)

THREADS = ("words", "lines", "sittings", "stock")


class Held(SilenceInTheNameOf):
    """Speaks when it may; what is to happen meanwhile is told to it."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def speak(
        self, utterances: Sequence[Utterance], **given: object
    ) -> Iterator[tuple[Utterance, Spoken]]:
        """Let something happen before each sentence."""
        for utterance in utterances:
            self.meanwhile()
            yield from super().speak([utterance], **given)  # type: ignore[arg-type]


@pytest.fixture
def held(open_house: House) -> Held:
    voice = Held("silent")
    open_house.voices._speakers["silent"] = voice
    return voice


def states(house: House, sitting_id: str = ID) -> list[str]:
    with house.workshop.database.reading() as db:
        return [row.state for row in list_words(db, sitting_id)]


def said(house: House) -> list[str]:
    seen = house.look()
    return [seen.text_of(line) for line in seen.performance.lines]


def test_first_words_are_heard(open_house: House) -> None:
    """Each line that says them has its file, and the sitting knows how long it is."""
    open_house.begin(words=OWN)
    open_house.speak()
    assert states(open_house) == [WordsState.VOICED]
    [event] = open_house.look().events
    assert (event.kind, event.words, len(event.lengths)) == (Kind.VOICED, 1, 2)
    assert len(open_house.files()) == 2
    open_house.wait(30)
    assert f"It says: “{CANARY}”." in said(open_house)
    assert "Something may be here." not in said(open_house)


def test_later_words_are_heard_at_their_step_back(open_house: House) -> None:
    """A shared line and a silence make the time in which they are spoken."""
    path = open_house.workshop.settings.scripts_path / "a-practice.md"
    path.write_text(path.read_text().replace("One step back. [1s]", "One step back. [9s]"))
    open_house.begin()
    open_house.wait(12)
    open_house.move(Kind.STEP_BACK, 1, OWN)
    open_house.speak()
    open_house.wait(30)
    assert f"This one says: “{CANARY}”." in said(open_house)
    assert states(open_house) == [WordsState.VOICED]


@pytest.mark.folder
def test_own_lines_are_in_the_sound(open_house: House) -> None:
    """Where they are said other frames are heard than the room's."""
    open_house.begin(words=OWN)
    open_house.speak()
    open_house.wait(15)
    seen = open_house.look()
    [line] = [line for line in seen.performance.lines if line.words]
    number = line.start_ms // 1024 + 1
    sounding = open_house.sittings.segment(ID, DEVICE, number)
    for path in (open_house.workshop.shelf.root / "sittings").rglob("*.aac"):
        path.unlink()
    assert open_house.counter().segment(ID, DEVICE, number) != sounding


def test_files_tell_nothing(open_house: House) -> None:
    """No name holds the words; the same words of another device have other names."""
    open_house.begin(words=OWN)
    open_house.begin(SECOND_ID, OTHER, words=OWN)
    open_house.speak()
    names = [path.name for path in (open_house.workshop.shelf.root / "sittings").rglob("*")]
    assert len(names) == len(set(names)) >= 6
    assert not any(CANARY in name for name in names)


def test_too_late_is_not_missed(open_house: House, held: Held) -> None:
    """The neutral wording is heard, nothing is left, and the next words are spoken again."""
    open_house.begin(words=OWN)
    held.meanwhile = lambda: open_house.wait(FIRST_WORDS_SECONDS + 1)  # type: ignore[method-assign]
    open_house.speak()
    assert states(open_house) == [WordsState.FAILED]
    open_house.wait(15)
    assert "Something may be here." in said(open_house)
    assert not any(CANARY in text for text in said(open_house))
    held.meanwhile = lambda: None  # type: ignore[method-assign]
    open_house.move(Kind.STEP_BACK, 1, OWN)
    open_house.speak()
    assert states(open_house) == [WordsState.FAILED, WordsState.VOICED]


def test_later_words_have_less_time(open_house: House, held: Held) -> None:
    open_house.begin()
    open_house.move(Kind.STEP_BACK, 1, OWN)
    held.meanwhile = lambda: open_house.wait(WORDS_SECONDS + 1)  # type: ignore[method-assign]
    open_house.speak()
    assert states(open_house) == [WordsState.FAILED]


def test_a_voice_that_fails_costs_the_words_alone(
    open_house: House, held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    """And what it said of them is in no log."""

    def crash() -> None:
        raise VoiceCrashed(f"in the middle of {CANARY}")

    open_house.begin(words=OWN)
    held.meanwhile = crash  # type: ignore[method-assign]
    caplog.set_level(logging.DEBUG)
    open_house.speak()
    assert states(open_house) == [WordsState.FAILED]
    assert "VoiceCrashed" in caplog.text
    assert CANARY not in caplog.text


def test_another_voice_does_not_take_its_place(open_house: House, held: Held) -> None:
    """A sitting is spoken by one voice; where that was replaced the neutral wording is heard."""
    open_house.begin(words=OWN)
    held.voice = SilenceInTheNameOf("joe").voice
    open_house.speak()
    assert states(open_house) == [WordsState.FAILED]


def test_forgotten_while_they_are_spoken(open_house: House, held: Held) -> None:
    """What the worker makes after that is nobody's, and goes at once."""
    open_house.begin(words=OWN)
    held.meanwhile = lambda: (  # type: ignore[method-assign]
        open_house.sittings.forget(ID, DEVICE) if states(open_house) else None
    )
    open_house.speak()
    assert states(open_house) == []
    assert not open_house.files()


def test_forgotten_and_failed(open_house: House, held: Held) -> None:
    """The same where the second sentence fails after the first was put on the shelf."""
    calls = iter([lambda: None, lambda: open_house.sittings.forget(ID, DEVICE)])

    def meanwhile() -> None:
        next(calls)()
        if not states(open_house):
            raise VoiceCrashed

    open_house.begin(words=OWN)
    held.meanwhile = meanwhile  # type: ignore[method-assign]
    open_house.speak()
    assert not open_house.files()


def test_forgotten_before_they_are_spoken(open_house: House) -> None:
    open_house.begin(words=OWN)
    key = open_house.words._claim()
    assert key is not None
    open_house.sittings.forget(ID, DEVICE)
    open_house.words.speak_words(key)
    assert not open_house.files()


def test_only_one_worker_speaks_them(open_house: House) -> None:
    open_house.begin(words=OWN)
    assert open_house.words._claim() is not None
    assert open_house.words._claim() is None
    assert states(open_house) == [WordsState.SPEAKING]


def test_a_worker_that_stops_lets_them_be(open_house: House) -> None:
    """They are given up a minute later; nobody waits for them."""
    open_house.begin(words=OWN)
    open_house.stopping.set()
    open_house.speak()
    assert states(open_house) == [WordsState.SPEAKING]
    open_house.words.take_words(lambda work: work())
    open_house.wait(61)
    open_house.sweeper.sweep(open_house.now_at)
    assert states(open_house) == [WordsState.FAILED]


def test_the_worker_speaks_in_its_threads(workshop: Workshop, open_house: House) -> None:
    """As the worker does it: all that wait at once, each in a hand of its own."""
    hand = open_live_hand(workshop, open_house.voices, threading.Event())
    open_house.begin(words=OWN)
    open_house.begin(SECOND_ID, OTHER, words=OWN)
    hand.take_words(lambda work: work())
    until(lambda: states(open_house) + states(open_house, SECOND_ID) == ["voiced", "voiced"])
    hand.join(0.0)


def test_words_are_nowhere_after_the_end(
    open_house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A quarter of an hour after the end: not in the database, its log, a file or our own log."""
    caplog.set_level(logging.DEBUG)
    open_house.begin(words=OWN)
    open_house.speak()
    open_house.wait(12)
    open_house.move(Kind.STEP_BACK, 1, {"obstacle": f"second {CANARY}"})
    open_house.speak()
    open_house.wait(600)
    open_house.sweeper.sweep(open_house.now_at)
    assert open_house.look().is_over
    open_house.wait(15 * 60 + 1)
    open_house.sweeper.sweep(open_house.now_at)
    found = [
        path
        for path in tmp_path.rglob("*")
        if CANARY in str(path) or (path.is_file() and CANARY.encode() in path.read_bytes())
    ]
    assert found == []
    assert CANARY not in caplog.text
    assert not open_house.files()


def test_the_worker_does_all_of_it(open_house: House, producer, make_worker) -> None:
    """Its threads make the lines that are wanted, speak words, and stop with the worker."""
    counter = Sittings(
        settings=open_house.workshop.settings,
        database=open_house.workshop.database,
        shelf=open_house.workshop.shelf,
        catalogue=open_house.workshop.catalogue,
    )
    folder = open_house.workshop.shelf.root / "lines"
    shutil.move(next(folder.glob("*/*.aac")), folder / "gone")
    worker = make_worker(producer)
    worker.start()
    until(lambda: isinstance(counter.begin(SLUG, Choices(minutes=5), OWN, DEVICE, ID), Begun))
    until(lambda: states(open_house) == ["voiced"])
    assert [event.kind for event in counter.look(ID, DEVICE).events] == [Kind.VOICED]
    worker.stop()
    until(lambda: not any(each.name in THREADS for each in threading.enumerate()))
