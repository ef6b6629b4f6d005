"""The mixer: everything at its frame, no click, and no more memory for a longer practice."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from server.audio import mix_blocks
from server.audio.bells import bell
from server.audio.mix import BLOCK_FRAMES
from server.audio.sounds import room_tone
from server.timeline import Sound
from server.units import FRAMES_PER_MS, Db, Ms, frames_from_ms


def whole(blocks) -> np.ndarray:
    return np.concatenate(list(blocks))


def without_room(sound: np.ndarray) -> np.ndarray:
    return sound - np.take(room_tone(), np.arange(len(sound)), mode="wrap")


def test_blocks_are_seconds_and_sum_to_the_timeline(timeline, tone):
    """Every block is a second, the last one what is left, the sum exact to the frame."""
    line = timeline(("a", 1500), (None, 2501))
    blocks = list(mix_blocks(line, lambda _: tone(1500), speech_gain_db=Db(0)))
    assert [len(block) for block in blocks[:-1]] == [BLOCK_FRAMES] * 4
    assert sum(len(block) for block in blocks) == frames_from_ms(line.total_ms)
    assert all(block.dtype == np.float32 for block in blocks)


def test_speech_stands_at_its_frame_with_its_gain(timeline, tone):
    """A sentence begins at its millisecond, across block borders, raised by the one gain."""
    line = timeline((None, 1700), ("a", 1600), (None, 4000))
    clip = tone(1600)
    heard = without_room(whole(mix_blocks(line, lambda _: clip, speech_gain_db=Db(6.0))))
    start = frames_from_ms(Ms(1700))
    expected = clip / 32768 * 10 ** (6 / 20)
    assert np.allclose(heard[start : start + len(clip)], expected, atol=1e-5)
    assert np.allclose(heard[frames_from_ms(Ms(500)) : start], 0, atol=1e-6)


def test_a_bell_rings_on_under_what_follows(timeline, tone):
    """The tail of a stroke is heard beyond its segment, added to the next sentence."""
    line = timeline((None, 500), (Sound.BELL_SMALL, 6000), ("a", 1000), (None, 8000))
    clip = tone(1000)
    heard = without_room(whole(mix_blocks(line, lambda _: clip, speech_gain_db=Db(0))))
    at = frames_from_ms(Ms(6600))
    ring = bell(Sound.BELL_SMALL)[at - frames_from_ms(Ms(500)) :][: 20 * FRAMES_PER_MS]
    voice = clip[at - frames_from_ms(Ms(6500)) :][: 20 * FRAMES_PER_MS] / 32768
    assert np.abs(ring).max() > 1e-3
    assert np.allclose(heard[at : at + len(ring)], ring + voice, atol=1e-5)


def test_the_practice_opens_and_closes_without_a_click(timeline):
    """First and last frame are silent, and the room is under everything between them."""
    heard = whole(mix_blocks(timeline((None, 8000)), lambda _: None, speech_gain_db=Db(0)))
    assert abs(heard[0]) == 0
    assert abs(heard[-1]) < 1e-6
    middle = heard[frames_from_ms(Ms(1000)) : frames_from_ms(Ms(5000))]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(np.sqrt(np.mean(room_tone() ** 2)), rel=0.2)


def test_each_clip_is_read_once_and_only_when_it_is_near(timeline, tone):
    """Clips come in as they are needed: reading is never more than a block ahead."""
    line = timeline(*((f"s{n}", 1000) for n in range(20)))
    asked: list[str] = []

    def read(utterance):
        asked.append(utterance.text)
        return tone(1000)

    for second, _ in enumerate(mix_blocks(line, read, speech_gain_db=Db(0))):
        assert len(asked) == second + 1
    assert asked == [f"s{n}" for n in range(20)]


def test_memory_is_flat_in_the_length_of_the_practice(timeline, tone):
    """An hour takes no more memory than ten minutes."""

    def peak_bytes(minutes: int) -> int:
        line = timeline(*[("a", 2000), (None, 10_000)] * (minutes * 5))
        clip = tone(2000)
        tracemalloc.start()
        for _ in mix_blocks(line, lambda _: clip, speech_gain_db=Db(0)):
            continue
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    room_tone()
    assert peak_bytes(60) < peak_bytes(10) * 1.2
