"""The real voice, through the real pool: what the sound notes warn of does not happen."""

from __future__ import annotations

import numpy as np
import pytest

from server.audio import finish_clip
from server.timeline import Utterance
from server.units import FRAMES_PER_MS, ms_from_frames
from server.voice import estimate_ms, open_speaker

pytestmark = pytest.mark.real_voice


@pytest.fixture(scope="module")
def joe():
    """The voice joe in one process."""
    speaker = open_speaker("joe", finish=finish_clip, processes=1)
    speaker.warm()
    yield speaker
    speaker.close()


def speak(speaker, *texts: str) -> list[np.ndarray]:
    wanted = [Utterance(text=text, pace=1.3) for text in texts]
    spoken = {each: spoken.frames for each, spoken in speaker.speak(wanted)}
    return [spoken[utterance] for utterance in wanted]


def level_db(frames: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(frames / 32768)))))


def test_a_sentence_is_spoken_in_about_the_foretold_time(joe):
    """A clip is audible, whole milliseconds long, and near the silent voice's estimate."""
    text = "This is a practice for days when something in you would rather not practise."
    (frames,) = speak(joe, text)
    assert frames.dtype == np.int16
    assert len(frames) % FRAMES_PER_MS == 0
    assert level_db(frames) > -40
    assert ms_from_frames(len(frames)) == pytest.approx(
        estimate_ms(Utterance(text=text, pace=1.3)), rel=0.3
    )


def test_clips_begin_and_end_in_silence(joe):
    """A clip starts and stops at zero, so that no seam clicks, with little air around it."""
    for frames in speak(joe, "You can stop at any moment.", "Stopping is a kindness too."):
        assert abs(int(frames[0])) <= 2
        assert abs(int(frames[-1])) <= 2
        loud = np.flatnonzero(np.abs(frames) > 32768 * 10 ** (-40 / 20))
        assert loud[0] <= 150 * FRAMES_PER_MS
        assert len(frames) - loud[-1] <= 300 * FRAMES_PER_MS


def test_sentences_keep_their_own_loudness(joe):
    """No sentence is raised to full peak by itself."""
    (frames,) = speak(joe, "There is nothing to do here, and nothing to improve.")
    assert np.abs(frames).max() < 32768 * 0.6


def test_a_listeners_brackets_are_no_phonemes(joe):
    """Double brackets in a listener's words are said as words, not as raw phonemes."""
    plain, bracketed = speak(joe, "It is the thought: no time.", "It is the thought: [[no time]].")
    assert abs(len(plain) - len(bracketed)) < 600 * FRAMES_PER_MS
