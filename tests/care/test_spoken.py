"""A worksheet as a practice: every question is asked, and there is time to write."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.care import (
    ChoiceField,
    PairField,
    ScaleField,
    Side,
    TextField,
    Worksheet,
    find_spoken_script,
)
from server.script import Fill, Say, Script, Silence, parse_script

from .random_worksheets import worksheets

WORKSHEET = Worksheet(
    name="a-hard-moment",
    title="A hard moment",
    language="en-GB",
    summary="One moment.",
    message="To look.",
    fields=(
        TextField(name="situation", ask="What happened", hint="A little will do.", longest=599),
        TextField(name="more", ask="What else?", longest=600, is_optional=True),
        ChoiceField(name="door", ask="Who was there?", options=("Nobody", "[Ada] *and* {Bo}")),
        ChoiceField(name="many", ask="Who else?", options=("A cat", "A dog"), is_many=True),
        ScaleField(name="warmth", ask="How warm?", least=1, most=5, most_means="very"),
        PairField(
            name="both",
            first=Side(title="To a friend", ask="What then?", rate="How kind is it?"),
            second=Side(title="To myself", ask="And you?", hint="As it was.", rate="How kind?"),
            longest=4000,
        ),
    ),
    closing="That is all.",
)


def read(worksheet: Worksheet, voice: str = "joe") -> Script:
    text = find_spoken_script(worksheet, voice=voice)
    assert text is not None
    return parse_script(text, path="a.md")


def said(script: Script, stage: int) -> list[str]:
    return [
        "".join(map(str, cue.parts)) for cue in script.stages[stage].cues if isinstance(cue, Say)
    ]


def fills(script: Script) -> list[int]:
    return [sum(isinstance(cue, Fill) for cue in stage.cues) for stage in script.stages]


def test_each_question_has_a_stage_and_time_to_write():
    """A long answer has twice the time of a short one; a pair is asked as on its page."""
    script = read(WORKSHEET)
    assert [stage.title for stage in script.stages] == [
        *("Arriving", *(f"Question {number}" for number in range(1, 10)), "Reading", "Returning")
    ]
    assert fills(script) == [0, 1, 2, 0, 0, 0, 2, 2, 0, 0, 1, 0]
    assert said(script, 1)[:3] == [
        *("Here is a question, if you like.", "What happened.", "A little will do.")
    ]
    assert "You can also pass this one over." in said(script, 2)
    assert "It might be this: [Ada] *and* {Bo}." in said(script, 3)
    assert "You might pick some of these, as many as fit." in said(script, 4)
    assert said(script, 5)[2:4] == [
        *("If you like, there can be a number for that, from 1 to 5.", "5: very.")
    ]
    assert any(line.endswith(": To myself.") for line in said(script, 7))
    assert [line for line in said(script, 8) if "How kind" in line] == ["How kind is it?"]
    assert any(line.endswith(" under this name: To myself.") for line in said(script, 9))
    assert said(script, 11)[0] == "That is all."


def test_every_quiet_to_write_in_is_announced_and_ended_by_a_word():
    """Nobody wonders whether the sound has stopped."""
    for stage in read(WORKSHEET).stages:
        for number, cue in enumerate(stage.cues):
            if isinstance(cue, Fill):
                before = [each for each in stage.cues[:number] if isinstance(each, Say)][-1]
                assert "quiet" in str(before.parts[0])
                assert isinstance(stage.cues[number + 1], Say)
            assert not isinstance(cue, Silence) or cue.length_ms <= 20_000


def test_it_is_spoken_as_the_worksheet_is_written():
    """With its name, its language and its credits; the message stays between two people."""
    script = read(WORKSHEET)
    assert (script.slug, script.title, script.language) == (
        *("write-a-hard-moment", "A hard moment", "en-GB"),
    )
    assert script.credits == "The words are our own."
    assert read(replace(WORKSHEET, credits="By Ada.")).credits == "By Ada."
    text = find_spoken_script(WORKSHEET, voice="joe")
    assert text is not None
    assert "To look" not in text


def test_german_is_spoken_in_german():
    """What stands around the questions, too."""
    script = read(replace(WORKSHEET, language="de"), voice="thorsten")
    assert script.stages[0].title == "Ankommen"
    assert "Jetzt ist es still zum Schreiben, und ich sage, wann es vorbei ist." in said(script, 1)


def test_what_cannot_be_spoken_is_none():
    """Where the house has no words in its language, or it would take hours."""
    assert find_spoken_script(replace(WORKSHEET, language="fr"), voice="x") is None
    endless = ChoiceField(name="a", ask="x", options=tuple(f"{'so ' * 40}{n}" for n in range(20)))
    many = tuple(replace(endless, name=f"a{number}") for number in range(20))
    assert find_spoken_script(replace(WORKSHEET, fields=many), voice="x") is None


def test_a_pair_without_words_for_its_rating_has_ours():
    """On the page, and here as well: nobody is asked for a number of what they do not know."""
    field = WORKSHEET.fields[5]
    assert isinstance(field, PairField)
    plain = replace(field, first=replace(field.first, rate=""))
    script = read(replace(WORKSHEET, fields=(plain,)))
    assert "How kind is that, by your own measure?" in said(script, 3)


def test_without_a_pair_it_is_read_by_itself():
    """Nothing is said of two answers, and there is one quiet at least."""
    one = replace(WORKSHEET, fields=(WORKSHEET.fields[4],))
    script = read(one)
    assert not any("side by side" in line for line in said(script, 2))
    assert sum(fills(script)) == 1
    assert script.minutes[0] <= 4


@settings(deadline=None, max_examples=60)
@pytest.mark.parametrize("language", ["en", "de"])
@given(data=st.data())
def test_every_worksheet_becomes_a_script_without_a_mistake(language, data):
    """Whatever its words are made of."""
    worksheet = replace(data.draw(worksheets()), language=language, title="Eins", summary="Zwei.")
    script = read(replace(worksheet, credits=""))
    assert sum(isinstance(cue, Fill) for stage in script.stages for cue in stage.cues) >= 1
