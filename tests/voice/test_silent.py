"""The silent voice runs the path of a real one, with lengths computed from the text."""

from __future__ import annotations

import numpy as np

from server.audio import finish_clip
from server.timeline import Utterance
from server.units import ms_from_frames
from server.voice import clip_key, estimate_ms, open_speaker


def test_it_speaks_silence_of_the_estimated_length():
    """Every utterance comes back as zeros of exactly the length that was foretold."""
    speaker = open_speaker("silent", finish=finish_clip, processes=1)
    wanted = [Utterance(text=text, pace=1.3) for text in ("Sit down.", "And stay a while.")]
    speaker.warm()
    spoken = {each: spoken.frames for each, spoken in speaker.speak(wanted)}
    speaker.close()
    assert list(spoken) == wanted
    for utterance, frames in spoken.items():
        assert frames.dtype == np.int16
        assert not frames.any()
        assert ms_from_frames(len(frames)) == estimate_ms(utterance)


def test_longer_and_slower_take_longer():
    """More letters and a slower pace take more time."""
    short = estimate_ms(Utterance(text="Sit down.", pace=1.0))
    assert estimate_ms(Utterance(text="Sit down and stay.", pace=1.0)) > short
    assert estimate_ms(Utterance(text="Sit down.", pace=1.5)) > short


def test_clips_are_named_by_what_is_heard():
    """The same speakable text at the same pace is one clip; another pace is another."""
    speaker = open_speaker("silent", finish=finish_clip, processes=1)

    def key(text: str, pace: float) -> str:
        return clip_key(speaker.voice, Utterance(text=text, pace=pace))

    assert key("Sit *down*", 1.3) == key("Sit down.", 1.3)
    assert key("Sit down.", 1.3) != key("Sit down.", 1.4)


def test_a_respelled_sentence_is_its_respelling():
    """Name and length are those of what the voice gets, not of what is read."""
    speaker = open_speaker("silent", finish=finish_clip, processes=1)
    respelled = Utterance(text="MBSR helps.", pace=1.0, spoken="em-bee-ess-are helps.")
    as_heard = Utterance(text="em-bee-ess-are helps.", pace=1.0)
    assert clip_key(speaker.voice, respelled) == clip_key(speaker.voice, as_heard)
    assert estimate_ms(respelled) == estimate_ms(as_heard)
