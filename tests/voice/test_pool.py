"""The voice processes: an accident fails one sentence, with a reason, and nothing else."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
from pathlib import Path

import pytest

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
from server.voice import find_voice
from server.voice.pool import PiperSpeaker


@pytest.fixture
def speaker(monkeypatch):
    """A real pool of two real processes, in which accidents can be asked for."""
    folder = str(Path(__file__).parent)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", folder)
    sys.modules.pop("accidents", None)
    import accidents

    made = PiperSpeaker(
        find_voice("joe"),
        model_path=Path("/nowhere"),
        config_path=Path("/nowhere.json"),
        finish=finish_clip,
        processes=2,
        speak_one=accidents.speak_or_fail,
        time_limit_seconds=4,
    )
    yield made
    made.close()


def utterances(*texts: str) -> list[Utterance]:
    return [Utterance(text=text, pace=1.3) for text in texts]


def test_every_sentence_comes_back_whole(speaker):
    """Each utterance is spoken once, as 16-bit frames of whole milliseconds."""
    wanted = utterances(*(f"Sentence number {number}." for number in range(9)))
    spoken = {each: spoken.frames for each, spoken in speaker.speak(wanted)}
    assert set(spoken) == set(wanted)
    assert all(len(frames) and len(frames) % FRAMES_PER_MS == 0 for frames in spoken.values())


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
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    with program, os.fdopen(os.pidfd_open(int(program.stdout.readline()))) as child:
        program.kill()
        assert select.select([child], [], [], 10)[0], "the voice process is still there"


def test_a_pool_outlives_the_thread_that_opened_it(speaker):
    """A pool that was started from a thread which has ended still speaks."""
    thread = threading.Thread(target=lambda: list(speaker.speak(utterances("Sit down."))))
    thread.start()
    thread.join()
    assert len(list(speaker.speak(utterances("And stay.")))) == 1
