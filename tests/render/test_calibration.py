"""How loud a voice is by itself: asked once, remembered, and what the curve takes away."""

from __future__ import annotations

import os

import numpy as np
import pytest

from server.render.calibration import SENTENCES, curve_offset_db, get_gain
from server.store import Shelf
from server.timeline import Utterance
from server.timeline.model import Plan, PlannedStage, SpeechStep
from server.units import Db, Ms
from server.voice import PACKAGED_VOICES, SilentSpeaker, Spoken
from tests.broken_disk import failing_reads


class Hummer(SilentSpeaker):
    """Hums instead of speaking, as loud as it is told."""

    def __init__(self, level: float) -> None:
        self.voice = PACKAGED_VOICES.get("joe")
        self.level = level
        self.said: list[str] = []

    def speak(self, utterances, **how):
        for utterance, spoken in super().speak(utterances, **how):
            self.said.append(utterance.text)
            tone = 32767 * self.level * np.sin(np.arange(len(spoken.frames)) / 8)
            yield utterance, Spoken(frames=np.round(tone).astype(np.int16))


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    return Shelf(tmp_path / "audio_cache")


def sentences(count: int, **how) -> list[Utterance]:
    return [Utterance(text=f"This is sentence number {n}.", pace=1.0, **how) for n in range(count)]


def test_a_voice_is_measured_once(shelf):
    """Eight sentences are spoken the first time; after that nothing is."""
    hummer = Hummer(0.1)
    gain_db = get_gain(hummer, shelf, sentences(20))
    assert len(hummer.said) == SENTENCES
    assert get_gain(hummer, shelf, sentences(20)) == gain_db
    assert get_gain(Hummer(0.5), shelf, []) == gain_db
    assert len(hummer.said) == SENTENCES


def test_a_few_sentences_do_not_speak_for_the_voice(shelf):
    """What an excerpt is measured by is forgotten; the next practice measures properly."""
    get_gain(Hummer(0.5), shelf, sentences(2))
    hummer = Hummer(0.1)
    assert get_gain(hummer, shelf, sentences(20)) == pytest.approx(
        get_gain(Hummer(0.1), shelf, sentences(20)), abs=0.01
    )
    assert len(hummer.said) == SENTENCES - 2


def test_a_voice_of_half_the_level_gets_twice_the_gain(tmp_path):
    """6 dB softer, 6 dB more."""
    loud = get_gain(Hummer(0.2), Shelf(tmp_path / "a"), sentences(8))
    soft = get_gain(Hummer(0.1), Shelf(tmp_path / "b"), sentences(8))
    assert soft - loud == pytest.approx(6, abs=0.2)


def test_nobodys_own_words_are_measured(shelf):
    """What a listener gave, or a person recorded, is not spoken for it."""
    hummer = Hummer(0.1)
    own = [*sentences(2, is_private=True), *sentences(2, recording="0" * 64)]
    get_gain(hummer, shelf, [*own, Utterance(text="For everybody.", pace=1.0)])
    assert hummer.said == ["For everybody."]


def test_a_damaged_measurement_is_made_again(shelf):
    """A file that cannot be read counts as none."""
    hummer = Hummer(0.1)
    gain_db = get_gain(hummer, shelf, sentences(9))
    path = shelf.calibration_path(hummer.voice.key)
    with failing_reads(os.getpid(), path, when="1"):
        assert get_gain(hummer, shelf, sentences(9)) == gain_db
    path.write_bytes(b"{")
    assert get_gain(hummer, shelf, sentences(9)) == gain_db


def test_a_silent_voice_has_no_gain(shelf):
    """Nothing to be raised, nothing to be asked."""
    assert get_gain(SilentSpeaker(), shelf, sentences(3)) == 0


def test_the_curve_takes_away_what_its_levels_say():
    """Half of the speech at −3 dB makes the whole 1.25 dB softer; lengths count."""
    loud, soft = sentences(2)
    steps = (SpeechStep(utterance=loud), SpeechStep(utterance=soft, level_db=Db(-3.0)))
    plan = Plan(target_ms=Ms(1000), stages=(PlannedStage(title="One", steps=steps),))
    assert curve_offset_db(plan, {loud: Ms(1000), soft: Ms(1000)}) == pytest.approx(-1.25, abs=0.01)
    assert curve_offset_db(plan, {loud: Ms(9000), soft: Ms(1)}) == pytest.approx(0, abs=0.01)
    nothing = Plan(target_ms=Ms(1000), stages=())
    assert curve_offset_db(nothing, {}) == 0
