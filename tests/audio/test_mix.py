"""The mixer: everything at its frame, no click, and no more memory for a longer practice."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from server.audio.beds import BED_LEVELS_DB
from server.audio.bells import bell
from server.audio.mix import AHEAD, BED_FADE_MS, BLOCK_FRAMES
from server.audio.sounds import room_tone
from server.timeline import (
    BedLevel,
    BedSegment,
    BedSound,
    SilenceSegment,
    Sound,
    SpeechSegment,
    Utterance,
)
from server.units import FRAMES_PER_MS, SAMPLE_RATE_HZ, Db, Ms, frames_from_ms


def whole(blocks) -> np.ndarray:
    return np.concatenate(list(blocks))


def without_room(sound: np.ndarray) -> np.ndarray:
    return sound - np.take(room_tone(), np.arange(len(sound)), mode="wrap")


def test_blocks_are_seconds_and_sum_to_the_timeline(timeline, tone, mix):
    """Every block is a second, the last one what is left, the sum exact to the frame."""
    line = timeline(("a", 1500), (None, 2501))
    blocks = list(mix(line, tone(1500)))
    assert [len(block) for block in blocks[:-1]] == [BLOCK_FRAMES] * 4
    assert sum(len(block) for block in blocks) == frames_from_ms(line.total_ms)
    assert all(block.dtype == np.float32 for block in blocks)


def test_speech_stands_at_its_frame_with_its_gain(timeline, tone, mix):
    """A sentence begins at its millisecond, across block borders, raised by the one gain."""
    line = timeline((None, 1700), ("a", 1600), (None, 4000))
    clip = tone(1600)
    heard = without_room(whole(mix(line, clip, gain_db=6.0)))
    start = frames_from_ms(Ms(1700))
    expected = clip / 32768 * 10 ** (6 / 20)
    assert np.allclose(heard[start : start + len(clip)], expected, atol=1e-5)
    assert np.allclose(heard[frames_from_ms(Ms(500)) : start], 0, atol=1e-6)


def test_a_bell_rings_on_under_what_follows(timeline, tone, mix):
    """The tail of a stroke is heard beyond its segment, added to the next sentence."""
    line = timeline((None, 500), (Sound.BELL_SMALL, 6000), ("a", 1000), (None, 8000))
    clip = tone(1000)
    heard = without_room(whole(mix(line, clip)))
    at = frames_from_ms(Ms(6600))
    ring = bell(Sound.BELL_SMALL)[at - frames_from_ms(Ms(500)) :][: 20 * FRAMES_PER_MS]
    voice = clip[at - frames_from_ms(Ms(6500)) :][: 20 * FRAMES_PER_MS] / 32768
    assert np.abs(ring).max() > 1e-3
    assert np.allclose(heard[at : at + len(ring)], ring + voice, atol=1e-5)


def test_the_practice_opens_and_closes_without_a_click(timeline, mix):
    """First and last frame are silent, and the room is under everything between them."""
    heard = whole(mix(timeline((None, 8000))))
    assert abs(heard[0]) == 0
    assert abs(heard[-1]) < 1e-6
    middle = heard[frames_from_ms(Ms(1000)) : frames_from_ms(Ms(5000))]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(np.sqrt(np.mean(room_tone() ** 2)), rel=0.2)


def test_each_clip_is_read_once_and_only_when_it_is_near(timeline, tone, mix):
    """Clips come in as they are needed: reading is never further ahead than the mix looks."""
    line = timeline(*((f"s{n}", 1000) for n in range(20)))
    asked: list[str] = []

    def read(utterance):
        asked.append(utterance.text)
        return tone(1000)

    for second, _ in enumerate(mix(line, read)):
        assert second + 1 <= len(asked) <= second + 2 + AHEAD / SAMPLE_RATE_HZ
    assert asked == [f"s{n}" for n in range(20)]


def test_memory_is_flat_in_the_length_of_the_practice(timeline, tone, mix):
    """Twenty minutes take no more memory than four."""

    def peak_bytes(minutes: int) -> int:
        line = timeline(*[("a", 2000), (None, 10_000)] * (minutes * 5))
        clip = tone(2000)
        tracemalloc.start()
        for _ in mix(line, clip):
            continue
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    room_tone()
    assert peak_bytes(20) < peak_bytes(4) * 1.2


def test_what_is_known_is_heard_before_the_rest_is_known(timeline, tone, mix):
    """A mix gives every second that no later sentence can change, and waits only then."""
    line = timeline((Sound.BELL_SMALL, 6000), ("a", 1000), (None, 4000))
    given: list[int] = []

    def growing():
        for segment in line.segments:
            yield segment
            given.append(len(heard))

    heard: list[np.ndarray] = []
    for block in mix(growing(), tone(1000)):
        heard.append(block)
    # The sentence is asked for when the bell's first seconds are out already.
    assert given[0] >= (6000 - AHEAD / 48 - 1000) // 1000
    assert sum(len(block) for block in heard) == frames_from_ms(line.total_ms)


def test_a_sentence_has_the_level_of_its_place(tone, mix):
    """The practice's curve makes a sentence softer; a person's own recording keeps its gain."""
    place = {"start_ms": Ms(0), "length_ms": Ms(4000)}
    said = Utterance(text="a", pace=1.0)
    recorded = Utterance(text="a", pace=1.0, recording="0" * 64)
    rest = SilenceSegment(start_ms=Ms(4000), length_ms=Ms(4000))

    def level_db(segment: SpeechSegment) -> float:
        heard = without_room(whole(mix((segment, rest), tone(4000), gain_db=6.0)))
        middle = heard[frames_from_ms(Ms(1000)) : frames_from_ms(Ms(3000))]
        return 20 * np.log10(np.abs(middle).max() / 0.1)

    softer = {"level_db": Db(-1.5)}
    assert level_db(SpeechSegment(**place, utterance=said)) == pytest.approx(6, abs=0.1)
    assert level_db(SpeechSegment(**place, **softer, utterance=said)) == pytest.approx(4.5, abs=0.1)
    assert level_db(SpeechSegment(**place, **softer, utterance=recorded)) == pytest.approx(
        -1.5, abs=0.1
    )


def bed_segment(start_ms: int, bed: BedSound | None) -> BedSegment:
    return BedSegment(start_ms=Ms(start_ms), bed=bed, level=BedLevel.LOW)


def test_a_bed_comes_and_goes_slowly(mix):
    """A bed rises from nothing to its level in BED_FADE_MS, stays, and goes as slowly."""
    segments = (
        bed_segment(0, BedSound.RAIN),
        SilenceSegment(start_ms=Ms(0), length_ms=Ms(20_000)),
        bed_segment(20_000, None),
        SilenceSegment(start_ms=Ms(20_000), length_ms=Ms(20_000)),
    )
    heard = without_room(whole(mix(segments)))
    level = 10 ** (BED_LEVELS_DB[BedLevel.LOW] / 20)

    def at(ms: int) -> float:
        return float(heard[frames_from_ms(Ms(ms))])

    assert at(BED_FADE_MS + 1000) == pytest.approx(level, rel=1e-3)
    assert at(19_900) == pytest.approx(level, rel=1e-3)
    assert 0 < at(1500) < level
    assert 0 < at(21_500) < level
    assert at(20_000 + BED_FADE_MS + 100) == pytest.approx(0, abs=1e-6)
    steps = np.abs(np.diff(heard[frames_from_ms(Ms(500)) : frames_from_ms(Ms(36_000))]))
    assert steps.max() < level / 1000


def test_a_bed_makes_room_for_speech(mix, tone):
    """Under a sentence the bed is lower than in the pause after it."""
    segments = (
        bed_segment(0, BedSound.RAIN),
        SilenceSegment(start_ms=Ms(0), length_ms=Ms(10_000)),
        SpeechSegment(
            start_ms=Ms(10_000), length_ms=Ms(3000), utterance=Utterance(text="a", pace=1.0)
        ),
        SilenceSegment(start_ms=Ms(13_000), length_ms=Ms(12_000)),
    )
    quiet = np.zeros(frames_from_ms(Ms(3000)), dtype=np.int16)
    heard = without_room(whole(mix(segments, quiet)))
    before, under, after = (heard[frames_from_ms(Ms(ms))] for ms in (9000, 11_500, 20_000))
    assert under < before * 0.7
    assert after == pytest.approx(before, rel=1e-3)


def test_an_end_after_more_than_six_minutes_is_as_soft_as_any(mix):
    """Room and bed fade sample by sample, however late; no two neighbours lie far apart."""
    segments = (
        bed_segment(0, BedSound.RAIN),
        SilenceSegment(start_ms=Ms(0), length_ms=Ms(400_000)),
        bed_segment(400_000, None),
        SilenceSegment(start_ms=Ms(400_000), length_ms=Ms(10_000)),
    )
    heard = whole(mix(segments))
    assert abs(heard[-1]) < 1e-6
    bed = without_room(heard)[frames_from_ms(Ms(399_000)) : frames_from_ms(Ms(407_000))]
    assert np.abs(np.diff(bed)).max() < 10 ** (BED_LEVELS_DB[BedLevel.LOW] / 20) / 1000
