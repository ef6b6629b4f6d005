"""Speech outside of any practice, for somebody's ears: a voice's preview, a word said two ways."""

from __future__ import annotations

import wave
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from server.audio import LoudnessMeter, finish_clip, gain_for
from server.config import Settings
from server.errors import InvalidOptions, StepbackError
from server.render.lexicon import lexicon_line
from server.render.own_files import put_file
from server.render.voices import house_voices
from server.timeline import Utterance
from server.units import SAMPLE_RATE_HZ, Ms, factor_from_db, frames_from_ms, ms_from_frames
from server.voice import open_speaker, speakable
from server.voice.trial import list_phonemes

PREVIEW_TEXT = (
    "You can stop at any moment, and your eyes may be open or closed.",
    "If you like, let your shoulders have their own weight.",
    "There is nothing to do here, and nothing to improve.",
)
PREVIEW_PACE = 1.3
BETWEEN_MS = Ms(1_200)
"""The silence between two sentences of a preview."""

WORD = "{word}"
"""Where a sentence has the word that is tried."""

WORD_SENTENCE = f"This is how it says: {WORD}, within a sentence."


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of saying a word two ways."""

    written: str
    """The sounds of the sentence as it is written."""
    respelled: str
    """The sounds of the sentence with the respelling."""
    length_ms: Ms
    line: str
    """What keeps the respelling in the lexicon."""


def preview_voice(settings: Settings, name: str, *, text: str, pace: float, out: Path) -> Ms:
    """Speak a text, or our own sentences where it is empty, into a WAV; gives its length.

    Raises VoiceUnavailable, another VoiceError, or a StepbackError where `out` cannot be written.
    """
    sentences = (text,) if text else PREVIEW_TEXT
    return _write_wav(out, _say(settings, name, sentences, pace=pace))


def compare_spellings(
    settings: Settings, name: str, *, word: str, respelling: str, sentence: str, out: Path
) -> Comparison:
    """Say a sentence with a word as it is written, and again with its respelling, into a WAV.

    Raises InvalidOptions for a sentence without the word's place, InvalidScript for a pair that
    no lexicon may hold, and what preview_voice() raises.
    """
    if WORD not in sentence:
        raise InvalidOptions("sentence", f"The sentence must hold {WORD} where the word belongs.")
    line = lexicon_line(word, respelling)
    voices = house_voices(settings)
    if voices.get(name).engine == "silent":
        raise StepbackError(f"The voice '{name}' says nothing. Name another by --voice.")
    both = [sentence.replace(WORD, each) for each in (word, respelling)]
    config_path = voices.get_record(name).config_path
    written, respelled = list_phonemes(config_path, [speakable(each) for each in both])
    length_ms = _write_wav(out, _say(settings, name, both, pace=PREVIEW_PACE))
    return Comparison(written=written, respelled=respelled, length_ms=length_ms, line=line)


def _say(
    settings: Settings, name: str, sentences: tuple[str, ...] | list[str], *, pace: float
) -> np.ndarray:
    """Speak sentences with a pause between them, as loud as in a practice."""
    wanted = [Utterance(text=sentence, pace=pace) for sentence in sentences]
    processes = min(len(wanted), settings.voice_processes)
    with closing(
        open_speaker(name, finish=finish_clip, processes=processes, voices=house_voices(settings))
    ) as speaker:
        spoken = {utterance: said.frames for utterance, said in speaker.speak(wanted)}
    silence = np.zeros(frames_from_ms(BETWEEN_MS), dtype=np.int16)
    pieces = [piece for each in wanted for piece in (spoken[each], silence)][:-1]
    sound = np.concatenate(pieces)
    with LoudnessMeter() as meter:
        meter.feed(sound)
        factor = factor_from_db(gain_for(meter.result().integrated_lufs))
    return np.clip(np.round(sound * factor), -32768, 32767).astype("<i2")


def _write_wav(out: Path, frames: np.ndarray) -> Ms:
    """Write frames to a WAV: whole, or not at all."""
    if not out.parent.is_dir():
        raise StepbackError(f"{out} cannot be written: there is no folder {out.parent}.")

    def fill(part: Path) -> None:
        with wave.open(str(part), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE_HZ)
            file.writeframes(frames.tobytes())

    put_file(out, fill)
    return ms_from_frames(len(frames))
