"""Persons' own recordings: for one sentence of one script, level with the voice, and removable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from server.audio import LoudnessMeter, read_clip
from server.audio.clips import LEAD_MS, TAIL_MS, finish_recording
from server.audio.level import TARGET_LUFS
from server.errors import SoundRefused, StepbackError
from server.render.additions import find_additions
from server.render.own_lines import (
    add_line,
    choose_sentence,
    find_recordings,
    list_lines,
    remove_line,
)
from server.script import Script, parse_script
from server.store import Shelf
from server.store.shelves import open_shelf
from server.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

SCRIPT = """---
title: Lines
slug: lines
track: obstacles
summary: A practice for tests.
intention: To be short.
minutes: [1]
voice: joe
words:
  thing:
    ask: What is here?
    default: a cloud
credits: Our own words.
---

# Arriving

Here we are together now. [3s] You may stop at any moment.

Look at {thing} for a while.

:::repeat 2
Once more we look around.
:::
"""


@pytest.fixture
def script() -> Script:
    return parse_script(SCRIPT, path="lines.md")


@pytest.fixture
def shelf(settings) -> Shelf:
    return open_shelf(settings)


def speech(
    seconds: float, *, level_db: float = -30.0, quiet_s: float = 1.0, hiss_db: float = -75.0
) -> np.ndarray:
    """Something with the rhythm of speech: syllables of dark noise, quiet before and after."""
    dice = np.random.default_rng(5)
    count = round(seconds * SAMPLE_RATE_HZ)
    at = np.arange(count) / SAMPLE_RATE_HZ
    dark = np.convolve(dice.normal(0, 1, count), np.ones(12) / 12, "same")
    voice = dark * np.abs(np.sin(2 * np.pi * 2 * at)) ** 2
    voice *= 10 ** (level_db / 20) / np.sqrt(np.mean(voice**2))
    quiet = np.zeros(round(quiet_s * SAMPLE_RATE_HZ))
    whole = np.concatenate([quiet, voice, quiet])
    return (whole + dice.normal(0, 10 ** (hiss_db / 20), len(whole))).astype(np.float32)


@pytest.fixture
def recording(tmp_path) -> Callable[..., Path]:
    def make(seconds: float = 3, ending: str = "wav", **how: float) -> Path:
        path = tmp_path / f"take.{ending}"
        soundfile.write(path, speech(seconds, **how), SAMPLE_RATE_HZ, format=ending.upper())
        return path

    return make


def loudness(frames: np.ndarray) -> float:
    with LoudnessMeter() as meter:
        meter.feed(frames)
        return meter.result().integrated_lufs


# ── the clip ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level_db", "hiss_db"), [(-50, -80), (-30, -80), (-30, -60), (-14, -60), (-14, -45)]
)
def test_a_recording_is_level_with_the_voice_and_trimmed(level_db, hiss_db):
    """However loud it was spoken, in a quiet or a noisy room, its clip is at the target."""
    frames = finish_recording(speech(3, level_db=level_db, hiss_db=hiss_db))
    assert loudness(frames) == pytest.approx(TARGET_LUFS, abs=0.5)
    length_ms = len(frames) / FRAMES_PER_MS
    assert length_ms == int(length_ms)
    assert length_ms == pytest.approx(3_000 + LEAD_MS + TAIL_MS, abs=150)
    assert abs(int(frames[0])) < 20
    assert np.abs(frames.astype(int)).max() < 32_767


def test_a_recording_of_one_word_has_a_level_too():
    """Less than 0.4 s has no loudness of its own by the standard, and is levelled all the same."""
    frames = finish_recording(speech(0.3, level_db=-40))
    assert len(frames) / FRAMES_PER_MS < 450
    assert loudness(np.tile(frames, 8)) == pytest.approx(TARGET_LUFS, abs=1.0)


def test_silence_has_no_clip():
    """Nothing spoken gives nothing."""
    assert len(finish_recording(np.zeros(48_000, np.float32))) == 0
    assert len(finish_recording(np.zeros(100, np.float32))) == 0


# ── which sentence ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "nth", "text"),
    [
        (18, 1, "Here we are together now."),
        (18, 2, "You may stop at any moment."),
        (23, None, "Once more we look around."),
        (23, 1, "Once more we look around."),
    ],
)
def test_a_sentence_is_found_by_its_line(script, line, nth, text):
    """The line is the one an editor shows; sentences in repeats are found as well."""
    assert choose_sentence(script, line, nth) == text


@pytest.mark.parametrize(
    ("line", "nth", "words"),
    [
        (18, None, "2 sentences begin on line 18"),
        (18, None, "2. You may stop"),
        (18, 3, "there is no 3"),
        (19, None, "No sentence begins on line 19. The nearest begin on 18, 20, 23"),
        (20, None, "a word of the listener's: Look at {thing} for a while."),
    ],
)
def test_a_sentence_that_cannot_be_chosen_is_told(script, line, nth, words):
    """None, several, or one whose words are not known beforehand: each is said plainly."""
    with pytest.raises(StepbackError) as caught:
        choose_sentence(script, line, nth)
    assert words in str(caught.value)


# ── kept ─────────────────────────────────────────────────────────────────────────────────────


def test_a_recording_is_found_for_its_script_alone(settings, shelf, recording):
    """It stands for this text in this script; its clip is on the shelf, whole."""
    added = add_line(settings, shelf, "lines", "Here we are together now.", recording())
    additions = find_additions(settings, "lines")
    assert additions.recordings == {"Here we are together now.": added.key}
    assert find_additions(settings, "other").recordings == {}
    assert find_additions(settings).recordings == {}
    frames = read_clip(shelf.clip_path(added.key))
    assert len(frames) == added.length_ms * FRAMES_PER_MS
    assert loudness(frames) == pytest.approx(TARGET_LUFS, abs=0.5)


def test_a_second_recording_takes_the_place_of_the_first(settings, shelf, recording):
    """The first is deleted everywhere, and the sentence has one key."""
    first = add_line(settings, shelf, "lines", "Here.", recording(2))
    second = add_line(settings, shelf, "lines", "Here.", recording(3))
    assert list_lines(settings) == (second,)
    assert not shelf.has_clip(first.key)
    names = sorted(path.name for path in (settings.sounds_path / "lines").iterdir())
    assert names == sorted([f"{second.key}.flac", "index.json"])


def test_a_removed_recording_leaves_nothing(settings, shelf, recording):
    """A person may take their voice back; removing what is not there says so."""
    added = add_line(settings, shelf, "lines", "Here.", recording())
    assert remove_line(settings, shelf, "lines", "Here.")
    assert not remove_line(settings, shelf, "lines", "Here.")
    assert find_recordings(settings, shelf, "lines") == {}
    assert not shelf.has_clip(added.key)
    assert [path.name for path in (settings.sounds_path / "lines").iterdir()] == ["index.json"]


def test_one_take_may_stand_for_two_sentences(settings, shelf, recording):
    """Removing one of them leaves the other its clip."""
    path = recording()
    first = add_line(settings, shelf, "lines", "Here.", path)
    second = add_line(settings, shelf, "other", "Here.", path)
    assert first.key == second.key
    assert remove_line(settings, shelf, "lines", "Here.")
    assert find_recordings(settings, shelf, "other") == {"Here.": second.key}
    assert shelf.has_clip(second.key)


def test_an_emptied_shelf_gets_its_clips_back(settings, shelf, recording):
    """The takes live beside the sounds, not in the cache."""
    added = add_line(settings, shelf, "lines", "Here.", recording())
    shelf.remove_clips([added.key])
    assert find_recordings(settings, shelf, "lines") == {"Here.": added.key}
    assert shelf.has_clip(added.key)


def test_a_lost_take_is_the_voice_again(settings, shelf, recording):
    """Where the take itself is gone the sentence is spoken by the voice."""
    added = add_line(settings, shelf, "lines", "Here.", recording())
    (settings.sounds_path / "lines" / f"{added.key}.flac").unlink()
    assert find_recordings(settings, shelf, "lines") == {}


def test_a_refused_recording_changes_nothing(settings, shelf, recording, tmp_path):
    """Too long, silent or no sound: the one from before stays."""
    added = add_line(settings, shelf, "lines", "Here.", recording())
    long, silent, words = (tmp_path / name for name in ("long.flac", "silent.wav", "words.wav"))
    soundfile.write(long, speech(61), SAMPLE_RATE_HZ)
    soundfile.write(silent, np.zeros(48_000), SAMPLE_RATE_HZ)
    words.write_bytes(b"words")
    for path, reason in ((long, "longer than 60 s"), (silent, "silence"), (words, "be read")):
        with pytest.raises(SoundRefused, match=reason):
            add_line(settings, shelf, "lines", "Here.", path)
    assert list_lines(settings) == (added,)


def test_a_damaged_index_is_told(settings):
    """An index that somebody edited wrongly is named, and not taken for an empty one."""
    path = settings.sounds_path / "lines" / "index.json"
    path.parent.mkdir(parents=True)
    for text in ("[{", '[{"slug": "x"}]', "7"):
        path.write_text(text)
        with pytest.raises(StepbackError, match="is damaged"):
            list_lines(settings)
