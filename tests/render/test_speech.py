"""The clips of a render as they come: on the shelf, spoken in order, or a person's own."""

from __future__ import annotations

import numpy as np
import pytest

from server.audio import clip_bytes
from server.errors import RecordingMissing
from server.render.speech import Speech, publish_clip
from server.store import Shelf
from server.timeline import Utterance
from server.units import Ms
from server.voice import SilentSpeaker, Spoken, WordTime, clip_key, no_urgency

FIRST = Utterance(text="This is the first sentence.", pace=1.0)
SECOND = Utterance(text="This is the second one.", pace=1.0)
RECORDED = Utterance(text="This is said by a person.", pace=1.0, recording="c" * 64)


class Writing(SilentSpeaker):
    """A silent voice that writes down what it is asked to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def speak(self, utterances, **how):
        for utterance, spoken in super().speak(utterances, **how):
            self.said.append(utterance.text)
            yield utterance, spoken


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    return Shelf(tmp_path / "audio_cache")


def speech_of(shelf: Shelf, speaker: SilentSpeaker, *utterances: Utterance) -> Speech:
    return Speech(
        keys={each: each.recording or clip_key(speaker.voice, each) for each in utterances},
        shelf=shelf,
        speaker=speaker,
        urgency=no_urgency,
        on_wait=lambda: None,
    )


def test_sentences_are_spoken_in_the_order_of_need_and_kept(shelf):
    """Asked for the second, the first is spoken too, and neither is spoken again."""
    speaker = Writing()
    speech = speech_of(shelf, speaker, FIRST, SECOND)
    assert speech.length_of(SECOND) > 0
    assert speaker.said == [FIRST.text, SECOND.text]
    assert speech.length_of(FIRST) * 48 == len(speech.frames_of(FIRST))
    assert len(speaker.said) == 2


def test_a_clip_that_was_pruned_meanwhile_is_spoken_again(shelf):
    """What is gone when it is needed is made anew."""
    speaker = Writing()
    speech = speech_of(shelf, speaker, FIRST, SECOND)
    length_ms = speech.length_of(SECOND)
    shelf.remove_clips([speech.keys[SECOND]])
    assert speech.length_of(SECOND) == length_ms
    assert speaker.said == [FIRST.text, SECOND.text, SECOND.text]


def test_a_persons_recording_is_never_replaced_by_the_voice(shelf):
    """It is heard where it is there; where it is not, the render says so and nothing is spoken."""
    speaker = Writing()
    speech = speech_of(shelf, speaker, RECORDED, FIRST)
    with pytest.raises(RecordingMissing):
        speech.length_of(RECORDED)
    speech.length_of(FIRST)
    assert speaker.said == [FIRST.text]
    shelf.publish(shelf.clip_path("c" * 64), clip_bytes(np.ones(48_000, dtype=np.int16)))
    assert speech.length_of(RECORDED) == 1000


def test_words_are_counted_from_the_sentences_own_beginning(shelf):
    """Kept beside the clip; a clip without them has none."""
    speaker = Writing()
    word = WordTime(text="This", start_ms=Ms(40), end_ms=Ms(200))
    spoken = Spoken(frames=np.zeros(48_000, dtype=np.int16), words=(word,))
    publish_clip(shelf, clip_key(speaker.voice, FIRST), spoken)
    speech = speech_of(shelf, speaker, FIRST, SECOND)
    assert [(w.text, w.start_ms) for w in speech.words_of(FIRST)] == [("This", 40)]
    speech.length_of(SECOND)
    assert speech.words_of(SECOND) == ()
