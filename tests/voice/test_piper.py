"""The real voice, through the real pool: what the sound notes warn of does not happen."""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
import pytest

from server.audio import finish_clip
from server.errors import VoiceUnavailable
from server.timeline import Utterance
from server.units import FRAMES_PER_MS, ms_from_frames
from server.voice import PACKAGED_VOICES, PACKAGES, Spoken, WordTime, estimate_ms, open_speaker
from server.voice.piper import speak_one
from server.voice.speaker import PiperSpeaker

pytestmark = pytest.mark.real_voice


@pytest.fixture(scope="module")
def joe():
    """The voice joe in one process."""
    speaker = open_speaker("joe", finish=finish_clip, processes=1)
    speaker.warm()
    yield speaker
    speaker.close()


def speak_words(speaker, *texts: str) -> list[Spoken]:
    wanted = [Utterance(text=text, pace=1.3) for text in texts]
    spoken = dict(speaker.speak(wanted))
    return [spoken[utterance] for utterance in wanted]


def speak(speaker, *texts: str) -> list[np.ndarray]:
    return [spoken.frames for spoken in speak_words(speaker, *texts)]


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


# ── the moments of words ─────────────────────────────────────────────────────────────────────

LISTS = (
    "Sit, breathe, wait, rest, listen, soften, return, stay.",
    "Morning, evening, water, garden, mountain, river, window, table.",
    "Notice, allow, remember, nothing, begin, again, gently, now.",
)
SIBILANTS = (
    "You may see a low sun, so I say we may sing of a new sail.",
    "They saw me sew a new seam, now see a sail.",
)
"""Words with s come after vowels, in speech that does not pause."""


def onsets_ms(is_on: np.ndarray, step_ms: int, *, least_gap_ms: int) -> list[int]:
    """Where something begins that was not there for a while before."""
    steps = np.flatnonzero(is_on)
    firsts = [steps[0], *(b for a, b in pairwise(steps) if (b - a) * step_ms >= least_gap_ms)]
    return [int(first) * step_ms for first in firsts]


def sound_onsets_ms(frames: np.ndarray) -> list[int]:
    """Where sound begins after a pause, by level alone."""
    blocks = frames[: len(frames) // 240 * 240].reshape(-1, 240) / 32768
    return onsets_ms(np.mean(blocks**2, axis=1) > 10 ** (-50 / 10), 5, least_gap_ms=150)


def hiss_onsets_ms(frames: np.ndarray) -> list[int]:
    """Where an s begins: most of the power is above 4 kHz."""
    blocks = np.lib.stride_tricks.sliding_window_view(frames / 32768, 960)[::240]
    power = np.abs(np.fft.rfft(blocks * np.hanning(960))) ** 2
    hz = np.fft.rfftfreq(960, 1 / 48_000)
    high = power[:, (hz > 4_000) & (hz < 10_000)].sum(axis=1)
    is_hiss = (high > power.sum(axis=1) / 2) & (high > 10**-2.5)
    return [onset + 10 for onset in onsets_ms(is_hiss, 5, least_gap_ms=45)]


def starts_ms(words: tuple[WordTime, ...], first_letter: str = "") -> list[int]:
    return [word.start_ms for word in words if word.text.lower().startswith(first_letter)]


def test_words_begin_when_they_are_heard(joe):
    """Within 150 ms of where the sound itself begins, after pauses and in the midst of speech.

    Seen with 600 words after pauses: 65 ms at most. With 325 words that begin with s: 63 ms.
    """
    for spoken in speak_words(joe, *LISTS):
        heard = sound_onsets_ms(spoken.frames)
        assert starts_ms(spoken.words) == pytest.approx(heard, abs=150)
    for spoken in speak_words(joe, *SIBILANTS):
        heard = hiss_onsets_ms(spoken.frames)
        assert starts_ms(spoken.words, "s") == pytest.approx(heard, abs=100)


def test_every_word_of_a_sentence_has_its_time(joe):
    """Numbers and words that are run together included; in order, and inside the clip."""
    (spoken,) = speak_words(joe, "There are 25 of the things in the room, for Dr. Who, at 4-7-8.")
    said = "There are 25 of the things in the room for Doctor Who at 4 7 8"
    assert " ".join(word.text for word in spoken.words) == said
    moments = [moment for word in spoken.words for moment in (word.start_ms, word.end_ms)]
    assert moments == sorted(moments)
    assert moments[-1] <= ms_from_frames(len(spoken.frames))
    number = spoken.words[2]
    assert 400 <= number.end_ms - number.start_ms <= 1500


def test_without_onnx_there_are_no_words_and_the_same_sound(joe, monkeypatch):
    """Who did not install the extra gets clips all the same."""
    from server.voice.piper import _load

    monkeypatch.setitem(sys.modules, "onnx", None)
    _load.cache_clear()
    files = PACKAGES["joe"].model_path, PACKAGES["joe"].config_path
    text = "This is a practice for days when something in you would rather not practise."
    plain = speak_one(*files, text, 1.3, finish_clip)
    _load.cache_clear()
    (telling,) = speak_words(joe, text)
    assert plain.words == ()
    assert len(telling.words) == len(text.split())
    assert len(plain.frames) == pytest.approx(len(telling.frames), rel=0.15)


def test_a_damaged_model_is_told_when_it_is_loaded(tmp_path):
    """Half a model is no accident, but a voice that cannot be loaded."""
    package = PACKAGES["joe"]
    half = tmp_path / "half.onnx"
    half.write_bytes(package.model_path.read_bytes()[:1_000_000])
    speaker = PiperSpeaker(
        PACKAGED_VOICES.get("joe"),
        model_path=half,
        config_path=package.config_path,
        finish=finish_clip,
        processes=1,
    )
    with pytest.raises(VoiceUnavailable):
        speaker.warm()
    speaker.close()
