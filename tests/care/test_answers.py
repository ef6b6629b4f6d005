"""Answers to a worksheet: what cannot be is refused at its question, all else is kept as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.care import (
    ChoiceField,
    PairAnswer,
    PairField,
    ScaleField,
    Side,
    TextField,
    Worksheet,
    read_answers,
    read_submitted,
    write_answers,
    write_worksheet,
)
from server.errors import InvalidOptions

from .random_worksheets import answers, worksheets

SIDE = Side(title="To a friend", ask="What then?", rate="How kind?")

WORKSHEET = Worksheet(
    name="everything",
    title="Everything",
    language="en",
    summary="All kinds.",
    message="To look.",
    fields=(
        TextField(name="situation", ask="What?", longest=12),
        TextField(name="more", ask="More?", is_optional=True),
        ChoiceField(name="door", ask="Who?", options=("Nobody", "Somebody")),
        ChoiceField(name="many", ask="Who else?", options=("A", "B", "C"), is_many=True),
        ChoiceField(name="maybe", ask="Or?", options=("A", "B"), is_many=True, is_optional=True),
        ScaleField(name="warmth", ask="How warm?", least=1, most=5),
        ScaleField(name="cold", ask="How cold?", is_optional=True),
        PairField(name="answers", first=SIDE, second=SIDE, longest=20),
    ),
)

GIVEN: dict[str, Any] = {
    "situation": " it\nrained ",
    "door": "Nobody",
    "many": ["C", "A"],
    "warmth": 5,
    "answers": {
        "first": {"text": "Poor you.", "rating": 9},
        "second": {"text": "Serves you right.", "rating": 0},
    },
}


def refused(**changed: object) -> tuple[str, str]:
    with pytest.raises(InvalidOptions) as caught:
        read_answers(WORKSHEET, {**GIVEN, **changed})
    return caught.value.field, str(caught.value)


def test_answers_are_kept_by_the_names_of_their_questions():
    """Texts as they were written; of several choices each once, as they are offered."""
    assert read_answers(WORKSHEET, GIVEN) == {
        "situation": " it\nrained ",
        "door": "Nobody",
        "many": ("A", "C"),
        "warmth": 5,
        "answers": PairAnswer(
            first="Poor you.", second="Serves you right.", first_rating=9, second_rating=0
        ),
    }


def test_worksheet_and_answers_are_kept_as_json():
    """Each question with its kind; read again, the answers are the same."""
    kinds = [field["kind"] for field in write_worksheet(WORKSHEET)["fields"]]
    assert kinds == ["text", "text", "choice", "choice", "choice", "scale", "scale", "pair"]
    found = read_answers(WORKSHEET, GIVEN)
    kept = write_answers(found)
    assert kept == {**GIVEN, "many": ["A", "C"]}
    assert json.loads(json.dumps(kept)) == kept
    assert read_answers(WORKSHEET, kept) == found


@pytest.mark.parametrize("nothing", [None, "", " \n\t", []])
def test_what_may_be_passed_over_is_not_in_the_answers(nothing):
    """Whichever way a page says that nothing was given."""
    left = {"more": nothing, "maybe": nothing, "cold": nothing}
    assert read_answers(WORKSHEET, {**GIVEN, **left}) == read_answers(WORKSHEET, GIVEN)


def test_lengths_are_in_characters_as_people_count_them():
    """A picture that takes four bytes is one of them."""
    assert read_answers(WORKSHEET, {**GIVEN, "situation": "🌧" * 12})["situation"] == "🌧" * 12
    assert refused(situation="🌧" * 13) == ("situation", "Please use at most 12 characters.")


WORD = "Please write something here; a word or two will do."
CHOICE = "Please choose from the answers that are there."


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("situation", None, WORD),
        ("situation", " \n", WORD),
        ("situation", 7, WORD),
        ("situation", ["it rained"], WORD),
        ("more", {"a": 1}, WORD),
        ("more", "x" * 4001, "Please use at most 4000 characters."),
        ("door", None, CHOICE),
        ("door", "", CHOICE),
        ("door", "nobody", CHOICE),
        ("door", ["Nobody"], CHOICE),
        ("door", 1, CHOICE),
        ("many", [], CHOICE),
        ("many", "A", CHOICE),
        ("many", ["A", "A"], CHOICE),
        ("many", ["A", "D"], CHOICE),
        ("many", ["A", None], CHOICE),
        ("many", ["A", ["B"]], CHOICE),
        ("maybe", {"A": True}, CHOICE),
        ("warmth", None, "Please choose a number here."),
        ("warmth", 0, "Please choose a whole number from 1 to 5."),
        ("warmth", 6, "Please choose a whole number from 1 to 5."),
        ("warmth", True, "Please choose a whole number from 1 to 5."),
        ("warmth", "5", "Please choose a whole number from 1 to 5."),
        ("cold", 0.5, "Please choose a whole number from 0 to 10."),
        ("cold", [7], "Please choose a whole number from 0 to 10."),
    ],
)
def test_what_cannot_be_is_refused_at_its_question(name, given, message):
    """With what would be right, and without a word of what was written."""
    assert refused(**{name: given}) == (name, message)


FIRST, SECOND = GIVEN["answers"]["first"], GIVEN["answers"]["second"]


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        (None, "answers.first.text", WORD),
        ("Poor you.", "answers.first.text", WORD),
        ({"first": FIRST}, "answers.second.text", WORD),
        ({"first": "Poor you.", "second": SECOND}, "answers.first.text", WORD),
        ({"first": {"text": " "}, "second": SECOND}, "answers.first.text", WORD),
        ({"first": FIRST, "second": {"text": "No."}}, "answers.second.rating",
         "Please choose a number here."),
        ({"first": FIRST, "second": {"text": "No.", "rating": 11}}, "answers.second.rating",
         "Please choose a whole number from 0 to 10."),
        ({"first": FIRST, "second": {"text": "x" * 21, "rating": 1}}, "answers.second.text",
         "Please use at most 20 characters."),
        ({"first": FIRST, "second": SECOND, "third": FIRST}, "answers",
         "A pair has a first answer and a second one."),
        ({"first": FIRST, "second": {**SECOND, "why": ""}}, "answers.second",
         "An answer of a pair has a text and a rating."),
    ],
)  # fmt: skip
def test_both_sides_of_a_pair_have_a_text_and_a_rating(given, field, message):
    """Each is refused at its own place."""
    assert refused(answers=given) == (field, message)


def test_nothing_that_was_not_asked_is_kept_or_lost_silently():
    """It is refused, and the error does not repeat it."""
    field, message = refused(**{"my secret": "x"})
    assert field == "answers"
    assert message == "There is an answer to a question that this worksheet does not ask."


@settings(deadline=None)
@given(st.data())
def test_answers_and_worksheets_survive_being_kept(data):
    """Whatever was written is read again as it was, beside the questions as they were."""
    worksheet = data.draw(worksheets())
    given = data.draw(answers(worksheet))
    kept = json.loads(
        json.dumps({"worksheet": write_worksheet(worksheet), "answers": write_answers(given)})
    )
    assert read_answers(worksheet, kept["answers"]) == given
    asked = [field.name for field in worksheet.fields if field.name in given]
    assert [part.name for part in read_submitted(kept).parts] == asked


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.data())
def test_anything_is_checked_answers_or_refused(data):
    """Whatever a page sends for a question, no other error comes of it."""
    name = data.draw(st.sampled_from([field.name for field in WORKSHEET.fields]))
    given = {**GIVEN, name: data.draw(JSON)}
    refused_at = name
    try:
        found = read_answers(WORKSHEET, given)
        assert read_answers(WORKSHEET, write_answers(found)) == found
    except InvalidOptions as error:
        refused_at = error.field.partition(".")[0]
    assert refused_at == name
