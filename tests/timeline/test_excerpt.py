"""A line or a stage by itself: said as in the whole practice, with no silence to wait through."""

from __future__ import annotations

import pytest

from server.errors import NothingToHear
from server.script import Say, Script, parse_script
from server.timeline import (
    NOTHING_ADDED,
    Excerpt,
    Options,
    SpeechStep,
    lay_out,
    list_moments,
    plan,
    plan_excerpt,
)
from server.timeline.excerpt import LONGEST_SILENCE_MS
from server.units import Ms

HEAD = """---
title: A small step
slug: small-step
track: obstacles
summary: A practice for tests.
intention: To be short.
minutes: [2, 5]
language: en
voice: joe
pace: 1.2
credits: Our own words.
---
"""
BODY = """
# Arriving

[bell]

First of all, this sentence begins here
and ends here. [3s] Another one. [4s]
The third.

[silence fill]

[include settle]

:::when anchor=sound
Only sounds.
:::

:::one-of
This way.

That way.
:::

:::ask Is it enough? [5s]
- Yes -> Resting
- Too much -> Ground
- No -> next [default]
:::

[breath x2 in=2s hold=1s out=3s]

Still here.

-> Resting

# Ground

:::when eyes=closed
[bed rain]

Never heard in linear listening.
:::

# Resting

Rest. [2s]
"""
TEXT = HEAD + BODY
PASSAGES = {"settle": "Settle down. [3s]\n\n[silence fill]\n"}
FIRST = "First of all, this sentence begins here and ends here."
QUIET, SOUND = "SilenceStep", "SoundStep"
LINES = {text: number for number, text in enumerate(TEXT.split("\n"), 1)}


@pytest.fixture
def script() -> Script:
    return parse_script(TEXT, path="small-step.md", passages=PASSAGES)


def heard(script: Script, excerpt: Excerpt, **chosen: str) -> list[str]:
    """What an excerpt is, in short: texts, and the kinds of what is not spoken."""
    options = Options(minutes=5, **chosen)
    _, planned = plan_excerpt(script, options, NOTHING_ADDED, excerpt)
    (stage,) = planned.stages
    return [
        step.utterance.text if isinstance(step, SpeechStep) else type(step).__name__
        for step in stage.steps
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("First of all, this sentence begins here", [FIRST]),
        ("and ends here. [3s] Another one. [4s]", [FIRST, QUIET, "Another one.", QUIET]),
        ("The third.", ["The third."]),
        ("[silence fill]", ["The third.", QUIET]),
        ("[bell]", [SOUND]),
        ("# Arriving", [SOUND]),
        ("title: A small step", [SOUND]),
        ("[include settle]", ["Settle down.", QUIET, QUIET]),
        ("Only sounds.", ["Only sounds."]),
        ("That way.", ["That way."]),
        (":::ask Is it enough? [5s]", ["Is it enough?", QUIET]),
        ("- Yes -> Resting", ["Is it enough?", QUIET]),
        ("[breath x2 in=2s hold=1s out=3s]", [SOUND, QUIET, SOUND] * 2),
        ("[bed rain]", ["Never heard in linear listening."]),
    ],
)
def test_a_line_is_heard_with_the_sentences_that_reach_into_it(script, line, expected):
    """Also where nothing would decide for it; where a line is mute, its neighbour is heard."""
    excerpt = Excerpt(first_line=LINES[line], last_line=LINES[line])
    assert heard(script, excerpt) == expected


def test_several_lines_are_heard_together(script):
    """From the first that is chosen to the last, over the end of a stage."""
    excerpt = Excerpt(first_line=LINES["Still here."], last_line=LINES["# Resting"] + 2)
    assert heard(script, excerpt) == [
        "Still here.", "BedStep", "Never heard in linear listening.", "Rest.", QUIET,
    ]  # fmt: skip


def test_a_stage_is_heard_as_whoever_chose_so_hears_it(script):
    """With its variants and its default answers, to its end and no further."""
    stage = Excerpt(first_line=LINES["The third."], last_line=1, is_stage=True)
    plain = heard(script, stage)
    assert "Only sounds." not in plain
    assert "That way." not in plain
    assert plain[-1] == "Still here."
    assert "Only sounds." in heard(script, stage, anchor="sound")


def test_a_stage_that_is_jumped_over_can_be_heard_by_itself(script):
    """And one in which nothing is heard with these choices is heard regardless of them."""
    stage = Excerpt(first_line=LINES["# Ground"], last_line=1, is_stage=True)
    assert heard(script, stage, eyes="closed")[:2] == [
        "BedStep",
        "Never heard in linear listening.",
    ]
    assert heard(script, stage)[0] == "BedStep"


def test_a_silence_does_not_wait_for_a_length(script):
    """What fills is short, and the whole has no length to come to."""
    stage = Excerpt(first_line=LINES["# Arriving"], last_line=1, is_stage=True)
    part, planned = plan_excerpt(script, Options(minutes=5), NOTHING_ADDED, stage)
    lengths = {step.length_ms for step in planned.stages[0].steps if hasattr(step, "length_ms")}
    assert max(lengths) == LONGEST_SILENCE_MS
    assert planned.target_ms == 0
    assert [stage.title for stage in part.stages] == ["Arriving"]


def test_sentences_are_said_as_in_the_whole(script):
    """Pace and level are those of their place in the practice, so that its clips are used."""
    options = Options(minutes=5)
    whole = plan(script, options)
    said = {
        (step.utterance, step.level_db)
        for stage in whole.stages
        for step in stage.steps
        if isinstance(step, SpeechStep)
    }
    for line in ("The third.", "Still here.", "Rest. [2s]"):
        excerpt = Excerpt(first_line=LINES[line], last_line=LINES[line])
        _, planned = plan_excerpt(script, options, NOTHING_ADDED, excerpt)
        assert (planned.stages[0].steps[0].utterance, planned.stages[0].steps[0].level_db) in said


def test_where_there_is_no_sound_nothing_is_heard(script):
    """A stage of silence has no sentence to fall back on."""
    text = TEXT.replace("Rest. [2s]", "[silence 5s]")
    mute = parse_script(text, path="small-step.md", passages=PASSAGES)
    line = text.split("\n").index("[silence 5s]") + 1
    with pytest.raises(NothingToHear):
        heard(mute, Excerpt(first_line=line, last_line=line))


def test_moments_tell_of_every_cue_with_its_line(script):
    """Without a gap, to the end; what a passage holds stands on the line that takes it in."""
    options = Options(minutes=5)
    planned = plan(script, options)
    timeline = lay_out(planned, dict.fromkeys(planned.utterances, Ms(2000)))
    moments = list_moments(script, options, timeline)
    now_ms = 0
    for moment in moments:
        assert moment.start_ms == now_ms
        now_ms += moment.length_ms
    assert now_ms == timeline.total_ms
    lines = {m.cue.parts[0]: m.line for m in moments if isinstance(m.cue, Say)}
    assert lines["Settle down."] == LINES["[include settle]"]
    assert lines["Rest."] == LINES["Rest. [2s]"]
    assert {moment.stage for moment in moments} == {"Arriving", "Resting"}
