"""plan(): the order of things, with every choice made."""

from __future__ import annotations

import pytest

from server.errors import InvalidOptions, SoundMissing
from server.script import BELLS, Bed, Bell, Breath, Fill, Repeat, Say, Silence, WordUse
from server.timeline import (
    AS_WRITTEN,
    BELL_MS,
    NO_BED,
    PACE_NAMES,
    PACES,
    Additions,
    BedLevel,
    BedSegment,
    BedSound,
    Options,
    OwnSound,
    Sound,
    lay_out,
    pace_named,
    plan,
)
from server.timeline.model import BedStep, FillStep, SilenceStep, SoundStep, SpeechStep, Utterance
from server.units import Ms


def said(text: str, *, is_private: bool = False) -> SpeechStep:
    return SpeechStep(utterance=Utterance(text=text, pace=1.3, is_private=is_private))


def test_cues_become_steps_in_their_order(script, say, at):
    """Every cue has its step, in the order of the script, in its stage."""
    made = plan(
        script((Bell(at=at), say("Sit down."), Silence(length_ms=Ms(3000), at=at)), (Fill(at=at),)),
        Options(minutes=2),
    )
    assert made.target_ms == 120_000
    assert [stage.title for stage in made.stages] == ["Stage 1", "Stage 2"]
    assert made.stages[0].steps == (
        SoundStep(sound=Sound.BELL_SMALL, length_ms=BELL_MS),
        said("Sit down."),
        SilenceStep(length_ms=Ms(3000)),
    )
    assert made.stages[1].steps == (FillStep(),)


def test_breaths_are_air_in_hold_and_air_out(script, at):
    """A breath cue becomes its halves; a hold of 0 leaves nothing."""
    held = Breath(count=1, in_ms=Ms(4000), hold_ms=Ms(2000), out_ms=Ms(6000), at=at)
    plain = Breath(count=2, in_ms=Ms(3000), hold_ms=Ms(0), out_ms=Ms(5000), at=at)
    steps = plan(script((held, plain)), Options(minutes=1)).stages[0].steps
    breath_in = SoundStep(sound=Sound.BREATH_IN, length_ms=Ms(3000))
    breath_out = SoundStep(sound=Sound.BREATH_OUT, length_ms=Ms(5000))
    assert steps == (
        SoundStep(sound=Sound.BREATH_IN, length_ms=Ms(4000)),
        SilenceStep(length_ms=Ms(2000)),
        SoundStep(sound=Sound.BREATH_OUT, length_ms=Ms(6000)),
        *(breath_in, breath_out) * 2,
    )


def test_a_repeat_is_gone_through_and_spoken_once(script, say, at):
    """Repeated cues appear again and again; their sentence is one utterance."""
    inner = Repeat(times=2, cues=(say("One step back."),), at=at)
    made = plan(
        script((Repeat(times=3, cues=(inner, say("And rest.")), at=at),)), Options(minutes=1)
    )
    step, rest = said("One step back."), said("And rest.")
    assert made.stages[0].steps == (step, step, rest) * 3
    assert made.utterances == (step.utterance, rest.utterance)


OBSTACLE = (
    "Perhaps it is the thought: ",
    WordUse(name="obstacle"),
    ".",
)


@pytest.mark.parametrize(
    ("words", "text", "is_private"),
    [
        ({}, "Perhaps it is the thought: “there is no time”.", False),
        ({"obstacle": "   "}, "Perhaps it is the thought: “there is no time”.", False),
        ({"obstacle": "there is no time"}, "Perhaps it is the thought: “there is no time”.", False),
        ({"obstacle": " I hate this "}, "Perhaps it is the thought: “I hate this”.", True),
    ],
)
def test_a_word_is_the_listeners_or_its_default(script, at, words, text, is_private):
    """A word that is given is said and makes its sentence private; else its default is said."""
    made = plan(script((Say(parts=OBSTACLE, at=at),)), Options(minutes=1, words=words))
    assert made.utterances == (Utterance(text=text, pace=1.3, is_private=is_private),)
    assert made.is_private is is_private


def test_only_sentences_with_own_words_are_private(script, say, at):
    """The sentences that everybody hears alike stay shared."""
    cues = (say("Sit down."), Say(parts=OBSTACLE, at=at))
    made = plan(script(cues), Options(minutes=1, words={"obstacle": "I hate this"}))
    assert [utterance.is_private for utterance in made.utterances] == [False, True]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (Options(minutes=4), "minutes"),
        (Options(minutes=1, words={"obstacel": "x"}), "words.obstacel"),
        (Options(minutes=1, words={"obstacle": "x" * 41}), "words.obstacle"),
        (Options(minutes=1, words={"obstacle": "😀 …"}), "words.obstacle"),
        (Options(minutes=1, pace=1.05), "pace"),
        (Options(minutes=1, bed="rian"), "bed"),
        (Options(minutes=1, bed=""), "bed"),
        (Options(minutes=1, bed_level="loud"), "bed_level"),
    ],
)
def test_a_choice_that_cannot_be_met_names_its_field(script, say, options, field):
    """A wrong length, word, pace or bed is an error that a form can show where it belongs."""
    with pytest.raises(InvalidOptions) as caught:
        plan(script((say("Sit down."),)), options)
    assert caught.value.field == field


# ── bells ────────────────────────────────────────────────────────────────────────────────────

TEMPLE = OwnSound(name="temple", key="a" * 64, length_ms=Ms(20_000))
TICK = OwnSound(name="tick", key="b" * 64, length_ms=Ms(800))
FOREST = OwnSound(name="forest", key="c" * 64, length_ms=Ms(90_000))
ADDED = Additions(sounds={each.name: each for each in (TEMPLE, TICK, FOREST)})


def steps_of(script, *cues, additions=ADDED, **options):
    return plan(script(cues), Options(minutes=1, **options), additions).stages[0].steps


@pytest.mark.parametrize("kind", BELLS)
def test_each_bell_has_its_sound(script, at, kind):
    """A stroke of any bell of ours takes the same time; its tail rings on."""
    assert steps_of(script, Bell(kind=kind, at=at)) == (
        SoundStep(sound=Sound(f"bell-{kind}"), length_ms=BELL_MS),
    )


def test_strokes_are_apart_as_they_should_be(script, at):
    """From stroke to stroke it is as long as the script says; the last one has its time."""
    bell = Bell(kind="singing", strokes=3, every_ms=Ms(4000), at=at)
    stroke = SoundStep(sound=Sound.BELL_SINGING, length_ms=Ms(4000))
    assert steps_of(script, bell) == (
        stroke,
        stroke,
        SoundStep(sound=Sound.BELL_SINGING, length_ms=BELL_MS),
    )


@pytest.mark.parametrize(("sound", "length_ms"), [(TEMPLE, BELL_MS), (TICK, 800)])
def test_a_bell_of_the_houses_own_takes_no_longer_than_it_lasts(script, at, sound, length_ms):
    """A long one rings on under what follows like ours; a short one is over when it is over."""
    bell = Bell(kind=sound.name, strokes=2, every_ms=Ms(2000), at=at)
    assert steps_of(script, bell) == (
        SoundStep(sound=sound, length_ms=Ms(2000)),
        SoundStep(sound=sound, length_ms=Ms(length_ms)),
    )


# ── beds ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def beds(at):
    """Rain, then a sound of the house's own, then nothing."""
    return (
        Bed(name="rain", level="low", at=at),
        Fill(at=at),
        Bed(name="forest", at=at),
        Bed(name="", at=at),
    )


RAIN = BedStep(bed=BedSound.RAIN, level=BedLevel.LOW)
END = BedStep(bed=None, level=BedLevel.MEDIUM)


def test_beds_stand_where_the_script_has_them(script, beds):
    """Ours and the house's own begin, and 'off' ends them."""
    assert steps_of(script, *beds) == (
        RAIN,
        FillStep(),
        BedStep(bed=FOREST, level=BedLevel.MEDIUM),
        END,
    )


def test_a_bed_takes_no_time(script, beds):
    """It is heard from its moment on, and the practice is not longer for it."""
    line = lay_out(plan(script(beds), Options(minutes=1), ADDED), {})
    assert line.total_ms == 60_000
    assert [(s.start_ms, s.bed) for s in line.segments if isinstance(s, BedSegment)] == [
        (0, BedSound.RAIN),
        (60_000, FOREST),
        (60_000, None),
    ]


def test_a_listener_may_have_no_bed(script, beds):
    """All of the script's beds are left out, with what ends them."""
    assert steps_of(script, *beds, bed=NO_BED) == (FillStep(),)


@pytest.mark.parametrize(
    ("name", "sound"), [("drone", BedSound.DRONE), ("forest", FOREST), ("temple", TEMPLE)]
)
def test_a_listener_may_have_one_bed_throughout(script, beds, name, sound):
    """It begins with the practice, in the middle level, in place of all others."""
    whole = BedStep(bed=sound, level=BedLevel.MEDIUM)
    assert steps_of(script, *beds, bed=name) == (whole, FillStep())
    made = plan(script(beds, beds), Options(minutes=1, bed=name, bed_level="high"), ADDED)
    loud = BedStep(bed=sound, level=BedLevel.HIGH)
    assert [stage.steps for stage in made.stages] == [(loud, FillStep()), (FillStep(),)]


def test_a_listener_may_have_every_bed_quieter(script, beds):
    """The level holds for each bed; the end of a bed has none to change."""
    assert steps_of(script, *beds, bed_level="high") == (
        BedStep(bed=BedSound.RAIN, level=BedLevel.HIGH),
        FillStep(),
        BedStep(bed=FOREST, level=BedLevel.HIGH),
        END,
    )


def test_a_sound_that_is_gone_is_named(script, at):
    """Where the house has lost a sound since the script was read, the error says which."""
    for cue in (Bell(kind="temple", at=at), Bed(name="temple", at=at)):
        with pytest.raises(SoundMissing, match="'temple'"):
            steps_of(script, cue, additions=Additions())
    assert steps_of(script, Bed(name="temple", at=at), additions=Additions(), bed=NO_BED) == ()


def test_each_pace_has_a_name():
    """What a page calls a pace is one of ours, and the middle one changes nothing."""
    assert tuple(map(pace_named, PACE_NAMES)) == PACES
    assert pace_named(AS_WRITTEN) == 1.0
    with pytest.raises(InvalidOptions, match="quicker, as-written, slower") as caught:
        pace_named("slow")
    assert caught.value.field == "pace"


# ── recordings ───────────────────────────────────────────────────────────────────────────────


def test_a_persons_recording_stands_in_for_the_voice(script, say):
    """It is found by the sentence's text, and no choice of pace makes it another."""
    added = Additions(recordings={"Sit down.": "d" * 64})
    recorded = Utterance(text="Sit down.", pace=1.0, recording="d" * 64)
    for pace in PACES:
        steps = steps_of(script, say("Sit down."), say("Get up."), additions=added, pace=pace)
        assert steps[0].utterance == recorded
        assert not steps[1].utterance.recording


def test_nobodys_own_words_are_recorded(script, at):
    """A sentence with the listener's word is spoken, even where a recording has its text."""
    text = "Perhaps it is the thought: “I hate this”."
    added = Additions(recordings={text: "d" * 64})
    asked = Say(parts=OBSTACLE, at=at)
    (step,) = steps_of(script, asked, additions=added, words={"obstacle": "I hate this"})
    assert (step.utterance.text, step.utterance.recording) == (text, "")
