"""The voice processes: an accident fails one sentence, with a reason, and nothing else."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from pebble import ProcessPool
from pebble.pool.base_pool import Task
from pebble.pool.process import PoolManager

from server.audio import finish_clip
from server.errors import (
    NothingSpoken,
    VoiceCrashed,
    VoiceError,
    VoiceOutOfMemory,
    VoiceTimedOut,
    VoiceUnavailable,
)
from server.timeline import Utterance
from server.units import FRAMES_PER_MS
from server.voice import PACKAGED_VOICES, pool
from server.voice.speaker import PiperSpeaker
from server.watch.meters import METERS


@pytest.fixture
def open_pool(monkeypatch, tmp_path):
    """Open real pools of real processes, in which accidents can be asked for.

    They write what they begin to say into `tmp_path / "said"`.
    """
    folder = str(Path(__file__).parent)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", folder)
    sys.modules.pop("accidents", None)
    import accidents

    (tmp_path / "said").touch()
    os.mkfifo(tmp_path / "hold")
    opened = []

    def open_one(processes: int, *, time_limit_seconds: float = 4) -> PiperSpeaker:
        made = PiperSpeaker(
            PACKAGED_VOICES.get("joe"),
            model_path=tmp_path / "said",
            config_path=tmp_path / "hold",
            finish=finish_clip,
            processes=processes,
            speak_one=accidents.speak_or_fail,
            time_limit_seconds=time_limit_seconds,
        )
        opened.append(made)
        return made

    yield open_one
    for made in opened:
        made.close()


@pytest.fixture
def speaker(open_pool):
    """A pool of two processes."""
    return open_pool(2)


def said(folder: Path) -> list[str]:
    return [line.rstrip(".") for line in (folder / "said").read_text().splitlines()]


def has_ended(process_id: int) -> bool:
    """Wait for a process that another may wait for too."""
    try:
        process = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    with os.fdopen(process):
        return bool(select.select([process], [], [], 20)[0])


def stop_idle(speaker: PiperSpeaker, process_id: int) -> None:
    """Stop a process that has nothing to say, never with its hand on what all of them share."""
    manager = speaker._processes._pool._pool_manager.worker_manager
    with manager.workers_channel.lock():
        os.kill(process_id, signal.SIGSTOP)
        os.waitid(os.P_PID, process_id, os.WSTOPPED)


def utterances(*texts: str) -> list[Utterance]:
    return [Utterance(text=text, pace=1.3) for text in texts]


def test_every_sentence_comes_back_whole(speaker):
    """Each utterance is spoken once, as 16-bit frames of whole milliseconds."""
    wanted = utterances(*(f"Sentence number {number}." for number in range(9)))
    spoken = {each: spoken.frames for each, spoken in speaker.speak(wanted)}
    assert set(spoken) == set(wanted)
    assert all(len(frames) and len(frames) % FRAMES_PER_MS == 0 for frames in spoken.values())


def test_what_is_spoken_is_counted_with_the_time_it_took(speaker):
    """Its length, by voice; an accident, and the loading of a voice, count for nothing."""

    def seconds(what: str) -> float:
        name = f"stepback_{what}_seconds_total"
        return METERS.get_sample_value(name, {"voice": "joe"}) or 0.0

    before = seconds("speech"), seconds("speaking")
    [(_, spoken)] = speaker.speak(utterances("Sit down."))
    with pytest.raises(VoiceCrashed):
        list(speaker.speak(utterances("raise")))
    length_s = len(spoken.frames) / (FRAMES_PER_MS * 1000)
    assert seconds("speech") - before[0] == pytest.approx(length_s)
    assert seconds("speaking") > before[1]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("crash", VoiceCrashed),
        ("hang", VoiceTimedOut),
        ("eat", VoiceOutOfMemory),
        ("raise", VoiceCrashed),
        ("nothing", NothingSpoken),
        ("…", NothingSpoken),
    ],
)
def test_an_accident_is_told_and_the_pool_goes_on(speaker, text, error):
    """The render that met the accident fails with its kind; the next one is spoken."""
    with pytest.raises(error) as caught:
        list(speaker.speak(utterances(text)))
    assert isinstance(caught.value, VoiceError)
    assert "would not say" not in str(caught.value)
    assert len(list(speaker.speak(utterances("Sit down.", "And stay.")))) == 2


def test_a_voice_that_cannot_be_loaded_says_so(speaker):
    """A missing model is told when the voice is warmed, not in the middle of a render."""
    with pytest.raises(VoiceUnavailable):
        speaker.warm()


def test_giving_up_in_the_middle_leaves_the_pool_usable(speaker):
    """A stopped render takes no more than it had begun; another goes on at once."""
    spoken = speaker.speak(utterances(*(f"Sentence {number}." for number in range(20))))
    next(spoken)
    spoken.close()
    assert len(list(speaker.speak(utterances("Sit down.")))) == 1


def test_voice_processes_end_with_their_worker(tmp_path):
    """A worker killed with -9 leaves no voice process behind, each of which holds 350 MB."""
    folder = Path(__file__).parent
    program = subprocess.Popen(
        [sys.executable, str(folder / "orphan_program.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder.parents[1]}"},
    )
    with program:
        process_id = int(program.stdout.readline())
        program.kill()
        assert has_ended(process_id), "the voice process is still there"


def test_a_pool_outlives_the_thread_that_opened_it(speaker):
    """A pool that was started from a thread which has ended still speaks."""
    thread = threading.Thread(target=lambda: list(speaker.speak(utterances("Sit down."))))
    thread.start()
    thread.join()
    assert len(list(speaker.speak(utterances("And stay.")))) == 1


# ── several callers ──────────────────────────────────────────────────────────────────────────


class Render(threading.Thread):
    """A caller in a thread of its own, which tells when it waits and keeps what it gets."""

    def __init__(self, speaker, *texts: str, runs_out_at: float = math.inf, takes: int = 1):
        super().__init__(daemon=True)
        self.wanted = utterances(*texts)
        self.is_waiting = threading.Event()
        self.must_stop = threading.Event()
        self.got: list[Utterance] = []
        self.error: BaseException | None = None
        self._spoken = speaker.speak(
            self.wanted, urgency=lambda: runs_out_at, on_wait=self._on_wait, takes=takes
        )
        self.start()
        assert self.is_waiting.wait(60)

    def run(self) -> None:
        try:
            self.got = [utterance for utterance, _ in self._spoken]
        except (VoiceError, InterruptedError) as error:
            self.error = error

    def _on_wait(self) -> None:
        self.is_waiting.set()
        if self.must_stop.is_set():
            raise InterruptedError

    def end(self) -> None:
        self.join(60)
        assert not self.is_alive()


@pytest.fixture
def held(open_pool, tmp_path):
    """A pool of one process that is held up in a sentence, and what lets it go on."""
    speaker = open_pool(1)
    first = Render(speaker, "hold", "f1", "f2")

    def let_go() -> None:
        (tmp_path / "hold").write_bytes(b"")
        first.end()

    return speaker, let_go


def test_the_most_urgent_caller_is_spoken_next(held, tmp_path):
    """Whoever's sound runs out first is next, however late they came; infinity comes last."""
    speaker, let_go = held
    late = Render(speaker, "l1", "l2", runs_out_at=30)
    soon = Render(speaker, "s1", "s2", runs_out_at=10)
    let_go()
    for each in (late, soon):
        each.end()
        assert each.got == each.wanted
    assert said(tmp_path) == ["hold", "s1", "s2", "l1", "l2", "f1", "f2"]


def test_what_a_stopped_caller_had_waiting_is_not_spoken(held, tmp_path):
    """A caller that is stopped by on_wait, in mid-wait, takes back all that was not begun."""
    speaker, let_go = held
    stopped = Render(speaker, "x1", "x2", "x3", runs_out_at=1)
    other = Render(speaker, "o1", runs_out_at=2)
    stopped.must_stop.set()
    stopped.end()
    assert isinstance(stopped.error, InterruptedError)
    let_go()
    other.end()
    assert said(tmp_path) == ["hold", "o1", "f1", "f2"]


def test_what_is_not_needed_any_more_is_passed_over(held, tmp_path):
    """It is asked when its turn comes; whoever waits for the rest gets the rest."""
    speaker, let_go = held
    spoken_elsewhere: set[str] = set()
    wanted = [Utterance(text=text, pace=1.0) for text in ("n1", "n2", "n3")]
    coming = speaker.speak(wanted, is_needed=lambda each: each.text not in spoken_elsewhere)
    got: list[str] = []
    thread = threading.Thread(target=lambda: got.extend(each.text for each, _ in coming))
    thread.start()
    spoken_elsewhere.add("n2")
    let_go()
    thread.join(60)
    assert got == ["n1", "n3"]
    assert "n2" not in said(tmp_path)


def test_a_callers_accident_is_its_own(held, tmp_path):
    """A crash fails its own caller, whose other sentences are not spoken; the others go on."""
    speaker, let_go = held
    crashed = Render(speaker, "crash", "x1", "x2", runs_out_at=1)
    other = Render(speaker, "o1", "o2", runs_out_at=2)
    let_go()
    for each in (crashed, other):
        each.end()
    assert isinstance(crashed.error, VoiceCrashed)
    assert other.got == other.wanted
    assert {"x1", "x2"}.isdisjoint(said(tmp_path)[4:])


def test_many_callers_each_get_their_own(speaker):
    """Six threads at once: each gets all of its sentences, and nobody else's."""
    barrier = threading.Barrier(6)
    got: dict[int, list[str]] = {}

    def call(number: int) -> None:
        barrier.wait()
        wanted = utterances(*(f"{number} says {each}" for each in range(8)))
        got[number] = sorted(each.text for each, _ in speaker.speak(wanted))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert got == {n: [f"{n} says {each}" for each in range(8)] for n in range(6)}


def test_who_does_not_fetch_does_not_fill_memory(open_pool, tmp_path):
    """A caller that stands still is spoken only a little ahead."""
    speaker = open_pool(1)
    spoken = speaker.speak(utterances(*(f"s{number}" for number in range(20))))
    next(spoken)
    assert len(list(speaker.speak(utterances("a", "b", "c", "d", "e", "f")))) == 6
    assert len([text for text in said(tmp_path) if text.startswith("s")]) <= 6
    assert len(list(spoken)) == 19


def test_every_take_is_spoken_and_one_is_kept(speaker, tmp_path):
    """Three takes are three times the work and one result, also of a sentence that comes twice."""
    wanted = utterances("Sit down.", "And stay.", "Sit down.")
    spoken = [each for each, _ in speaker.speak(wanted, takes=3)]
    assert sorted(each.text for each in spoken) == ["And stay.", "Sit down.", "Sit down."]
    assert sorted(said(tmp_path)) == ["And stay"] * 3 + ["Sit down"] * 6


def test_whoever_waits_is_told_when_the_pool_closes(open_pool):
    """Closing ends every wait, and nothing can be begun afterwards."""
    speaker = open_pool(1)
    waiting = Render(speaker, "hold", "x1")
    speaker.close()
    waiting.end()
    assert isinstance(waiting.error, VoiceUnavailable)
    with pytest.raises(VoiceUnavailable):
        list(speaker.speak(utterances("Sit down.")))


def test_a_process_that_dies_between_two_sentences_is_replaced(open_pool):
    """A killed idle process costs at most the sentence that was on its way to it."""
    speaker = open_pool(1)
    list(speaker.speak(utterances("Sit down.")))
    (process,) = multiprocessing.active_children()
    process.kill()
    process.join()
    with contextlib.suppress(VoiceCrashed):
        list(speaker.speak(utterances("And stay.")))
    assert len(list(speaker.speak(utterances("Stay here.", "A while.")))) == 2


def test_a_sentence_that_no_process_takes_is_told(open_pool, monkeypatch):
    """A process that was stopped in mid-wait answers nothing, and keeps nobody waiting for ever."""
    speaker = open_pool(1)
    list(speaker.speak(utterances("Sit down.")))
    (process,) = multiprocessing.active_children()
    os.kill(process.pid, signal.SIGSTOP)
    with monkeypatch.context() as patched:
        patched.setattr(pool, "TAKING_SECONDS", 0.5)
        with pytest.raises(VoiceCrashed):
            list(speaker.speak(utterances("And stay.")))
    assert len(list(speaker.speak(utterances("Stay here.", "A while.")))) == 2
    assert has_ended(process.pid)


def test_a_sentence_that_comes_while_the_pool_breaks_is_told(open_pool, monkeypatch):
    """Given to pebble before it broke, known to it only afterwards: it answers to none of it."""
    speaker = open_pool(1)
    list(speaker.speak(utterances("Sit down.")))
    (process,) = multiprocessing.active_children()
    broken = threading.Event()
    schedule, break_pool = PoolManager.schedule, PoolManager.handle_broken_pool

    def schedule_late(manager: PoolManager, task: Task) -> None:
        if not broken.is_set():
            process.kill()
            assert broken.wait(60)
        schedule(manager, task)

    def tell_broken(manager: PoolManager, error: BrokenProcessPool) -> None:
        break_pool(manager, error)
        broken.set()

    monkeypatch.setattr(PoolManager, "schedule", schedule_late)
    monkeypatch.setattr(PoolManager, "handle_broken_pool", tell_broken)
    with pytest.raises(VoiceCrashed):
        list(speaker.speak(utterances("And stay.")))
    assert len(list(speaker.speak(utterances("Stay here.", "A while.")))) == 2


def test_what_is_spoken_beside_a_lost_sentence_is_kept(open_pool, monkeypatch, tmp_path):
    """The pool that lost one is replaced; what another of its processes has begun, it ends."""
    speaker = open_pool(2, time_limit_seconds=120)
    list(speaker.speak(utterances(*(f"number {each}" for each in range(9)))))
    stopped, _ = multiprocessing.active_children()
    stop_idle(speaker, stopped.pid)
    other = Render(speaker, "hold")
    hold = (tmp_path / "hold").open("wb")  # waits until the other process has begun it
    with monkeypatch.context() as patched:
        patched.setattr(pool, "TAKING_SECONDS", 0.5)
        with pytest.raises(VoiceCrashed):
            list(speaker.speak(utterances("And stay.")))
    assert len(list(speaker.speak(utterances("Stay here.")))) == 1
    hold.close()
    other.end()
    assert other.got == other.wanted
    assert has_ended(stopped.pid)


def test_processes_that_cannot_be_started_are_an_accident_of_now(speaker, monkeypatch):
    """While the machine starts no process, renders fail; when it does again, they are spoken."""

    def refuse(*_, **__) -> None:
        raise RuntimeError("no process can be started")

    with monkeypatch.context() as patched:
        patched.setattr(ProcessPool, "schedule", refuse)
        with pytest.raises(VoiceCrashed):
            list(speaker.speak(utterances(*(f"Sentence {number}." for number in range(20)))))
    assert len(list(speaker.speak(utterances("Sit down.", "And stay.")))) == 2
