"""Silences as they are heard, and words a minute."""

from __future__ import annotations

import pytest

from server.checker import rule_as_data
from server.checker.rules import RULES
from tests.checker.practice import FIELDS, written


@pytest.mark.parametrize(
    "announced",
    [
        "It will be quiet now.",
        "There is some silence.",
        "We can be still.",
        "Until the bell, perhaps, nothing.",
        "The stillness may be long.",
    ],
)
def test_a_silence_is_announced_by_one_of_five_words(said, announced):
    """In the sentence before it, whatever comes between them but words."""
    assert "silence-unannounced" not in said(middle=f"{announced} [40s]")
    assert "silence-unannounced" not in said(middle=f"{announced} [bell] [bed rain] [40s]")
    assert "silence-unannounced" in said(middle=f"{announced} [3s] It may be. [40s]")


def test_an_unannounced_silence_names_length_listener_and_sentence(examine):
    """The longest one at that place, for whom it is, and what is heard before it."""
    middle = ":::when anchor=sound\nYou might listen. [40s] [5s] [20s]\n:::\nIt may be so. [5s]"
    (remark,) = [r for r in examine(middle=middle).remarks if r.rule == "silence-unannounced"]
    assert remark.message == (
        "Nothing announces this silence of 65 s at 3 minutes, for the anchor sound. "
        "Before it one hears: You might listen."
    )


def test_silences_that_touch_are_one(said):
    """A bed that begins between them is no end, a word is."""
    assert "silence-too-long" in said(middle="We are quiet. [50s] [bed rain] [50s]")
    assert "silence-too-long" not in said(middle="We are quiet. [50s] And still so. [50s]")
    assert "silence-unannounced" not in said(middle="You might. [24s] Or not. [24s]")


def test_a_silence_before_the_first_word_is_unannounced(examine):
    """There is no sentence that could be told."""
    remarks = examine(arriving="[26s] You can stop at any moment. [4s] Your eyes may be open. [6s]")
    told = [each for each in remarks.remarks if each.rule == "silence-unannounced"]
    assert [each.message for each in told] == [
        "Nothing announces this silence of 26 s at 3 minutes."
    ]


def test_a_silence_that_ends_the_practice_has_no_end(said):
    """It should have a bell."""
    assert said() == []
    assert said(source=written().rpartition("[bell]")[0]) == ["silence-unended"]


def test_a_length_that_is_over_early_is_told(examine):
    """Where no silence can grow, nothing else does."""
    remarks = examine(before="", stillness="Until then, a bell. [5s]").remarks
    (missed,) = [each for each in remarks if each.rule == "length-missed"]
    assert missed.message.startswith("It is over after 1 min 3 s")


def test_a_practice_that_fits_no_length_is_not_held_against_the_others(said):
    """What is never heard cannot be hurried or unannounced; only that it does not fit is told."""
    assert said(middle="You might. [5m] It may be. [40s]") == ["length-too-short"]


def test_too_few_words_are_told_too(examine):
    """Silences below stillness, one after the other, leave somebody alone."""
    fields = FIELDS.replace("minutes: [3]", "minutes: [1, 3]")
    remarks = examine(fields=fields, before="[24s] You might. [24s] Or not. [24s]").remarks
    advice = [each.message for each in remarks if each.rule == "pace"]
    assert len(advice) == 1
    assert advice[0].endswith("it wants more to hear.")


def test_a_rule_can_be_given_to_an_editor():
    """As plain data, with all that explains it."""
    data = rule_as_data(RULES[0])
    assert data["id"] == "stop-line"
    assert set(data) == {"id", "severity", "title", "why", "bad", "better"}
    assert all(type(value) is str for value in data.values())
