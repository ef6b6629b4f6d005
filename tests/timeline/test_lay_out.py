"""lay_out(): everything at its millisecond, and the chosen length hit."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import TooShort
from server.timeline import (
    FILL_LEAST_MS,
    BedLevel,
    BedSegment,
    BedSound,
    CaptionWord,
    SilenceSegment,
    Sound,
    SoundSegment,
    SpeechSegment,
    Utterance,
    assemble,
    captions,
    fill_lengths,
    grow,
    lay_out,
)
from server.timeline.model import (
    BedStep,
    FillStep,
    Plan,
    PlannedStage,
    SilenceStep,
    SoundStep,
    SpeechStep,
)
from server.units import Ms


def speech(text: str) -> SpeechStep:
    return SpeechStep(utterance=Utterance(text=text, pace=1.0))


def speaks(step) -> bool:
    return isinstance(step, SpeechStep)


def planned(*stages: tuple, target_ms: int) -> Plan:
    return Plan(
        target_ms=Ms(target_ms),
        stages=tuple(PlannedStage(title=f"Stage {n}", steps=s) for n, s in enumerate(stages, 1)),
    )


def test_fills_share_what_is_left_to_the_millisecond():
    """Silences that fill grow equally; the odd milliseconds go to the first ones."""
    steps = (speech("a"), FillStep(), SilenceStep(length_ms=Ms(1000)), FillStep(), FillStep())
    plan = planned(steps, target_ms=20_000)
    line = lay_out(plan, {speech("a").utterance: Ms(2_999)})
    silences = [s.length_ms for s in line.segments if isinstance(s, SilenceSegment)]
    assert silences == [5334, 1000, 5334, 5333]
    assert fill_lengths(plan, line) == (5334, 5334, 5333)
    assert line.total_ms == 20_000


def test_each_step_keeps_its_kind_and_length():
    """Speech, sound and silence become segments of their own kind."""
    bell = SoundStep(sound=Sound.BELL_SMALL, length_ms=Ms(6000))
    line = lay_out(planned((bell, speech("a")), target_ms=8_000), {speech("a").utterance: Ms(1500)})
    assert line.segments == (
        SoundSegment(start_ms=Ms(0), length_ms=Ms(6000), sound=Sound.BELL_SMALL),
        SpeechSegment(start_ms=Ms(6000), length_ms=Ms(1500), utterance=speech("a").utterance),
    )


def test_too_short_a_length_names_the_shortest():
    """When the fills would vanish, the error says how short it can be."""
    steps = (speech("a"), FillStep(), FillStep())
    with pytest.raises(TooShort) as caught:
        lay_out(planned(steps, target_ms=60_000), {speech("a").utterance: Ms(57_500)})
    assert caught.value.shortest_ms == 57_500 + 2 * FILL_LEAST_MS
    assert "1 min 2 s" in str(caught.value)


def test_the_shortest_itself_is_possible():
    """Exactly at its minimum a practice is laid out, not refused."""
    steps = (speech("a"), FillStep())
    line = lay_out(planned(steps, target_ms=60_000), {speech("a").utterance: Ms(58_000)})
    assert line.total_ms == 60_000


@pytest.mark.parametrize(("length_ms", "fits"), [(60_900, True), (61_001, False), (30_000, True)])
def test_without_a_fill_the_length_is_what_it_is(length_ms, fits):
    """A script without a fill may be a second over its length and not more."""
    plan = planned((speech("a"),), target_ms=60_000)
    lengths = {speech("a").utterance: Ms(length_ms)}
    if fits:
        assert lay_out(plan, lengths).total_ms == length_ms
    else:
        with pytest.raises(TooShort):
            lay_out(plan, lengths)


def test_each_sentence_is_a_caption():
    """From its first moment to its last; with its words in time where somebody knows them."""
    plan = planned((SilenceStep(length_ms=Ms(500)), speech("a b")), target_ms=10_000)
    line = lay_out(plan, {speech("a b").utterance: Ms(2_000)})
    (plain,) = captions(line)
    assert (plain.start_ms, plain.end_ms, plain.text, plain.words) == (500, 2_500, "a b", ())
    said = (CaptionWord(text="a", start_ms=Ms(0)), CaptionWord(text="b", start_ms=Ms(900)))
    (known,) = captions(line, lambda _: said)
    assert [(word.text, word.start_ms) for word in known.words] == [("a", 500), ("b", 1_400)]


STEPS = st.one_of(
    st.sampled_from("abcdef").map(speech),
    st.integers(1, 60_000).map(lambda ms: SilenceStep(length_ms=Ms(ms))),
    st.integers(1, 10_000).map(lambda ms: SoundStep(sound=Sound.BREATH_IN, length_ms=Ms(ms))),
    st.just(FillStep()),
)
STAGES = st.lists(st.lists(STEPS, min_size=1, max_size=12), min_size=1, max_size=5)
LENGTHS = st.lists(st.integers(1, 15_000), min_size=6, max_size=6)


@given(stages=STAGES, lengths=LENGTHS, target_ms=st.integers(1, 5_400_000))
def test_segments_touch_and_sum_to_the_total(stages, lengths, target_ms):
    """No gap, no overlap, the total is the sum; with a fill it is exactly what was asked for."""
    clips = {speech(letter).utterance: Ms(ms) for letter, ms in zip("abcdef", lengths, strict=True)}
    plan = planned(*(tuple(steps) for steps in stages), target_ms=target_ms)
    has_fill = any(isinstance(step, FillStep) for steps in stages for step in steps)
    try:
        line = lay_out(plan, clips)
    except TooShort:
        needed_ms = sum(getattr(step, "length_ms", 0) for steps in stages for step in steps)
        needed_ms += sum(clips[s.utterance] for steps in stages for s in steps if speaks(s))
        needed_ms += FILL_LEAST_MS * sum(isinstance(s, FillStep) for steps in stages for s in steps)
        assert needed_ms > target_ms
        return
    assert line.segments[0].start_ms == 0
    assert all(one.start_ms + one.length_ms == two.start_ms for one, two in pairwise(line.segments))
    assert sum(segment.length_ms for segment in line.segments) == line.total_ms
    assert not has_fill or line.total_ms == target_ms
    assert [chapter.title for chapter in line.chapters] == [s.title for s in plan.stages]
    assert line.chapters[0].start_ms == 0
    assert line.chapters[-1].end_ms == line.total_ms
    assert all(one.end_ms == two.start_ms for one, two in pairwise(line.chapters))
    spoken = captions(line)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(spoken))
    assert len(spoken) == sum(isinstance(s, SpeechSegment) for s in line.segments)


LETTERS = {letter: speech(letter).utterance for letter in "abcdef"}


def given_lengths(lengths: list[int]) -> dict[Utterance, Ms]:
    return {LETTERS[letter]: Ms(ms) for letter, ms in zip("abcdef", lengths, strict=True)}


@given(stages=STAGES, lengths=LENGTHS, other=LENGTHS, guesses=LENGTHS, told=st.integers(0, 6))
def test_what_is_laid_out_is_never_moved_by_what_is_spoken_later(
    stages, lengths, other, guesses, told
):
    """The beginning depends on the sentences in it and on guesses, and on nothing that follows."""
    plan = planned(*(tuple(steps) for steps in stages), target_ms=600_000)
    first = list(grow(plan, given_lengths(guesses), given_lengths(lengths).__getitem__))
    later = given_lengths([*lengths[:told], *other[told:]])
    second = list(grow(plan, given_lengths(guesses), later.__getitem__))
    changed = {LETTERS[letter] for letter in "abcdef"[told:]}
    for one, two in zip(first, second, strict=True):
        if isinstance(one, SpeechSegment) and one.utterance in changed:
            break
        assert one == two


@given(stages=STAGES, lengths=LENGTHS, wrong=st.lists(st.floats(0.8, 1.25), min_size=6, max_size=6))
def test_wrong_guesses_are_made_good_by_the_silences_that_follow(stages, lengths, wrong):
    """A practice that ends in a silence that fills is as long as was asked for, to the ms."""
    steps = (*(tuple(steps) for steps in stages), (FillStep(),))
    plan = planned(*steps, target_ms=40 * 60_000)
    guesses = given_lengths([round(ms * by) for ms, by in zip(lengths, wrong, strict=True)])
    segments = tuple(grow(plan, guesses, given_lengths(lengths).__getitem__))
    assert assemble(plan, segments).total_ms == 40 * 60_000


def test_speech_that_is_longer_than_anyone_thought_makes_the_practice_longer():
    """Nobody's practice is broken off: silences keep their least, and the end comes later."""
    plan = planned((speech("a"), FillStep(), speech("b"), FillStep()), target_ms=20_000)
    guesses = dict.fromkeys((LETTERS["a"], LETTERS["b"]), Ms(5_000))
    segments = list(grow(plan, guesses, lambda _: Ms(30_000)))
    assert [s.length_ms for s in segments] == [30_000, FILL_LEAST_MS, 30_000, FILL_LEAST_MS]


def test_the_first_segments_make_a_timeline_of_their_own():
    """While it grows, a stage is a chapter from its first segment on, as far as it is known."""
    bed = BedStep(bed=BedSound.RAIN, level=BedLevel.LOW)
    plan = planned((bed, speech("a"), FillStep()), (), (speech("b"),), target_ms=20_000)
    segments = list(grow(plan, given_lengths([1000] * 6), lambda _: Ms(1000)))
    assert segments[0] == BedSegment(start_ms=Ms(0), bed=BedSound.RAIN, level=BedLevel.LOW)
    assert assemble(plan, []).total_ms == 0
    part = assemble(plan, segments[:2])
    assert [(c.title, c.start_ms, c.end_ms) for c in part.chapters] == [("Stage 1", 0, 1000)]
    assert [c.title for c in assemble(plan, segments).chapters] == ["Stage 1", "Stage 3"]
