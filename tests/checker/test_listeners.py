"""Rules that look at who hears what: anchors, eyes, variants and choices."""

from __future__ import annotations

import pytest

from tests.checker.practice import FIELDS, STILLNESS

ALL_BUT_BREATH = ":::when anchor=sound,hands,feet,sight\nYou might stay with it. [5s]\n:::"


def when(condition: str, text: str = "You might notice it. [5s]") -> str:
    return f":::when {condition}\n{text}\n:::"


def test_who_is_spared_the_breath_is_named(examine):
    """Each anchor of those who hear of it, once for each place."""
    middle = "You might breathe, or listen. [8s]"
    (remark,) = examine(middle=middle).remarks
    assert remark.rule == "other-breath"
    assert "Whoever chose sound, hands, feet or sight hears of the breath" in remark.message


def test_a_breath_led_by_sound_is_one_too(said):
    """It is for those who chose it, and for the others who are offered something else nearby."""
    cue = "[breath x2 in=4s out=6s]"
    assert said(middle=f"You might listen. [5s] {cue}") == ["other-breath"]
    offered = when("anchor=any,breath", f"You might listen to this, or to the room. [5s] {cue}")
    assert said(middle=f"{offered}\n{ALL_BUT_BREATH}") == []
    alone = when("anchor=any,breath", f"You might come along with this. [5s] {cue}")
    assert said(middle=f"{alone}\n{ALL_BUT_BREATH}") == ["breath-only"]


def test_other_ground_is_looked_for_nearby_and_in_the_same_stage(said):
    """A sentence or three away; not where another stage has begun."""
    breath = when("anchor=any,breath", "It may be your breath. [5s]")
    near = f"There may be a sound. [5s]\n\nIt may be so. [3s]\n\n{breath}\n{ALL_BUT_BREATH}"
    assert said(middle=near) == []
    far = near.replace("It may be so. [3s]", "It may be so. [3s] " * 3)
    assert said(middle=far) == ["breath-only"]


def test_both_ways_of_keeping_the_eyes_may_be_offered_to_everybody(said):
    """Only a one-sided word is remarked upon, and only for those who did not choose it."""
    assert said(middle="You may have your eyes shut, or open. [8s]") == []
    assert said(middle="If your eyes are closed, they may stay so. [8s]") == []
    assert said(middle="Your eyes may fall shut now. [8s]") == ["closing-eyes"]
    assert said(middle=when("eyes=closed", "Your eyes may fall shut now. [8s]")) == []
    assert said(middle="Your eyes may stay open here. [8s]") == ["keeping-open"]
    assert said(middle=when("eyes=open", "Your eyes may stay open here. [8s]")) == []
    assert said(middle="If you like, rest your eyes on something. [8s]") == []


def test_somebody_is_called_back_to_what_they_chose(said):
    """To another anchor only as a way out."""
    assert said(middle="You might come back to the sounds. [8s]") == ["other-anchor"]
    assert said(middle="If it is too much, you might come back to your feet. [8s]") == []
    own = when("anchor=sound", "You might come back to the sounds. [8s]")
    assert said(middle=own) == []


# ── variants ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("conditions", "missed"),
    [
        (("eyes=open", "eyes=closed"), "any eyes"),
        (("anchor=any,breath,sound,hands", "anchor=feet"), "the anchor sight"),
        (
            ("anchor=any,breath,hands,feet,sight", "anchor=sound eyes=open,any"),
            "the anchor sound with closed eyes",
        ),
        (
            ("anchor=any", "anchor=breath,sound"),
            "the anchor hands, the anchor feet or the anchor sight",
        ),
    ],
)
def test_it_is_said_for_whom_there_are_no_words(examine, conditions, missed):
    """By anchor where the eyes make no difference, by eyes where the anchor makes none."""
    (remark,) = examine(middle="\n".join(map(when, conditions))).remarks
    assert remark.rule == "missing-variant"
    assert remark.message == f"Nothing is heard here by whoever chose {missed}."


@pytest.mark.parametrize(
    "conditions",
    [
        ("eyes=open", "eyes=closed,any"),
        (
            "anchor=any eyes=any,open",
            "anchor=any eyes=closed",
            "anchor=breath,sound,hands,feet,sight",
        ),
        ("anchor=any,breath,sound,hands,feet", "anchor=sight"),
        ("anchor=breath minutes>=10", "anchor=sound minutes>=10"),
        ("eyes=open voice=anna", "eyes=any,closed"),
        ("minutes<3", "minutes>=3"),
        ("eyes=closed",),
        ("anchor=any",),
    ],
)
def test_variants_may_leave_nobody_out_in_many_ways(said, conditions):
    """One alone is an addition for some; lengths and voices need not be complete."""
    remarks = said(middle="\n".join(map(when, conditions)))
    assert set(remarks) <= {"unheard-variant"}


def test_variants_about_anchors_and_eyes_are_two_groups(said):
    """Complete anchors beside it do not hide that somebody's eyes are forgotten."""
    anchors = when("anchor=any,breath,sound,hands") + "\n" + when("anchor=feet,sight")
    eyes = when("eyes=open") + "\n" + when("eyes=closed")
    assert said(middle=f"{anchors}\n{eyes}") == ["missing-variant"]


def test_a_variant_within_another_is_for_those_who_hear_that(said):
    """Only they can be left out, and who cannot be there is not missed."""
    inner = when("anchor=sound") + "\n" + when("anchor=any,breath,hands,feet")
    assert said(middle=when("eyes=closed", inner)) == []
    assert said(middle=when("eyes=open", inner)) == ["missing-variant"]
    assert said(middle=when("eyes=open", when("eyes=closed"))) == ["unheard-variant"]
    assert said(middle=when("minutes>=90", when("eyes=closed"))) == ["unheard-variant"]


# ── choices ──────────────────────────────────────────────────────────────────────────────────

QUESTION = ":::ask Can it be met? [8s]\n- Yes -> {}\n- Not yet -> {} [default]\n- {} -> {}\n:::"
LOOP = ":::until {}, at most 3\nIt may be so. [5s]\n{}\n:::"


def test_whoever_has_had_enough_may_leave_a_loop(said):
    """To a stage, or to the end; out of an inner loop into the outer one is not enough."""
    trapped = QUESTION.format("met", "again", "A little", "met")
    free = QUESTION.format("met", "again", "Too much", "Returning")
    assert said(middle=LOOP.format("met", trapped)) == ["trapped"]
    assert said(middle=LOOP.format("met", free)) == []
    assert said(middle=LOOP.format("met", free.replace("Returning", "end"))) == []
    inner = LOOP.format("met", QUESTION.format("met", "again", "Enough", "out"))
    assert "trapped" in said(middle=LOOP.format("out", inner))


def test_a_question_changes_something(examine):
    """Answers that all go on from here are none."""
    middle = QUESTION.format("next", "next", "No", "next")
    (remark,) = examine(middle=middle).remarks
    assert (remark.rule, remark.message) == (
        "no-choice",
        "Whatever is answered here, it goes to “next”.",
    )


# ── the whole ────────────────────────────────────────────────────────────────────────────────


def test_a_stage_that_only_a_choice_leads_to_leads_back_as_well(said):
    """Whoever ends elsewhere than the others is not left there."""
    leave = QUESTION.format("next", "next", "Too much", "Ground")
    ground = f"{STILLNESS}\n\n[bell]\n\n-> end\n\n# Ground\n\n{{}} [5s]"
    there = f"{leave}\n\nIt may be so. [5s]"
    assert said(middle=there, stillness=ground.format("You might count the sounds.")) == ["return"]
    senses = "You might feel your feet, and hear the room."
    assert said(middle=there, stillness=ground.format(senses)) == []


def test_a_stage_that_ends_a_practice_early_leads_back(said):
    """Not only the last one of the file."""
    here = "It may be so. [8s]\n\n{}"
    early = "You might rest. [5s]\n\n-> end"
    assert "return" in said(middle=here.format(when("eyes=open", early)))
    assert "return" not in said(middle=here.format(when("minutes>=90", early)))


def test_each_stage_about_old_pain_has_a_way_out_for_everybody(examine, said):
    """Also one that linear listening passes by, and whatever was chosen."""
    fields = FIELDS.replace("track: ground", "track: past-pain")
    out = "If it is too much, there are your feet, and you may stop. [8s]"
    assert said(fields=fields, middle=out) == []
    (remark,) = examine(fields=fields, middle=when("eyes=open", out) + "\nIt may be. [5s]").remarks
    assert remark.message == "“Looking” offers no way out at 3 minutes."
    leave = QUESTION.format("next", "next", "More", "Deeper")
    deeper = "-> Returning\n\n# Deeper\n\nThat one may be here. [5s]"
    middle = f"{out}\n\n{leave}\n\n{deeper}"
    (remark,) = examine(fields=fields, middle=middle).remarks
    assert remark.message == "“Deeper” offers no way out."


# ── the listener's words ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sentence",
    [
        "Perhaps there is the thought that {obstacle}.",
        "It may come as a voice: {obstacle}.",
        "Something says {obstacle}, perhaps.",
        "You may call it {obstacle}.",
        "Perhaps you know {guest} by now.",
        "There may be {guest}, and the thought {obstacle}.",
    ],
)
def test_a_word_that_is_heard_to_be_a_thought_may_be_said(said, sentence):
    """By a word before it, by a colon, or as what a part says."""
    assert said(middle=f"{sentence} [8s]") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Perhaps {obstacle}.",
        "Perhaps it is {obstacle}, says the thought.",
        "A thought. And {obstacle}.",
    ],
)
def test_a_word_that_sounds_asserted_is_told(said, sentence):
    """The naming comes first, and in the same sentence."""
    assert said(middle=f"{sentence} [8s]") == ["unquoted-word"]


def test_a_respelled_word_is_no_homograph(said):
    """Where the script's lexicon says how it is said there, nobody has to look again."""
    middle = "Perhaps the tear was there. [8s]"
    assert said(middle=middle) == ["homograph"]
    fields = FIELDS + "lexicon: {the tear: the teer}\n"
    assert said(fields=fields, middle=middle) == []
    assert said(fields=fields, middle="Perhaps a tear was there. [8s]") == ["homograph"]
